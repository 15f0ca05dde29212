"""From one value a question to the mean over questions, for every K."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ragcheck.measures.wording import say, why_undefined
from ragcheck.records.evidence import Score
from ragcheck.records.results import Curve, CurvePoint, Estimate
from ragcheck.stats import mean_estimate

MEASURES = (
    "conflict",
    "sufficiency",
    "redundancy",
    "contradicted_support",
    "self_containedness",
)

QuestionValue = Score | float | bool | None


def evidence_curve(
    values: Mapping[int, Mapping[str, Sequence[QuestionValue]]],
    first_conflict_ranks: Sequence[int | None],
    rng: np.random.Generator,
    *,
    strategy: str,
    retriever: str,
    language: str = "en",
) -> Curve:
    """What the evidence looks like at every K, as means over questions with intervals.

    Args:
        values: K -> bare measure name (``conflict``, ``sufficiency``, ...) -> one value a
            question, the questions in one order throughout; ``None``, or a score without a
            value, where the measure is not defined for the question.
        first_conflict_ranks: one rank a question, counted from 1; ``None`` without a conflict.
        language: of the reasons for estimates without a value, ``en`` or ``zh``.

    The estimate of ``first_conflict_rank`` is the mean over the questions that have a conflict.
    A measure that no question has is an estimate without a value, with the reason.
    """
    points = tuple(
        CurvePoint(
            k, {name: _estimate(name, column, rng, language) for name, column in columns.items()}
        )
        for k, columns in sorted(values.items())
    )
    ranks = [None if rank is None else float(rank) for rank in first_conflict_ranks]
    reason = say(language, "no_conflict" if ranks else "no_questions")
    return Curve(strategy, retriever, points, mean_estimate(ranks, rng, reason=reason))


def _estimate(
    name: str, column: Sequence[QuestionValue], rng: np.random.Generator, language: str
) -> Estimate:
    reason = why_undefined(language, name) if column else say(language, "no_questions")
    return mean_estimate([_number(value) for value in column], rng, reason=reason)


def _number(value: QuestionValue) -> float | None:
    if isinstance(value, Score):
        return value.value
    return None if value is None else float(value)


def mean_value(scores: Sequence[Score]) -> Score:
    """Mean of the scores that have a value; the first reason where none has one.

    For what is defined a passage and reported a question: the mean self-containedness of the
    passages of one top K.
    """
    known = [score.value for score in scores if score.value is not None]
    if known:
        return Score(sum(known) / len(known))
    reasons = [score.reason for score in scores if score.reason]
    return Score(None, reason=reasons[0] if reasons else "no passages")
