"""The claims of whole documents, each with its scope and with spans in its document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ragcheck.judges.claims import LONGEST, Claim, read_claims
from ragcheck.judges.document_scope import DocumentScope, document_scope
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Scope
from ragcheck.text.polarity import Cue

PIECE = LONGEST // 2
"""Characters that are read at once: whole sections where they fit."""
SHORTEST_CLAIM = 2


@dataclass(frozen=True)
class PlacedClaim:
    """A claim of a document. Every span of ``claim`` is in the document's text."""

    document: Document
    claim: Claim
    scope: Scope


def document_claims(document: Document) -> Iterator[PlacedClaim]:
    """Every claim of a document in order, however long it is."""
    about = document_scope(document)
    for piece in _pieces(document.text, about):
        text = document.text[piece.start : piece.end]
        if not text.strip():
            continue
        over = about.at(piece.start)
        own = replace(over, headings=over.headings[:-1]) if _begins_section(about, piece) else over
        for claim in read_claims(text, own):
            if len(claim.text.strip()) >= SHORTEST_CLAIM:
                placed = _moved(claim, piece.start)
                yield PlacedClaim(document, placed, about.at(placed.span.start))


def corpus_claims(documents: Iterable[Document]) -> list[PlacedClaim]:
    """The claims of all documents, in order."""
    return [claim for document in documents for claim in document_claims(document)]


def _begins_section(about: DocumentScope, piece: Span) -> bool:
    section = about.outline.section_at(piece.start)
    return (
        section is not None and section.heading is not None and (section.span.start == piece.start)
    )


def _pieces(text: str, about: DocumentScope) -> Iterator[Span]:
    """Runs of sections of at most ``PIECE`` characters; a longer section is cut at a line."""
    start = 0
    for section in about.outline.sections:
        if section.span.end - start > PIECE and section.span.start > start:
            yield from _cut(text, Span(start, section.span.start))
            start = section.span.start
    yield from _cut(text, Span(start, len(text)))


def _cut(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    while span.end - start > PIECE:
        line = text.rfind("\n", start + PIECE // 2, start + PIECE)
        end = line + 1 if line >= 0 else start + PIECE
        yield Span(start, end)
        start = end
    if start < span.end:
        yield Span(start, span.end)


def _moved(claim: Claim, by: int) -> Claim:
    def moved(span: Span) -> Span:
        return Span(span.start + by, span.end + by)

    return replace(
        claim,
        span=moved(claim.span),
        values=tuple(replace(value, span=moved(value.span)) for value in claim.values),
        cues=tuple(Cue(cue.kind, cue.text, moved(cue.span)) for cue in claim.cues),
    )
