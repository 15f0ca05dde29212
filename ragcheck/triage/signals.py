"""Figures of a run to signals: did a rule's threshold hold, did it not, or was it not measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ragcheck.records.corpus import Question
from ragcheck.records.results import Attribution, Curve, Estimate, StrategySummary
from ragcheck.records.trials import Trial
from ragcheck.stats import mean_estimate, percentile_interval
from ragcheck.triage.rules import RULES

RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Signal:
    """``fired`` is ``None`` where the figure does not allow a yes or a no; ``figure`` says why."""

    rule: str
    fired: bool | None
    figure: str
    estimate: Estimate


def above(rule: str, estimate: Estimate, what: str) -> Signal:
    """Fires when the whole interval lies above the rule's threshold; no when it lies below."""
    threshold = RULES[rule].threshold
    if estimate.value is None or threshold is None:
        return Signal(rule, None, f"{what}: {estimate.reason}", estimate)
    figure = f"{what}: {percent(estimate)}"
    if estimate.low is None or estimate.high is None:
        return Signal(rule, None, f"{figure}, too few for an interval", estimate)
    if estimate.low > threshold:
        return Signal(rule, True, figure, estimate)
    return Signal(rule, False if estimate.high < threshold else None, figure, estimate)


def below(rule: str, estimate: Estimate, what: str) -> Signal:
    """Fires when the whole interval lies below the rule's threshold; no when it lies above."""
    mirrored = above(rule, estimate, what)
    if mirrored.fired is None:
        return mirrored
    return Signal(rule, not mirrored.fired, mirrored.figure, estimate)


def percent(estimate: Estimate) -> str:
    """``42 % [35, 49]``, or the reason why there is no number."""
    if estimate.value is None:
        return f"not measured ({estimate.reason})"
    if estimate.low is None or estimate.high is None:
        return f"{100 * estimate.value:.0f} %"
    return f"{100 * estimate.value:.0f} % [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"


def evidence_signals(
    curve: Curve | None, strategies: Sequence[StrategySummary], attribution: Attribution | None
) -> list[Signal]:
    """Signals from the curves over K, the strategies and the attribution."""
    signals = []
    if curve is not None and curve.points:
        last = curve.points[-1]
        contradicted = last.measures["contradicted_support"]
        signals.append(above("RC101", contradicted, f"support contradicted at K = {last.k}"))
        missing = _complement(last.measures["sufficiency"])
        signals.append(above("RC406", missing, f"evidence incomplete at K = {last.k}"))
    if strategies:
        best = max(strategies, key=lambda s: s.standalone.value or 0.0)
        signals.append(below("RC405", best.standalone, f"chunks that stand alone, {best.strategy}"))
    if attribution is not None:
        signals.append(_follows_evidence(attribution))
        signals.append(_noise(attribution))
    return signals


def answer_signals(
    trials: Sequence[Trial], questions: Mapping[str, Question], rng: np.random.Generator
) -> list[Signal]:
    """Signals from the answers alone."""
    scored = [trial for trial in trials if trial.score.correctness is not None]
    return [
        _metrics_disagree(scored, rng),
        _rules_worse(scored, questions, rng),
        _answers_unanswerable(scored, questions, rng),
    ]


def _follows_evidence(attribution: Attribution) -> Signal:
    share = attribution.shares["evidence"]
    fired: bool | None = None
    if attribution.verdict in ("evidence", "both", "interaction"):
        fired = True
    elif attribution.verdict in ("generation", "neither"):
        fired = False
    return Signal("RC404", fired, f"evidence share {percent(share)}", share)


def _noise(attribution: Attribution) -> Signal:
    return above("RC501", attribution.shares["noise"], "share of replicate noise")


