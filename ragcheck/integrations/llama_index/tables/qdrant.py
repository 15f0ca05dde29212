"""Qdrant: a collection of a server, of a folder, or of this process (``path=":memory:"``)."""

from __future__ import annotations

import atexit
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache

from llama_index.core.schema import BaseNode
from llama_index.vector_stores.qdrant import QdrantVectorStore
from qdrant_client import QdrantClient
from qdrant_client.models import VectorParams

from ragcheck.integrations.llama_index.tables.place import Place, together


class QdrantTable:
    """Points by ID: writing one twice leaves one."""

    largest = 1_000_000

    def __init__(self, place: Place, dimension: int) -> None:
        self._place = place
        self._client = _local(place.path) if place.path else _server(place)
        self._ef = place.ef
        # A client on this machine has no index: it compares with every point, come what may.
        self._is_local = bool(place.path)
        self.exact = place.index == "exact" or self._is_local
        if self.there():
            place.refuse_dimension(self._dimension(), dimension)
        self.store = QdrantVectorStore(
            collection_name=place.table, client=self._client, index_doc_id=not self._is_local
        )

    def there(self) -> bool:
        return bool(self._client.collection_exists(self._place.table))

    def known(self, ids: Sequence[str]) -> set[str]:
        if not self.there():
            return set()
        found = self._client.retrieve(
            self._place.table, ids=list(ids), with_payload=False, with_vectors=False
        )
        return {str(point.id) for point in found}

    def alone(self) -> AbstractContextManager[object]:
        return together()

    def add(self, nodes: list[BaseNode]) -> None:
        self.store.add(nodes)

    def options(self, wanted: int) -> Mapping[str, object]:
        if self._is_local:
            return {}
        if self.exact:
            return {"search_params": {"exact": True}}
        return {"search_params": {"hnsw_ef": max(self._ef, wanted)}}

    def _dimension(self) -> int:
        vectors = self._client.get_collection(self._place.table).config.params.vectors
        if isinstance(vectors, dict):
            vectors = next(iter(vectors.values()))
        return vectors.size if isinstance(vectors, VectorParams) else 0


def open_table(place: Place, dimension: int) -> QdrantTable:
    """Connect; the collection is made with the first vector."""
    return QdrantTable(place, dimension)


@cache
def _local(path: str) -> QdrantClient:
    """One client a folder, as a second one in the same process is refused."""
    client = QdrantClient(":memory:") if path == ":memory:" else QdrantClient(path=path)
    # Its own finaliser imports, which fails at the interpreter's end.
    atexit.register(client.close)
    return client


def _server(place: Place) -> QdrantClient:
    return QdrantClient(url=place.url, api_key=place.key)
