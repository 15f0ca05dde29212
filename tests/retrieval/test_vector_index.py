"""The kind of index by size: the same ranking where exact, a measured recall where not."""

from __future__ import annotations

import numpy as np
import pytest

from ragcheck.errors import ConfigError
from ragcheck.registry import Registry
from ragcheck.retrieval import vector_index
from ragcheck.retrieval.dense import DenseRetriever
from ragcheck.retrieval.fusion import FusionRetriever
from ragcheck.retrieval.parents import ParentRetriever
from ragcheck.retrieval.ranking import distinct_chunks
from ragcheck.retrieval.vector_index import IndexSizes, VectorIndex, exact_rows

HALF = {"flat": 10, "half": 10_000}
LISTS = {"flat": 10, "half": 20}


def unit_rows(count, dimension=16, seed=0):
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("count", "kind"),
    [
        (1, "flat"),
        (200_000, "flat"),
        (200_001, "half"),
        (1_000_000, "half"),
        (1_000_001, "lists"),
    ],
)
def test_the_kind_follows_the_size(count, kind):
    assert IndexSizes().kind(count) == kind


@pytest.mark.parametrize("k", [1, 7, 60, 299, 1000])
def test_half_precision_ranks_as_full_precision(hash_embedder, make_chunks, k):
    chunks = make_chunks([f"text {i % 250}" for i in range(300)])
    queries = [f"query {i}" for i in range(20)]
    full = DenseRetriever(chunks=chunks, embedder=hash_embedder).search(queries, k)
    half = DenseRetriever(chunks=chunks, embedder=hash_embedder, **HALF)
    assert half.search(queries, k) == full
    assert half.recall is None
    assert half.description.startswith("exact")


def test_half_precision_tells_apart_what_it_rounds_to_the_same(table_embedder, make_chunks):
    """Sixty vectors that float16 cannot tell apart; only the float32 scores order them."""
    angles = {f"near {i:02d}": 0.3 + (i * 37 % 60) * 2e-6 for i in range(60)}
    table = {name: (float(np.cos(a)), float(np.sin(a))) for name, a in angles.items()}
    table["query"] = (0.0, 1.0)
    assert len({tuple(np.float16(x) for x in table[name]) for name in angles}) < 10
    chunks = make_chunks(sorted(angles))
    full = DenseRetriever(chunks=chunks, embedder=table_embedder(table)).search(["query"], 3)
    half = DenseRetriever(chunks=chunks, embedder=table_embedder(table), **HALF)
    assert half.search(["query"], 3) == full
    best = max(angles, key=angles.__getitem__)
    assert full[0][0].chunk_id == next(c.id for c in chunks if c.text == best)


@pytest.mark.slow
def test_past_the_default_size_float16_ranks_as_float32(hash_embedder, make_chunks):
    chunks = make_chunks([f"text {i}" for i in range(200_500)])
    queries = [f"query {i}" for i in range(20)]
    by_size = DenseRetriever(chunks=chunks, embedder=hash_embedder)
    assert "float16" in by_size.description
    full = DenseRetriever(chunks=chunks, embedder=hash_embedder, flat=1_000_000)
    assert full.description == "exact, float32"
    assert by_size.search(queries, 20) == full.search(queries, 20)


def test_an_index_in_lists_says_its_recall(hash_embedder, make_chunks):
    chunks = make_chunks([f"text {i}" for i in range(2000)])
    queries = [f"query {i}" for i in range(30)]
    exact = DenseRetriever(chunks=chunks, embedder=hash_embedder).search(queries, 10)
    retriever = DenseRetriever(chunks=chunks, embedder=hash_embedder, **LISTS)
    assert retriever.recall is None
    found = retriever.search(queries, 10)
    shared = [
        len({h.chunk_id for h in ours} & {h.chunk_id for h in theirs}) / 10
        for ours, theirs in zip(found, exact, strict=True)
    ]
    assert retriever.recall is not None
    assert 0.1 < retriever.recall.value < 1
    assert retriever.recall.value == pytest.approx(np.mean(shared))
    assert (retriever.recall.k, retriever.recall.queries) == (10, 30)
    assert retriever.description.startswith("approximate")
    assert f"{retriever.recall.value:.3f} on 30 queries" in retriever.description


