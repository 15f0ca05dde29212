"""Figures of a run to signals: did a rule's threshold hold, did it not, or was it not measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    reading = [] if reader is None else [below("RC001", reader.with_evidence, language, "reader")]
    return [
        *reading,
        _metrics_disagree(scored, rng, language),
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


def _metrics_disagree(scored: Sequence[Trial], rng: np.random.Generator, language: str) -> Signal:
    """Kendall's tau-b over cells, correctness against token F1, bootstrap over questions."""
    estimate = _rank_agreement(scored, rng, language)
    if estimate.value is None or estimate.low is None or estimate.high is None:
        figure = percent(estimate, language)
        return Signal("RC201", None, say(language, "rank_agreement", figure=figure), estimate)
    threshold = RULES["RC201"].threshold or 0.0
    fired = None
    if estimate.high < threshold or estimate.low > threshold:
        fired = estimate.high < threshold
    figure = f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"
    return Signal("RC201", fired, say(language, "rank_agreement", figure=figure), estimate)


def _rank_agreement(scored: Sequence[Trial], rng: np.random.Generator, language: str) -> Estimate:
    usable = [trial for trial in scored if trial.score.token_f1 is not None]
    units = sorted({trial.question_id for trial in usable})
    cells = sorted({trial.cell.id for trial in usable})
    if len(cells) < LEAST or len(units) < LEAST + 2:
        return Estimate(None, reason=say(language, "too_few_cells"))
    from scipy.stats import kendalltau

    sums, counts = _tables(usable, units, cells)

    def tau(chosen: NDArray[np.intp]) -> float:
        totals = np.maximum(counts[chosen].sum(axis=0), 1)
        # Rounded, so that equal means are ties whatever the order of summation.
        one, other = (np.round(table[chosen].sum(axis=0) / totals, 12) for table in sums)
        if np.ptp(one) == 0 or np.ptp(other) == 0:
            return float("nan")
        return float(kendalltau(one, other).statistic)

    point = tau(np.arange(len(units)))
    draws = np.array([tau(rng.integers(0, len(units), len(units))) for _ in range(RESAMPLES)])
    draws = draws[~np.isnan(draws)]
    if np.isnan(point) or draws.size < RESAMPLES // 2:
        return Estimate(None, reason=say(language, "all_equal"))
    low, high = percentile_interval(draws)
    return Estimate(point, low, high, n=len(units))


def _tables(
    trials: Sequence[Trial], units: Sequence[str], cells: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(2, units, cells) sums of correctness and of token F1, and (units, cells) counts."""
    row = {unit: i for i, unit in enumerate(units)}
    column = {cell: i for i, cell in enumerate(cells)}
    sums = np.zeros((2, len(units), len(cells)))
    counts = np.zeros((len(units), len(cells)))
    for trial in trials:
        at = row[trial.question_id], column[trial.cell.id]
        counts[at] += 1
        sums[0][at] += trial.score.correctness or 0.0
        sums[1][at] += trial.score.token_f1 or 0.0
    return sums, counts


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