def _metrics_disagree(scored: Sequence[Trial], rng: np.random.Generator) -> Signal:
    """Kendall's tau-b over cells, correctness against token F1, bootstrap over questions."""
    from scipy.stats import kendalltau

    what = "rank agreement of correctness and token F1"
    usable = [t for t in scored if t.score.token_f1 is not None]
    units = sorted({trial.question_id for trial in usable})
    cells = sorted({trial.cell.id for trial in usable})
    if len(cells) < 3 or len(units) < 5:
        reason = "needs 3 cells and 5 scored questions"
        return Signal("RC201", None, f"{what}: {reason}", Estimate(None, reason=reason))
    shape = (len(units), len(cells))
    tables = np.zeros((2, *shape))
    counts = np.zeros(shape)
    row, column = {u: i for i, u in enumerate(units)}, {c: i for i, c in enumerate(cells)}
    for trial in usable:
        at = row[trial.question_id], column[trial.cell.id]
        counts[at] += 1
        tables[0][at] += trial.score.correctness or 0.0
        tables[1][at] += trial.score.token_f1 or 0.0

    def tau(chosen: np.ndarray) -> float:
        totals = np.maximum(counts[chosen].sum(axis=0), 1)
        means = [np.round(table[chosen].sum(axis=0) / totals, 12) for table in tables]
        return float(kendalltau(means[0], means[1]).statistic)

    point = tau(np.arange(len(units)))
    draws = np.array([tau(rng.integers(0, len(units), len(units))) for _ in range(RESAMPLES)])
    draws = draws[~np.isnan(draws)]
    if np.isnan(point) or draws.size < RESAMPLES // 2:
        reason = "every configuration scores the same"
        return Signal("RC201", None, f"{what}: {reason}", Estimate(None, reason=reason))
    low, high = percentile_interval(draws)
    estimate = Estimate(point, low, high, n=len(units))
    threshold = RULES["RC201"].threshold or 0.0
    fired = True if high < threshold else False if low > threshold else None
    return Signal("RC201", fired, f"{what}: {point:.2f} [{low:.2f}, {high:.2f}]", estimate)


def _rules_worse(
    scored: Sequence[Trial], questions: Mapping[str, Question], rng: np.random.Generator
) -> Signal:
    """Mean correctness of plain minus exception questions, where the evidence was complete."""
    what = "plain minus exception questions, evidence complete"
    per_tag: dict[str, dict[str, list[float]]] = {
        "plain": defaultdict(list),
        "exception": defaultdict(list),
    }
    for trial in scored:
        if trial.properties.get("sufficiency") != 1.0:
            continue
        for tag in questions[trial.question_id].tags:
            if tag in per_tag and trial.score.correctness is not None:
                per_tag[tag][trial.question_id].append(trial.score.correctness)
    means = {tag: [float(np.mean(v)) for v in by.values()] for tag, by in per_tag.items()}
    if min(len(values) for values in means.values()) < 3:
        reason = "needs 3 plain and 3 exception questions with complete evidence"
        return Signal("RC301", None, f"{what}: {reason}", Estimate(None, reason=reason))
    draws = [rng.choice(v, (RESAMPLES, len(v))).mean(axis=1) for v in means.values()]
    low, high = percentile_interval(draws[0] - draws[1])
    point = float(np.mean(means["plain"]) - np.mean(means["exception"]))
    n = sum(len(values) for values in means.values())
    return above("RC301", Estimate(point, low, high, n=n), what)


def _answers_unanswerable(
    scored: Sequence[Trial], questions: Mapping[str, Question], rng: np.random.Generator
) -> Signal:
    by_question: dict[str, list[float]] = defaultdict(list)
    for trial in scored:
        if questions[trial.question_id].unanswerable:
            by_question[trial.question_id].append(float(not trial.score.abstained))
    shares = [float(np.mean(values)) for values in by_question.values()]
    what = "unanswerable questions answered"
    return above("RC601", mean_estimate(shares, rng, what="unanswerable question"), what)


def _complement(estimate: Estimate) -> Estimate:
    if estimate.value is None:
        return estimate
    low = None if estimate.high is None else 1 - estimate.high
    high = None if estimate.low is None else 1 - estimate.low
    return Estimate(1 - estimate.value, low, high, n=estimate.n)
