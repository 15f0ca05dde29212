"""Answers without evidence, refusals with it, and the gate that would tell them apart."""

from __future__ import annotations

import numpy as np
import pytest

from ragcheck.records.corpus import Question
from ragcheck.records.trials import Trial
from ragcheck.triage.refusals import refusal_signals, risk_coverage, temperature_shift
from ragcheck.triage.signals import Signal
from tests.triage.building import answered, by_rule, simple

QUESTIONS = {question.id: question for question in simple(40)}
UNANSWERABLE = {f"u{i}": Question(f"u{i}", "q?", unanswerable=True) for i in range(30)}
RNG = np.random.default_rng


def _signals(trials: list[Trial], language: str = "en") -> dict[str, Signal]:
    known = {**QUESTIONS, **UNANSWERABLE}
    return dict(by_rule(refusal_signals(trials, known, RNG(0), language)))


def _all(text: str, **more: object) -> list[Trial]:
    return [answered(name, text, **more) for name in QUESTIONS]  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_answers_where_no_evidence_was_retrieved(language: str) -> None:
    guessed = _all("99 days", right=0.0, sufficiency=0.0)
    refused = _all("not stated", right=0.0, abstained=True, sufficiency=0.0)
    assert _signals(guessed, language)["RC602"].fired is True
    assert _signals(refused, language)["RC602"].fired is False
    assert _signals(_all("2 days"), language)["RC602"].fired is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_refusals_where_the_evidence_was_there(language: str) -> None:
    refused = _all("not stated", right=0.0, abstained=True)
    assert _signals(refused, language)["RC603"].fired is True
    assert _signals(_all("2 days"), language)["RC603"].fired is False
    assert _signals(_all("x", sufficiency=0.5), language)["RC603"].fired is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_confident_and_wrong_on_missing_or_conflicting_evidence(language: str) -> None:
    for more in ({"sufficiency": 0.5}, {"sufficiency": 1.0, "conflict": 1.0}):
        wrong = _all("99 days", right=0.0, **more)
        careful = _all("not stated", right=0.0, abstained=True, **more)
        assert _signals(wrong, language)["RC604"].fired is True
        assert _signals(careful, language)["RC604"].fired is False
    assert _signals(_all("99 days", right=0.0), language)["RC604"].fired is None


def _graded() -> list[Trial]:
    """Right exactly where the evidence is complete, which half of the questions have."""
    names = list(QUESTIONS)
    return [
        answered(name, "x", right=float(i % 2), sufficiency=float(i % 2))
        for i, name in enumerate(names)
    ]


def test_the_curve_says_what_a_gate_would_leave() -> None:
    everything, complete = risk_coverage(_graded(), RNG(0), "en")
    assert (everything.threshold, everything.coverage.value, everything.risk.value) == (0, 1, 0.5)
    assert (complete.threshold, complete.coverage.value, complete.risk.value) == (1, 0.5, 0)
    assert risk_coverage([], RNG(0), "en") == ()


def test_the_figure_names_the_threshold_of_the_gate() -> None:
    assert "sufficiency of 1 or more" in _signals(_graded())["RC604"].figure
    hopeless = [answered(n, "x", right=0.0, sufficiency=0.5) for n in QUESTIONS]
    assert "no threshold" in _signals(hopeless)["RC604"].figure


def test_what_a_lower_temperature_changes_is_told_with_its_interval() -> None:
    def trials(hot_refusals: int) -> list[Trial]:
        return [
            answered(
                name, "x", right=0.0, temperature=temperature,
                abstained=temperature > 0 and i < hot_refusals,
            )
            for i, name in enumerate(UNANSWERABLE)
            for temperature in (0.0, 1.0)
        ]  # fmt: skip

    same = temperature_shift(trials(0), UNANSWERABLE, RNG(0), "en")
    assert "temperature 0 instead of 1" in same
    # Nothing changed in 30: Wilson's bound for 0 of 30 is 11 %, to either side.
    assert "+0 [-11, +11]" in same
    # 15 of 30 refuse when hot and answer when cold: half more of them are answered.
    assert "+50 [" in temperature_shift(trials(15), UNANSWERABLE, RNG(0), "en")
    one = [trial for trial in trials(0) if trial.cell.generation["temperature"] == 0.0]
    assert temperature_shift(one, UNANSWERABLE, RNG(0), "en") == ""
