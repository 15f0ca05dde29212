"""Recursive splitting: paragraphs, then lines, sentences, words, characters."""

from __future__ import annotations

from semantic_text_splitter import TextSplitter

from ragcheck.chunking.options import check_size
from ragcheck.chunking.spans import make_chunks, safe_cut
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import Notation
from ragcheck.text.sentences import encodable

_WINDOW = 20_000


class RecursiveChunker:
    """``recursive``: as much as fits in ``size`` characters, cut at the largest joint there is.

    Joints are, from large to small: blank lines, line ends, sentences, words, characters.
    ``overlap`` is at most so many characters, and whole joints only.

    Raises:
        ValueError: ``size`` below 1, or ``overlap`` not in ``[0, size)``.
    """

    def __init__(self, *, size: int = 800, overlap: int = 0) -> None:
        check_size(size, overlap)
        self._size = size
        self._overlap = overlap

    @property
    def notation(self) -> str:
        return str(Notation("recursive", {"size": self._size, "overlap": self._overlap}))

    def chunk(self, document: Document) -> list[Chunk]:
        whole = Span(0, len(document.text))
        spans = recursive_spans(document.text, whole, size=self._size, overlap=self._overlap)
        return make_chunks(document, spans, strategy=self.notation)


def recursive_spans(text: str, span: Span, *, size: int, overlap: int = 0) -> list[Span]:
    """Spans inside ``span`` of at most ``size`` characters, in order.

    The splitter's time grows with the square of its input, so long texts go through it in
    windows that end at a blank line, a line end or white space; there is no overlap across
    the end of a window.
    """
    if span.end - span.start <= size:
        return [span] if span.start < span.end else []
    splitter = TextSplitter(size, overlap=overlap)
    found: list[Span] = []
    start = span.start
    while start < span.end:
        end = _window_end(text, start, span.end, max(_WINDOW, 4 * size))
        for offset, piece in splitter.chunk_indices(encodable(text[start:end])):
            found.append(Span(start + offset, start + offset + len(piece)))
        start = end
    return found


def _window_end(text: str, start: int, stop: int, window: int) -> int:
    end = start + window
    if end >= stop:
        return stop
    half = start + window // 2
    for joint in ("\n\n", "\n", "。", ". ", " "):
        at = text.rfind(joint, half, end)
        if at >= 0:
            return at + len(joint)
    return safe_cut(text, end, lowest=start)
