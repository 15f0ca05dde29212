"""Reciprocal rank fusion of dense and lexical retrieval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ragcheck.ports import Embedder
from ragcheck.records.evidence import Chunk, Hit
from ragcheck.records.notation import Notation, Value
from ragcheck.retrieval.dense import DenseRetriever
from ragcheck.retrieval.lexical import LexicalRetriever
from ragcheck.retrieval.ranking import Recall, checked_k, ranked
from ragcheck.retrieval.vector_index import FLAT, HALF, IndexSizes

DEPTH = 50
CONSTANT = 60
_DIGITS = 12


class FusionRetriever:
    """Sums ``1 / (constant + rank)`` over the two rankings (Cormack et al. 2009, SIGIR).

    Args:
        chunks: what is searched.
        embedder: for the dense ranking.
        depth: how many hits of each ranking count. It does not grow with ``k``, so that the
            ranking at a small K is the beginning of the one at a large K; there are never more
            than ``2 * depth`` hits.
        constant: damps the weight of the first ranks.
        threads: OpenMP threads of FAISS.
        flat: as for :class:`ragcheck.retrieval.dense.DenseRetriever`.
        half: likewise.
    """

    def __init__(
        self,
        *,
        chunks: Sequence[Chunk],
        embedder: Embedder,
        depth: int = DEPTH,
        constant: int = CONSTANT,
        threads: int = 1,
        flat: int = FLAT,
        half: int = HALF,
    ) -> None:
        if depth < 1 or constant < 0:
            raise ValueError("depth must be 1 or more and constant 0 or more")
        self._depth = depth
        self._constant = constant
        self._sizes = IndexSizes(flat, half)
        self._dense = DenseRetriever(
            chunks=chunks, embedder=embedder, threads=threads, flat=flat, half=half
        )
        self._lexical = LexicalRetriever(chunks=chunks)

    @property
    def notation(self) -> str:
        given: dict[str, Value] = {}
        if self._depth != DEPTH:
            given["depth"] = self._depth
        if self._constant != CONSTANT:
            given["constant"] = self._constant
        return str(Notation("fusion", given | self._sizes.notation))

    @property
    def description(self) -> str:
        """How the dense index searches."""
        return self._dense.description

    @property
    def recall(self) -> Recall | None:
        """As for :class:`ragcheck.retrieval.dense.DenseRetriever`."""
        return self._dense.recall

    def search(self, queries: Sequence[str], k: int) -> list[tuple[Hit, ...]]:
        """At most ``k`` hits a query; the score is the sum of reciprocal ranks.

        Raises:
            ValueError: ``k`` is below 1.
        """
        checked_k(k)
        rankings = zip(
            self._dense.search(queries, self._depth),
            self._lexical.search(queries, self._depth),
            strict=True,
        )
        return [fuse(pair, k, constant=self._constant) for pair in rankings]


def fuse(rankings: Sequence[Sequence[Hit]], k: int, *, constant: int = CONSTANT) -> tuple[Hit, ...]:
    """One ranking of several of the same query, ties in order of chunk ID."""
    scores: defaultdict[str, float] = defaultdict(float)
    for ranking in rankings:
        for hit in ranking:
            scores[hit.chunk_id] += 1.0 / (constant + hit.rank)
    return ranked(scores.items(), k, digits=_DIGITS)
