"""Boosted decision trees as plain arrays: read from a file, evaluated with numpy.

The file is an npz without objects. Node ``i`` sends a row to ``left[i]`` where its feature
``feature[i]`` is at most ``threshold[i]``, else to ``right[i]``; ``feature[i] < 0`` marks a leaf,
whose ``value[i]`` is added to the log odds. ``roots`` are the first nodes of the trees and
``baseline`` is what the sum starts from (Friedman 2001, doi:10.1214/aos/1013203451). Platt's
curve with ``slope`` and ``intercept`` makes the sum a probability. ``house`` is a logistic curve
beside it: weights of standardised features (mean, scale, weight in its rows), then an intercept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.trees import leaves, read_arrays


@dataclass(frozen=True)
class BoostedTrees:
    """The arrays of boosted trees, the names of their features, and their calibration."""

    features: tuple[str, ...]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    roots: NDArray[np.int32]
    baseline: float
    slope: float
    intercept: float
    house: NDArray[np.float64]
    house_intercept: float

    def odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) calibrated log odds of rows of (n, features)."""
        if not len(rows):
            return np.zeros(0)
        total = self.baseline + self.value[leaves(self, rows)].astype(np.float64).sum(axis=1)
        return np.asarray(self.slope * total + self.intercept, dtype=np.float64)

    def probabilities(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) calibrated probabilities."""
        return np.asarray(1 / (1 + np.exp(-self.odds(rows))), dtype=np.float64)

    def of_one_house(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) how surely both passages are documentation of one house."""
        mean, scale, weight = self.house
        odds = ((rows - mean) / scale) @ weight + self.house_intercept
        return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


@lru_cache(maxsize=4)
def load_trees(name: str, sha256: str) -> BoostedTrees:
    """The trees ``weights/<name>.npz`` of this package, their hash checked.

    Raises:
        ModelError: the file is not what was trained.
    """
    arrays = read_arrays(name, sha256, judge="combined")
    return BoostedTrees(
        tuple(str(each) for each in arrays["features"]),
        arrays["feature"],
        arrays["threshold"],
        arrays["left"],
        arrays["right"],
        arrays["value"],
        arrays["roots"],
        float(arrays["baseline"]),
        float(arrays["slope"]),
        float(arrays["intercept"]),
        arrays["house"],
        float(arrays["house_intercept"]),
    )
