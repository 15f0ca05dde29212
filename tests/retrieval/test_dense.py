"""Dense ranking against a brute-force product, with copies and ties."""

from __future__ import annotations

import numpy as np
import pytest

from ragcheck.ports import Retriever
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.dense import DenseRetriever
from ragcheck.retrieval.embedding import CachedEmbedder


def brute_force(embedder, chunks, query, k):
    contents = embedder.encode([chunk.content for chunk in chunks]).astype(np.float64)
    scores = contents @ embedder.encode([query])[0].astype(np.float64)
    order = sorted(range(len(chunks)), key=lambda i: (-round(float(scores[i]), 6), chunks[i].id))
    return [(chunks[i].id, round(float(scores[i]), 6)) for i in order[:k]]


@pytest.mark.parametrize("k", [1, 7, 60, 300, 1000])
def test_ranking_is_that_of_a_brute_force_product(hash_embedder, make_chunks, k):
    chunks = make_chunks([f"text {i % 250}" for i in range(300)])
    retriever = DenseRetriever(chunks=chunks, embedder=hash_embedder)
    queries = [f"query {i}" for i in range(40)]
    for query, hits in zip(queries, retriever.search(queries, k), strict=True):
        expected = brute_force(hash_embedder, chunks, query, k)
        assert [(hit.chunk_id, hit.score) for hit in hits] == expected
        assert [hit.rank for hit in hits] == list(range(1, min(k, 300) + 1))


def test_one_query_alone_ranks_as_among_many(hash_embedder, make_chunks):
    chunks = make_chunks([f"text {i}" for i in range(200)])
    retriever = DenseRetriever(chunks=chunks, embedder=hash_embedder)
    queries = [f"query {i}" for i in range(300)]
    together = retriever.search(queries, 5)
    assert together == [retriever.search([query], 5)[0] for query in queries]


def test_equal_contents_are_encoded_once_and_all_returned(hash_embedder, make_chunks):
    chunks = make_chunks(["same", "other", "same", "same"])
    retriever = DenseRetriever(chunks=chunks, embedder=hash_embedder)
    assert sorted(hash_embedder.asked) == ["other", "same"]
    hits = retriever.search(["same"], 3)[0]
    assert [hit.chunk_id for hit in hits] == sorted(chunks[i].id for i in (0, 2, 3))
    assert {hit.score for hit in hits} == {1.0}


def test_a_tie_longer_than_the_spare_candidates_is_resolved_by_id(table_embedder, make_chunks):
    texts = [f"tied {i}" for i in range(100)]
    table = dict.fromkeys(texts, (1.0, 0.0)) | {"best": (0.6, 0.8), "query": (0.6, 0.8)}
    chunks = make_chunks([*texts, "best"])
    retriever = DenseRetriever(chunks=chunks, embedder=table_embedder(table))
    hits = retriever.search(["query"], 4)[0]
    assert [hit.chunk_id for hit in hits] == [
        chunks[100].id,
        *sorted(chunk.id for chunk in chunks[:100])[:3],
    ]
    assert [hit.score for hit in hits] == [1.0, 0.6, 0.6, 0.6]


def test_scores_that_differ_below_the_seventh_digit_are_tied(table_embedder, make_chunks):
    table = {"a": (1.0, 0.0), "b": (0.99999999, 1e-8), "query": (1.0, 0.0)}
    for texts in (["a", "b"], ["b", "a"]):
        chunks = make_chunks(texts)
        retriever = DenseRetriever(chunks=chunks, embedder=table_embedder(table))
        hits = retriever.search(["query"], 2)[0]
        assert [hit.chunk_id for hit in hits] == sorted(chunk.id for chunk in chunks)


def test_a_smaller_k_gives_the_beginning_of_a_larger_one(hash_embedder, make_chunks):
    chunks = make_chunks([f"text {i % 30}" for i in range(60)])
    retriever = DenseRetriever(chunks=chunks, embedder=hash_embedder)
    full = retriever.search(["query"], 60)[0]
    assert all(retriever.search(["query"], k)[0] == full[:k] for k in range(1, 61))


def test_nothing_to_search_gives_no_hits(hash_embedder, make_chunks):
    assert DenseRetriever(chunks=[], embedder=hash_embedder).search(["a", "b"], 3) == [(), ()]
    filled = DenseRetriever(chunks=make_chunks(["text"]), embedder=hash_embedder)
    assert filled.search([], 3) == []


def test_cached_vectors_are_enough(hash_embedder, make_chunks, tmp_path, monkeypatch):
    cache = VectorCache(tmp_path / "vectors.sqlite")
    chunks = make_chunks(["one", "two"])
    embedder = CachedEmbedder(hash_embedder, cache)
    before = DenseRetriever(chunks=chunks, embedder=embedder).search(["query"], 2)

    def asked(*_: object) -> None:
        raise AssertionError("the encoder is asked for a vector that is cached")

    monkeypatch.setattr(type(hash_embedder), "encode", asked)
    monkeypatch.setattr(type(hash_embedder), "dimension", property(asked))
    assert DenseRetriever(chunks=chunks, embedder=embedder).search(["query"], 2) == before


def test_k_below_one_is_refused(hash_embedder, make_chunks):
    retriever = DenseRetriever(chunks=make_chunks(["text"]), embedder=hash_embedder)
    with pytest.raises(ValueError, match="k must be 1 or more"):
        retriever.search(["query"], 0)


def test_it_fills_the_role_and_leaves_the_threads_of_faiss(hash_embedder, make_chunks):
    import faiss

    before = faiss.omp_get_max_threads()
    retriever = DenseRetriever(chunks=make_chunks(["text"]), embedder=hash_embedder)
    retriever.search(["query"], 1)
    assert isinstance(retriever, Retriever)
    assert retriever.notation == "dense"
    assert faiss.omp_get_max_threads() == before
