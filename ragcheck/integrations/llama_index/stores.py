"""``store``: a vector store of LlamaIndex as a retriever, named in the configuration.

``store(kind="postgres", url_env="PG_URL", table="chunks")`` names a table and never an address:
that stands in the environment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from uuid import UUID

import numpy as np
from llama_index.core.schema import BaseNode, NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters, VectorStoreQuery

from ragcheck.errors import ConfigError
from ragcheck.integrations.llama_index.tables.place import (
    ENCODER,
    GROUP,
    Place,
    Table,
    open_table,
)
from ragcheck.ports import Embedder, Vectors
from ragcheck.records.corpus import content_id
from ragcheck.records.evidence import Chunk, Hit
from ragcheck.records.notation import Notation, Value
from ragcheck.retrieval.ranking import Recall, checked_k, distinct_chunks, ranked

MEASURED_QUERIES = 50
"""So many queries are searched exactly too, where the index is approximate."""
_AT_ONCE = 512
_SPARE = 16
_TIE_MARGIN = 1e-5


class StoreRetriever:
    """Ranks chunks by the cosine of their content with the query, in a vector store.

    The store names candidates; their scores are computed here in float64 from the embedder's
    vectors. So the ranking is that of :class:`ragcheck.retrieval.dense.DenseRetriever`, ties
    included, wherever the store's search is exact. Each distinct content is one entry under the
    hash of encoder, strategy and content: what is there is not written again, several processes
    may fill one table at once, and one that was killed goes on. The table gets vectors and
    hashes, no text. Entries of other corpora and strategies may stand in the same table.

    Args:
        chunks: what is searched; without any, the options are checked and nothing is opened.
        embedder: encodes contents and queries.
        kind: ``postgres``, ``qdrant``, ``milvus`` or ``elasticsearch``.
        table: name of the table, collection or index.
        url_env: environment variable that holds the address.
        key_env: environment variable that holds the key, for servers that ask for one.
        path: instead of an address, a folder (Qdrant) or file (Milvus Lite) of this machine.
        index: ``exact``, or ``hnsw``, an approximate index whose recall is measured.
        ef: how many candidates an approximate search holds.

    Raises:
        ConfigError: an option is wrong, a package is missing, or the table holds vectors of
            another encoder or of another program.
        StoreError: the store cannot be reached.
    """

    def __init__(
        self,
        *,
        chunks: Sequence[Chunk],
        embedder: Embedder,
        kind: str,
        table: str = "ragcheck",
        url_env: str = "",
        key_env: str = "",
        path: str = "",
        index: str = "exact",
        ef: int = 100,
    ) -> None:
        self._place = Place(kind, table, url_env, key_env, path, index, ef)
        self._embedder = embedder
        self._chunks, self._owners = distinct_chunks(chunks)
        self._group = ""
        self._table: Table | None = None
        self.recall: Recall | None = None
        if self._chunks:
            self._group = f"g-{content_id(embedder.key, *sorted({c.strategy for c in chunks}))}"
            self._row = {self._entry(c.content): row for row, c in enumerate(self._chunks)}
            self._table = self._opened()
            self._fill(self._table)

    @property
    def notation(self) -> str:
        place = self._place
        given: dict[str, Value] = {"kind": place.kind, "table": place.table}
        for name in ("url_env", "key_env", "path"):
            if getattr(place, name):
                given[name] = getattr(place, name)
        if place.index != "exact":
            given |= {"index": place.index, "ef": place.ef}
        return str(Notation("store", given))

    def search(self, queries: Sequence[str], k: int) -> list[tuple[Hit, ...]]:
        """At most ``k`` hits a query; the score is the cosine, in [-1, 1], to six digits.

        Where the index is approximate, ``recall`` is the share of the exact hits that came, over
        the first :data:`MEASURED_QUERIES` queries of this search.

        Raises:
            StoreError: the store cannot be searched.
            ValueError: ``k`` is below 1.
        """
        checked_k(k)
        if self._table is None or not queries:
            return [() for _ in queries]
        vectors = self._embedder.encode(queries)
        with self._place.doing("be searched"):
            hits = [self._search(self._table, vector, k) for vector in vectors]
        if not self._table.exact:
            sample = slice(0, MEASURED_QUERIES)
            self.recall = self._measured(vectors[sample], hits[sample], k)
        return hits

    def _entry(self, content: str) -> str:
        raw = f"{self._group}\n{content}".encode("utf-8", "surrogatepass")
        return str(UUID(bytes=sha256(raw).digest()[:16]))

    def _encoded(self, rows: Sequence[int]) -> Vectors:
        return self._embedder.encode([self._chunks[row].content for row in rows])

    def _opened(self) -> Table:
        dimension = int(self._encoded([0]).shape[1])
        table = open_table(self._place, dimension)
        first = np.eye(1, dimension, dtype=np.float32)[0]
        with self._place.doing("be read"):
            held = _query(table, first, 1) if table.there() else []
        if held:
            self._refuse_foreign(held[0])
        return table

    def _refuse_foreign(self, node: BaseNode) -> None:
        encoder = node.metadata.get(ENCODER)
        if encoder == self._embedder.key:
            return
        held = "rows that ragcheck did not write" if encoder is None else f"vectors of {encoder}"
        raise ConfigError(
            f"the table holds {held}; this run encodes with {self._embedder.key}",
            where=self._place.told,
            mend="give another table, or the encoder that the table was filled with",
        )

    def _fill(self, table: Table) -> None:
        """Write the entries that are not there, some hundreds at a time."""
        ids = list(self._row)
        for first in range(0, len(ids), _AT_ONCE):
            part = ids[first : first + _AT_ONCE]
            with self._place.doing("be filled"):
                known = table.known(part)
                nodes = self._nodes([own for own in part if own not in known])
                if nodes:
                    _add(table, nodes)

    def _nodes(self, ids: Sequence[str]) -> list[BaseNode]:
        vectors = self._encoded([self._row[own] for own in ids])
        source = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id=self._group)}
        return [
            TextNode(
                id_=own,
                text="",
                embedding=[float(x) for x in vector],
                metadata={GROUP: self._group, ENCODER: self._embedder.key},
                relationships=source,
            )
            for own, vector in zip(ids, vectors, strict=True)
        ]

    def _search(self, table: Table, vector: Vectors, k: int) -> tuple[Hit, ...]:
        """Fetches more as long as what was not fetched may belong among the best ``k``."""
        wanted = min(table.largest, k + _SPARE)
        while True:
            found = [str(n.node_id) for n in _query(table, vector, wanted, group=self._group)]
            rows = [self._row[own] for own in dict.fromkeys(found) if own in self._row]
            scores = self._scores(rows, vector)
            last = len(found) < wanted or wanted >= table.largest
            if last or len(rows) == len(self._row) or _settled(scores, k):
                return self._hits(zip(rows, scores, strict=True), k)
            wanted = min(table.largest, 2 * wanted)

    def _scores(self, rows: Sequence[int], vector: Vectors) -> list[float]:
        if not rows:
            return []
        own = self._encoded(rows).astype(np.float64)
        scores: list[float] = np.einsum("rd,d->r", own, vector.astype(np.float64)).tolist()
        return scores

    def _hits(self, scored: Iterable[tuple[int, float]], k: int) -> tuple[Hit, ...]:
        return ranked(
            ((chunk_id, score) for row, score in scored for chunk_id in self._owners[row]), k
        )

    def _measured(self, vectors: Vectors, hits: Sequence[tuple[Hit, ...]], k: int) -> Recall:
        """Mean share of the exact best ``k`` among the hits; a pass over all vectors."""
        best: list[tuple[Hit, ...]] = [() for _ in vectors]
        for first in range(0, len(self._chunks), _AT_ONCE):
            rows = range(first, min(first + _AT_ONCE, len(self._chunks)))
            scores = [self._scores(rows, vector) for vector in vectors]
            for query, own in enumerate(scores):
                block = self._hits(zip(rows, own, strict=True), k)
                best[query] = ranked(((h.chunk_id, h.score) for h in (*best[query], *block)), k)
        shares = [
            len({hit.chunk_id for hit in exact} & {hit.chunk_id for hit in came}) / len(exact)
            for exact, came in zip(best, hits, strict=True)
        ]
        return Recall(float(np.mean(shares)), k, len(shares))


def _add(table: Table, nodes: Sequence[BaseNode]) -> None:
    """Write those that no other process wrote while these were encoded."""
    with table.alone():
        known = table.known([node.node_id for node in nodes])
        new = [node for node in nodes if node.node_id not in known]
        if new:
            table.add(new)


def _query(table: Table, vector: Vectors, wanted: int, *, group: str = "") -> list[BaseNode]:
    own = MetadataFilters(filters=[MetadataFilter(key=GROUP, value=group)]) if group else None
    query = VectorStoreQuery(
        query_embedding=[float(x) for x in vector], similarity_top_k=wanted, filters=own
    )
    return list(table.store.query(query, **table.options(wanted)).nodes or [])


def _settled(scores: Sequence[float], k: int) -> bool:
    """Whether the worst that came is clearly behind the ``k``-th: nothing unseen is better."""
    ordered = sorted(scores, reverse=True)
    return len(ordered) > k and ordered[-1] < ordered[k - 1] - _TIE_MARGIN
