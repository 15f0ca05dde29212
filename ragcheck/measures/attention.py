"""A small attention head over the tokens of a text, in numpy: which words make it dependent?

Learned queries choose tokens by their state and position; the chosen states, averaged, and the
text's features give one number (attention pooling: Lin et al. 2017, arXiv 1703.03130).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class AttentionHead:
    """``project`` (width, d), ``query`` (d, q), ``position`` (p, q), ``out`` (q * d + features,).

    ``position`` is added to the scores of the first p tokens; later tokens get nothing.
    """

    project: Matrix
    project_bias: Matrix
    query: Matrix
    query_bias: Matrix
    position: Matrix
    out: Matrix
    out_bias: Matrix

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]], prefix: str) -> AttentionHead:
        """The head whose arrays are stored under ``prefix`` and the names of the fields."""
        return cls(**{
            name: np.asarray(arrays[f"{prefix}{name}"], dtype=np.float32)
            for name in cls.__dataclass_fields__
        })  # fmt: skip

    def logit(self, states: Matrix, features: NDArray[np.float64]) -> float:
        """The log-odds that a text with these token states and features stands alone."""
        found = np.tanh(states @ self.project + self.project_bias)
        scores = found @ self.query + self.query_bias
        near = min(len(scores), len(self.position))
        scores[:near] += self.position[:near]
        weights = np.exp(scores - scores.max(axis=0))
        pooled = (weights / weights.sum(axis=0)).T @ found
        joined = np.concatenate([pooled.ravel(), features.astype(np.float32)])
        return float(joined @ self.out + self.out_bias[0])
