"""Retrievers and vector stores of LlamaIndex behind ragcheck's retriever role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import (
    BaseNode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    VectorStoreQuery,
    VectorStoreQueryResult,
)

from ragcheck.errors import ConfigError
from ragcheck.ports import Embedder, Vectors
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Chunk, Hit
from ragcheck.retrieval.ranking import checked_k, distinct_contents, ranked

_HIDDEN = ("strategy", "start", "end")
_SPARE = 16
_TIE_MARGIN = 1e-5
_NODES_AT_ONCE = 512


def text_nodes(chunks: Iterable[Chunk], *, vectors: Vectors | None = None) -> list[TextNode]:
    """One node a chunk: its ID, content, offsets in the document, and the document as source.

    The offsets are in the metadata too, hidden from encoder and model: LlamaIndex drops all but
    one of the nodes of a document whose text and metadata are equal, and so repeated passages.

    Args:
        vectors: (number of chunks, dimension), set as the nodes' embeddings.
    """
    nodes = [
        TextNode(
            id_=chunk.id,
            text=chunk.content,
            start_char_idx=chunk.start,
            end_char_idx=chunk.end,
            metadata={"strategy": chunk.strategy, "start": chunk.start, "end": chunk.end},
            excluded_embed_metadata_keys=list(_HIDDEN),
            excluded_llm_metadata_keys=list(_HIDDEN),
            relationships={
                NodeRelationship.SOURCE: RelatedNodeInfo(node_id=chunk.document_id),
            },
        )
        for chunk in chunks
    ]
    if vectors is not None:
        for node, vector in zip(nodes, vectors, strict=True):
            node.embedding = [float(x) for x in vector]
    return nodes


class ChunkMap:
    """Which chunk a node stands for: by ID, else by place in its document, else by text.

    A place means the chunk of the same document that shares most characters with the node; a
    text counts only where it is that of a single chunk, because a repeated text names no place.
    """

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._by_id = {chunk.id: chunk for chunk in chunks}
        self._by_document: defaultdict[str, list[Chunk]] = defaultdict(list)
        self._by_text: defaultdict[str, set[str]] = defaultdict(set)
        for chunk in self._by_id.values():
            self._by_document[chunk.document_id].append(chunk)
            for text in (chunk.text, chunk.content):
                self._by_text[text.strip()].add(chunk.id)

    def find(self, node: BaseNode) -> str:
        """The ID of the node's chunk.

        Raises:
            ConfigError: the node comes from none of the chunks.
        """
        chunk_id = self._place(node)
        if chunk_id is None:
            raise ConfigError(
                f"the retriever returned a node that is none of the chunks: {node.node_id}",
                where=_beginning(node),
                mend="index the nodes of text_nodes(chunks), or keep their IDs or offsets",
            )
        return chunk_id

    def _place(self, node: BaseNode) -> str | None:
        node_id = str(node.node_id)
        if node_id in self._by_id:
            return node_id
        start, end = getattr(node, "start_char_idx", None), getattr(node, "end_char_idx", None)
        if start is not None and end is not None:
            nearest = self._nearest(str(node.ref_doc_id), Span(start, end))
            if nearest is not None:
                return nearest
        same = self._by_text.get(node.get_content().strip(), set())
        return next(iter(same)) if len(same) == 1 else None

    def _nearest(self, document_id: str, span: Span) -> str | None:
        """The chunk that shares most characters; of several, the one nearest in size."""
        touching = [
            chunk for chunk in self._by_document.get(document_id, ()) if chunk.span.overlap(span)
        ]
        if not touching:
            return None
        return min(
            touching,
            key=lambda chunk: (
                -chunk.span.overlap(span),
                abs(len(chunk.span) - len(span)),
                chunk.id,
            ),
        ).id


class LlamaIndexRetriever:
    """Any LlamaIndex retriever.

    Its order is kept; nodes with equal scores are put in order of their chunk ID. Nodes without
    a score get ``1 / rank``. Where the retriever has a ``similarity_top_k`` below ``k``, it is
    raised during the search.

    Args:
        retriever: searches an index whose nodes stand for ``chunks``.
        chunks: the chunks that a hit can be.
        name: how tables and reports call it.
    """

    def __init__(
        self, retriever: BaseRetriever, *, chunks: Sequence[Chunk], name: str = "llama_index"
    ) -> None:
        self._retriever = retriever
        self._chunks = ChunkMap(chunks)
        self._name = name

    @property
    def notation(self) -> str:
        return self._name

    def search(self, queries: Sequence[str], k: int) -> list[tuple[Hit, ...]]:
        """At most ``k`` hits a query.

        Raises:
            ConfigError: the retriever returned a node that is none of the chunks.
            ValueError: ``k`` is below 1.
        """
        checked_k(k)
        own = getattr(self._retriever, "similarity_top_k", None)
        if not isinstance(own, int) or own >= k:
            return [self._search(query, k) for query in queries]
        retriever: Any = self._retriever
        retriever.similarity_top_k = k
        try:
            return [self._search(query, k) for query in queries]
        finally:
            retriever.similarity_top_k = own

    def _search(self, query: str, k: int) -> tuple[Hit, ...]:
        found: dict[str, float] = {}
        for rank, scored in enumerate(self._retriever.retrieve(QueryBundle(query)), start=1):
            found.setdefault(self._chunks.find(scored.node), _score(scored, rank))
        return _hits(found, k)


class VectorStoreRetriever:
    """Any LlamaIndex vector store, searched by vectors of ragcheck's embedder.

    The store names the candidates; their scores are computed here from the embedder's vectors.
    So the ranking is that of :class:`ragcheck.retrieval.dense.DenseRetriever`, ties included,
    wherever the store's candidates are right, and stores with other scores (distances, squares)
    need no conversion.

    Args:
        store: holds a vector for each chunk; :meth:`fill` puts them there.
        chunks: the chunks that a hit can be.
        embedder: the one that the store was filled with.
        ids: from the store's IDs to chunk IDs, where the store made its own.
        name: how tables and reports call it.
    """

    def __init__(
        self,
        store: BasePydanticVectorStore,
        *,
        chunks: Sequence[Chunk],
        embedder: Embedder,
        ids: Mapping[str, str] | None = None,
        name: str = "vector_store",
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._ids = dict(ids or {})
        self._map = ChunkMap(chunks)
        self._name = name
        contents, owners = distinct_contents(chunks)
        self._vectors = embedder.encode(contents)
        self._row = {chunk_id: row for row, group in enumerate(owners) for chunk_id in group}

    @classmethod
    def fill(
        cls,
        store: BasePydanticVectorStore,
        *,
        chunks: Sequence[Chunk],
        embedder: Embedder,
        name: str = "vector_store",
    ) -> VectorStoreRetriever:
        """Add a node with its vector for each chunk to the store, and search that."""
        distinct = list({chunk.id: chunk for chunk in chunks}.values())
        ids: dict[str, str] = {}
        for first in range(0, len(distinct), _NODES_AT_ONCE):
            part = distinct[first : first + _NODES_AT_ONCE]
            vectors = embedder.encode([chunk.content for chunk in part])
            given = store.add(text_nodes(part, vectors=vectors))
            ids.update(zip(given, (chunk.id for chunk in part), strict=True))
        return cls(store, chunks=chunks, embedder=embedder, ids=ids, name=name)

    @property
    def notation(self) -> str:
        return self._name

    def search(self, queries: Sequence[str], k: int) -> list[tuple[Hit, ...]]:
        """At most ``k`` hits a query; the score is the cosine, in [-1, 1], to six digits.

        Raises:
            ConfigError: the store returned a node that is none of the chunks.
            ValueError: ``k`` is below 1.
        """
        checked_k(k)
        if not self._row or not queries:
            return [() for _ in queries]
        return [self._search(vector, k) for vector in self._embedder.encode(queries)]

    def _search(self, vector: Vectors, k: int) -> tuple[Hit, ...]:
        wanted = min(len(self._row), k + _SPARE)
        while True:
            scores = self._scores(vector, self._candidates(vector, wanted))
            ordered = sorted(scores.values(), reverse=True)
            tied = len(ordered) > k and ordered[-1] > ordered[k - 1] - _TIE_MARGIN
            if not tied or wanted >= len(self._row) or len(ordered) < wanted:
                return ranked(scores.items(), k)
            wanted = min(len(self._row), 2 * wanted)

    def _candidates(self, vector: Vectors, wanted: int) -> list[str]:
        result = self._store.query(
            VectorStoreQuery(query_embedding=[float(x) for x in vector], similarity_top_k=wanted)
        )
        return list(dict.fromkeys(self._chunk_id(found) for found in _found(result)))

    def _chunk_id(self, found: BaseNode | str) -> str:
        if not isinstance(found, str):
            return self._map.find(found)
        return self._ids.get(found) or self._map.find(TextNode(id_=found))

    def _scores(self, vector: Vectors, chunk_ids: Sequence[str]) -> dict[str, float]:
        rows = self._vectors[[self._row[chunk_id] for chunk_id in chunk_ids]]
        exact = np.einsum("rd,d->r", rows.astype(np.float64), vector.astype(np.float64))
        return dict(zip(chunk_ids, exact.tolist(), strict=True))


def _found(result: VectorStoreQueryResult) -> Sequence[BaseNode | str]:
    if result.nodes:
        return list(result.nodes)
    return [str(own_id) for own_id in result.ids or []]


def _score(scored: NodeWithScore, rank: int) -> float:
    return 1.0 / rank if scored.score is None else float(scored.score)


def _hits(found: Mapping[str, float], k: int) -> tuple[Hit, ...]:
    """Runs of equal scores in order of chunk ID, everything else as it came."""
    runs: list[list[str]] = []
    last: float | None = None
    for chunk_id, score in found.items():
        if last is None or score != last:
            runs.append([])
        runs[-1].append(chunk_id)
        last = score
    ordered = [chunk_id for run in runs for chunk_id in sorted(run)]
    return tuple(
        Hit(chunk_id, found[chunk_id], rank) for rank, chunk_id in enumerate(ordered[:k], start=1)
    )


def _beginning(node: BaseNode) -> str | None:
    return node.get_content()[:80] or None
