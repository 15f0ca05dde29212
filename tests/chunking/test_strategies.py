"""What all built-in strategies share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ragcheck.errors import ConfigError
from ragcheck.ports import Chunker, Vectors
from ragcheck.records.corpus import Document
from ragcheck.registry import Registry

NAMES = (
    "blocks", "chars", "headings", "neighbours", "path", "recursive", "semantic", "sentences",
    "subject", "tokens",
)  # fmt: skip


class FlatEmbedder:
    key = "flat"
    dimension = 2

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_shorter_than_a_chunk_is_one_chunk(name: str) -> None:
    chunker = Registry().create("chunker", name, embedder=FlatEmbedder())
    assert isinstance(chunker, Chunker)
    for text in ("Refunds take 14 days. Not more.", "退款期为七天。最多七天。"):
        assert [chunk.text for chunk in chunker.chunk(Document("a.md", text))] == [text]


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_document_has_no_chunks(name: str) -> None:
    chunker = Registry().create("chunker", name, embedder=FlatEmbedder())
    for text in ("", " ", "\r\n\t \u3000"):
        assert chunker.chunk(Document("a.md", text)) == []


def test_the_names_are_those_of_the_registry() -> None:
    assert {*NAMES, "llama_index", "langchain"} <= set(Registry().names("chunker"))


@pytest.mark.parametrize(
    "notation",
    ["chars(size=0)", "chars(overlap=800)", "tokens(unit=nope)", "headings(path=1)",
     "semantic(percentile=200)", "blocks(sise=3)", "sentences(size=x)"],
)  # fmt: skip
def test_a_parameter_that_does_not_fit_is_a_config_error(notation: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Registry().create("chunker", notation, embedder=FlatEmbedder())
    assert notation.partition("(")[0] in str(caught.value)


def test_semantic_without_an_embedder_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="embedder"):
        Registry().create("chunker", "semantic")
