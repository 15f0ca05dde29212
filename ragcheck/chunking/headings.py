"""One chunk a section, by the document's headings."""

from __future__ import annotations

from ragcheck.chunking.options import check_flag, check_size
from ragcheck.chunking.recursive import recursive_spans
from ragcheck.chunking.spans import make_chunks
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import Notation
from ragcheck.text.outline import Outline, Section, markup_of, outline
from ragcheck.text.sections import PATH_SEPARATOR
from ragcheck.text.sentences import trim


class HeadingChunker:
    """``headings``: a chunk a section; sections above ``size`` characters are split recursively.

    The heading belongs to the span of its section. A heading without text of its own joins the
    section below it. With ``path`` the titles over the section (``Returns > Refunds > Timing``)
    are the prefix of each of its chunks; they do not count towards ``size``.

    Raises:
        ValueError: ``size`` below 1, or ``path`` neither true nor false.
    """

    def __init__(self, *, size: int = 1200, path: bool = False) -> None:
        check_size(size)
        check_flag("path", path)
        self._size = size
        self._path = path

    @property
    def notation(self) -> str:
        return str(Notation("headings", {"size": self._size, "path": self._path}))

    def chunk(self, document: Document) -> list[Chunk]:
        text = document.text
        pieces: list[Span | tuple[Span, str]] = []
        for section in full_sections(text, outline(text, markup=markup_of(document.path))):
            prefix = PATH_SEPARATOR.join(section.path) if self._path else ""
            pieces.extend((span, prefix) for span in section_spans(text, section, self._size))
        return make_chunks(document, pieces, strategy=self.notation)


def full_sections(text: str, found: Outline) -> list[Section]:
    """The sections; a heading with nothing under it is joined to the section that follows.

    A joined section keeps the path of its last heading. One that a heading of a higher level
    follows stands alone, for that heading says nothing about it.
    """
    joined: list[Section] = []
    waiting: int | None = None
    for section in found.sections:
        if waiting is not None and not _goes_deeper(joined[-1], section):
            waiting = None
        if waiting is not None:
            section = Section(Span(waiting, section.span.end), section.heading, section.path)
            joined.pop()
        joined.append(section)
        waiting = section.span.start if _is_bare(text, section) else None
    return joined


def section_spans(text: str, section: Section, size: int) -> list[Span]:
    """The section in spans of at most ``size`` characters; the first one holds its heading."""
    heading_end = section.span.start if section.heading is None else section.heading.span.end
    return headed_spans(text, section.span, heading_end, size)


def headed_spans(text: str, span: Span, heading_end: int, size: int) -> list[Span]:
    """``span`` in spans of at most ``size`` characters, the text up to ``heading_end`` not alone.

    A heading longer than half of ``size`` is split like text.
    """
    span = trim(text, span)
    body = trim(text, Span(max(heading_end, span.start), span.end)).start
    head = body - span.start
    if len(span) <= size or not 0 < head <= size // 2:
        return recursive_spans(text, span, size=size)
    parts = recursive_spans(text, Span(body, span.end), size=size - head)
    return [Span(span.start, parts[0].end), *parts[1:]] if parts else [span]


def _is_bare(text: str, section: Section) -> bool:
    return section.heading is not None and not (
        text[section.heading.span.end : section.span.end].strip()
    )


def _goes_deeper(bare: Section, section: Section) -> bool:
    above, below = bare.heading, section.heading
    return above is not None and below is not None and below.level > above.level
