"""Formats of recordings, each as the columns where its values stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ragcheck.traces.columns import Columns, value_at

FORMATS: Mapping[str, Columns] = {
    "ragas": {
        "question": "user_input",
        "contexts": "retrieved_contexts",
        "answer": "response",
        "reference": "reference",
        "context_ids": "retrieved_context_ids",
    },
    "ragas 0.1": {
        "question": "question",
        "contexts": "contexts",
        "answer": "answer",
        "reference": "ground_truth",
    },
    "RAGChecker": {
        "id": "query_id",
        "question": "query",
        "contexts": "retrieved_context.*.text",
        "context_ids": "retrieved_context.*.doc_id",
        "answer": "response",
        "reference": "gt_answer",
    },
    "ragcheck": {
        "id": "id",
        "question": "question",
        "contexts": "contexts.*.text",
        "context_ids": "contexts.*.source",
        "context_scores": "contexts.*.score",
        "supports": "contexts.*.supports",
        "answer": "answer",
        "reference": "references",
        "correct": "correctness",
    },
}
"""In the order in which they are tried. ``ragcheck`` is what the recorders write."""

PARAMETERS = "parameters"
"""Where a recording keeps the parameters of the request, as one object."""


def recognise(objects: Sequence[Mapping[str, Any]]) -> str | None:
    """The format whose question and contexts most of the objects have, or ``None``."""
    best, most = None, 0
    for name, columns in FORMATS.items():
        fitting = sum(
            isinstance(value_at(found, columns["question"]), str)
            and _is_list_of_texts(value_at(found, columns["contexts"]))
            for found in objects
        )
        if fitting > most:
            best, most = name, fitting
    return best


def _is_list_of_texts(found: object) -> bool:
    return isinstance(found, list) and bool(found) and all(isinstance(x, str) for x in found)
