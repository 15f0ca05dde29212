"""From question values to curves."""

from __future__ import annotations

import numpy as np
import pytest

from ragcheck.measures.curves import evidence_curve, mean_value
from ragcheck.records.evidence import Score


def curve_of(values, ranks, language="en"):
    return evidence_curve(
        values,
        ranks,
        np.random.default_rng(0),
        strategy="chars(size=400)",
        retriever="bm25",
        language=language,
    )


def test_points_are_sorted_means_over_the_questions_that_have_a_value() -> None:
    curve = curve_of(
        {
            5: {"conflict": [True, True, False], "sufficiency": [1.0, None, 0.5]},
            1: {"conflict": [False, False, False], "sufficiency": [Score(0.5), Score(0.2), None]},
        },
        [3, 5, None],
    )
    assert [point.k for point in curve.points] == [1, 5]
    assert curve.points[0].measures["conflict"].value == 0.0
    assert curve.points[0].measures["sufficiency"].value == pytest.approx(0.35)
    assert curve.points[1].measures["conflict"].value == pytest.approx(2 / 3)
    assert curve.points[1].measures["sufficiency"].value == pytest.approx(0.75)
    assert curve.points[1].measures["sufficiency"].n == 2
    assert curve.first_conflict_rank.value == 4.0
    assert curve.first_conflict_rank.n == 2


@pytest.mark.parametrize(
    ("language", "no_gold", "no_conflict", "other"),
    [
        (
            "en",
            "no question has gold evidence in the corpus",
            "no question has a conflict among its passages",
            "no novelty was measured",
        ),
        ("zh", "没有问题在语料中有金标证据", "没有问题的段落之间出现矛盾", "没有测得 novelty"),
    ],
)
def test_a_measure_that_no_question_has_gives_the_reason_in_the_language(
    language: str, no_gold: str, no_conflict: str, other: str
) -> None:
    nothing = [Score(None, reason="the question has no gold evidence"), None]
    values = {1: {"sufficiency": nothing, "novelty": [None, None]}}
    curve = curve_of(values, [None, None], language=language)
    assert curve.points[0].measures["sufficiency"].reason == no_gold
    assert curve.points[0].measures["novelty"].reason == other
    assert curve.first_conflict_rank.reason == no_conflict


def test_no_questions_at_all() -> None:
    curve = curve_of({1: {"conflict": []}}, [])
    assert curve.points[0].measures["conflict"].reason == "no questions"
    assert curve.first_conflict_rank.reason == "no questions"


def test_intervals_hold_the_mean_and_repeat_with_the_seed() -> None:
    values = {3: {"redundancy": list(np.linspace(0, 0.8, 20))}}
    one, other = curve_of(values, []), curve_of(values, [])
    estimate = one.points[0].measures["redundancy"]
    assert one == other
    assert estimate.low < estimate.value < estimate.high


def test_mean_of_scores_leaves_out_those_without_a_value() -> None:
    assert mean_value([Score(0.2), Score(None, reason="empty"), Score(0.6)]).value == 0.4
    assert mean_value([Score(None, reason="empty")]).reason == "empty"
    assert mean_value([]).reason == "no passages"
