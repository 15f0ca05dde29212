"""Replicate noise of each cell, from trials of the same unit in the same cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragcheck.attribution.cells import CellTable
from ragcheck.attribution.table import Floats


@dataclass(frozen=True)
class Noise:
    """Noise variance of one trial in each cell.

    ``by_unit`` (units, cells) is what each unit adds to each cell's variance, beyond its
    expectation: columns have mean 0. ``borrowed`` counts the cells without replicates, whose
    variance is that of the other cells with the same generation cell, or of all cells.
    """

    variance: Floats
    by_unit: Floats
    borrowed: int


def replicate_noise(table: CellTable) -> Noise | None:
    """Pooled variance within unit and cell; ``None`` where no cell of a unit has replicates."""
    freedom = np.maximum(table.count - 1, 0.0)
    if freedom.sum() == 0:
        return None
    pool = _pools(table, freedom.sum(axis=0))
    pooled_freedom = pool @ freedom.sum(axis=0)
    variance = (pool @ table.squares.sum(axis=0)) / pooled_freedom
    surplus = table.squares @ pool.T - (freedom @ pool.T) * variance
    by_unit = table.units * surplus / pooled_freedom
    own = pool.sum(axis=1) == 1
    lonely = ~own | (freedom.sum(axis=0) == 0)
    return Noise(variance, by_unit, int(lonely.sum()))


def _pools(table: CellTable, freedom: Floats) -> Floats:
    """(cells, cells): row c marks the cells whose replicates give the noise of cell c."""
    pool = np.eye(table.cells)
    generation = np.tile(np.arange(table.generation_count), table.evidence_count)
    for cell in np.flatnonzero(freedom == 0):
        beside = generation == generation[cell]
        pool[cell] = beside if freedom[beside].sum() > 0 else 1.0
    return pool
