"""Intervals for means over units, and the sizes that a design could have seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragcheck.records.results import Estimate

RESAMPLES = 2000
_DRAWN_AT_ONCE = 1 << 22
"""Values of resamples that are in memory together: 64 MiB with their places."""


def mean_estimate(
    values: Sequence[float | None],
    rng: np.random.Generator,
    *,
    reason: str = "no value was measured",
    baseline: float | None = None,
    level: float = 0.95,
) -> Estimate:
    """Mean over units with a percentile bootstrap interval; units without a value are left out.

    Args:
        values: one value a unit (question, chunk); ``None`` where it was not measured.
        reason: why the mean is undefined, where no unit has a value.

    For values that are all 0 or 1 the interval is Wilson's score interval instead, which is
    right at 0 % and 100 %, where every resample is the same (Wilson 1927, JASA 22:209).
    """
    known = np.array([value for value in values if value is not None], dtype=float)
    if known.size == 0:
        return Estimate(None, reason=reason)
    mean = float(known.mean())
    if known.size == 1:
        return Estimate(mean, n=1, baseline=baseline, level=level)
    if np.isin(known, (0.0, 1.0)).all():
        low, high = wilson_interval(int(known.sum()), known.size, level=level)
    else:
        low, high = percentile_interval(_resampled_means(known, rng), level=level)
    return Estimate(mean, low, high, n=int(known.size), baseline=baseline, level=level)


def resampled_sums(counts: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(RESAMPLES, columns): sums over as many units as there are, drawn with replacement.

    Args:
        counts: (units, columns), whole numbers, so that the order of adding changes nothing.
    """
    n = len(counts)
    blocks = [counts[rng.integers(n, size=(rows, n))].sum(axis=1) for rows in _blocks(counts.size)]
    return np.concatenate(blocks)


def _resampled_means(values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    n = len(values)
    return np.concatenate([rng.choice(values, (rows, n)).mean(axis=1) for rows in _blocks(n)])


def _blocks(size: int) -> list[int]:
    """Resamples that are drawn together, ``size`` values each: the stream of draws is the same."""
    together = max(1, _DRAWN_AT_ONCE // size)
    return [min(together, RESAMPLES - begun) for begun in range(0, RESAMPLES, together)]


def wilson_interval(successes: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Score interval for a proportion (Wilson 1927, JASA 22:209)."""
    from statistics import NormalDist

    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return float(max(0.0, centre - half)), float(min(1.0, centre + half))


def percentile_interval(
    resampled: NDArray[np.float64], *, level: float = 0.95
) -> tuple[float, float]:
    """The central ``level`` of resampled statistics."""
    tail = (1 - level) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail])
    return float(low), float(high)