def test_scores_from_lists_are_those_of_the_exact_search(hash_embedder, make_chunks):
    chunks = make_chunks([f"text {i}" for i in range(2000)])
    (all_exact,) = DenseRetriever(chunks=chunks, embedder=hash_embedder).search(["query"], 2000)
    retriever = DenseRetriever(chunks=chunks, embedder=hash_embedder, **LISTS)
    (found,) = retriever.search(["query"], 10)
    exact = {hit.chunk_id: hit.score for hit in all_exact}
    assert len(found) == 10
    assert all(hit.score == exact[hit.chunk_id] for hit in found)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_lists_are_searched_on_until_there_are_enough(hash_embedder, make_chunks):
    chunks = make_chunks([f"text {i}" for i in range(400)])
    retriever = DenseRetriever(chunks=chunks, embedder=hash_embedder, **LISTS)
    (hits,) = retriever.search(["query"], 400)
    assert sorted(hit.chunk_id for hit in hits) == sorted(chunk.id for chunk in chunks)
    assert retriever.recall is not None
    assert retriever.recall.value == 1.0


def test_two_builds_of_lists_give_the_same_hits(hash_embedder, make_chunks):
    chunks = make_chunks([f"text {i}" for i in range(1000)])
    queries = [f"query {i}" for i in range(5)]
    one, other = (
        DenseRetriever(chunks=chunks, embedder=hash_embedder, **LISTS).search(queries, 5)
        for _ in range(2)
    )
    assert one == other


@pytest.mark.parametrize("sizes", [IndexSizes(), IndexSizes(**HALF)])
def test_vectors_are_asked_for_once_and_in_blocks(monkeypatch, sizes):
    monkeypatch.setattr(vector_index, "ROWS_AT_ONCE", 64)
    vectors, asked = unit_rows(1000), []

    def read(rows):
        asked.append(list(rows))
        return vectors[list(rows)]

    VectorIndex(1000, read, sizes=sizes)
    assert max(map(len, asked)) == 64
    assert [row for block in asked for row in block] == list(range(1000))


def test_exact_rows_are_those_of_the_whole_product(monkeypatch):
    monkeypatch.setattr(vector_index, "ROWS_AT_ONCE", 50)
    vectors, queries = unit_rows(333), unit_rows(4, seed=1)
    found = exact_rows(lambda rows: vectors[list(rows)], 333, queries, 12)
    assert found == [set(row) for row in np.argsort(-(queries @ vectors.T), axis=1)[:, :12]]


@pytest.mark.parametrize("kind", [FusionRetriever, ParentRetriever])
def test_retrievers_over_a_dense_one_pass_its_recall_on(kind, hash_embedder, make_chunks):
    chunks = make_chunks([f"text {i}" for i in range(300)])
    retriever = kind(chunks=chunks, embedder=hash_embedder, **LISTS)
    assert retriever.recall is None
    retriever.search([f"query {i}" for i in range(4)], 3)
    assert retriever.recall.queries == 4
    exact = kind(chunks=chunks, embedder=hash_embedder)
    exact.search(["query"], 3)
    assert exact.recall is None


def test_many_copies_of_one_content_cost_no_more_than_others(make_chunks):
    chunks = make_chunks(["---"] * 20_000 + ["other"])
    firsts, owners = distinct_chunks(chunks)
    assert [first.text for first in firsts] == ["---", "other"]
    assert owners[0] == tuple(sorted(chunk.id for chunk in chunks[:-1]))
    assert owners[1] == (chunks[-1].id,)


def test_sizes_are_part_of_the_notation_and_checked(hash_embedder):
    registry = Registry()

    def made(notation):
        return registry.create("retriever", notation, chunks=(), embedder=hash_embedder)

    assert made("dense").notation == "dense"
    assert made("dense(flat=5, half=9)").notation == "dense(flat=5, half=9)"
    assert made("fusion(half=300000)").notation == "fusion(half=300000)"
    for wrong in ("dense(flat=-1)", "dense(flat=9, half=5)", 'fusion(flat="many")'):
        with pytest.raises(ConfigError, match="flat"):
            made(wrong)
