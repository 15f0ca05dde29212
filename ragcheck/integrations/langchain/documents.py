"""Documents of LangChain as passages."""

from __future__ import annotations

from collections.abc import Iterable

from langchain_core.documents import Document

from ragcheck.integrations.passages import source_in
from ragcheck.records.traces import RecordedContext

SCORE_KEYS = ("relevance_score", "score", "similarity_score")


def contexts(documents: Iterable[Document]) -> tuple[RecordedContext, ...]:
    """Documents as they are recorded, in their order."""
    return tuple(
        RecordedContext(
            text=document.page_content,
            source=source_in(document.metadata, document.id),
            score=_score(document),
        )
        for document in documents
    )


def _score(document: Document) -> float | None:
    found = (document.metadata.get(key) for key in SCORE_KEYS)
    return next((float(each) for each in found if isinstance(each, int | float)), None)
