"""What a document says above a place: the titles, and the sentence that opens the section."""

from __future__ import annotations

from functools import lru_cache

from ragcheck.records.corpus import Document, Span
from ragcheck.text.outline import Outline, markup_of, outline
from ragcheck.text.sentences import sentence_spans

PATH_SEPARATOR = " > "
LONGEST_OPENING = 200
"""Characters of a sentence that may stand for what a section is about."""


def heading_path(document: Document, offset: int) -> tuple[str, ...]:
    """The titles over a place, from the outermost to the nearest."""
    return _outline(document).heading_path_at(offset)


def opening_sentence(document: Document, offset: int) -> Span | None:
    """The sentence that opens the section, where it stands before ``offset``.

    It is where a section says what it is about, and so what a pronoun later in it refers to.
    ``None`` where the place begins its section, and where that sentence is longer than 200
    characters.
    """
    section = _outline(document).section_at(offset)
    if section is None:
        return None
    body = section.span.start if section.heading is None else section.heading.span.end
    before = document.text[body:offset]
    opening = next(iter(sentence_spans(before[: 4 * LONGEST_OPENING])), None)
    if opening is None or len(opening) > LONGEST_OPENING:
        return None
    return Span(body + opening.start, body + opening.end)


def _outline(document: Document) -> Outline:
    return _outline_of(document.text, markup_of(document.path))


@lru_cache(maxsize=512)
def _outline_of(text: str, markup: str) -> Outline:
    return outline(text, markup=markup)
