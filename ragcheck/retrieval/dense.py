"""Dense retrieval: exact inner product of unit vectors with FAISS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ragcheck.ports import Embedder, Vectors
from ragcheck.records.evidence import Chunk, Hit
from ragcheck.retrieval.ranking import checked_k, distinct_contents, ranked

_SPARE = 16
_TIE_MARGIN = 1e-5
_QUERIES_AT_ONCE = 256
_ROWS_AT_ONCE = 4096


class DenseRetriever:
    """Ranks chunks by the cosine of their content with the query; exact.

    Args:
        chunks: what is searched. Identical contents are encoded and indexed once.
        embedder: encodes contents and queries.
        threads: OpenMP threads of FAISS.
    """

    def __init__(self, *, chunks: Sequence[Chunk], embedder: Embedder, threads: int = 1) -> None:
        self._embedder = embedder
        self._threads = threads
        contents, self._owners = distinct_contents(chunks)
        self._index = self._build(contents)

    @property
    def notation(self) -> str:
        return "dense"

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
            vectors = self._embedder.encode(queries[first : first + _QUERIES_AT_ONCE])
            hits.extend(self._search(np.ascontiguousarray(vectors, dtype=np.float32), k))
        return hits

    def _build(self, contents: Sequence[str]) -> Any:
        """The index; ``None`` without contents. The encoder is not asked for its dimension:
        where every vector is cached, that alone would load it."""
        import faiss

        if not contents:
            return None
        vectors = np.asarray(self._embedder.encode(contents), dtype=np.float32)
        index = faiss.IndexFlatIP(vectors.shape[1])
        for first in range(0, len(contents), _ROWS_AT_ONCE):
            index.add(np.ascontiguousarray(vectors[first : first + _ROWS_AT_ONCE]))
        return index

    def _search(self, vectors: Vectors, k: int) -> list[tuple[Hit, ...]]:
        with _faiss_threads(self._threads):
            wanted = min(len(self._owners), k + _SPARE)
            scores, rows = self._index.search(vectors, wanted)
        return [
            self._hits(vector, own_scores, own_rows, k)
            for vector, own_scores, own_rows in zip(vectors, scores, rows, strict=True)
        ]

    def _hits(self, vector: Vectors, scores: Vectors, rows: Any, k: int) -> tuple[Hit, ...]:
        """Ranks the candidates, after fetching more where a tie runs over their end."""
        while len(rows) < len(self._owners) and scores[-1] > scores[k - 1] - _TIE_MARGIN:
            with _faiss_threads(self._threads):
                wanted = min(len(self._owners), 2 * len(rows))
                found = self._index.search(vector[None, :], wanted)
            scores, rows = found[0][0], found[1][0]
        # FAISS sums in another order for one query than for many; float64 hides it.
        contents = self._index.reconstruct_batch(rows).astype(np.float64)
        exact = np.einsum("rd,d->r", contents, vector.astype(np.float64))
        return ranked(
            (
                (chunk_id, float(score))
                for row, score in zip(rows, exact, strict=True)
                for chunk_id in self._owners[row]
            ),
            k,
        )


@contextmanager
def _faiss_threads(threads: int) -> Iterator[None]:
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(threads)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
