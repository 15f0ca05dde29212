"""Corpora of any size out of real documentation, and an encoder that costs next to nothing.

Text comes from folders of documents, by default those that ``corpora/fetch_documentation.py``
fetches. Where a size asks for more than they hold, they are taken again with deterministic edits:
one word in twelve gives way to another word of the same texts and numbers move, so that chunks
differ while words keep their frequencies.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragcheck.ports import Chunker
from ragcheck.records.corpus import Document
from ragcheck.registry import Registry

HERE = Path(__file__).resolve().parent
ENDINGS = (".rst", ".md", ".txt", ".html")
ONE_WORD_IN = 12
DIMENSION = 384
_BUCKETS = 1 << 13
_TOKEN = re.compile(r"[A-Za-z]{4,}|\d+")
_WORD = re.compile(r"\w+")


class StandInEncoder:
    """Unit sums of random vectors of the words, in 384 dimensions as the packaged encoder.

    Texts that share words are near each other; a text takes some 50 microseconds.
    """

    key = "stand-in"
    dimension = DIMENSION

    def __init__(self) -> None:
        generator = np.random.default_rng(0)
        self._table = generator.standard_normal((_BUCKETS, DIMENSION), dtype=np.float32)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            own = {zlib.crc32(word.encode()) % _BUCKETS for word in _WORD.findall(text.lower())}
            if own:
                vectors[row] = self._table[sorted(own)].sum(axis=0)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.maximum(length, 1e-6)


def default_sources() -> list[Path]:
    """The fetched documentation where it is there, else the corpora of the repository."""
    fetched = HERE.parent / "corpora" / "_fetched"
    if fetched.is_dir():
        return [fetched]
    return [HERE.parent / "corpora" / "kestrel-handbook" / "docs"]


def real_texts(sources: Sequence[Path]) -> list[tuple[str, str]]:
    """(path, text) of every document below the folders, each text once, in path order."""
    seen: dict[str, str] = {}
    for source in sources:
        for file in sorted(source.rglob("*")):
            if file.suffix in ENDINGS and file.is_file():
                text = file.read_text(encoding="utf-8", errors="replace")
                if text.strip():
                    seen.setdefault(text, f"{source.name}/{file.relative_to(source).as_posix()}")
    return sorted((path, text) for text, path in seen.items())


def enlarged(texts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The texts, then edited copies of them, without end."""
    yield from texts
    vocabulary = sorted({word for _, text in texts for word in _TOKEN.findall(text)})
    copy = 1
    while True:
        for path, text in texts:
            yield f"copy-{copy}/{path}", edited(text, vocabulary, random.Random(f"{copy} {path}"))
        copy += 1


def edited(text: str, vocabulary: Sequence[str], rng: random.Random) -> str:
    """The text with other words and numbers in some places."""

    def other(match: re.Match[str]) -> str:
        word = match.group()
        if rng.random() * ONE_WORD_IN >= 1:
            return word
        return str(rng.randrange(1000)) if word.isdigit() else rng.choice(vocabulary)

    return _TOKEN.sub(other, text)


def write_corpus(sources: Sequence[Path], folder: Path, chunks: int, strategy: str) -> int:
    """Write documents until they make so many chunks; how many documents were written."""
    chunker: Chunker = Registry().create("chunker", strategy, embedder=StandInEncoder())
    made = 0
    for number, (path, text) in enumerate(enlarged(real_texts(sources))):
        if made >= chunks:
            return number
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", errors="replace")
        made += len(chunker.chunk(Document(path, text)))
    raise AssertionError("edited copies have no end")
