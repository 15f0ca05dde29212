"""Vectors that were computed once, kept in a file that processes and runs share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ragcheck.cache_file import CacheFile
from ragcheck.ports import Vectors


class VectorCache:
    """Float32 vectors by key; as safe against damage as :class:`ragcheck.cache_file.CacheFile`.

    Args:
        path: the SQLite file; its folder is made. Nothing is opened before the first use.

    Instances can be sent to other processes, and used by several threads.
    """

    def __init__(self, path: Path) -> None:
        self._file = CacheFile(path, contents="vectors")

    @property
    def path(self) -> Path:
        return self._file.path

    @property
    def warnings(self) -> list[str]:
        """What went wrong with the file; the vectors are right all the same."""
        return self._file.warnings

    @property
    def is_persistent(self) -> bool:
        """Whether new vectors go to the file; false once they are kept in memory alone."""
        return self._file.is_persistent

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors that are there and whole, each of shape (dimension,)."""
        found = self._file.get(keys)
        return {key: np.frombuffer(value, dtype="<f4") for key, value in found.items()}

    def put(self, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep vectors; all are on disk when this returns, or none of them is."""
        self._file.put(
            {
                key: np.ascontiguousarray(vector, dtype="<f4").tobytes()
                for key, vector in vectors.items()
            }
        )

    def close(self) -> None:
        """Close the file; a later use opens it again."""
        self._file.close()
