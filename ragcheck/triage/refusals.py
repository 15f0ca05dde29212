"""Whether the system refuses where it should, and only there (RC602 to RC604)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragcheck.records.corpus import Question
from ragcheck.records.results import Estimate
from ragcheck.records.trials import Trial
from ragcheck.stats import percentile_interval, wilson_interval
from ragcheck.triage.class_wording import say
from ragcheck.triage.deciding import by_question, decided, mean_of, points
from ragcheck.triage.signals import LEAST, RESAMPLES, Signal
from ragcheck.triage.wording import percent

TARGET = 0.10
"""Largest share of wrong answers that a gate is asked to leave."""


def refusal_signals(
    trials: Sequence[Trial],
    questions: Mapping[str, Question],
    rng: np.random.Generator,
    language: str,
) -> list[Signal]:
    """Signals of answers and refusals by what evidence there was."""
    scored = [trial for trial in trials if trial.score.correctness is not None]
    answerable = [t for t in scored if not questions[t.question_id].unanswerable]
    return [
        _answered_absent(answerable, rng, language),
        _refused(answerable, rng, language),
        _confident_wrong(answerable, rng, language),
    ]


def temperature_shift(
    trials: Sequence[Trial],
    questions: Mapping[str, Question],
    rng: np.random.Generator,
    language: str,
) -> str:
    """What the lowest temperature instead of the highest does to answers to unanswerable
    questions, within question; empty where only one temperature was set."""
    levels = sorted({float(t.cell.generation.get("temperature", 0.0)) for t in trials})
    if len(levels) < 2:
        return ""
    own = [
        t
        for t in trials
        if questions[t.question_id].unanswerable and t.score.correctness is not None
    ]
    low, high = (
        by_question(
            [t for t in own if float(t.cell.generation.get("temperature", 0.0)) == level],
            lambda t: float(not t.score.abstained),
        )
        for level in (levels[0], levels[-1])
    )
    both = sorted(low.keys() & high.keys())
    if len(both) < LEAST:
        return ""
    shift = _mean_shift(np.array([low[q] - high[q] for q in both]), rng)
    return say(language, "cooler", low=levels[0], high=levels[-1], figure=points(shift, language))


def _mean_shift(shifts: NDArray[np.float64], rng: np.random.Generator) -> Estimate:
    """Mean of differences in [-1, 1] with its bootstrap interval; where all are 0, which a
    bootstrap cannot vary, the bound is that of a share of 0 on either side (Wilson 1927)."""
    n = int(shifts.size)
    if not shifts.any():
        most = wilson_interval(0, n)[1]
        return Estimate(0.0, -most, most, n=n)
    low, high = percentile_interval(rng.choice(shifts, (RESAMPLES, n)).mean(axis=1))
    return Estimate(float(shifts.mean()), low, high, n=n)


def _answered_absent(trials: Sequence[Trial], rng: np.random.Generator, language: str) -> Signal:
    absent = [t for t in trials if t.properties.get("sufficiency") == 0.0]
    answered = by_question(absent, lambda t: float(not t.score.abstained))
    estimate = mean_of(answered, rng, say(language, "all_retrieved"))
    figure = say(language, "answered_absent", figure=percent(estimate, language))
    return decided("RC602", estimate, figure, language)


def _refused(trials: Sequence[Trial], rng: np.random.Generator, language: str) -> Signal:
    complete = [t for t in trials if t.properties.get("sufficiency") == 1.0]
    refused = by_question(complete, lambda t: float(t.score.abstained))
    estimate = mean_of(refused, rng, say(language, "none_complete"))
    figure = say(language, "refused", figure=percent(estimate, language))
    return decided("RC603", estimate, figure, language)


def _confident_wrong(trials: Sequence[Trial], rng: np.random.Generator, language: str) -> Signal:
    known = [t for t in trials if t.properties.get("sufficiency") is not None]
    shaky = [t for t in known if t.properties["sufficiency"] != 1.0 or _conflicted(t)]
    estimate = mean_of(by_question(shaky, _wrong), rng, say(language, "none_incomplete"))
    figure = say(
        language, "confident_wrong", figure=percent(estimate, language),
        gate=_gate(known, rng, language) if shaky else "",
    )  # fmt: skip
    return decided("RC604", estimate, figure, language)


def _conflicted(trial: Trial) -> bool:
    return bool(trial.properties.get("conflict"))


def _wrong(trial: Trial) -> float:
    return float(not trial.score.abstained and (trial.score.correctness or 0.0) < 1.0)


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Answering only at this sufficiency or more: who is answered, and how much of it is wrong.

    ``coverage`` is the share of the trials that are answered, ``risk`` the share of wrong ones
    among them; a trial that refuses by itself is not answered.
    """

    threshold: float
    coverage: Estimate
    risk: Estimate


def risk_coverage(
    trials: Sequence[Trial], rng: np.random.Generator, language: str
) -> tuple[RiskPoint, ...]:
    """The risk-coverage curve of a gate on sufficiency (El-Yaniv & Wiener 2010, JMLR 11:1605).

    One point for each value of sufficiency, the most permissive first; means over questions.
    """
    known = [t for t in trials if t.properties.get("sufficiency") is not None]
    levels = sorted({float(t.properties["sufficiency"] or 0.0) for t in known})
    found = []
    for level in levels:
        reason = say(language, "none_complete")
        passed = [
            t
            for t in known
            if (t.properties["sufficiency"] or 0.0) >= level and not t.score.abstained
        ]
        ids = {id(t) for t in passed}
        covered = by_question(known, lambda t, ids=ids: float(id(t) in ids))  # type: ignore[misc]
        found.append(
            RiskPoint(level, mean_of(covered, rng, reason),
                      mean_of(by_question(passed, _wrong), rng, reason))
        )  # fmt: skip
    return tuple(found)


def _gate(trials: Sequence[Trial], rng: np.random.Generator, language: str) -> str:
    curve = risk_coverage(trials, rng, language)
    for point in curve:
        if point.risk.value is not None and point.risk.value <= TARGET:
            return say(
                language, "gate", threshold=round(point.threshold, 2),
                risk=percent(point.risk, language), coverage=percent(point.coverage, language),
            )  # fmt: skip
    return say(language, "no_gate", target=f"{100 * TARGET:.0f} %")
