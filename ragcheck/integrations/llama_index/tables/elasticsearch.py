"""Elasticsearch: an index with a field of dense vectors."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from llama_index.core.schema import BaseNode
from llama_index.vector_stores.elasticsearch import ElasticsearchStore

from ragcheck.integrations.llama_index.tables.place import Place, together

_FIELD = "embedding"


class ElasticsearchTable:
    """Documents by ID: writing one twice leaves one."""

    largest = 10_000

    def __init__(self, place: Place, dimension: int) -> None:
        self._index = place.table.lower()
        self.exact = place.index == "exact"
        self.store = ElasticsearchStore(
            index_name=self._index, es_url=place.url, es_api_key=place.key
        )
        found = self._dimension()
        if found is not None:
            place.refuse_dimension(found, dimension)

    def known(self, ids: Sequence[str]) -> set[str]:
        if not self.there():
            return set()
        body = {"query": {"ids": {"values": list(ids)}}, "size": len(ids)}
        answer = _wait(self.store.client.search(index=self._index, source=False, **body))
        return {hit["_id"] for hit in answer["hits"]["hits"]}

    def alone(self) -> AbstractContextManager[object]:
        return together()

    def add(self, nodes: list[BaseNode]) -> None:
        self.store.add(nodes)

    def options(self, wanted: int) -> Mapping[str, object]:  # noqa: ARG002 - of the role
        return {"custom_query": compare_with_all} if self.exact else {}

    def there(self) -> bool:
        return bool(_wait(self.store.client.indices.exists(index=self._index)))

    def _dimension(self) -> int | None:
        if not self.there():
            return None
        mapping = _wait(self.store.client.indices.get_mapping(index=self._index))
        fields = mapping[self._index]["mappings"].get("properties", {})
        dims = fields.get(_FIELD, {}).get("dims")
        return None if dims is None else int(dims)


def compare_with_all(body: dict[str, Any], _query: str | None) -> dict[str, Any]:
    """The approximate search that LlamaIndex asks for, as an exact one by script."""
    knn = body["knn"]
    source = f"cosineSimilarity(params.vector, '{_FIELD}') + 1.0"
    return {
        "query": {
            "script_score": {
                "query": {"bool": {"filter": knn["filter"]}},
                "script": {"source": source, "params": {"vector": knn["query_vector"]}},
            }
        }
    }


def open_table(place: Place, dimension: int) -> ElasticsearchTable:
    """Connect; the index is made with the first vector."""
    return ElasticsearchTable(place, dimension)


def _wait(answer: Any) -> Any:
    return asyncio.get_event_loop().run_until_complete(answer)
