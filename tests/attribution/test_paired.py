"""Interventions against their references: intervals, verdicts, and what is not measured."""

from __future__ import annotations

import numpy as np
import pytest

from ragcheck.attribution.paired import (
    Undefined,
    conflict_or_missing,
    intervention_effects,
    paired_estimate,
)
from ragcheck.attribution.wording import PHRASES
from ragcheck.records.results import CONTRAST_VERDICTS
from ragcheck.records.trials import Answer, AnswerScore, Cell, Trial

REFERENCES = {"sound": "none", "conflict": "sound", "missing": "sound"}
CELL = Cell({"k": 5}, {"temperature": 0.0})


def _rng() -> np.random.Generator:
    return np.random.default_rng(5)


def _trial(name: str, question: int, verdict: str) -> Trial:
    right = float(verdict == "correct")
    score = AnswerScore(verdict, right, right, right, abstained=verdict == "abstained")
    if verdict == "unscored":
        score = AnswerScore(verdict, None, None, None, abstained=False, reason="timeout")
    return Trial(f"q{question:02d}", CELL, Answer("text"), score, intervention=name)


def _trials(**verdicts: str) -> list[Trial]:
    """One letter a question: c correct, w wrong, a abstained, u unscored."""
    words = {"c": "correct", "w": "wrong", "a": "abstained", "u": "unscored"}
    return [
        _trial(name, number, words[letter])
        for name, letters in verdicts.items()
        for number, letter in enumerate(letters)
        if letter in words
    ]


def test_missing_evidence_costs_more() -> None:
    trials = _trials(sound="c" * 16, conflict="c" * 12 + "w" * 4, missing="a" * 14 + "w" * 2)
    sources = {f"q{i:02d}": "corpus" if i < 10 else "edited" for i in range(16)}
    found = conflict_or_missing(trials, sources, _rng(), "en")
    assert found.verdict == "missing"
    assert found.questions == 16
    assert found.before.value == 1.0
    assert found.conflict.correctness.value == pytest.approx(-0.25)
    assert found.missing.correctness.value == -1.0
    assert found.missing.wrong.value == pytest.approx(2 / 16)
    assert found.missing.abstained.value == pytest.approx(14 / 16)
    assert found.difference.correctness.value == pytest.approx(0.75)
    assert found.sources == {"corpus": 10, "edited": 6}


def test_a_conflict_costs_more() -> None:
    found = conflict_or_missing(
        _trials(sound="c" * 12, conflict="w" * 12, missing="c" * 9 + "aaa"), {}, _rng(), "zh"
    )
    assert found.verdict == "conflict"
    assert found.difference.correctness.value == pytest.approx(-0.75)


def test_no_difference_names_what_would_have_been_seen() -> None:
    found = conflict_or_missing(
        _trials(sound="c" * 10, conflict="cccwwccwcw", missing="cwwccacccc"), {}, _rng(), "en"
    )
    assert found.verdict == "no difference"
    assert found.smallest_effect is not None
    assert f"{found.smallest_effect:.2f}" in found.reason


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ({"sound": "cccc", "conflict": "wwww", "missing": "cccc"}, "it takes 5"),
        ({"sound": "c" * 9, "conflict": "u" * 9, "missing": "w" * 9}, "0 questions"),
        ({}, "0 questions"),
        ({"sound": "w" * 9, "conflict": "w" * 9, "missing": "w" * 9}, "does not use"),
    ],
)
def test_what_was_not_measured_says_why(verdicts: dict[str, str], said: str) -> None:
    found = conflict_or_missing(_trials(**verdicts), {}, _rng(), "en")
    assert found.verdict == "not measured"
    assert said in found.reason


def test_only_questions_answered_all_three_ways_count() -> None:
    trials = _trials(sound="cccccccc", conflict="cccccwuu", missing="-cwwwwww")
    found = conflict_or_missing(trials, {}, _rng(), "en")
    assert found.questions == 5
    assert found.missing.correctness.value == pytest.approx(-4 / 5)


def test_effects_are_those_of_questions_that_have_both_and_count_the_rest() -> None:
    trials = _trials(none="ccwwcc", sound="cccccc", conflict="wwwwcc")
    undefined = [Undefined("conflict", "q08", "no rival"), Undefined("conflict", "q09", "no rival")]
    effects = intervention_effects(trials, REFERENCES, undefined, _rng(), "en")
    assert [(e.name, e.reference, e.questions) for e in effects] == [
        ("sound", "none", 6), ("conflict", "sound", 6), ("missing", "sound", 0),
    ]  # fmt: skip
    assert effects[0].shift.correctness.value == pytest.approx(2 / 6)
    assert effects[1].undefined == {"no rival": 2}
    assert effects[2].shift.correctness.reason == PHRASES["en"]["no_questions"]


def test_equal_differences_still_have_an_interval() -> None:
    found = paired_estimate([0.0] * 20, _rng(), reason="")
    # Wilson's upper end for 0 of 20
    assert (found.low, found.high) == (
        pytest.approx(-0.1611, abs=1e-3),
        pytest.approx(0.1611, abs=1e-3),
    )


def test_fewer_than_five_questions_have_no_interval() -> None:
    found = paired_estimate([1.0, 0.0], _rng(), reason="")
    assert (found.value, found.low, found.n) == (0.5, None, 2)


@pytest.mark.parametrize("questions", [12, 20, 40])
@pytest.mark.parametrize("shares", [(0.1, 0.1), (0.3, 0.1), (0.5, 0.0)])
def test_intervals_cover_the_true_difference(questions: int, shares: tuple[float, float]) -> None:
    lost, won = shares
    rng = _rng()
    covered = 0
    worlds = 300
    for _ in range(worlds):
        gaps = rng.choice([-1.0, 1.0, 0.0], size=questions, p=[lost, won, 1 - lost - won])
        found = paired_estimate(list(gaps), rng, reason="")
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= won - lost <= found.high
    assert covered / worlds >= 0.92


def test_every_verdict_can_be_reached() -> None:
    cases = (("c" * 9, "w" * 9), ("w" * 9, "c" * 9), ("cw" * 5, "wc" * 5), ("c", "c"))
    found = {
        conflict_or_missing(
            _trials(sound="c" * 10, conflict=conflict, missing=missing), {}, _rng(), "en"
        ).verdict
        for conflict, missing in cases
    }
    assert found == set(CONTRAST_VERDICTS)
