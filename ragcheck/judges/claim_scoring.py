"""How surely two claims that differ contradict each other.

A logistic function of :data:`ragcheck.judges.claim_features.FEATURES` and boosted trees of the
same features, joined by a curve that was fitted on a corpus that neither of them had seen; all of
it by ``training/claims.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.boosting import BoostedTrees, logistic, read_arrays, trees_of
from ragcheck.judges.claim_weights import BIAS, JOINED, TREES, WEIGHTS


def first_odds(row: Sequence[float]) -> float:
    """The log odds of the logistic function alone."""
    return BIAS + float(np.dot(WEIGHTS, row))


def conflict_probabilities(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) probabilities of rows of (n, features).

    Raises:
        ModelError: the file of the trees is not what was trained.
    """
    if not len(rows):
        return np.zeros(0)
    of_curve, of_trees, intercept = JOINED
    # A sum of each row by itself: a matrix product's last digits follow the number of rows.
    odds = BIAS + (rows * np.array(WEIGHTS)).sum(axis=1)
    return logistic(of_curve * odds + of_trees * _trees().odds(rows) + intercept)


@lru_cache(maxsize=1)
def _trees() -> BoostedTrees:
    return trees_of(read_arrays(*TREES, judge="claims"), "")
