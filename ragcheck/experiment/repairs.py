"""Repairs of one passage: what its text lacks is put in front of it, or its span grows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ragcheck.experiment.passages import Passage, Pool
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Chunk
from ragcheck.text.sections import PATH_SEPARATOR, heading_path, opening_sentence
from ragcheck.text.sentences import trim

Repair = Callable[[Passage, Pool], Passage | None]


def with_heading_path(passage: Passage, pool: Pool) -> Passage | None:
    """The titles over the passage in front of it; ``None`` where nothing is missing."""
    document = pool.documents.get(passage.chunk.document_id)
    if document is None:
        return None
    path = heading_path(document, _first_character(passage.chunk))
    missing = [title for title in path if title not in passage.content]
    return _prefixed(passage, PATH_SEPARATOR.join(path)) if missing else None


def with_subject(passage: Passage, pool: Pool) -> Passage | None:
    """The sentence that opens the passage's section stands in front of it, word for word.

    It is where a section says what it is about, and so what a pronoun at the start of a later
    passage refers to. ``None`` where the passage begins its section, and where that sentence is
    longer than 200 characters.
    """
    document = pool.documents.get(passage.chunk.document_id)
    if document is None:
        return None
    opening = opening_sentence(document, _first_character(passage.chunk))
    if opening is None:
        return None
    return _prefixed(passage, document.text[opening.start : opening.end])


def with_neighbour(passage: Passage, pool: Pool) -> Passage | None:
    """The span grows over the chunk before it in the document; the first takes the one after it.

    ``None`` where the document is one chunk. An edit of the passage keeps its place.
    """
    document = pool.documents.get(passage.chunk.document_id)
    cuts = pool.cuts.get(passage.chunk.document_id, ())
    own = next((i for i, chunk in enumerate(cuts) if chunk.span == passage.chunk.span), None)
    if document is None or own is None or len(cuts) < 2:
        return None
    neighbour = cuts[own - 1] if own > 0 else cuts[own + 1]
    start = min(passage.chunk.start, neighbour.start)
    end = max(passage.chunk.end, neighbour.end)
    if (start, end) == (passage.chunk.start, passage.chunk.end):
        return None
    grown = replace(passage.chunk, start=start, end=end, text=document.text[start:end])
    edit, shift = passage.edit, passage.chunk.start - start
    if edit is not None:
        edit = replace(edit, span=Span(edit.span.start + shift, edit.span.end + shift))
    return replace(passage, chunk=grown, edit=edit)


def _prefixed(passage: Passage, prefix: str) -> Passage:
    return replace(passage, chunk=replace(passage.chunk, prefix=prefix))


def _first_character(chunk: Chunk) -> int:
    return chunk.start + trim(chunk.text, Span(0, len(chunk.text))).start
