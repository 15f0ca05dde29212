"""Boosted decision trees as plain arrays: read from a file, evaluated with numpy.

The file is an npz without objects. Node ``i`` sends a row to ``left[i]`` where its feature
``feature[i]`` is at most ``threshold[i]``, else to ``right[i]``; ``feature[i] < 0`` marks a leaf,
whose ``value[i]`` is added to the log odds. ``roots`` are the first nodes of the trees and
``baseline`` is what the sum starts from (Friedman 2001, doi:10.1214/aos/1013203451). Platt's
curve with ``slope`` and ``intercept`` makes the sum a probability. A file of the joined judge
holds two sets, whose names begin with ``authors_`` and ``house_``, and a logistic curve that says
which of them counts: ``curve`` has mean, scale and weight of standardised features in its rows.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragcheck.errors import ModelError


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

    def odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) calibrated log odds of rows of (n, features)."""
        if not len(rows):
            return np.zeros(0)
        total = self.baseline + self.value[self._leaves(rows)].astype(np.float64).sum(axis=1)
        return np.asarray(self.slope * total + self.intercept, dtype=np.float64)

    def _leaves(self, rows: NDArray[np.float64]) -> NDArray[np.int32]:
        """(n, trees) the leaf of each tree that each row reaches."""
        data = rows.astype(np.float32)
        at = np.repeat(self.roots[None, :], len(rows), axis=0)
        index = np.arange(len(rows))[:, None]
        while True:
            feature = self.feature[at]
            inner = feature >= 0
            if not inner.any():
                return at
            below = data[index, np.maximum(feature, 0)] <= self.threshold[at]
            at = np.where(inner, np.where(below, self.left[at], self.right[at]), at)


@dataclass(frozen=True)
class Mixture:
    """Trees for texts of many authors, trees for documentation of one house, and which count.

    On documentation the mean of the log odds that come in as the first feature and of the trees'
    own counts: what is read there helps on passages in other words, and hurts on near copies.
    """

    authors: BoostedTrees
    house: BoostedTrees
    curve: NDArray[np.float64]
    intercept: float

    def probabilities(
        self, rows: NDArray[np.float64], of_whom: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(n,) calibrated probabilities of a conflict.

        Args:
            rows: (n, features) what the trees weigh.
            of_whom: (n, features of the curve) whose texts they are.
        """
        share = self.of_one_house(of_whom)
        house = logistic((rows[:, 0] + self.house.odds(rows)) / 2)
        return share * house + (1 - share) * logistic(self.authors.odds(rows))

    def of_one_house(self, of_whom: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) how surely both passages are documentation of one house."""
        mean, scale, weight = self.curve
        return logistic(((of_whom - mean) / scale) @ weight + self.intercept)


def logistic(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of log odds."""
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


@lru_cache(maxsize=4)
def load_mixture(name: str, sha256: str) -> Mixture:
    """The two sets of trees in ``weights/<name>.npz`` of this package, their hash checked.

    Raises:
        ModelError: the file is not what was trained.
    """
    arrays = read_arrays(name, sha256, judge="combined")
    authors, house = (trees_of(arrays, prefix) for prefix in ("authors_", "house_"))
    return Mixture(authors, house, arrays["curve"], float(arrays["curve_intercept"]))


def trees_of(arrays: Mapping[str, NDArray[Any]], prefix: str) -> BoostedTrees:
    """The trees whose arrays' names begin with a prefix."""
    return BoostedTrees(
        tuple(str(each) for each in arrays["features"]),
        arrays[f"{prefix}feature"],
        arrays[f"{prefix}threshold"],
        arrays[f"{prefix}left"],
        arrays[f"{prefix}right"],
        arrays[f"{prefix}value"],
        arrays[f"{prefix}roots"],
        float(arrays[f"{prefix}baseline"]),
        float(arrays[f"{prefix}slope"]),
        float(arrays[f"{prefix}intercept"]),
    )


def read_arrays(name: str, sha256: str, *, judge: str) -> Mapping[str, NDArray[Any]]:
    """The arrays of ``weights/<name>.npz`` of this package, its hash checked.

    Args:
        judge: whose weights they are, for the message.

    Raises:
        ModelError: the file is not what was trained.
    """
    data = (files("ragcheck.judges") / "weights" / f"{name}.npz").read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelError(
            f"the weights of the {judge} judge are not the ones that were trained",
            where=f"ragcheck/judges/weights/{name}.npz",
            mend="install ragcheck-evidence again",
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}
