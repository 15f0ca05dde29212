"""A signal fires where the whole interval lies beyond the threshold, and else says neither."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragcheck.records.corpus import Question
from ragcheck.records.results import Curve, CurvePoint, Estimate, ReaderCheck, StrategySummary
from ragcheck.records.trials import Answer, AnswerScore, Cell, Trial
from ragcheck.triage.signals import Signal, above, answer_signals, below, evidence_signals

# RC101 fires above 0.10, RC405 below 0.75.


@pytest.mark.parametrize(
    ("estimate", "fired"),
    [
        (Estimate(0.30, 0.20, 0.40, n=40), True),
        (Estimate(0.05, 0.01, 0.09, n=40), False),
        (Estimate(0.15, 0.05, 0.25, n=40), None),
        (Estimate(0.30, 0.20, 0.40, n=4), None),
        (Estimate(0.30, n=1), None),
        (Estimate(None, reason="no question"), None),
    ],
)
def test_above_its_threshold(estimate: Estimate, fired: bool | None) -> None:
    assert above("RC101", estimate, "en", "contradicted", k=5).fired is fired


@pytest.mark.parametrize(
    ("estimate", "fired"),
    [
        (Estimate(0.50, 0.40, 0.60, n=40), True),
        (Estimate(0.90, 0.80, 0.95, n=40), False),
        (Estimate(0.75, 0.60, 0.85, n=40), None),
        (Estimate(0.50, 0.40, 0.60, n=4), None),
        (Estimate(None, reason="no chunk"), None),
    ],
)
def test_below_its_threshold(estimate: Estimate, fired: bool | None) -> None:
    assert below("RC405", estimate, "en", "standalone", strategy="s").fired is fired


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_undefined_figure_tells_its_reason(language: str) -> None:
    signal = above("RC101", Estimate(None, reason="why"), language, "contradicted", k=5)
    assert "why" in signal.figure
    assert "None" not in signal.figure
    assert "nan" not in signal.figure


def _summary(name: str, standalone: Estimate) -> StrategySummary:
    return StrategySummary(name, 40, 300.0, standalone, {}, 0.0, Estimate(None, reason="no gold"))


def test_evidence_is_judged_at_the_largest_k_and_by_the_best_strategy() -> None:
    def point(k: int, contradicted: Estimate, sufficiency: Estimate) -> CurvePoint:
        measures = {"contradicted_support": contradicted, "sufficiency": sufficiency}
        return CurvePoint(k, measures)

    high, low = Estimate(0.9, 0.8, 0.95, n=40), Estimate(0.02, 0.0, 0.05, n=40)
    points = (point(1, low, high), point(5, high, low))
    curve = Curve("s", "r", points, Estimate(None, reason="none"))
    summaries = [_summary("bad", low), _summary("good", high)]
    fired = {s.rule: s.fired for s in evidence_signals(curve, summaries, None, "en")}
    assert fired == {"RC101": True, "RC406": True, "RC405": False}


def _trial(
    question: str, k: int, correct: float, *, f1: float = 0.5, abstained: bool = False
) -> Trial:
    score = AnswerScore("correct", correct, correct, correct, abstained, token_f1=f1)
    return Trial(question, Cell({"k": k}, {}), Answer("x"), score, properties={"sufficiency": 1.0})


def _by_rule(trials: list[Trial], questions: list[Question]) -> dict[str, Signal]:
    known = {question.id: question for question in questions}
    found = answer_signals(trials, known, None, np.random.default_rng(1), "en")
    return {signal.rule: signal for signal in found}


def test_answers_to_unanswerable_questions_fire_unless_the_model_abstains() -> None:
    questions = [Question(str(i), "q?", unanswerable=True) for i in range(20)]
    told = [_trial(q.id, 1, 0.0) for q in questions]
    refused = [_trial(q.id, 1, 1.0, abstained=True) for q in questions]
    assert _by_rule(told, questions)["RC601"].fired is True
    assert _by_rule(refused, questions)["RC601"].fired is False
    assert _by_rule(told, [Question(q.id, "q?", ("a",)) for q in questions])["RC601"].fired is None


def test_rules_that_are_answered_worse_fire() -> None:
    questions = [
        Question(f"{tag}{i}", "q?", ("a",), tags=(tag,))
        for tag in ("plain", "exception")
        for i in range(10)
    ]
    worse = [_trial(q.id, 1, float(q.tags == ("plain",))) for q in questions]
    equal = [_trial(q.id, 1, 1.0) for q in questions]
    assert _by_rule(worse, questions)["RC301"].fired is True
    assert _by_rule(equal, questions)["RC301"].fired is False
    assert _by_rule(worse[:10], questions)["RC301"].fired is None


def test_a_model_that_cannot_read_is_told_from_one_that_is_drawn_from() -> None:
    def trials(temperature: float) -> list[Trial]:
        cell = Cell({"k": 1}, {"temperature": temperature})
        return [replace(_trial(str(i), 1, 0.2), cell=cell) for i in range(20)]

    reader = ReaderCheck(Estimate(0.2, 0.1, 0.3, n=20), Estimate(None, reason="none"))
    questions = {str(i): Question(str(i), "q?", ("a",)) for i in range(20)}
    found = {
        temperature: {
            s.rule: s
            for s in answer_signals(
                trials(temperature), questions, reader, np.random.default_rng(1), "en"
            )
        }["RC001"]
        for temperature in (0.0, 0.9)
    }
    assert found[0.0].fired is True
    assert found[0.9].fired is None
    assert "0.9" in found[0.9].figure


def test_no_trial_fires_nothing() -> None:
    assert {signal.fired for signal in _by_rule([], []).values()} == {None}
