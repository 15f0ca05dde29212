"""What recorded answers are worth with and without good evidence, and how often they change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ragcheck.measures.wording import say
from ragcheck.records.results import Estimate, EvidenceEffect
from ragcheck.records.traces import Observation
from ragcheck.stats import RESAMPLES, mean_estimate, percentile_interval
from ragcheck.text.tokens import normalise

LEAST = 5
"""Questions on each side below which nothing is compared."""

_HAS: dict[str, Callable[[Observation], bool | None]] = {
    "answer in the passages": lambda seen: seen.supported,
    "conflict": lambda seen: seen.conflict,
    "all passages stand alone": lambda seen: (
        None if seen.standalone is None else seen.standalone == 1.0
    ),
}
_OUTCOMES: dict[str, Callable[[Observation], float | None]] = {
    "correct": lambda seen: seen.correctness,
    "abstained": lambda seen: None if seen.abstained is None else float(seen.abstained),
}


def evidence_effects(
    observations: Sequence[Observation], rng: np.random.Generator, language: str
) -> tuple[EvidenceEffect, ...]:
    """One effect for each property that some of the evidence has and each outcome recorded.

    Means over records; intervals are percentiles of a bootstrap that draws questions, as records
    of one question are not independent.
    """
    return tuple(
        _effect(observations, name, outcome, rng, language)
        for name in _HAS
        for outcome in _OUTCOMES
        if any(_OUTCOMES[outcome](seen) is not None for seen in observations)
        and {True, False} <= {_HAS[name](seen) for seen in observations}
    )


def _effect(
    observations: Iterable[Observation],
    name: str,
    outcome: str,
    rng: np.random.Generator,
    language: str,
) -> EvidenceEffect:
    rows = [
        (seen.record.question, has, value)
        for seen in observations
        if (has := _HAS[name](seen)) is not None and (value := _OUTCOMES[outcome](seen)) is not None
    ]
    units = {question: i for i, question in enumerate(dict.fromkeys(row[0] for row in rows))}
    sums, counts = np.zeros((2, len(units))), np.zeros((2, len(units)))
    for question, has, value in rows:
        sums[int(has), units[question]] += value
        counts[int(has), units[question]] += 1
    lacking, having = (_mean(sums[i], counts[i], rng, language) for i in (0, 1))
    return EvidenceEffect(name, outcome, having, lacking, _difference(sums, counts, rng, language))


def _mean(
    sums: NDArray[np.float64],
    counts: NDArray[np.float64],
    rng: np.random.Generator,
    language: str,
) -> Estimate:
    asked = counts > 0
    n = int(asked.sum())
    if n < LEAST:
        return Estimate(None, n=n, reason=say(language, "too_few_recorded", n=n, least=LEAST))
    if (counts[asked] == 1).all():
        return mean_estimate(list(sums[asked]), rng)
    drawn = rng.integers(n, size=(RESAMPLES, n))
    low, high = percentile_interval(
        sums[asked][drawn].sum(axis=1) / counts[asked][drawn].sum(axis=1)
    )
    return Estimate(float(sums.sum() / counts.sum()), low, high, n=n)


def _difference(
    sums: NDArray[np.float64],
    counts: NDArray[np.float64],
    rng: np.random.Generator,
    language: str,
) -> Estimate:
    n = int((counts > 0).sum(axis=1).min()) if counts.size else 0
    if n < LEAST:
        return Estimate(None, n=n, reason=say(language, "too_few_recorded", n=n, least=LEAST))
    drawn = rng.integers(counts.shape[1], size=(RESAMPLES, counts.shape[1]))
    totals = [(sums[i][drawn].sum(axis=1), counts[i][drawn].sum(axis=1)) for i in (0, 1)]
    whole = (totals[0][1] > 0) & (totals[1][1] > 0)
    means = [total[whole] / count[whole] for total, count in totals]
    low, high = percentile_interval(means[1] - means[0])
    point = float(sums[1].sum() / counts[1].sum() - sums[0].sum() / counts[0].sum())
    return Estimate(point, low, high, n=n)


def instability(
    observations: Sequence[Observation], rng: np.random.Generator, language: str
) -> Estimate:
    """Share of pairs of answers that differ though question, passages and parameters are equal.

    Answers are compared without case and white space. The units are the groups of equal requests.
    """
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for seen in observations:
        record = seen.record
        if record.answer is not None:
            texts = tuple(context.text for context in record.contexts)
            settings = tuple(sorted((k, str(v)) for k, v in record.parameters.items()))
            groups[record.question, texts, settings].append(normalise(record.answer))
    shares = [
        float(np.mean([one != other for one, other in combinations(answers[:_MOST], 2)]))
        for answers in groups.values()
        if len(answers) > 1
    ]
    return mean_estimate(shares, rng, reason=say(language, "no_repeats"))


_MOST = 50
"""Answers to one request that are compared in pairs."""
