"""Whole blocks: a list keeps its lead-in, a table its header, a code fence its end."""

from __future__ import annotations

from itertools import pairwise

from ragcheck.chunking.headings import full_sections, headed_spans
from ragcheck.chunking.markdown_blocks import Block, blocks
from ragcheck.chunking.options import check_size
from ragcheck.chunking.recursive import recursive_spans
from ragcheck.chunking.spans import make_chunks, pack
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import Notation
from ragcheck.text.outline import markup_of, outline
from ragcheck.text.sentences import trim

Piece = tuple[Span, str]


class BlockChunker:
    """``blocks``: neighbouring blocks of one section, whole, up to ``size`` characters.

    A block is a paragraph, a list with the line that leads into it, a table with its header, or
    a code fence. A block above ``size`` is cut between its rows or items, and the table's header
    or the list's lead-in is then the prefix of every part but the first; other blocks above
    ``size`` are split recursively. Prefixes do not count towards ``size``.

    Raises:
        ValueError: ``size`` below 1.
    """

    def __init__(self, *, size: int = 1200) -> None:
        check_size(size)
        self._size = size

    @property
    def notation(self) -> str:
        return str(Notation("blocks", {"size": self._size}))

    def chunk(self, document: Document) -> list[Chunk]:
        text = document.text
        found = outline(text, markup=markup_of(document.path))
        pieces: list[Span | Piece] = []
        for section in full_sections(text, found):
            heading_end = section.heading.span.end if section.heading else 0
            pieces.extend(self._section(text, blocks(text, section.span), heading_end))
        return make_chunks(document, pieces, strategy=self.notation)

    def _section(self, text: str, found: list[Block], heading_end: int) -> list[Piece]:
        pieces: list[Piece] = []
        waiting: list[Span] = []
        for block in found:
            if len(trim(text, block.span)) <= self._size:
                waiting.append(block.span)
                continue
            pieces.extend((span, "") for span in pack(waiting, self._size))
            waiting = []
            pieces.extend(self._split(text, block, heading_end))
        pieces.extend((span, "") for span in pack(waiting, self._size))
        return pieces

    def _split(self, text: str, block: Block, heading_end: int) -> list[Piece]:
        if len(block.items) < 2:
            spans = headed_spans(text, block.span, heading_end, self._size)
            return [(span, "") for span in spans]
        edges = [block.span.start, *block.items[1:], block.span.end]
        lead = trim(text, Span(block.span.start, block.items[0]))
        prefix = text[lead.start : lead.end]
        if len(prefix) > self._size // 2:
            prefix = ""
        pieces: list[Piece] = []
        for part in pack([Span(a, b) for a, b in pairwise(edges)], self._size):
            for span in recursive_spans(text, trim(text, part), size=self._size):
                pieces.append((span, prefix if span.start >= block.items[0] else ""))
        return pieces
