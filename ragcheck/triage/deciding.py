"""Estimates to signals, whichever side a rule fires on, and what several rules share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ragcheck.records.results import Estimate
from ragcheck.records.trials import Level, Trial
from ragcheck.stats import mean_estimate, percentile_interval
from ragcheck.triage.rules import RULES
from ragcheck.triage.signals import LEAST_UNITS, RESAMPLES, Signal
from ragcheck.triage.wording import say

Configuration = tuple[tuple[str, Level], ...]


def decided(rule: str, estimate: Estimate, figure: str, language: str) -> Signal:
    """Fires, or says no, where the whole interval lies on one side of the rule's threshold."""
    threshold = RULES[rule].threshold
    low, high = estimate.low, estimate.high
    if estimate.value is None or threshold is None:
        return Signal(rule, None, figure, estimate)
    if low is None or high is None:
        return Signal(rule, None, say(language, "no_interval", figure=figure), estimate)
    if estimate.n < LEAST_UNITS:
        told = say(language, "too_few", figure=figure, n=estimate.n)
        return Signal(rule, None, told, estimate)
    over, under = low > threshold, high < threshold
    if not (over or under):
        return Signal(rule, None, figure, estimate)
    return Signal(rule, over if RULES[rule].fires == "above" else under, figure, estimate)


def says(text: str, words: str) -> bool:
    """Whether normalised words stand in a normalised text, not as a part of a word or number."""
    start = text.find(words) if words else -1
    while start >= 0:
        before, behind = text[max(0, start - 1) : start], text[start + len(words) :][:1]
        if not (_one_word(before, words[0]) or _one_word(words[-1], behind)):
            return True
        start = text.find(words, start + 1)
    return False


def _one_word(left: str, right: str) -> bool:
    """Whether two neighbouring characters belong to one word or number; Chinese ones do not."""
    return all(char.isascii() and char.isalnum() for char in (left, right) if char) and bool(
        left and right
    )


def number(estimate: Estimate, language: str) -> str:
    """``0.42 [0.31, 0.53]``, or why there is no number."""
    if estimate.value is None:
        return say(language, "not_measured", reason=estimate.reason)
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def points(estimate: Estimate, language: str) -> str:
    """A difference in points of a hundred: ``-42 [-53, -31]``, or why there is none."""
    if estimate.value is None:
        return say(language, "not_measured", reason=estimate.reason)
    if estimate.low is None or estimate.high is None:
        return f"{100 * estimate.value:+.0f}"
    return f"{100 * estimate.value:+.0f} [{100 * estimate.low:+.0f}, {100 * estimate.high:+.0f}]"


def by_question(
    trials: Iterable[Trial], value: Callable[[Trial], float | None]
) -> dict[str, float]:
    """The mean of a value over the trials of each question; those without a value are left out."""
    found: dict[str, list[float]] = defaultdict(list)
    for trial in trials:
        one = value(trial)
        if one is not None:
            found[trial.question_id].append(one)
    return {question: float(np.mean(values)) for question, values in found.items()}


def mean_of(values: Mapping[str, float], rng: np.random.Generator, reason: str) -> Estimate:
    """Mean over questions with its interval."""
    return mean_estimate(list(values.values()), rng, reason=reason)


def difference_of(
    one: Sequence[float], other: Sequence[float], rng: np.random.Generator
) -> Estimate:
    """Mean of the first less mean of the second, two groups of questions, by bootstrap."""
    draws = [rng.choice(np.asarray(v), (RESAMPLES, len(v))).mean(axis=1) for v in (one, other)]
    low, high = percentile_interval(draws[0] - draws[1])
    return Estimate(float(np.mean(one) - np.mean(other)), low, high, n=len(one) + len(other))


def configuration(trial: Trial) -> Configuration:
    """Every factor level but the replicate."""
    return tuple(sorted({**trial.cell.evidence, **trial.cell.generation}.items()))


def configuration_means(
    trials: Sequence[Trial], value: Callable[[Trial], float | None]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(questions, configurations) sums and counts of a value, in the order of their names."""
    units = {q: i for i, q in enumerate(sorted({t.question_id for t in trials}))}
    cells = {c: i for i, c in enumerate(sorted({configuration(t) for t in trials}, key=repr))}
    sums = np.zeros((len(units), len(cells)))
    counts = np.zeros((len(units), len(cells)))
    for trial in trials:
        one = value(trial)
        if one is not None:
            at = units[trial.question_id], cells[configuration(trial)]
            sums[at] += one
            counts[at] += 1
    return sums, counts
