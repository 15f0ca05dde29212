from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ragcheck.errors import ConfigError
from ragcheck.ports import Chunker, Vectors
from ragcheck.records.corpus import Document, content_id
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import parse_notation
from ragcheck.registry import Registry

pytest.importorskip("llama_index.core")

PARSERS = (
    "llama_index(chunk_size=40, chunk_overlap=0)",
    "llama_index(chunk_size=40, chunk_overlap=15)",
    "llama_index(parser=TokenTextSplitter, chunk_size=20, chunk_overlap=5)",
    "llama_index(parser=SentenceWindowNodeParser, window_size=2)",
    "llama_index(parser=MarkdownNodeParser)",
    "llama_index(parser=SemanticSplitterNodeParser, breakpoint_percentile_threshold=60)",
    '"llama_index.core.node_parser.text.sentence:SentenceSplitter"',
)
SECTION = "# Returns\n\nWithin 30 days.\n\n## Timing\r\n\r\nFive days 👨‍👩‍👧.\n\n- one\n- two\n"
TEXTS = {
    "plain": "Refunds take 14 days. They go back to the card. Vouchers are not refunded. " * 6,
    "chinese": "退款期为七天。退款原路返回。代金券不予退款。" * 8,
    "markdown": SECTION * 3,
    "repeated": "Same paragraph.\n\n" * 40,
}


class HashEmbedder:
    key = "hash"
    dimension = 8

    def encode(self, texts: Sequence[str]) -> Vectors:
        seeds = [int(content_id(text), 16) for text in texts]
        rows = [np.random.default_rng(seed).normal(size=8) for seed in seeds]
        return np.asarray([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


def build(notation: str) -> Chunker:
    if notation.startswith('"'):
        notation = f"llama_index(parser={notation}, chunk_size=60, chunk_overlap=10)"
    chunker = Registry().create("chunker", notation, embedder=HashEmbedder())
    assert isinstance(chunker, Chunker)
    return chunker


def missed(text: str, chunks: list[Chunk]) -> str:
    held = bytearray(len(text))
    for chunk in chunks:
        held[chunk.start : chunk.end] = b"\1" * (chunk.end - chunk.start)
    return "".join(c for at, c in enumerate(text) if not held[at] and not c.isspace())


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("notation", PARSERS)
def test_node_parsers_give_exact_spans_that_hold_the_text(notation: str, name: str) -> None:
    chunker = build(notation)
    document = Document("a.md", TEXTS[name])
    chunks = chunker.chunk(document)
    assert chunks
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert chunk.aligned
        assert chunk.strategy == chunker.notation
    assert [chunk.start for chunk in chunks] == sorted(chunk.start for chunk in chunks)
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    assert missed(document.text, chunks) == ""
    assert chunks == build(notation).chunk(document)


def test_one_window_a_sentence_even_where_sentences_repeat() -> None:
    text = "Same one. " * 50
    chunks = build("llama_index(parser=SentenceWindowNodeParser)").chunk(Document("a", text))
    assert [chunk.start for chunk in chunks] == list(range(0, 500, 10))


def test_nodes_of_a_hierarchy_lie_inside_their_parents() -> None:
    text = "".join(f"Sentence number {i} says little. Same again. " for i in range(700))
    chunks = build("llama_index(parser=HierarchicalNodeParser)").chunk(Document("a", text))
    assert all(chunk.aligned for chunk in chunks)
    sizes = sorted(len(chunk.text) for chunk in chunks)
    assert sizes[-1] > 3 * sizes[0]
    small = [chunk for chunk in chunks if len(chunk.text) < 1_000]
    assert missed(text, small) == ""


def test_a_parser_that_rewrites_is_flagged() -> None:
    text = '{"policy": {"window": "45 days", "fee": "10 percent"}}'
    chunks = build("llama_index(parser=JSONNodeParser)").chunk(Document("a.json", text))
    assert chunks
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text
    assert not all(chunk.aligned for chunk in chunks)


def test_an_empty_document_has_no_chunks() -> None:
    assert build(PARSERS[0]).chunk(Document("a", " \n")) == []


def test_notation_names_the_parser_with_its_numbers_and_reads_back() -> None:
    chunker = build("llama_index")
    notation = "llama_index(chunk_overlap=200, chunk_size=1024, parser=SentenceSplitter)"
    assert chunker.notation == notation
    for each in PARSERS:
        written = build(each).notation
        assert str(parse_notation(written)) == written
        assert build(written).notation == written


@pytest.mark.parametrize(
    ("notation", "message"),
    [
        ("llama_index(parser=Nope)", "no class 'Nope'"),
        ('llama_index(parser="no.such.module:Splitter")', "cannot import"),
        ("llama_index(chunk_sise=3)", "no option chunk_sise"),
        ("llama_index(chunk_size=10, chunk_overlap=20)", "cannot be built"),
        ("llama_index(parser=MarkdownElementNodeParser)", "language model"),
    ],
)
def test_what_cannot_be_built_is_a_config_error(notation: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(notation)


def test_a_semantic_parser_without_an_embedder_is_refused() -> None:
    with pytest.raises(ConfigError, match="needs an embedder"):
        Registry().create("chunker", "llama_index(parser=SemanticSplitterNodeParser)")


def test_the_embedder_reaches_the_parser() -> None:
    from ragcheck.integrations.llama_index.chunkers import EmbedderEmbedding

    embedding = EmbedderEmbedding(HashEmbedder())
    assert np.allclose(embedding.get_text_embedding("a"), HashEmbedder().encode(["a"])[0])
    assert np.allclose(embedding.get_query_embedding("b"), HashEmbedder().encode(["b"])[0])


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "notation",
    [
        "langchain(chunk_size=60, chunk_overlap=0)",
        "langchain(chunk_size=60, chunk_overlap=20)",
        "langchain(splitter=MarkdownTextSplitter, chunk_size=80, chunk_overlap=0)",
    ],
)
def test_langchain_splitters_give_exact_spans(notation: str, name: str) -> None:
    pytest.importorskip("langchain_text_splitters")
    chunker = build(notation)
    document = Document("a.md", TEXTS[name])
    chunks = chunker.chunk(document)
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert chunk.aligned
    assert missed(document.text, chunks) == ""
    assert chunker.notation == build(chunker.notation).notation


def test_langchain_options_are_checked() -> None:
    pytest.importorskip("langchain_text_splitters")
    with pytest.raises(ConfigError, match="no option chunk_sise"):
        build("langchain(chunk_sise=3)")
    with pytest.raises(ConfigError, match="no class"):
        build("langchain(splitter=Nope)")
