"""A small embedder whose vectors are known, and chunks to rank."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest

from ragcheck.ports import Vectors
from ragcheck.records.evidence import Chunk


class HashEmbedder:
    """Pseudo-random unit vectors from the text's hash; counts what it was asked."""

    def __init__(self, dimension: int = 16, key: str = "hash") -> None:
        self._dimension = dimension
        self._key = key
        self.asked: list[str] = []

    @property
    def key(self) -> str:
        return self._key

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            vectors[row] = np.random.default_rng(seed).standard_normal(self._dimension)
        return np.asarray(
            vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12),
            dtype=np.float32,
        )


class TableEmbedder:
    """Vectors from a table."""

    key = "table"
    dimension = 2

    def __init__(self, table: dict[str, tuple[float, float]]) -> None:
        self._table = table

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._table[text] for text in texts], dtype=np.float32).reshape(-1, 2)


@pytest.fixture
def hash_embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def table_embedder() -> type[TableEmbedder]:
    return TableEmbedder


def make_chunks(texts: Sequence[str]) -> list[Chunk]:
    """One chunk a text, one after another in one document."""
    chunks, start = [], 0
    for text in texts:
        chunks.append(Chunk("document", start, start + len(text), text, "test"))
        start += len(text)
    return chunks


@pytest.fixture(name="make_chunks")
def make_chunks_fixture() -> object:
    return make_chunks
