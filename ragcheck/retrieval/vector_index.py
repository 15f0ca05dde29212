"""A FAISS index of the kind that fits the number of vectors, filled block by block.

========  =======================  ================================================================
kind      vectors, by default      what a search gives
========  =======================  ================================================================
flat      up to 200,000            float32, exact
half      up to 1,000,000          float16 with a known largest error, from which the caller can
                                   tell when its candidates hold the true best
lists     above                    8 bits a dimension in lists, of which a part is searched:
                                   approximate, so that its recall has to be measured
========  =======================  ================================================================

Vectors are asked for in blocks and never held all at once beside the index.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragcheck.ports import Vectors
from ragcheck.records.notation import Value

FLAT = 200_000
HALF = 1_000_000
ROWS_AT_ONCE = 4096
_TRAINED_A_LIST = 40
"""Vectors a list on which the lists are trained: what FAISS asks for at least."""
_SHARE_SEARCHED = 4
"""One list in so many is searched."""

Read = Callable[[Sequence[int]], Vectors]
"""Gives the vectors of some rows, (len(rows), dimension) float32 of length 1."""
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class IndexSizes:
    """The most vectors that an index without loss, and one in half precision, may hold."""

    flat: int = FLAT
    half: int = HALF

    def __post_init__(self) -> None:
        if not (isinstance(self.flat, int) and isinstance(self.half, int)):
            raise ValueError("flat and half are numbers of vectors")
        if not 0 <= self.flat <= self.half:
            raise ValueError("flat must be 0 or more, and half no less than flat")

    @property
    def notation(self) -> dict[str, Value]:
        """The sizes that are not the default, as a retriever's notation gives them."""
        given: dict[str, Value] = {"flat": self.flat, "half": self.half}
        usual = {"flat": FLAT, "half": HALF}
        return {name: value for name, value in given.items() if value != usual[name]}

    def kind(self, count: int) -> str:
        """``flat``, ``half`` or ``lists`` for so many vectors."""
        return "flat" if count <= self.flat else "half" if count <= self.half else "lists"


class VectorIndex:
    """An inner-product index over ``count`` unit vectors.

    Args:
        count: how many rows there are, at least one.
        read: gives the vectors of rows; asked for each row once, in order, and before that for
            a sample where the index has to be trained.
        sizes: which kind is taken up to which number.
        threads: OpenMP threads of FAISS.
    """

    def __init__(self, count: int, read: Read, *, sizes: IndexSizes, threads: int = 1) -> None:
        self.kind = sizes.kind(count)
        self.count = count
        self._threads = threads
        self.error = 0.0
        """The most by which a score can be off that is not for want of searching."""
        with faiss_threads(threads):
            self._index = self._filled(read)

    @property
    def is_exact(self) -> bool:
        """Whether every vector is looked at."""
        return self.kind != "lists"

    @property
    def description(self) -> str:
        """The kind in words, for reports."""
        if self.kind == "flat":
            return "exact, float32"
        if self.kind == "half":
            return "exact, float16 candidates rescored in float32"
        part = f"{self._searched} of {self._index.nlist} lists searched"
        return f"approximate, {part}, 8-bit candidates rescored in float32"

    def search(self, queries: Vectors, count: int) -> tuple[Vectors, Rows]:
        """Scores and rows of the best ``count`` of each query, best first; -1 where too few."""
        with faiss_threads(self._threads):
            if self.kind != "lists":
                scores, rows = self._index.search(queries, count)
            else:
                scores, rows = self._search_lists(queries, count)
        return scores, rows

    def stored(self, rows: Rows) -> Vectors | None:
        """The vectors as they were added; ``None`` where the index keeps only rounded ones."""
        if self.kind != "flat":
            return None
        vectors: Vectors = self._index.reconstruct_batch(rows)
        return vectors

    def _filled(self, read: Read) -> Any:
        import faiss

        index: Any = None
        for first in range(0, self.count, ROWS_AT_ONCE):
            if index is None and self.kind == "lists":
                index = self._trained(read)
            block = _block(read, range(first, min(first + ROWS_AT_ONCE, self.count)))
            if index is None and self.kind == "flat":
                index = faiss.IndexFlatIP(block.shape[1])
            elif index is None:
                index = faiss.IndexScalarQuantizer(
                    block.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
                )
                index.train(block)
            if self.kind == "half":
                self.error = max(self.error, _rounding_error(block))
            index.add(block)
        return index

    def _trained(self, read: Read) -> Any:
        """Lists around centres of a sample, their number growing as the root of the rows'."""
        import faiss

        lists = max(1, min(4 * math.isqrt(self.count), self.count // _TRAINED_A_LIST))
        sample = np.linspace(0, self.count - 1, min(self.count, lists * _TRAINED_A_LIST))
        rows = [int(row) for row in np.unique(sample.astype(np.int64))]
        parts = (rows[first : first + ROWS_AT_ONCE] for first in range(0, len(rows), ROWS_AT_ONCE))
        vectors = np.concatenate([_block(read, part) for part in parts])
        dimension = vectors.shape[1]
        index: Any = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dimension),
            dimension,
            lists,
            faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )
        index.cp.spherical = True  # centres of unit vectors, compared by inner product
        index.cp.seed = 0
        index.train(vectors)
        self._searched = -(-lists // _SHARE_SEARCHED)
        return index

    def _search_lists(self, queries: Vectors, count: int) -> tuple[Vectors, Rows]:
        """More lists are searched where those near a query hold too few vectors."""
        import faiss

        searched = self._searched
        while True:
            chosen = faiss.SearchParametersIVF()
            chosen.nprobe = searched
            scores, rows = self._index.search(queries, count, params=chosen)
            if searched >= self._index.nlist or (rows >= 0).all():
                return scores, rows
            searched = min(2 * searched, self._index.nlist)


def exact_rows(read: Read, count: int, queries: Vectors, k: int) -> list[set[int]]:
    """The rows of the best ``k`` of each query, by a pass over all vectors, block by block."""
    best_scores = np.zeros((len(queries), 0), dtype=np.float32)
    best_rows = np.zeros((len(queries), 0), dtype=np.int64)
    for first in range(0, count, ROWS_AT_ONCE):
        rows = range(first, min(first + ROWS_AT_ONCE, count))
        scores = np.concatenate([best_scores, queries @ _block(read, rows).T], axis=1)
        numbers = np.broadcast_to(np.asarray(rows, dtype=np.int64), (len(queries), len(rows)))
        candidates = np.concatenate([best_rows, numbers], axis=1)
        kept = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        best_scores = np.take_along_axis(scores, kept, axis=1)
        best_rows = np.take_along_axis(candidates, kept, axis=1)
    return [set(row) for row in best_rows.tolist()]


@contextmanager
def faiss_threads(threads: int) -> Iterator[None]:
    """FAISS with so many OpenMP threads, and as before afterwards."""
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(threads)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _block(read: Read, rows: Sequence[int]) -> Vectors:
    return np.ascontiguousarray(read(rows), dtype=np.float32)


def _rounding_error(block: Vectors) -> float:
    """The greatest length of what float16 takes from a row: a unit query's score is off by less."""
    lost = block - block.astype(np.float16).astype(np.float32)
    return float(np.sqrt(np.einsum("rd,rd->r", lost, lost).max()))
