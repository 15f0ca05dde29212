"""Chunks of a fixed number of characters or tokens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ragcheck.chunking.options import check_size
from ragcheck.chunking.spans import make_chunks, safe_cut
from ragcheck.chunking.tokenization import TokenStarts, token_starts
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import Notation


class CharacterChunker:
    """``chars``: every ``size`` code points, ``overlap`` of them shared with the next chunk.

    A cut that would fall inside a user-perceived character (a letter and its accent, an emoji
    sequence, CR LF) moves in front of it.

    Raises:
        ValueError: ``size`` below 1, or ``overlap`` not in ``[0, size)``.
    """

    def __init__(self, *, size: int = 800, overlap: int = 0) -> None:
        check_size(size, overlap)
        self._size = size
        self._overlap = overlap

    @property
    def notation(self) -> str:
        return str(Notation("chars", {"size": self._size, "overlap": self._overlap}))

    def chunk(self, document: Document) -> list[Chunk]:
        return make_chunks(document, self._spans(document.text), strategy=self.notation)

    def _spans(self, text: str) -> Iterator[Span]:
        start = 0
        while start < len(text):
            end = safe_cut(text, min(start + self._size, len(text)), lowest=start)
            yield Span(start, end)
            if end >= len(text):
                return
            start = safe_cut(text, max(end - self._overlap, start + 1), lowest=start)


class TokenChunker:
    """``tokens``: every ``size`` tokens, ``overlap`` of them shared with the next chunk.

    ``unit`` says what a token is: ``minilm`` (WordPiece of the packaged all-MiniLM-L6-v2),
    ``word`` (a word, a Chinese character or a punctuation mark) or the path of a
    ``tokenizer.json``. ``auto`` takes ``minilm`` where that package is installed and ``word``
    elsewhere; the notation names the one that was taken. ``tokenizer`` is a path or a loaded
    ``tokenizers.Tokenizer`` and stands before ``unit``. Characters that the tokenizer drops
    belong to the token before them.

    Raises:
        ValueError: a number does not fit, or the unit cannot be had.
    """

    def __init__(
        self,
        *,
        size: int = 200,
        overlap: int = 0,
        unit: str = "auto",
        tokenizer: str | Path | object | None = None,
    ) -> None:
        check_size(size, overlap)
        self._size = size
        self._overlap = overlap
        self._tokens: TokenStarts = token_starts(unit, tokenizer)

    @property
    def notation(self) -> str:
        return str(
            Notation(
                "tokens",
                {"size": self._size, "overlap": self._overlap, "unit": self._tokens.unit},
            )
        )

    def chunk(self, document: Document) -> list[Chunk]:
        text = document.text
        edges = [0, *self._tokens.starts(text)[1:], len(text)]
        return make_chunks(document, self._spans(edges), strategy=self.notation)

    def _spans(self, edges: list[int]) -> Iterator[Span]:
        count = len(edges) - 1
        for first in range(0, count, self._size - self._overlap):
            last = min(first + self._size, count)
            yield Span(edges[first], edges[last])
            if last == count:
                return
