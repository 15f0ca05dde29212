"""Averages over pairs of cells seen by the same unit, and what each unit adds to them.

Every component of variance here is a linear function of averages over three types of pairs of
cells: another evidence cell with the same generation cell, the reverse, and both different. An
average over pairs needs no complete table: a pair of cells is averaged over the units that saw
both, and all pairs of a type weigh the same, whatever cells are missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragcheck.attribution.cells import CellTable
from ragcheck.attribution.table import Floats

TYPES = ("evidence differs", "generation differs", "both differ")


@dataclass(frozen=True)
class PairAverage:
    """The average of one quantity over the pairs of one type.

    ``by_unit`` has one pseudo-value a unit, with mean ``value``; ``per_noise`` is the derivative
    of the average to the noise variance of each cell. ``value`` is ``None`` where no unit saw
    such a pair.
    """

    value: float | None
    by_unit: Floats
    per_noise: Floats


def type_masks(table: CellTable) -> tuple[NDArray[np.bool_], ...]:
    """Which pairs of cells are of each of ``TYPES``; each mask is (cells, cells)."""
    evidence = np.repeat(np.arange(table.evidence_count), table.generation_count)
    generation = np.tile(np.arange(table.generation_count), table.evidence_count)
    other_e = evidence[:, None] != evidence[None, :]
    other_g = generation[:, None] != generation[None, :]
    return other_e & ~other_g, ~other_e & other_g, other_e & other_g


class PairSums:
    """Sums over units for every pair of cells, computed once for all types."""

    def __init__(self, table: CellTable) -> None:
        self.table = table
        self.seen = (table.count > 0).astype(np.float64)
        unit_mean = table.mean.sum(axis=1, keepdims=True) / self.seen.sum(axis=1, keepdims=True)
        self.centred = (table.mean - unit_mean) * self.seen
        self.both = self.seen.T @ self.seen
        cross = self.centred.T @ self.centred
        square = (self.centred**2).T @ self.seen
        self.squares = np.maximum(square + square.T - 2 * cross, 0.0)
        total = self.centred.T @ self.seen
        self.differences = total - total.T

    def squared_difference(self, mask: NDArray[np.bool_]) -> PairAverage:
        """Mean over units and pairs of the squared difference of two cell means of a unit."""
        weights = _pair_weights(mask & (self.both > 0), self.both)
        if weights is None:
            return self._nothing()
        pair_mean = np.divide(
            self.squares, self.both, out=np.zeros_like(self.squares), where=self.both > 0
        )
        seen, y = self.seen, self.centred
        reach = seen @ weights
        own = 2 * ((y**2) * reach).sum(axis=1) - 2 * (y * (y @ weights)).sum(axis=1)
        expected = (seen * (seen @ (weights * pair_mean))).sum(axis=1)
        value = float((weights * self.squares).sum())
        inverse = np.divide(seen, self.table.count, out=np.zeros_like(seen), where=seen > 0)
        per_noise = 2 * (inverse * reach).sum(axis=0)
        return PairAverage(value, value + self.table.units * (own - expected), per_noise)

    def squared_mean_difference(self, mask: NDArray[np.bool_]) -> PairAverage:
        """Mean over pairs of the squared mean difference, without bias from noise or units.

        The U-statistic of the products of the differences of two distinct units; its
        pseudo-values are those of the jackknife. Differences that are the unit's own, and
        noise, cancel out of it.
        """
        n = self.both
        usable = mask & (n > 2)
        weights = _pair_weights(usable, np.ones_like(n))
        if weights is None:
            return self._nothing()
        n = np.where(usable, n, 3.0)
        product = (self.differences**2 - self.squares) / (n * (n - 1))
        value = float((weights * product).sum())
        slope = weights * self.table.units / (n * (n - 2))
        seen, y = self.seen, self.centred
        linear = 4 * (y * (seen @ (slope * self.differences))).sum(axis=1)
        reach = seen @ slope
        own = 2 * (2 * ((y**2) * reach).sum(axis=1) - 2 * (y * (y @ slope)).sum(axis=1))
        expected = 2 * (
            seen * (seen @ (weights * product * (n - 1) / (n * (n - 2)) * self.table.units))
        ).sum(axis=1)
        by_unit = linear - own - expected
        return PairAverage(value, value + by_unit - by_unit.mean(), np.zeros(self.table.cells))

    def _nothing(self) -> PairAverage:
        return PairAverage(None, np.zeros(self.table.units), np.zeros(self.table.cells))


def unit_covariance(sums: PairSums) -> PairAverage:
    """Variance over units of the unit's mean over all cells, noise still in it.

    The average over all pairs of cells, each with itself among them, of the covariance over
    the units that saw both; types of pairs that no two units saw are left out.
    """
    table, seen, both = sums.table, sums.seen, sums.both
    cell_mean = table.mean.sum(axis=0) / np.maximum(seen.sum(axis=0), 1.0)
    z = (table.mean - cell_mean) * seen
    total = z.T @ seen
    covariance = (z.T @ z - total * total.T / np.maximum(both, 1)) / np.maximum(both - 1, 1)
    e_count, g_count = table.evidence_count, table.generation_count
    shares = ((e_count - 1), (g_count - 1), (e_count - 1) * (g_count - 1), 1)
    weights = np.zeros_like(both)
    used = 0
    for share, mask in zip(
        shares, (*type_masks(table), np.eye(table.cells, dtype=bool)), strict=True
    ):
        of_type = _pair_weights(mask & (both > 1), np.ones_like(both))
        if of_type is not None:
            weights += share * of_type
            used += share
    if not used:
        return sums._nothing()
    weights /= used
    value = float((weights * covariance).sum())
    scaled = weights * table.units / np.maximum(both - 1, 1)
    centre = weights * table.units / np.maximum(both, 1) * covariance
    by_unit = (z * (z @ scaled)).sum(axis=1) - (seen * (seen @ centre)).sum(axis=1)
    inverse = np.divide(seen, table.count, out=np.zeros_like(seen), where=seen > 0)
    per_noise = np.diag(weights) * inverse.sum(axis=0) / np.maximum(seen.sum(axis=0), 1.0)
    return PairAverage(value, value + by_unit - by_unit.mean(), per_noise)


def _pair_weights(usable: NDArray[np.bool_], divisor: Floats) -> Floats | None:
    """Equal weights for the usable pairs, divided by ``divisor``; ``None`` where there is none."""
    pairs = int(usable.sum())
    if pairs == 0:
        return None
    return np.where(usable, 1.0 / (np.maximum(divisor, 1.0) * pairs), 0.0)
