"""Averages over pairs of cells seen by the same unit, and what each unit adds to them.

Every component of variance here is a linear function of three averages over pairs of cells:
another evidence cell with the same generation cell, the reverse, and the excess of these two over
pairs that differ in both, in rectangles of two evidence and two generation cells. An average over
pairs needs no complete table: a pair of cells is averaged over the units that saw both, and all
pairs of a kind weigh the same, whatever cells are missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragcheck.attribution.cells import CellTable
from ragcheck.attribution.table import Floats

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class PairAverage:
    """The weighted average of one quantity over pairs of cells.

    ``by_unit`` has one pseudo-value a unit, with mean ``value``; ``per_noise`` is the derivative
    of the average to the noise variance of each cell. ``value`` is ``None`` where no unit saw
    such a pair.
    """

    value: float | None
    by_unit: Floats
    per_noise: Floats


def pair_weights(table: CellTable, usable: Mask) -> tuple[Floats | None, ...]:
    """Weights of all pairs of cells, (cells, cells), for each of the three averages.

    The third is signed: plus for pairs that differ on one side, minus for those that differ on
    both, equally over the rectangles of which every pair is usable. ``None`` where nothing is.
    """
    other_e, other_g = _differing(table)
    one_e = _equal(usable & other_e & ~other_g)
    one_g = _equal(usable & ~other_e & other_g)
    both = usable & other_e & other_g
    if not both.any():
        return one_e, one_g, None
    if int(both.sum()) == int((other_e & other_g).sum()) and one_e is not None is not one_g:
        every = _equal(both)
        return one_e, one_g, None if every is None else one_e + one_g - every
    return one_e, one_g, _rectangles(table, usable)


def _differing(table: CellTable) -> tuple[Mask, Mask]:
    evidence = np.repeat(np.arange(table.evidence_count), table.generation_count)
    generation = np.tile(np.arange(table.generation_count), table.evidence_count)
    return evidence[:, None] != evidence[None, :], generation[:, None] != generation[None, :]


def _equal(usable: Mask) -> Floats | None:
    pairs = int(usable.sum())
    return usable / pairs if pairs else None


def _rectangles(table: CellTable, usable: Mask) -> Floats | None:
    shape = (table.evidence_count, table.generation_count)
    transposed = shape[0] > shape[1]
    order = np.arange(table.cells).reshape(shape)
    lines = order.T if transposed else order
    weights = np.zeros_like(usable, dtype=np.float64)
    count = 0
    for first in range(len(lines)):
        for second in range(first + 1, len(lines)):
            p, q = lines[first], lines[second]
            along_p, along_q = usable[np.ix_(p, p)], usable[np.ix_(q, q)]
            across, beside = usable[np.ix_(p, q)], usable[p, q]
            whole = along_p & along_q & across & across.T & beside[:, None] & beside[None, :]
            np.fill_diagonal(whole, False)
            whole_count = int(whole.sum())
            if not whole_count:
                continue
            count += whole_count
            per_place = whole.sum(axis=1)
            for rows, columns, sign in ((p, p, 0.5), (q, q, 0.5), (p, q, -0.5), (q, p, -0.5)):
                weights[np.ix_(rows, columns)] += sign * whole
            weights[p, q] += 0.5 * per_place
            weights[q, p] += 0.5 * per_place
    return weights / count if count else None


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

    def squared_difference(self, weights: Floats | None) -> PairAverage:
        """Mean over units and pairs of the squared difference of two cell means of a unit."""
        if weights is None:
            return self.nothing()
        number = np.maximum(self.both, 1.0)
        pair_mean = self.squares / number
        value = float((weights * pair_mean).sum())
        weights = weights / number
        seen, y = self.seen, self.centred
        reach = seen @ weights
        own = 2 * ((y**2) * reach).sum(axis=1) - 2 * (y * (y @ weights)).sum(axis=1)
        expected = (seen * (seen @ (weights * pair_mean))).sum(axis=1)
        inverse = np.divide(seen, self.table.count, out=np.zeros_like(seen), where=seen > 0)
        per_noise = 2 * (inverse * reach).sum(axis=0)
        return PairAverage(value, value + self.table.units * (own - expected), per_noise)

    def squared_mean_difference(self, weights: Floats | None) -> PairAverage:
        """Mean over pairs of the squared mean difference, without bias from noise or units.

        The U-statistic of the products of the differences of two distinct units, for pairs that
        at least three units saw; its pseudo-values are those of the jackknife. Differences that
        are the unit's own, and noise, cancel out of it.
        """
        if weights is None:
            return self.nothing()
        n = np.maximum(self.both, 3.0)
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

    def nothing(self) -> PairAverage:
        """The average over no pairs."""
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
    other_e, other_g = _differing(table)
    kinds = (
        (1, ~other_e & ~other_g),
        (e_count - 1, other_e & ~other_g),
        (g_count - 1, ~other_e & other_g),
        ((e_count - 1) * (g_count - 1), other_e & other_g),
    )
    weights = np.zeros_like(both)
    used = 0
    for share, mask in kinds:
        of_kind = _equal(mask & (both > 1))
        if of_kind is not None:
            weights += share * of_kind
            used += share
    if not used:
        return sums.nothing()
    weights /= used
    value = float((weights * covariance).sum())
    scaled = weights * table.units / np.maximum(both - 1, 1)
    centre = weights * table.units / np.maximum(both, 1) * covariance
    by_unit = (z * (z @ scaled)).sum(axis=1) - (seen * (seen @ centre)).sum(axis=1)
    inverse = np.divide(seen, table.count, out=np.zeros_like(seen), where=seen > 0)
    per_noise = np.diag(weights) * inverse.sum(axis=0) / np.maximum(seen.sum(axis=0), 1.0)
    return PairAverage(value, value + by_unit - by_unit.mean(), per_noise)
