"""Figures of a run to signals: did a rule's threshold hold, did it not, or was it not measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ragcheck.records.corpus import Question
from ragcheck.records.results import (
    Attribution,
    Curve,
    Estimate,
    ReaderCheck,
    StrategySummary,
)
from ragcheck.records.trials import Trial
from ragcheck.stats import mean_estimate, percentile_interval
from ragcheck.triage.rules import RULES
from ragcheck.triage.wording import percent, say

RESAMPLES = 1000
LEAST = 3
"""Questions of a kind below which kinds are not compared."""
LEAST_UNITS = 5
"""Questions or chunks below which an interval decides nothing: a bootstrap of so few misses."""


@dataclass(frozen=True, slots=True)
class Signal:
    """``fired`` is ``None`` where the figure allows neither a yes nor a no."""

    rule: str
    fired: bool | None
    figure: str
    estimate: Estimate


def above(rule: str, estimate: Estimate, language: str, phrase: str, **values: object) -> Signal:
    """Fires when the whole interval lies above the rule's threshold; no when it lies below.

    Neither without an interval, nor from fewer than ``LEAST_UNITS`` units.
    """
    figure = say(language, phrase, figure=percent(estimate, language), **values)
    threshold = RULES[rule].threshold
    if estimate.value is None or threshold is None:
        return Signal(rule, None, figure, estimate)
    if estimate.low is None or estimate.high is None:
        return Signal(rule, None, say(language, "no_interval", figure=figure), estimate)
    if estimate.n < LEAST_UNITS:
        return Signal(rule, None, say(language, "too_few", figure=figure, n=estimate.n), estimate)
    if estimate.low > threshold:
        return Signal(rule, True, figure, estimate)
    return Signal(rule, False if estimate.high < threshold else None, figure, estimate)


def below(rule: str, estimate: Estimate, language: str, phrase: str, **values: object) -> Signal:
    """Fires when the whole interval lies below the rule's threshold; no when it lies above."""
    mirrored = above(rule, estimate, language, phrase, **values)
    if mirrored.fired is None:
        return mirrored
    return Signal(rule, not mirrored.fired, mirrored.figure, estimate)


def evidence_signals(
    curve: Curve | None,
    strategies: Sequence[StrategySummary],
    attribution: Attribution | None,
    language: str,
) -> list[Signal]:
    """Signals from the curves over K, the strategies and the attribution."""
    signals = []
    if curve is not None and curve.points:
        last = curve.points[-1]
        contradicted = last.measures["contradicted_support"]
        missing = complement(last.measures["sufficiency"])
        signals.append(above("RC101", contradicted, language, "contradicted", k=last.k))
        signals.append(above("RC406", missing, language, "incomplete", k=last.k))
    if strategies:
        best = max(strategies, key=lambda s: s.standalone.value or 0.0)
        signals.append(
            below("RC405", best.standalone, language, "standalone", strategy=best.strategy)
        )
    if attribution is not None:
        signals.append(follows_evidence(attribution, language))
        noise = attribution.shares["noise"].within(0.0, 1.0)
        signals.append(above("RC501", noise, language, "noise_share"))
    return signals


def answer_signals(
    trials: Sequence[Trial],
    questions: Mapping[str, Question],
    reader: ReaderCheck | None,
    rng: np.random.Generator,
    language: str,
) -> list[Signal]:
    """Signals from the answers alone."""
    scored = [trial for trial in trials if trial.score.correctness is not None]
    reading = [] if reader is None else [_cannot_read(reader, trials, language)]
    return [
        *reading,
        _rules_worse(scored, questions, rng, language),
        _answers_unanswerable(scored, questions, rng, language),
    ]


def follows_evidence(attribution: Attribution, language: str) -> Signal:
    """Whether the attribution's verdict is evidence, both or interaction (RC404)."""
    share = attribution.shares["evidence"].within(0.0, 1.0)
    fired: bool | None = None
    if attribution.verdict in ("evidence", "both", "interaction"):
        fired = True
    elif attribution.verdict in ("generation", "neither"):
        fired = False
    figure = say(language, "evidence_share", figure=percent(share, language))
    return Signal("RC404", fired, figure, share)


def _cannot_read(reader: ReaderCheck, trials: Sequence[Trial], language: str) -> Signal:
    """No answer at temperature 0: what the model cannot do is not told from what it draws."""
    signal = below("RC001", reader.with_evidence, language, "reader")
    temperatures = [t.cell.generation.get("temperature") for t in trials]
    coolest = min((float(level) for level in temperatures if level is not None), default=0.0)
    if signal.fired and coolest > 0:
        figure = say(language, "sampled", figure=signal.figure, temperature=f"{coolest:g}")
        return Signal("RC001", None, figure, signal.estimate)
    return signal


def _rules_worse(
    scored: Sequence[Trial],
    questions: Mapping[str, Question],
    rng: np.random.Generator,
    language: str,
) -> Signal:
    """Mean correctness of plain minus exception questions, where the evidence was complete."""
    complete = [trial for trial in scored if trial.properties.get("sufficiency") == 1.0]
    plain, rules = (_question_means(complete, questions, tag) for tag in ("plain", "exception"))
    if min(len(plain), len(rules)) < LEAST:
        estimate = Estimate(None, reason=say(language, "too_few_rules"))
    else:
        draws = [rng.choice(v, (RESAMPLES, len(v))).mean(axis=1) for v in (plain, rules)]
        low, high = percentile_interval(draws[0] - draws[1])
        point = float(np.mean(plain) - np.mean(rules))
        estimate = Estimate(point, low, high, n=len(plain) + len(rules))
    return above("RC301", estimate, language, "rule_gap")


def _question_means(
    trials: Sequence[Trial], questions: Mapping[str, Question], tag: str
) -> list[float]:
    by_question: dict[str, list[float]] = defaultdict(list)
    for trial in trials:
        if tag in questions[trial.question_id].tags and trial.score.correctness is not None:
            by_question[trial.question_id].append(trial.score.correctness)
    return [float(np.mean(values)) for values in by_question.values()]


def _answers_unanswerable(
    scored: Sequence[Trial],
    questions: Mapping[str, Question],
    rng: np.random.Generator,
    language: str,
) -> Signal:
    by_question: dict[str, list[float]] = defaultdict(list)
    for trial in scored:
        if questions[trial.question_id].unanswerable:
            by_question[trial.question_id].append(float(not trial.score.abstained))
    shares = [float(np.mean(values)) for values in by_question.values()]
    estimate = mean_estimate(shares, rng, reason=say(language, "no_unanswerable"))
    return above("RC601", estimate, language, "answered")


def complement(estimate: Estimate) -> Estimate:
    """One minus the estimate."""
    if estimate.value is None:
        return estimate
    low = None if estimate.high is None else 1 - estimate.high
    high = None if estimate.low is None else 1 - estimate.low
    return Estimate(1 - estimate.value, low, high, n=estimate.n)
