"""LlamaIndex retrievers and stores against ragcheck's own ranking."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.schema import (
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)
from llama_index.core.vector_stores.simple import SimpleVectorStore

from ragcheck.errors import ConfigError
from ragcheck.integrations.llama_index.retrievers import (
    ChunkMap,
    LlamaIndexRetriever,
    VectorStoreRetriever,
    text_nodes,
)
from ragcheck.ports import Retriever
from ragcheck.records.evidence import Chunk
from ragcheck.retrieval.dense import DenseRetriever


class HashEmbedder:
    key = "hash"
    dimension = 8

    def encode(self, texts: Sequence[str]) -> Any:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            vectors[row] = np.random.default_rng(seed).standard_normal(self.dimension)
            vectors[row] /= np.linalg.norm(vectors[row])
        return vectors


class SameEmbedding(BaseEmbedding):
    """The hash embedder in LlamaIndex's role."""

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in HashEmbedder().encode([query])[0]]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_query_embedding(text)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class FixedRetriever(BaseRetriever):
    """Returns what it was given."""

    def __init__(self, nodes: list[NodeWithScore]) -> None:
        self._nodes = nodes
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._nodes


class RenamingStore(SimpleVectorStore):
    """Gives its entries its own numbers, as the FAISS store does."""

    def add(self, nodes: Sequence[Any], **options: Any) -> list[str]:
        start = len(self.data.embedding_dict)
        numbers = [str(start + i) for i in range(len(nodes))]
        renamed = [
            TextNode(id_=number, embedding=node.embedding)
            for number, node in zip(numbers, nodes, strict=True)
        ]
        super().add(renamed)
        return numbers


def make_chunks(texts: Sequence[str], *, document: str = "d1") -> list[Chunk]:
    chunks, start = [], 0
    for text in texts:
        chunks.append(Chunk(document, start, start + len(text), text, "test"))
        start += len(text)
    return chunks


def stands_for(start: int, end: int, *, document: str = "d1", text: str = "?") -> TextNode:
    return TextNode(
        id_="foreign",
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=document)},
    )


def test_nodes_carry_id_offsets_and_source():
    chunk = Chunk("d9", 5, 9, "text", "headings", prefix="Refunds")
    (node,) = text_nodes([chunk])
    assert (node.node_id, node.start_char_idx, node.end_char_idx) == (chunk.id, 5, 9)
    assert node.ref_doc_id == "d9"
    assert node.get_content() == "Refunds\ntext"
    assert node.embedding is None


def test_nodes_carry_vectors():
    chunks = make_chunks(["a", "b"])
    nodes = text_nodes(chunks, vectors=np.array([[1, 0], [0, 1]], dtype=np.float32))
    assert [node.embedding for node in nodes] == [[1.0, 0.0], [0.0, 1.0]]


def test_encoder_and_model_see_the_content_alone():
    (node,) = text_nodes(make_chunks(["text"]))
    assert node.get_content(MetadataMode.EMBED) == node.get_content(MetadataMode.LLM) == "text"


def test_repeated_passages_of_a_document_all_come_back():
    chunks = make_chunks(["same", "same", "same"])
    index = VectorStoreIndex(text_nodes(chunks), embed_model=SameEmbedding())
    retriever = LlamaIndexRetriever(index.as_retriever(), chunks=chunks)
    hits = retriever.search(["same"], 3)[0]
    assert [hit.chunk_id for hit in hits] == sorted(chunk.id for chunk in chunks)


def test_a_vector_index_ranks_as_the_dense_retriever():
    chunks = make_chunks([f"text {i}" for i in range(60)])
    index = VectorStoreIndex(text_nodes(chunks), embed_model=SameEmbedding())
    own = index.as_retriever(similarity_top_k=2)
    retriever = LlamaIndexRetriever(own, chunks=chunks, name="my_index")
    queries = ["refund", "text 7"]
    expected = DenseRetriever(chunks=chunks, embedder=HashEmbedder()).search(queries, 10)
    found = retriever.search(queries, 10)
    assert [[h.chunk_id for h in hits] for hits in found] == [
        [h.chunk_id for h in hits] for hits in expected
    ]
    assert found[1][0].score == pytest.approx(1.0, abs=1e-6)
    assert own.similarity_top_k == 2
    assert isinstance(retriever, Retriever)
    assert retriever.notation == "my_index"


def test_a_bm25_retriever_of_llama_index():
    bm25 = pytest.importorskip("llama_index.retrievers.bm25")
    chunks = make_chunks(["refund in thirty days", "warranty two years", "shipping five days"])
    own = bm25.BM25Retriever.from_defaults(nodes=text_nodes(chunks), similarity_top_k=1)
    hits = LlamaIndexRetriever(own, chunks=chunks).search(["the warranty", "refund days"], 3)
    assert hits[0][0].chunk_id == chunks[1].id
    assert hits[1][0].chunk_id == chunks[0].id


