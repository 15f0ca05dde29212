"""Judged pairs of retrieved chunks as findings need them, and conflicts inside one chunk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from ragcheck.judges.document_scope import scope_at
from ragcheck.judges.structural import conflicts_inside
from ragcheck.measures.conflict import is_conflict
from ragcheck.pipeline.evidence import RetrievedSet
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk, Judgement, Scope
from ragcheck.triage.findings import JudgedPair


def conflicting_pairs(
    sets: Iterable[RetrievedSet], documents: Mapping[str, Document], *, k: int | None = None
) -> list[JudgedPair]:
    """The conflicts among the best ``k`` chunks of each set, those inside one chunk included.

    Args:
        documents: by ID.
        k: all retrieved chunks where it is not given.
    """
    found = []
    for each in sets:
        question = each.question.id
        for (i, j), judgement in each.judgements.items():
            if is_conflict(judgement) and (k is None or max(i, j) < k):
                found.append(_pair(question, each.chunks[i], each.chunks[j], judgement, documents))
        for chunk in each.chunks[:k]:
            for judgement in inside(chunk.text):
                found.append(_pair(question, chunk, chunk, judgement, documents))
    return found


@lru_cache(maxsize=65_536)
def inside(text: str) -> tuple[Judgement, ...]:
    """Conflicts between two sentences of one text."""
    return tuple(found for found in conflicts_inside(text) if is_conflict(found))


def _pair(
    question: str,
    left: Chunk,
    right: Chunk,
    judgement: Judgement,
    documents: Mapping[str, Document],
) -> JudgedPair:
    scopes = (_scope(left, documents), _scope(right, documents))
    return JudgedPair(question, left, right, judgement, scopes)


def _scope(chunk: Chunk, documents: Mapping[str, Document]) -> Scope:
    return scope_at(documents[chunk.document_id], chunk.start, chunk.text)
