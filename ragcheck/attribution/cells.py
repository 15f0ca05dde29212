"""Trials to the mean, count and spread of each cell of each unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragcheck.attribution.table import Codes, Factor, Floats, TrialTable
from ragcheck.errors import TableError

MAX_CELLS = 2_000
MAX_DENSE = 30_000_000


@dataclass(frozen=True)
class CellTable:
    """Arrays of shape (units, evidence cells x generation cells).

    Column ``e * generation_count + g`` is evidence cell ``e`` crossed with generation cell
    ``g``. ``mean`` is 0 where ``count`` is 0; ``squares`` is the sum of squares about the mean.
    """

    mean: Floats
    count: Floats
    squares: Floats
    evidence_count: int
    generation_count: int

    @property
    def units(self) -> int:
        return int(self.mean.shape[0])

    @property
    def cells(self) -> int:
        return int(self.mean.shape[1])


def cell_table(table: TrialTable) -> CellTable:
    """The cells of a table: every combination of levels that was seen, on each side.

    Raises:
        TableError: the factors have so many levels that hardly any cell was seen twice.
    """
    evidence, e_count = combine(table.of_role("evidence"), table.response.size)
    generation, g_count = combine(table.of_role("generation"), table.response.size)
    cells = e_count * g_count
    if cells > MAX_CELLS or cells * table.unit_count > max(MAX_DENSE, 20 * table.response.size):
        widest = max(table.factors, key=lambda factor: len(factor.levels))
        raise TableError(
            f"the factors have {cells} combinations of levels; {MAX_CELLS} can be compared",
            where=f"factor {widest.name!r} has {len(widest.levels)} levels",
            mend="group the values of that factor into a few ranges, or leave it out",
        )
    codes = evidence * g_count + generation
    return aggregate(table.response, table.units, codes, table.unit_count, e_count, g_count)


def aggregate(
    response: Floats, units: Codes, cells: Codes, unit_count: int, e_count: int, g_count: int
) -> CellTable:
    """Group trials by unit and cell."""
    shape = (unit_count, e_count * g_count)
    size = shape[0] * shape[1]
    key = units * shape[1] + cells
    count = np.bincount(key, minlength=size).astype(np.float64)
    total = np.bincount(key, weights=response, minlength=size).astype(np.float64)
    mean = total / np.maximum(count, 1.0)
    spread = np.bincount(key, weights=(response - mean[key]) ** 2, minlength=size)
    squares = spread.astype(np.float64)
    return CellTable(
        mean.reshape(shape), count.reshape(shape), squares.reshape(shape), e_count, g_count
    )


def combine(factors: Sequence[Factor], trials: int) -> tuple[Codes, int]:
    """One code a trial for the combination of its levels; only combinations that occur count."""
    codes = np.zeros(trials, np.int64)
    for factor in factors:
        codes = codes * len(factor.levels) + factor.codes
        codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    return codes, int(codes.max()) + 1
