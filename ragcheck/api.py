"""The functions that a pipeline, a test or a benchmark calls on its own texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ragcheck.attribution import attribute
from ragcheck.measures import sufficiency as _sufficiency
from ragcheck.measures.conflict import closest_pairs, conflict_of, is_conflict
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.ports import Judge
from ragcheck.records.evidence import Conflict, Score
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
"""Precise at probability 0.5, for one pair. See docs/decisions/0003-precise-before-complete.md."""

RANKER = "combined"
"""Finds more, and what it finds from ``FOUND`` on is worth a look: docs/models/combined.md."""

FOUND = 0.7
"""Probability from which :func:`find_conflicts` lists a conflict."""


def conflict_scores(
    pairs: Sequence[tuple[str, str]], *, questions: Sequence[str | None] | None = None
) -> NDArray[Any]:
    """How likely each two passages give conflicting answers, for ranking pairs.

    Where there is a question, what each passage answers is read first. Texts, readings and pairs
    are remembered, within bounds; the figures are in docs/models/combined.md.

    Args:
        pairs: n pairs of texts.
        questions: the question that both are meant to answer, one a pair, where it is known.

    Returns:
        (n,) float64 in [0, 1], symmetric in the two texts.

    Raises:
        ModelError: there is a question, and the packaged encoder is not installed.
        ValueError: there are not as many questions as pairs.
    """
    import numpy as np

    if questions is not None and len(questions) != len(pairs):
        raise ValueError(f"{len(pairs)} pairs but {len(questions)} questions")
    judged = _ranker().judge(list(pairs), questions)
    return np.array([judgement.probability for judgement in judged], dtype=np.float64)


def find_conflicts(passages: Sequence[str], *, question: str | None = None) -> list[Conflict]:
    """The conflicts among passages, most probable first.

    Every pair is judged once, of more than 50 passages each with the 8 whose words are most like
    its own; a passage is read once for the question. Listed is what has a probability of
    ``FOUND`` or more; the spans of a conflict are in the texts of its passages.

    Raises:
        ModelError: there is a question, and the packaged encoder is not installed.
    """
    pairs = closest_pairs(passages)
    texts = [(passages[i], passages[j]) for i, j in pairs]
    judged = _ranker().judge(texts, [question] * len(texts))
    found = [
        conflict_of((i, j), judgement, passages)
        for (i, j), judgement in zip(pairs, judged, strict=True)
        if is_conflict(judgement, threshold=FOUND)
    ]
    return sorted(found, key=lambda c: (-c.probability, c.left, c.right))


@cache
def _ranker() -> Judge:
    judge: Judge = Registry().create("judge", RANKER)
    return judge


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
