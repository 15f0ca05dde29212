"""Parent-document retrieval: small pieces are searched, the chunks that hold them are given."""

from __future__ import annotations

from collections.abc import Sequence

from ragcheck.ports import Embedder
from ragcheck.records.evidence import Chunk, Hit
from ragcheck.records.notation import Notation
from ragcheck.retrieval.dense import DenseRetriever
from ragcheck.retrieval.ranking import Recall, checked_k, ranked
from ragcheck.retrieval.vector_index import FLAT, HALF, IndexSizes
from ragcheck.text.sentences import sentence_spans

CHILD = "child"
_SPARE = 8
"""Children fetched for each parent that is wanted, at first."""


class ParentRetriever:
    """Ranks a chunk by its best sentences: each piece of ``size`` characters is searched alone.

    Args:
        chunks: the parents. The prefix of a parent stands in front of each of its children.
        size: neighbouring sentences are joined up to so many characters.
        flat: as for :class:`ragcheck.retrieval.dense.DenseRetriever`.
        half: likewise.
    """

    def __init__(
        self,
        *,
        chunks: Sequence[Chunk],
        embedder: Embedder,
        size: int = 200,
        threads: int = 1,
        flat: int = FLAT,
        half: int = HALF,
    ) -> None:
        if size < 1:
            raise ValueError("size must be 1 or more")
        self._size = size
        self._sizes = IndexSizes(flat, half)
        self._parents: dict[str, list[str]] = {}
        children: dict[str, Chunk] = {}
        for parent in chunks:
            for child in child_chunks(parent, size):
                children.setdefault(child.id, child)
                self._parents.setdefault(child.id, []).append(parent.id)
        self._count = len(children)
        self._children = DenseRetriever(
            chunks=list(children.values()),
            embedder=embedder,
            threads=threads,
            flat=flat,
            half=half,
        )

    @property
    def notation(self) -> str:
        return str(Notation("parent", {"size": self._size} | self._sizes.notation))

    @property
    def recall(self) -> Recall | None:
        """As for :class:`ragcheck.retrieval.dense.DenseRetriever`."""
        return self._children.recall

    def search(self, queries: Sequence[str], k: int) -> list[tuple[Hit, ...]]:
        """At most ``k`` parents a query; the score is the cosine of the best child.

        Raises:
            ValueError: ``k`` is below 1.
        """
        checked_k(k)
        first = self._children.search(queries, k * _SPARE)
        return [self._parents_of(*found, k) for found in zip(queries, first, strict=True)]

    def _parents_of(self, query: str, hits: Sequence[Hit], k: int) -> tuple[Hit, ...]:
        """Fetches more children until ``k`` parents are there, or all children are."""
        wanted = k * _SPARE
        while True:
            best: dict[str, float] = {}
            for hit in hits:
                for parent in self._parents[hit.chunk_id]:
                    best[parent] = max(best.get(parent, hit.score), hit.score)
            # the parents behind the last child could still tie with the last one that is given
            if len(hits) < wanted or (len(best) > k and _settled(best, k, hits[-1].score)):
                return ranked(best.items(), k)
            wanted *= 2
            hits = self._children.search([query], wanted)[0]


def _settled(best: dict[str, float], k: int, last: float) -> bool:
    return sorted(best.values(), reverse=True)[k - 1] > last


def child_chunks(parent: Chunk, size: int) -> list[Chunk]:
    """Neighbouring sentences of a chunk, joined up to ``size`` characters; at least one piece."""
    edges: list[tuple[int, int]] = []
    for span in sentence_spans(parent.text):
        if edges and span.end - edges[-1][0] <= size:
            edges[-1] = (edges[-1][0], span.end)
        else:
            edges.append((span.start, span.end))
    return [
        Chunk(
            parent.document_id,
            parent.start + start,
            parent.start + end,
            parent.text[start:end],
            CHILD,
            parent.prefix,
        )
        for start, end in edges or [(0, len(parent.text))]
    ]
