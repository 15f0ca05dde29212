"""A forest of decision trees as plain arrays: read from a file, evaluated with numpy.

The file is an npz without objects. Node ``i`` sends a row to ``left[i]`` where its feature
``feature[i]`` is at most ``threshold[i]``, else to ``right[i]``; ``feature[i] < 0`` marks a leaf,
whose ``value[i]`` is the share of conflicts there. ``roots`` are the first nodes of the trees.
The mean of the leaves is calibrated by Platt's logistic curve: ``slope`` and ``intercept`` on
the log odds. Where the answers were read as well, a second logistic curve joins the log odds of
the forest and the two kinds of evidence of :func:`ragcheck.judges.reading.evidence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.trees import leaves, read_arrays

CLIPPED = 0.02
"""Log odds are taken of shares in [0.02, 0.98]."""


@dataclass(frozen=True)
class Forest:
    """The arrays of a forest, the names of its features, and its calibration."""

    features: tuple[str, ...]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    roots: NDArray[np.int32]
    slope: float
    intercept: float
    reading: NDArray[np.float64]

    def shares(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) mean share of conflicts in the leaves that each row of (n, features) reaches."""
        if not len(rows):
            return np.zeros(0)
        return np.asarray(self.value[leaves(self, rows)].mean(axis=1), dtype=np.float64)

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
        share = np.clip(self.shares(rows), CLIPPED, 1 - CLIPPED)
        return np.asarray(self.slope * np.log(share / (1 - share)) + self.intercept)


def _logistic(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


@lru_cache(maxsize=4)
def load_forest(name: str, sha256: str) -> Forest:
    """The forest ``weights/<name>.npz`` of this package, its hash checked.

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
        float(arrays["slope"]),
        float(arrays["intercept"]),
        arrays["reading"],
    )
