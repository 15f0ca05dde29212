"""Answers with their references, as a pipeline or a file gives them, to scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ragcheck.errors import ModelError, TableError
from ragcheck.models import find_encoder
from ragcheck.records.corpus import Question
from ragcheck.records.trials import Answer, AnswerScore
from ragcheck.scoring.long_answers import LongAnswerScorer, TokenReader
from ragcheck.scoring.overlap import answer_tokens
from ragcheck.scoring.short_answers import ShortAnswerScorer
from ragcheck.text.language import detect_language
from ragcheck.token_vectors import TokenEncoder

LONGEST_SHORT_ANSWER: Mapping[str, int] = {"en": 12, "zh": 24}
"""A reference of up to so many words (or Chinese characters) is compared as a value."""


def score_records(
    records: Sequence[Mapping[str, Any]], *, tokens: Mapping[str, TokenReader] | None = None
) -> list[AnswerScore]:
    """One score a record, in order.

    Args:
        records: see :func:`ragcheck.score_answers`.
        tokens: see :class:`ragcheck.scoring.long_answers.LongAnswerScorer`; by default the
            packaged encoder, where it is installed.

    Raises:
        TableError: a record lacks a field or has one of the wrong type.
    """
    long = LongAnswerScorer(packaged_tokens() if tokens is None else tokens)
    return [_score(number, record, long) for number, record in enumerate(records)]


def packaged_tokens() -> dict[str, TokenReader]:
    """The packaged encoder, which reads English; nothing where it is not installed."""
    try:
        return {"en": TokenEncoder(find_encoder("packaged:minilm"))}
    except ModelError:
        return {}


def is_long(reference: str) -> bool:
    """Whether a reference is to be compared claim by claim, not as a value."""
    most = LONGEST_SHORT_ANSWER.get(detect_language(reference), LONGEST_SHORT_ANSWER["en"])
    return len(answer_tokens(reference)) > most


def _score(number: int, record: Mapping[str, Any], long: LongAnswerScorer) -> AnswerScore:
    response, reference = record.get("response"), record.get("reference")
    accepted = [reference] if isinstance(reference, str) else list(reference or ())
    if not isinstance(response, str | None) or not all(isinstance(a, str) for a in accepted):
        raise TableError(
            "response and reference must be texts",
            where=f"record {number}",
            mend='give {"question": ..., "response": "...", "reference": "..." or ["...", "..."]}',
        )
    question = str(record.get("question") or "")
    if response is not None and accepted and is_long(accepted[0]):
        scores = [long.score(response, each, question or None) for each in accepted]
        return max(scores, key=lambda score: score.overall or 0.0)
    asked = Question(
        str(number), question, tuple(accepted), unanswerable=bool(record.get("unanswerable", False))
    )
    answer = Answer(response) if response is not None else Answer(None, "there is no response")
    return ShortAnswerScorer().score(asked, answer)
