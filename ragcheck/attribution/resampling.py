"""Studentised cluster bootstrap of ratios of component sums.

A share is a ratio of two linear functions of means over units. Whole units are drawn again with
replacement; because each component is a mean of one value a unit, with noise already removed
within the unit, a unit that is drawn twice adds no spurious variance. Each resample gives the
ratio and its standard error, and their quotient (bootstrap-t; Efron and Tibshirani 1993, An
Introduction to the Bootstrap, ch. 12.5) gives the interval: percentile intervals of these skewed
statistics are too short for ten or twenty units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from threadpoolctl import ThreadpoolController

from ragcheck.attribution.table import Floats
from ragcheck.rng import generator
from ragcheck.workers import SERIAL, Workers

RESAMPLES = 1999
_BLOCK = 1_000_000
"""Weights that one block of resamples holds at most: a size that is worth sending to a worker."""
_ERROR_FLOOR = 0.05


@dataclass(frozen=True)
class Ratio:
    """A ratio over units with its standard error and the bootstrap's t values, sorted."""

    value: float
    error: float
    t_values: Floats

    def below(self, tail: float) -> float:
        """The bound that the truth is under with probability ``tail``."""
        return self.value - float(np.quantile(self.t_values, 1 - tail)) * self.error

    def above(self, tail: float) -> float:
        """The bound that the truth is over with probability ``tail``."""
        return self.value - float(np.quantile(self.t_values, tail)) * self.error

    def p_positive(self) -> float:
        """One-sided p-value of "the true ratio is 0 or less"."""
        if self.value <= 0:
            return 1.0
        if self.error == 0:
            return 1.0 / (self.t_values.size + 1)
        beyond = int((self.t_values >= self.value / self.error).sum())
        return (1 + beyond) / (self.t_values.size + 1)


class UnitBootstrap:
    """Resampled means and covariances of a (units, k) matrix, drawn once for many ratios."""

    def __init__(
        self, by_unit: Floats, rng: np.random.Generator, *, workers: Workers = SERIAL
    ) -> None:
        self.units, self.width = by_unit.shape
        self.by_unit = by_unit
        products = (by_unit[:, :, None] * by_unit[:, None, :]).reshape(self.units, -1)
        together = np.hstack([by_unit, products])
        blocks = _blocks(self.units, seed=int(rng.integers(2**63)))
        means = np.vstack(workers.map(partial(_resampled_means, together), blocks))
        self.means = means[:, : self.width]
        self.covariances = self._covariance(means)
        own = together.mean(axis=0, keepdims=True)
        self.mean = own[0, : self.width]
        self.covariance = self._covariance(own)[0]

    def _covariance(self, means: Floats) -> Floats:
        first = means[:, : self.width]
        second = means[:, self.width :].reshape(-1, self.width, self.width)
        centred: Floats = second - first[:, :, None] * first[:, None, :]
        return centred

    def ratio(self, numerator: Floats, denominator: Floats) -> Ratio | None:
        """``numerator @ mean / denominator @ mean``; ``None`` where the denominator is not > 0."""
        if float(denominator @ self.mean) <= 0:
            return None
        value, error = _ratio_and_error(
            self.mean[None], self.covariance[None], numerator, denominator, self.units
        )
        values, errors = _ratio_and_error(
            self.means, self.covariances, numerator, denominator, self.units
        )
        usable = self.means @ denominator > 0
        floor = max(_ERROR_FLOOR * float(error[0]), np.finfo(float).tiny)
        t_values = (values - value[0]) / np.maximum(errors, floor)
        if float(error[0]) == 0:
            t_values = np.zeros_like(t_values)
        return Ratio(float(value[0]), float(error[0]), np.sort(t_values[usable]))


def _ratio_and_error(
    means: Floats, covariances: Floats, numerator: Floats, denominator: Floats, units: int
) -> tuple[Floats, Floats]:
    """Ratio less its bias of order 1/units, and its delta-method standard error, a row each."""
    top, bottom = means @ numerator, means @ denominator
    bottom = np.where(bottom > 0, bottom, np.nan)
    ratio = top / bottom
    cross = np.einsum("bij,i,j->b", covariances, numerator, denominator)
    spread = np.einsum("bij,i,j->b", covariances, denominator, denominator)
    own = np.einsum("bij,i,j->b", covariances, numerator, numerator)
    freedom = units - 1
    variance = (own - 2 * ratio * cross + ratio**2 * spread) / (freedom * bottom**2)
    corrected = ratio + (cross - ratio * spread) / (freedom * bottom**2)
    scale = np.abs(own) + np.abs(spread)
    variance = np.where(variance * freedom * bottom**2 > 1e-12 * scale, variance, 0.0)
    return corrected, np.sqrt(variance)


@dataclass(frozen=True, slots=True)
class _Block:
    """Some of the resamples, with the name of the generator that draws them."""

    rows: int
    seed: int
    number: int


def _blocks(units: int, *, seed: int) -> list[_Block]:
    """All resamples, in blocks whose sizes follow from the number of units alone."""
    most = max(1, _BLOCK // units)
    return [
        _Block(min(most, RESAMPLES - first), seed, number)
        for number, first in enumerate(range(0, RESAMPLES, most))
    ]


def _resampled_means(together: Floats, block: _Block) -> Floats:
    """(rows, columns): the column means of each resample of the block.

    On one thread: with more of them BLAS sums in another order, and the last digits differ.
    """
    units = len(together)
    rng = generator(block.seed, "resamples", str(block.number))
    counts = rng.multinomial(units, np.full(units, 1 / units), size=block.rows)
    with _thread_pools().limit(limits=1, user_api="blas"):
        means: Floats = (counts / units) @ together
    return means


@cache
def _thread_pools() -> ThreadpoolController:
    return ThreadpoolController()
