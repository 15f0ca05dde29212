"""The public functions on a caller's own texts."""

from __future__ import annotations

import numpy as np
import pytest

import ragcheck

OLD = "Customers can return a product within 30 days of delivery."
NEW = "Customers can return a product within 45 days of delivery."
QUESTION = "How long can customers return a product?"


def test_conflict_scores_are_symmetric_and_bounded() -> None:
    pairs = [(OLD, NEW), (OLD, OLD), (OLD, "Parcels in the EU are delivered by Corvida.")]
    scores = ragcheck.conflict_scores(pairs, questions=[QUESTION] * 3)
    mirrored = ragcheck.conflict_scores([(b, a) for a, b in pairs], questions=[QUESTION] * 3)
    assert scores.dtype == np.float64
    assert scores.shape == (3,)
    assert np.allclose(scores, mirrored)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores[0] > 0.5 > max(scores[1], scores[2])


def test_conflict_scores_wants_a_question_a_pair() -> None:
    with pytest.raises(ValueError, match="1 pairs but 2 questions"):
        ragcheck.conflict_scores([(OLD, NEW)], questions=[QUESTION, QUESTION])


def test_find_conflicts_points_into_both_passages() -> None:
    passages = ["The warehouse is in Leeds.", OLD, "Ask for a number first.", NEW]
    (found,) = ragcheck.find_conflicts(passages, question=QUESTION)
    assert (found.left, found.right) == (1, 3)
    assert "30 days" in OLD[found.left_span.start : found.left_span.end]
    assert "45 days" in NEW[found.right_span.start : found.right_span.end]
    assert found.explanation


@pytest.mark.parametrize("passages", [[], [OLD], ["", " \n"], [OLD, OLD]])
def test_nothing_to_compare_is_no_conflict(passages: list[str]) -> None:
    assert ragcheck.find_conflicts(passages) == []


def test_self_containedness_says_why_there_is_no_value() -> None:
    whole, blank = ragcheck.self_containedness([NEW, "  "])
    assert whole.value is not None
    assert 0 <= whole.value <= 1
    assert blank.value is None
    assert blank.reason


def test_sufficiency_finds_the_supporting_passage() -> None:
    score = ragcheck.sufficiency(QUESTION, ["The warehouse is in Leeds.", NEW])
    assert score.value is not None
    assert score.passage == 1
    assert score.span is not None
    assert "45 days" in NEW[score.span.start : score.span.end]


def test_score_answers_tells_right_wrong_and_abstained_apart() -> None:
    records = [
        {"response": "45 days", "reference": ["45 days", "forty-five days"]},
        {"response": "It is 30 days.", "reference": "45 days"},
        {"response": "unknown", "reference": "45 days"},
        {"response": None, "reference": "45 days"},
        {"response": "unknown", "reference": [], "unanswerable": True},
    ]
    scores = ragcheck.score_answers(records)
    assert [score.verdict for score in scores] == [
        "correct", "wrong", "abstained", "unscored", "correct",
    ]  # fmt: skip
    assert scores[3].reason


def test_a_record_of_the_wrong_type_is_named() -> None:
    with pytest.raises(ragcheck.RagcheckError, match="record 1"):
        ragcheck.score_answers([{"response": "a", "reference": "a"}, {"response": 3}])
