"""Milvus: a collection of a server, or of a file of Milvus Lite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from llama_index.core.schema import BaseNode
from llama_index.vector_stores.milvus import MilvusVectorStore

from ragcheck.errors import ConfigError
from ragcheck.integrations.llama_index.tables.place import Place, together

_FIELD = "embedding"
_TYPES = {"exact": "FLAT", "hnsw": "HNSW"}


class MilvusTable:
    """Rows by ID: writing one twice leaves one."""

    largest = 16_384

    def __init__(self, place: Place, dimension: int) -> None:
        self._place = place
        self._ef = place.ef
        self.exact = place.index == "exact"
        building = {} if self.exact else {"M": 16, "efConstruction": 64}
        self.store = MilvusVectorStore(
            uri=place.url,
            token=place.key or "",
            collection_name=place.table,
            dim=dimension,
            upsert_mode=True,
            similarity_metric="IP",
            # What this process wrote a moment ago is searched.
            consistency_level="Strong",
            index_config={"index_type": _TYPES[place.index], **building},
            use_async_client=False,
        )
        self._check(dimension)

    def there(self) -> bool:
        return True

    def known(self, ids: Sequence[str]) -> set[str]:
        found = self.store.client.get(self._place.table, ids=list(ids), output_fields=["id"])
        return {str(row["id"]) for row in found}

    def alone(self) -> AbstractContextManager[object]:
        return together()

    def add(self, nodes: list[BaseNode]) -> None:
        self.store.add(nodes)

    def options(self, wanted: int) -> Mapping[str, object]:
        return {} if self.exact else {"milvus_search_config": {"ef": max(self._ef, wanted)}}

    def _check(self, dimension: int) -> None:
        client = self.store.client
        for field in client.describe_collection(self._place.table)["fields"]:
            if field["name"] == _FIELD:
                self._place.refuse_dimension(int(field["params"]["dim"]), dimension)
        index = client.describe_index(self._place.table, _FIELD) or {}
        found = index.get("index_type")
        if found != _TYPES[self._place.index]:
            raise ConfigError(
                f"the table has an index of the type {found}",
                where=self._place.told,
                mend=f"give another table; {self._place.index} needs {_TYPES[self._place.index]}",
            )


def open_table(place: Place, dimension: int) -> MilvusTable:
    """Connect, and make the collection where it is not there."""
    return MilvusTable(place, dimension)