def test_equal_scores_are_in_order_of_id_and_the_rest_as_it_came():
    chunks = make_chunks(["a", "b", "c", "d"])
    nodes = text_nodes(chunks)
    scores = [0.5, 0.9, 0.9, 0.9]
    own = FixedRetriever(
        [NodeWithScore(node=n, score=s) for n, s in zip(nodes, scores, strict=True)]
    )
    hits = LlamaIndexRetriever(own, chunks=chunks).search(["q"], 3)[0]
    tied = sorted(chunk.id for chunk in chunks[1:])
    assert [hit.chunk_id for hit in hits] == [chunks[0].id, *tied[:2]]
    assert [hit.rank for hit in hits] == [1, 2, 3]


def test_nodes_without_scores_and_repeated_nodes():
    chunks = make_chunks(["a", "b"])
    first, second = text_nodes(chunks)
    own = FixedRetriever([NodeWithScore(node=n) for n in (second, stands_for(1, 2), first)])
    hits = LlamaIndexRetriever(own, chunks=chunks).search(["q"], 5)[0]
    assert [(hit.chunk_id, hit.score) for hit in hits] == [
        (chunks[1].id, 1.0),
        (chunks[0].id, pytest.approx(1 / 3)),
    ]


def test_a_node_without_id_is_placed_by_its_offsets():
    chunks = make_chunks(["0123456789", "0123456789", "0123"])
    found = ChunkMap(chunks)
    assert found.find(stands_for(10, 20)) == chunks[1].id
    assert found.find(stands_for(8, 19)) == chunks[1].id
    assert found.find(stands_for(0, 24)) == min(chunks[0].id, chunks[1].id)


def test_a_node_without_place_is_found_by_a_text_that_is_there_once():
    chunks = make_chunks(["same", "same", "single"])
    found = ChunkMap(chunks)
    assert found.find(TextNode(id_="x", text=" single\n")) == chunks[2].id
    for lost in (
        TextNode(id_="x", text="same"),
        TextNode(id_="x", text="elsewhere"),
        stands_for(0, 4, document="d2", text="same"),
        stands_for(90, 95),
    ):
        with pytest.raises(ConfigError, match="none of the chunks"):
            found.find(lost)


@pytest.mark.parametrize("store_kind", [SimpleVectorStore, RenamingStore])
@pytest.mark.parametrize("k", [1, 5, 80, 500])
def test_a_vector_store_ranks_as_the_dense_retriever(store_kind, k):
    chunks = make_chunks([f"text {i % 70}" for i in range(90)])
    embedder = HashEmbedder()
    filled = VectorStoreRetriever.fill(store_kind(), chunks=chunks, embedder=embedder)
    queries = ["refund", "text 7"]
    expected = DenseRetriever(chunks=chunks, embedder=embedder).search(queries, k)
    assert filled.search(queries, k) == expected


def test_a_long_tie_in_a_vector_store_is_resolved_by_id():
    chunks = make_chunks(["same"] * 50)
    embedder = HashEmbedder()
    filled = VectorStoreRetriever.fill(SimpleVectorStore(), chunks=chunks, embedder=embedder)
    hits = filled.search(["same"], 3)[0]
    assert [hit.chunk_id for hit in hits] == sorted(chunk.id for chunk in chunks)[:3]


def test_a_store_that_was_filled_before():
    chunks = make_chunks([f"text {i}" for i in range(5)])
    embedder = HashEmbedder()
    store = SimpleVectorStore()
    VectorStoreRetriever.fill(store, chunks=chunks, embedder=embedder)
    again = VectorStoreRetriever(store, chunks=chunks, embedder=embedder)
    assert again.search(["text 3"], 1)[0][0].chunk_id == chunks[3].id
    assert isinstance(again, Retriever)


def test_a_store_of_another_corpus_is_a_config_error():
    embedder = HashEmbedder()
    store = SimpleVectorStore()
    others = make_chunks(["elsewhere"], document="other")
    VectorStoreRetriever.fill(store, chunks=others, embedder=embedder)
    retriever = VectorStoreRetriever(store, chunks=make_chunks(["text"]), embedder=embedder)
    with pytest.raises(ConfigError, match="none of the chunks"):
        retriever.search(["text"], 1)


def test_nothing_to_search():
    embedder = HashEmbedder()
    empty = VectorStoreRetriever(SimpleVectorStore(), chunks=[], embedder=embedder)
    assert empty.search(["a"], 2) == [()]
    for retriever in (empty, LlamaIndexRetriever(FixedRetriever([]), chunks=[])):
        with pytest.raises(ValueError, match="k must be 1 or more"):
            retriever.search(["a"], 0)
