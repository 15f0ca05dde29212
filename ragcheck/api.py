"""The functions that a pipeline, a test or a benchmark calls on its own texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ragcheck.attribution import attribute
from ragcheck.measures import sufficiency as _sufficiency
from ragcheck.measures.conflict import closest_pairs, conflict_of, is_conflict
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.records.evidence import Conflict, Judgement, Score
from ragcheck.records.trials import AnswerScore
from ragcheck.registry import Registry
from ragcheck.scoring.answer_records import score_records

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "attribute",
    "conflict_scores",
    "find_conflicts",
    "score_answers",
    "self_containedness",
    "sufficiency",
]

FINDER = "structural"
"""Precise: what it finds is worth a look. See docs/decisions/0003-precise-before-complete.md."""

RANKER = "learned"
"""Calibrated on real documentation: finds four times as much, with more false alarms."""


def conflict_scores(
    pairs: Sequence[tuple[str, str]], *, questions: Sequence[str | None] | None = None
) -> NDArray[Any]:
    """How likely each two passages give conflicting answers, for ranking pairs.

    A higher recall than :func:`find_conflicts`, which lists only what is worth a look; the
    figures of both are in docs/models/conflict.md.

    Args:
        pairs: n pairs of texts.
        questions: the question that both are meant to answer, one a pair, where it is known.

    Returns:
        (n,) float64 in [0, 1], symmetric in the two texts.

    Raises:
        ValueError: there are not as many questions as pairs.
    """
    import numpy as np

    if questions is not None and len(questions) != len(pairs):
        raise ValueError(f"{len(pairs)} pairs but {len(questions)} questions")
    judged = Registry().create("judge", RANKER).judge(list(pairs), questions)
    return np.array([judgement.probability for judgement in judged], dtype=np.float64)


def find_conflicts(passages: Sequence[str], *, question: str | None = None) -> list[Conflict]:
    """The conflicts among passages, most probable first.

    Every pair is judged once, of more than 50 passages each with the 8 whose words are most like
    its own; the spans of a conflict are in the texts of its passages.
    """
    pairs = closest_pairs(passages)
    texts = [(passages[i], passages[j]) for i, j in pairs]
    judge = Registry().create("judge", FINDER)
    judged: list[Judgement] = judge.judge(texts, [question] * len(texts))
    found = [
        conflict_of((i, j), judgement, passages)
        for (i, j), judgement in zip(pairs, judged, strict=True)
        if is_conflict(judgement)
    ]
    return sorted(found, key=lambda c: (-c.probability, c.left, c.right))


def self_containedness(texts: Sequence[str], *, language: str | None = None) -> list[Score]:
    """How well each text can be understood alone, with the defects that stand in the way.

    Returns:
        One score a text: a value in [0, 1], or ``None`` with a reason for a text without words.
    """
    return SelfContainedness(language=language, reader="full").score(texts)


def sufficiency(question: str, passages: Sequence[str]) -> Score:
    """How likely the passages hold the answer, with the span of the best supporting sentence."""
    return _sufficiency.sufficiency(question, passages)


def score_answers(records: Sequence[Mapping[str, Any]]) -> list[AnswerScore]:
    """Score answers against their references, without a language model.

    Args:
        records: each with ``response`` and ``reference`` (a text, or a list of accepted texts),
            and optionally ``question`` and ``unanswerable``. References of a few words are
            compared as values, longer ones claim by claim
            (:class:`ragcheck.scoring.long_answers.LongAnswerScorer`); for these the packaged
            encoder is loaded where it is installed.

    Returns:
        One score a record: correctness, completeness and overall in [0, 1], and whether the
        answer abstained; ``None`` with a reason where there is no reference.

    Raises:
        TableError: a record lacks a field or has one of the wrong type; the message says which.
    """
    return score_records(records)
