"""Reads answers out of Chinese passages, behind the same protocol as the English reader.

:class:`ChineseReader` runs the lower layers of the packaged Gemma 3 270M with fitted low-rank
additions and two heads for the first and the last piece of an answer; the last line end stands
for "no answer" (Devlin et al. 2019, section 4.3). Where Gemma is not installed,
:func:`chinese_reader` gives :class:`~ragcheck.judges.readers.light.LightReader`, which loads
nothing and reads less.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ragcheck.errors import ModelError
from ragcheck.judges.readers.light import Asked, LightReader, read_question
from ragcheck.judges.readers.numbering import without_numbering
from ragcheck.judges.readers.sequences import Joined, join, padded
from ragcheck.judges.readers.spans import read_spans
from ragcheck.judges.readers.window import nearest_window
from ragcheck.judges.reading import Reading
from ragcheck.models import file_sha256, find_language_model
from ragcheck.processor import preferred_dtype
from ragcheck.records.corpus import Span
from ragcheck.text.sentences import encodable

BASE = "packaged:gemma3-270m"
SHA256 = "cb8a896772600e0519dd40d98428de0b3ad003e4088a989639a8065985efd625"
LONGEST_QUESTION = 100
LONGEST_PASSAGE = 2000
_BEFORE, _AFTER = " \n\t，。,:：；、（(“「『《\"'的是为", " \n\t，。,:：；;、）)”」』》\"'的了"


class AnyReader(Protocol):
    """Reads answers out of passages."""

    def read(self, asked: Sequence[tuple[str, str]]) -> list[Reading]:
        """The best answer of each (question, passage), in order."""
        ...


def chinese_reader() -> AnyReader:
    """The fitted reader where its base is installed, else the light one.

    Raises:
        ModelError: the base is installed, but the weights are not as trained.
    """
    try:
        find_language_model(BASE)
    except ModelError:
        return LightReader()
    return ChineseReader()


class ChineseReader:
    """Reads answers out of Chinese passages. Takes about 250 MB of memory; no network.

    Of a long passage the sentences nearest to the question are read. Matrices are in bfloat16
    where the processor computes in it, else in float32.

    Raises:
        ModelError: Gemma or ``gguf`` is not installed, or the weights are not as trained.
    """

    def __init__(self) -> None:
        base = find_language_model(BASE)
        with as_file(files("ragcheck.judges") / "weights" / "chinese_reader.safetensors") as path:
            if not path.is_file() or file_sha256(path) != SHA256:
                raise ModelError(
                    "the weights of the Chinese reader are not the ones that were trained",
                    where=str(path),
                    mend="install ragcheck-evidence again",
                )
            self._loaded = _load(base, path)

    def read(self, asked: Sequence[tuple[str, str]]) -> list[Reading]:
        """The best answer of each (question, passage), even where "no answer" is better.

        Each is read by itself, so that a reading does not depend on the others.
        """
        return [self._read(encodable(q[:LONGEST_QUESTION]), encodable(p)) for q, p in asked]

    def _read(self, question: str, passage: str) -> Reading:
        import torch

        from ragcheck.judges.readers.encoder import embedded

        pieces, encoder, file, dtype = self._loaded
        head = passage[:LONGEST_PASSAGE]
        window = nearest_window(question, head)
        part = without_numbering(head)[window.start : window.end]
        joined = join(pieces, question, part)
        numbers, present = padded([joined])
        with torch.inference_mode():
            scores = encoder(embedded(file, numbers).to(dtype), torch.from_numpy(present))[0]
        return reading_of(scores.numpy(), joined, passage, window.start, read_question(question))


def reading_of(
    scores: NDArray[np.float32], joined: Joined, passage: str, offset: int, asked: Asked
) -> Reading:
    """The reading of (length, 2) scores; ``offset`` is where the window begins in the passage."""
    end = len(joined.numbers) - 1
    places = [_peeled(passage, start + offset, stop + offset) for start, stop in joined.places]
    return read_spans(scores[joined.first : end], float(scores[end].sum()), places, passage, asked)


def _peeled(passage: str, start: int, end: int) -> Span:
    """Without the particles and marks that a piece takes along; never empty."""
    low, high = start, end
    while low < high and passage[low] in _BEFORE:
        low += 1
    while high > low and passage[high - 1] in _AFTER:
        high -= 1
    return Span(low, high) if low < high else Span(start, end)


@lru_cache(maxsize=1)
def _load(base: Path, weights: Path) -> tuple[Any, Any, Any, Any]:
    import torch
    from safetensors import safe_open
    from safetensors.torch import load_file

    from ragcheck.judges.readers.encoder import Depth, GemmaEncoder
    from ragcheck.judges.readers.gguf_file import GgufFile
    from ragcheck.judges.readers.pieces import Pieces

    with safe_open(str(weights), framework="pt") as opened:
        said = opened.metadata()
    file = GgufFile(base)
    encoder = GemmaEncoder(Depth(int(said["layers"]), int(said["causal"]), int(said["rank"])))
    encoder.load_state_dict({name: t.float() for name, t in load_file(weights).items()})
    dtype = getattr(torch, preferred_dtype())
    encoder.fill(file, dtype)
    encoder.fold()
    return Pieces.of(file), encoder.eval(), file, dtype
