"""Sliding windows of sentences."""

from __future__ import annotations

from ragcheck.chunking.options import check_size
from ragcheck.chunking.spans import make_chunks, sentence_units
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import Notation


class SentenceWindowChunker:
    """``sentences``: ``size`` sentences a chunk, ``overlap`` of them shared with the next.

    A heading, a list item and a table row each count as a sentence.

    Raises:
        ValueError: ``size`` below 1, or ``overlap`` not in ``[0, size)``.
    """

    def __init__(self, *, size: int = 3, overlap: int = 1) -> None:
        check_size(size, overlap)
        self._size = size
        self._overlap = overlap

    @property
    def notation(self) -> str:
        return str(Notation("sentences", {"size": self._size, "overlap": self._overlap}))

    def chunk(self, document: Document) -> list[Chunk]:
        units = sentence_units(document.text)
        spans = []
        for first in range(0, len(units), self._size - self._overlap):
            window = units[first : first + self._size]
            spans.append(Span(window[0].start, window[-1].end))
            if first + self._size >= len(units):
                break
        return make_chunks(document, spans, strategy=self.notation)
