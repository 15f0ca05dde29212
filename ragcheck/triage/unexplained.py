"""What nobody can explain: equal requests right and wrong, orders that flip (RC503, RC504)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from ragcheck.records.results import Estimate
from ragcheck.records.trials import Trial
from ragcheck.stats import percentile_interval
from ragcheck.text.tokens import normalise
from ragcheck.triage.class_wording import say
from ragcheck.triage.deciding import (
    Configuration,
    configuration,
    configuration_means,
    decided,
    mean_of,
    number,
)
from ragcheck.triage.signals import LEAST, RESAMPLES, Signal
from ragcheck.triage.wording import percent

RIGHT = 0.5
LEAST_APART = 0.10
"""Difference in correctness below which no one would prefer one configuration to another."""
LEAST_HALF = 10
"""Questions below which halves are not compared."""


def unexplained_signals(
    trials: Sequence[Trial], rng: np.random.Generator, language: str
) -> list[Signal]:
    """Signals of answers that vary though nothing that is known does."""
    scored = [trial for trial in trials if trial.score.correctness is not None]
    return [_flips(scored, rng, language), _halves(scored, rng, language)]


def replicates(trials: Sequence[Trial]) -> dict[tuple[str, Configuration], list[Trial]]:
    """Trials of one question in one configuration that differ in the seed, temperature above 0."""
    groups: dict[tuple[str, Configuration], list[Trial]] = defaultdict(list)
    for trial in trials:
        if float(trial.cell.generation.get("temperature", 0.0)) > 0:
            groups[trial.question_id, configuration(trial)].append(trial)
    return {key: group for key, group in groups.items() if len(group) > 1}


def flip_shares(trials: Sequence[Trial]) -> dict[str, float]:
    """For each question, the share of pairs of equal requests of which one is right, one wrong."""
    shares: dict[str, list[float]] = defaultdict(list)
    for (question, _), group in replicates(trials).items():
        right = [(trial.score.correctness or 0.0) > RIGHT for trial in group]
        shares[question].append(float(np.mean([a != b for a, b in combinations(right, 2)])))
    return {question: float(np.mean(own)) for question, own in shares.items()}


def answer_entropy(trials: Sequence[Trial]) -> float | None:
    """Mean Shannon entropy in bits of the answers to equal requests, ``None`` without any."""
    found = []
    for group in replicates(trials).values():
        counts = Counter(normalise(trial.answer.text or "") for trial in group)
        shares = np.array(list(counts.values())) / len(group)
        found.append(float(-(shares * np.log2(shares)).sum()))
    return float(np.mean(found)) if found else None


def _flips(trials: Sequence[Trial], rng: np.random.Generator, language: str) -> Signal:
    estimate = mean_of(flip_shares(trials), rng, say(language, "no_replicates"))
    entropy = answer_entropy(trials)
    told = "–" if entropy is None else f"{abs(entropy):.2f}"
    figure = say(language, "flips", figure=percent(estimate, language), entropy=told)
    return decided("RC503", estimate, figure, language)


def _halves(trials: Sequence[Trial], rng: np.random.Generator, language: str) -> Signal:
    estimate = split_half_agreement(trials, rng, language)
    figure = say(language, "halves", figure=number(estimate, language))
    if estimate.reason == say(language, "configurations_alike"):
        return Signal("RC504", False, figure, estimate)
    return decided("RC504", estimate, figure, language)


def split_half_agreement(
    trials: Sequence[Trial], rng: np.random.Generator, language: str
) -> Estimate:
    """Kendall's tau-b of the configurations' means over random halves of the questions.

    The point is the mean over random splits; the interval is a bootstrap over questions with one
    split each, no question in both halves. Undefined where the configurations lie less than
    ``LEAST_APART`` apart: there is no order to keep then.
    """
    from scipy.stats import kendalltau

    sums, counts = configuration_means(trials, lambda trial: trial.score.correctness)
    units, cells = counts.shape
    if cells < LEAST or units < LEAST_HALF:
        return Estimate(None, reason=say(language, "too_few_cells"))
    means = sums.sum(axis=0) / np.maximum(counts.sum(axis=0), 1)
    if np.ptp(means) < LEAST_APART:
        return Estimate(None, n=units, reason=say(language, "configurations_alike"))

    def agreement(weights: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        order = rng.permutation(units)
        halves = []
        for part in (order[: units // 2], order[units // 2 :]):
            w = weights[part][:, None]
            totals = (w * counts[part]).sum(axis=0)
            halves.append(np.round((w * sums[part]).sum(axis=0) / np.maximum(totals, 1e-9), 12))
        if any(np.ptp(half) == 0 for half in halves):
            return 0.0
        return float(kendalltau(*halves).statistic)

    whole = np.ones(units)
    point = float(np.mean([agreement(whole) for _ in range(100)]))
    drawn = rng.multinomial(units, np.full(units, 1 / units), size=RESAMPLES // 2)
    resampled = np.array([np.mean([agreement(d.astype(float)) for _ in range(4)]) for d in drawn])
    low, high = percentile_interval(resampled)
    return Estimate(point, low, high, n=units)
