"""Dense retrieval: inner product of unit vectors with FAISS, exact as long as memory allows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragcheck.ports import Embedder, Vectors
from ragcheck.records.evidence import Chunk, Hit
from ragcheck.records.notation import Notation
from ragcheck.retrieval.ranking import SCORE_DIGITS, Recall, checked_k, distinct_chunks, ranked
from ragcheck.retrieval.vector_index import FLAT, HALF, IndexSizes, VectorIndex, exact_rows

_SPARE = 16
_TIE_MARGIN = 1e-5
_QUERIES_AT_ONCE = 256
_RESCORED = 4
"""Candidates for each hit that is wanted, where the index is approximate."""
_SAMPLED = 50
"""Queries on which the recall of an approximate index is measured."""


class DenseRetriever:
    """Ranks chunks by the cosine of their content with the query.

    Up to a million distinct contents the ranking is exact, ties included. Beyond, candidates
    come from a part of the index; then the recall against exact search is measured on queries of
    the first search and kept in :attr:`recall`, which is ``None`` where the ranking is exact.

    Args:
        chunks: what is searched. Identical contents are encoded and indexed once.
        embedder: encodes contents and queries. Contents are asked for in blocks, some of them
            again where the index keeps no float32: a cache in front of the encoder makes that
            cheap.
        threads: OpenMP threads of FAISS.
        flat: up to so many contents the index keeps float32.
        half: up to so many it keeps float16, beyond it searches lists.
    """

    def __init__(
        self,
        *,
        chunks: Sequence[Chunk],
        embedder: Embedder,
        threads: int = 1,
        flat: int = FLAT,
        half: int = HALF,
    ) -> None:
        self._sizes = IndexSizes(flat, half)
        self._embedder = embedder
        self._chunks, self._owners = distinct_chunks(chunks)
        # The encoder is not asked for its dimension: where every vector is cached, that alone
        # would load it.
        self._index = (
            VectorIndex(len(self._owners), self._read, sizes=self._sizes, threads=threads)
            if self._owners
            else None
        )
        self.recall: Recall | None = None

    @property
    def notation(self) -> str:
        return str(Notation("dense", self._sizes.notation))

    @property
    def description(self) -> str:
        """How the index searches, and how much of the exact ranking it was seen to find."""
        if self._index is None:
            return "nothing to search"
        if self.recall is None:
            return self._index.description
        found = f"recall at {self.recall.k} against exact search {self.recall.value:.3f}"
        return f"{self._index.description}; {found} on {self.recall.queries} queries"

    def search(self, queries: Sequence[str], k: int) -> list[tuple[Hit, ...]]:
        """At most ``k`` hits a query; the score is the cosine, in [-1, 1], to six digits.

        Raises:
            ValueError: ``k`` is below 1.
        """
        checked_k(k)
        if self._index is None:
            return [() for _ in queries]
        hits: list[tuple[Hit, ...]] = []
        for first in range(0, len(queries), _QUERIES_AT_ONCE):
            encoded = self._embedder.encode(queries[first : first + _QUERIES_AT_ONCE])
            vectors = np.ascontiguousarray(encoded, dtype=np.float32)
            if self.recall is None and not self._index.is_exact:
                self.recall = self._measured(self._index, vectors, k)
            hits.extend(self._search(self._index, vectors, k))
        return hits

    def _read(self, rows: Sequence[int]) -> Vectors:
        return self._embedder.encode([self._chunks[row].content for row in rows])

    def _search(self, index: VectorIndex, vectors: Vectors, k: int) -> list[tuple[Hit, ...]]:
        return [self._hits(scores, rows, k) for scores, rows in self._candidates(index, vectors, k)]

    def _candidates(
        self, index: VectorIndex, vectors: Vectors, k: int
    ) -> list[tuple[NDArray[np.float64], NDArray[np.int64]]]:
        """For each query exact scores and rows of candidates that hold what can be found."""
        spared = (k + _SPARE) * (1 if index.is_exact else _RESCORED)
        scores, rows = index.search(vectors, min(index.count, spared))
        widened = [
            _widened(index, vector, own_scores, own_rows, k)
            for vector, own_scores, own_rows in zip(vectors, scores, rows, strict=True)
        ]
        return [
            (self._exact(index, vector, own), own)
            for vector, own in zip(vectors, widened, strict=True)
        ]

    def _exact(
        self, index: VectorIndex, vector: Vectors, rows: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        stored = index.stored(rows)
        vectors = self._read(rows.tolist()) if stored is None else stored
        # FAISS sums in another order for one query than for many; float64 hides it.
        exact: NDArray[np.float64] = np.einsum(
            "rd,d->r", vectors.astype(np.float64), vector.astype(np.float64)
        )
        return exact

    def _hits(
        self, scores: NDArray[np.float64], rows: NDArray[np.int64], k: int
    ) -> tuple[Hit, ...]:
        return ranked(
            (
                (chunk_id, float(score))
                for row, score in zip(rows, scores, strict=True)
                for chunk_id in self._owners[row]
            ),
            k,
        )

    def _measured(self, index: VectorIndex, vectors: Vectors, k: int) -> Recall | None:
        """The recall on queries spread evenly over those given; a pass over all vectors."""
        if not len(vectors):
            return None
        spread = np.linspace(0, len(vectors) - 1, min(_SAMPLED, len(vectors))).astype(np.int64)
        sample = np.ascontiguousarray(vectors[spread])
        most = min(k, index.count)
        truth = exact_rows(self._read, index.count, sample, most)
        shares = [
            len(set(rows[np.argsort(-np.round(scores, SCORE_DIGITS), kind="stable")][:most]) & own)
            / most
            for (scores, rows), own in zip(self._candidates(index, sample, k), truth, strict=True)
        ]
        return Recall(float(np.mean(shares)), k, len(sample))


def _widened(
    index: VectorIndex, vector: Vectors, scores: Vectors, rows: NDArray[np.int64], k: int
) -> NDArray[np.int64]:
    """Candidate rows, more of them where a tie or a rounded score may hide one of the best."""
    margin = _TIE_MARGIN + 2 * index.error
    while index.is_exact and len(rows) < index.count and scores[-1] > scores[k - 1] - margin:
        found = index.search(vector[None, :], min(index.count, 2 * len(rows)))
        scores, rows = found[0][0], found[1][0]
    return rows[rows >= 0]
