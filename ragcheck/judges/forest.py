"""The boosted trees of the learned judge as plain arrays: read from a file, evaluated with numpy.

The file is an npz without objects. Node ``i`` sends a row to ``left[i]`` where its feature
``feature[i]`` is at most ``threshold[i]``, else to ``right[i]``; ``feature[i] < 0`` marks a leaf,
whose ``value[i]`` is added to the log odds. ``roots`` are the first nodes of the trees and
``baseline`` is what the sum starts from (Friedman 2001, doi:10.1214/aos/1013203451). The sum is
calibrated by Platt's logistic curve with ``slope`` and ``intercept``. Where the answers were read
as well, a second logistic curve joins the log odds and the two kinds of evidence of
:func:`ragcheck.judges.reading.evidence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.trees import leaves, read_arrays

MOST = 4.0
"""Calibrated log odds stay within [-4, 4]: further out no labelled pair confirms them."""


@dataclass(frozen=True)
class Forest:
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
    reading: NDArray[np.float64]

    def sums(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) sums of the leaves that each row of (n, features) reaches: raw log odds."""
        if not len(rows):
            return np.zeros(0)
        return np.asarray(self.baseline + self.value[leaves(self, rows)].sum(axis=1, dtype=float))

    def probabilities(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) calibrated probabilities; 0.5 is where a conflict is reported."""
        return _logistic(self.odds(rows))

    def probabilities_read(
        self, rows: NDArray[np.float64], evidence: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(n,) probabilities where ``evidence`` (n, 2) says if the answers differ or agree."""
        intercept, forest, differ, agree = self.reading
        odds = intercept + forest * self.odds(rows)
        return _logistic(odds + differ * evidence[:, 0] + agree * evidence[:, 1])

    def odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) calibrated log odds."""
        return np.clip(self.slope * self.sums(rows) + self.intercept, -MOST, MOST)


def _logistic(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


@lru_cache(maxsize=4)
def load_forest(name: str, sha256: str) -> Forest:
    """The trees ``weights/<name>.npz`` of this package, their hash checked.

    Raises:
        ModelError: the file is not what was trained.
    """
    arrays = read_arrays(name, sha256, judge="learned")
    return Forest(
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
        arrays["reading"],
    )
