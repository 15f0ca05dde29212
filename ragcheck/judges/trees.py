"""What forests and boosted trees share: verified arrays of a file, and the way to the leaves."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ragcheck.errors import ModelError


class Trees(Protocol):
    """Decision trees as arrays, a node each.

    Node ``i`` sends a row to ``left[i]`` where its feature ``feature[i]`` is at most
    ``threshold[i]``, else to ``right[i]``; ``feature[i] < 0`` marks a leaf. ``roots`` are the
    first nodes of the trees.
    """

    @property
    def feature(self) -> NDArray[np.int16]: ...
    @property
    def threshold(self) -> NDArray[np.float32]: ...
    @property
    def left(self) -> NDArray[np.int32]: ...
    @property
    def right(self) -> NDArray[np.int32]: ...
    @property
    def roots(self) -> NDArray[np.int32]: ...


def leaves(trees: Trees, rows: NDArray[np.float64]) -> NDArray[np.int32]:
    """(n, trees) the leaf of each tree that each row of (n, features) reaches."""
    data = rows.astype(np.float32)
    at = np.repeat(trees.roots[None, :], len(rows), axis=0)
    index = np.arange(len(rows))[:, None]
    while True:
        feature = trees.feature[at]
        inner = feature >= 0
        if not inner.any():
            return at
        below = data[index, np.maximum(feature, 0)] <= trees.threshold[at]
        at = np.where(inner, np.where(below, trees.left[at], trees.right[at]), at)


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
