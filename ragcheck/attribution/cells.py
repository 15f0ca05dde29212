"""Trials to the mean, count and spread of each cell of each unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragcheck.attribution.table import Codes, Factor, Floats

MAX_CELLS = 2_000
MAX_DENSE = 30_000_000


@dataclass(frozen=True)
class CellTable:
    """Arrays of shape (units, evidence cells x generation cells).

    Column ``e * generation_count + g`` is evidence cell ``e`` crossed with generation cell
    ``g``. ``mean`` is 0 where ``count`` is 0; ``squares`` is the sum of squares about the mean.
    """

    mean: Floats
    size = unit_count * width
    count = np.bincount(key, minlength=size).astype(np.float64)
    total = np.bincount(key, weights=response, minlength=size).astype(np.float64)
    mean = total / np.maximum(count, 1.0)
    squares = np.bincount(key, weights=(response - mean[key]) ** 2, minlength=size)
    squares = squares.astype(np.float64)
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
