"""Which of several strategies to choose, and what it costs, or that they do not differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ragcheck.measures.strategies import STANDALONE
from ragcheck.records.evidence import Chunk, Score
from ragcheck.records.results import Estimate, StrategySummary
from ragcheck.records.strategies import StrategyChoice
from ragcheck.stats import percentile_interval, resampled_sums


def choose_strategy(
    summaries: Sequence[StrategySummary],
    chunks: Mapping[str, Sequence[Chunk]],
    scores: Mapping[str, Score],
    rng: np.random.Generator,
) -> StrategyChoice | None:
    """The strategy under which most chunks stand alone; ``None`` for fewer than two.

    Of those that cannot be told from the best (the paired bootstrap interval over documents of
    the difference holds 0), the one that keeps most gold evidence in one piece is chosen, and of
    equal ones the one with the fewest chunks. Strategies that cut as another are left out.
    """
    candidates = [s for s in summaries if s.same_as is None and s.standalone.value is not None]
    if len(candidates) < 2:
        return None
    counts = _counts([chunks[s.strategy] for s in candidates], scores)
    shares = _shares(counts, rng)
    best = max(range(len(candidates)), key=lambda i: candidates[i].standalone.value or 0.0)
    equal = [i for i in range(len(candidates)) if _includes_zero(shares[best] - shares[i])]
    chosen = max(equal, key=lambda i: (_gold(candidates[i]), -candidates[i].chunks, -i))
    ahead = {
        other.strategy: _difference(candidates[chosen], other, shares[chosen] - shares[i], counts)
        for i, other in enumerate(candidates)
        if i != chosen
    }
    tied = tuple(name for name, by in ahead.items() if _holds_zero(by))
    return StrategyChoice(candidates[chosen].strategy, ahead, tied)


def _counts(
    strategies: Sequence[Sequence[Chunk]], scores: Mapping[str, Score]
) -> NDArray[np.float64]:
    """(strategies, documents, 2): chunks that stand alone, and chunks with a value."""
    documents = sorted({chunk.document_id for own in strategies for chunk in own})
    row = {document: i for i, document in enumerate(documents)}
    counts = np.zeros((len(strategies), len(documents), 2))
    for i, own in enumerate(strategies):
        sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for chunk in own:
            value = scores[chunk.id].value
            if value is not None:
                sums[row[chunk.document_id]][0] += value >= STANDALONE
                sums[row[chunk.document_id]][1] += 1
        for at, pair in sums.items():
            counts[i, at] = pair
    return counts


def _shares(counts: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(strategies, resamples): the same documents are drawn for every strategy."""
    by_document = counts.transpose(1, 0, 2).reshape(counts.shape[1], -1)
    totals = resampled_sums(by_document, rng).T
    found: NDArray[np.float64] = totals[0::2] / np.maximum(totals[1::2], 1)
    return found


def _includes_zero(differences: NDArray[np.float64]) -> bool:
    low, high = percentile_interval(differences)
    return low <= 0 <= high


def _holds_zero(estimate: Estimate) -> bool:
    return estimate.low is None or estimate.high is None or estimate.low <= 0 <= estimate.high


def _difference(
    chosen: StrategySummary,
    other: StrategySummary,
    differences: NDArray[np.float64],
    counts: NDArray[np.float64],
) -> Estimate:
    n = counts.shape[1]
    point = (chosen.standalone.value or 0.0) - (other.standalone.value or 0.0)
    if n < 2:
        return Estimate(point, n=n)
    low, high = percentile_interval(differences)
    return Estimate(point, low, high, n=n)


def _gold(summary: StrategySummary) -> float:
    return summary.gold_coverage.value or 0.0
