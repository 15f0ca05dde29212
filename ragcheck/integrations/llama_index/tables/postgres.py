"""pgvector: a table of PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import Any

from llama_index.core.schema import BaseNode
from llama_index.vector_stores.postgres import PGVectorStore
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.pool import NullPool

from ragcheck.integrations.llama_index.tables.place import Place

_LARGEST_EF = 1000
_DIMENSION = text(
    "SELECT atttypmod FROM pg_attribute WHERE attrelid = to_regclass(:t)"
    " AND attname = 'embedding' AND NOT attisdropped"
)
_LOCK = text("SELECT pg_advisory_xact_lock(:n)")


class PostgresTable:
    """``data_<table>`` in the schema public, as LlamaIndex lays it out.

    LlamaIndex gives a row no unique key: here ``node_id`` gets one, and adding goes on under an
    advisory lock, which the server lets go when a process dies.
    """

    largest = 1_000_000

    def __init__(self, place: Place, dimension: int) -> None:
        self.exact = place.index == "exact"
        self._ef = place.ef
        self._name = f"data_{place.table.lower()}"
        self._number = int.from_bytes(sha256(self._name.encode()).digest()[:8], "big", signed=True)
        url = make_url(place.url).set(drivername="postgresql+psycopg2")
        self._engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
        self.store = _store(place, url, dimension)
        with self.alone():
            self._check_dimension(place, dimension)
            self.store.get_nodes(node_ids=["-"])  # sets up extension and table
            with self._engine.begin() as connection:
                connection.execute(
                    text(
                        f"CREATE UNIQUE INDEX IF NOT EXISTS {self._name}_key"
                        f" ON {self._name} (node_id)"
                    )
                )

    def there(self) -> bool:
        return True

    def known(self, ids: Sequence[str]) -> set[str]:
        query = text(f"SELECT node_id FROM public.{self._name} WHERE node_id = ANY(:ids)")
        with self._engine.connect() as connection:
            return {row[0] for row in connection.execute(query, {"ids": list(ids)})}

    def alone(self) -> AbstractContextManager[object]:
        return _Locked(self._engine, self._number)

    def add(self, nodes: list[BaseNode]) -> None:
        self.store.add(nodes)

    def options(self, wanted: int) -> Mapping[str, object]:
        return {} if self.exact else {"hnsw_ef_search": min(_LARGEST_EF, max(self._ef, wanted))}

    def _check_dimension(self, place: Place, dimension: int) -> None:
        with self._engine.connect() as connection:
            found = connection.execute(_DIMENSION, {"t": f"public.{self._name}"}).scalar()
        if found is not None:
            place.refuse_dimension(int(found), dimension)


class _Locked:
    """A transaction that holds the table's lock."""

    def __init__(self, engine: Engine, number: int) -> None:
        self._transaction = engine.begin()
        self._number = number

    def __enter__(self) -> None:
        self._transaction.__enter__().execute(_LOCK, {"n": self._number})

    def __exit__(self, *problem: Any) -> None:
        self._transaction.__exit__(*problem)


def open_table(place: Place, dimension: int) -> PostgresTable:
    """Connect to ``postgresql://user:password@host/database`` and make the table."""
    return PostgresTable(place, dimension)


def _store(place: Place, url: URL, dimension: int) -> PGVectorStore:
    # An index that an approximate run left on the table would answer exact ones too.
    exact = {"connect_args": {"options": "-c enable_indexscan=off"}}
    approximate = {"hnsw_m": 16, "hnsw_ef_construction": 64, "hnsw_ef_search": place.ef}
    return PGVectorStore(
        connection_string=url.render_as_string(hide_password=False),
        async_connection_string=url.set(drivername="postgresql+asyncpg").render_as_string(
            hide_password=False
        ),
        table_name=place.table,
        embed_dim=dimension,
        hnsw_kwargs=approximate if place.index == "hnsw" else None,
        initialization_fail_on_error=True,
        create_engine_kwargs={
            "hide_parameters": True,
            "poolclass": NullPool,
            **(exact if place.index == "exact" else {}),
        },
    )
