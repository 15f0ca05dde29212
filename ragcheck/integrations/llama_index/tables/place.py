"""Where a table of vectors is: checked before anything is opened, and told without secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol
from urllib.parse import urlsplit

from llama_index.core.schema import BaseNode
from llama_index.core.vector_stores.types import BasePydanticVectorStore

from ragcheck.errors import ConfigError, RagcheckError, StoreError
from ragcheck.registry import suggest

INDEXES = ("exact", "hnsw")
ENCODER, GROUP = "encoder", "group"
"""What ragcheck writes beside each vector: its encoder, and the encoder and strategy hashed."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,47}")
_LONGEST_REASON = 200


class Table(Protocol):
    """One table, collection or index of vectors, open."""

    @property
    def store(self) -> BasePydanticVectorStore: ...

    @property
    def exact(self) -> bool:
        """Whether a query gives the nearest rows, and not merely near ones."""
        ...

    @property
    def largest(self) -> int:
        """The most rows that one query gives."""
        ...

    def there(self) -> bool:
        """Whether the table exists; some stores make it with the first vector."""
        ...

    def known(self, ids: Sequence[str]) -> set[str]:
        """Those of the IDs that are there."""
        ...

    def alone(self) -> AbstractContextManager[object]:
        """Holds off other processes that add to this table, where it needs that."""
        ...

    def add(self, nodes: list[BaseNode]) -> None:
        """Write the nodes; all are readable when this returns."""
        ...

    def options(self, wanted: int) -> Mapping[str, object]:
        """What goes with a query for so many rows."""
        ...


def together() -> AbstractContextManager[object]:
    """For stores that write by ID: who writes last writes the same."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of store is called, installed and opened."""

    extra: str
    package: str
    home: str
    local: bool

    def missing(self) -> bool:
        """Whether its package is not installed."""
        try:
            return find_spec(self.package) is None
        except ModuleNotFoundError:
            return True


_VECTOR_STORES = "llama_index.vector_stores"
_HERE = "ragcheck.integrations.llama_index.tables"
KINDS: Mapping[str, Kind] = {
    name: Kind(name, f"{_VECTOR_STORES}.{name}", f"{_HERE}.{name}:open_table", local)
    for name, local in (
        ("postgres", False),
        ("qdrant", True),
        ("milvus", True),
        ("elasticsearch", False),
    )
}


@dataclass(frozen=True, slots=True)
class Place:
    """One table of one store. Addresses and keys are names of environment variables.

    Raises:
        ConfigError: the kind is unknown or not installed, the table has no plain name, the
            index is unknown, or the store has no address.
    """

    kind: str
    table: str
    url_env: str = ""
    key_env: str = ""
    path: str = ""
    index: str = "exact"
    ef: int = 100

    def __post_init__(self) -> None:
        kind = KINDS.get(self.kind)
        if kind is None:
            raise ConfigError(
                f"there is no vector store of the kind {self.kind!r}",
                where="store(kind=...)",
                mend=suggest(self.kind, tuple(KINDS)) + " FAISS is the retriever dense.",
            )
        if not _NAME.fullmatch(self.table):
            raise ConfigError(
                f"{self.table!r} is no name for a table of vectors",
                where=self.told,
                mend="use a letter, then letters, digits and _; at most 48 of them",
            )
        if self.index not in INDEXES:
            raise ConfigError(
                f"there is no index {self.index!r}",
                where=self.told,
                mend=suggest(self.index, INDEXES),
            )
        if not 1 <= self.ef <= 1000:
            raise ConfigError("ef is from 1 to 1000", where=self.told, mend="leave it out: 100")
        self._check_address(kind)
        if kind.missing():
            raise ConfigError(
                f"store(kind={self.kind}) needs a package that is not installed",
                where=self.told,
                mend=f"pip install 'ragcheck-evidence[{kind.extra}]'",
            )

    def _check_address(self, kind: Kind) -> None:
        if bool(self.url_env) == bool(self.path) or (self.path and not kind.local):
            other = ', or path="folder/file" for one on this machine' if kind.local else ""
            raise ConfigError(
                "the store needs one address",
                where=self.told,
                mend=f'write url_env="NAME", the environment variable that holds it{other}',
            )
        for name in filter(None, (self.url_env, self.key_env)):
            if not os.environ.get(name):
                raise ConfigError(
                    f"the environment variable {name} is not set",
                    where=self.told,
                    mend=f"set {name}; addresses and keys stand in no file of ragcheck",
                )

    @property
    def told(self) -> str:
        """The place in words, without its address."""
        at = f"${self.url_env}" if self.url_env else self.path
        return f"{self.kind} table {self.table} at {at or 'no address'}"

    @property
    def url(self) -> str:
        """The address, or the path on this machine."""
        return os.environ[self.url_env] if self.url_env else self.path

    @property
    def key(self) -> str | None:
        """The key, where one is named."""
        return os.environ[self.key_env] if self.key_env else None

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Faults of the store's client as one clear error, without address and password.

        Raises:
            StoreError: the block failed.
        """
        try:
            yield
        except RagcheckError:
            raise
        except Exception as problem:
            # Clients may quote the address: the cause would carry it into a traceback.
            reason = self._without_secrets(str(problem).strip() or type(problem).__name__)
            raise StoreError(
                f"the vector store cannot {what}: {reason}",
                where=self.told,
                mend="see that the server runs and the address holds; what was added is kept",
            ) from None

    def _without_secrets(self, text: str) -> str:
        line = text.splitlines()[0]
        secrets = [self.key]
        if self.url_env:
            secrets += [self.url, self.url.partition("://")[2], _password(self.url)]
        for secret in filter(None, secrets):
            line = line.replace(secret, "***")
        return line[:_LONGEST_REASON]

    def refuse_dimension(self, found: int, wanted: int) -> None:
        """Raises:
        ConfigError: the table was made for vectors of another dimension.
        """
        if found != wanted:
            raise ConfigError(
                f"the table holds vectors of {found} dimensions; this encoder gives {wanted}",
                where=self.told,
                mend="give another table, or the encoder that the table was filled with",
            )


def open_table(place: Place, dimension: int) -> Table:
    """Connect, and make the table where it is not there.

    Raises:
        ConfigError: the table holds vectors of another dimension or another index.
        StoreError: the store cannot be reached or used.
    """
    module, _, name = KINDS[place.kind].home.partition(":")
    opener: Callable[[Place, int], Table] = getattr(import_module(module), name)
    with place.doing("be opened"):
        return opener(place, dimension)


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None
