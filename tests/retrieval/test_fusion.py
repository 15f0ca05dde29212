"""Reciprocal rank fusion against sums done by hand."""

from __future__ import annotations

import pytest

from ragcheck.errors import ConfigError
from ragcheck.records.evidence import Hit
from ragcheck.registry import Registry
from ragcheck.retrieval.dense import DenseRetriever
from ragcheck.retrieval.fusion import FusionRetriever, fuse
from ragcheck.retrieval.lexical import LexicalRetriever


def ranking(*ids):
    return [Hit(chunk_id, 1.0 / rank, rank) for rank, chunk_id in enumerate(ids, start=1)]


def test_fused_scores_are_sums_of_reciprocal_ranks():
    hits = fuse([ranking("a", "b", "c"), ranking("c", "d", "a")], 10)
    assert [hit.chunk_id for hit in hits] == ["a", "c", "b", "d"]
    expected = [1 / 61 + 1 / 63, 1 / 63 + 1 / 61, 1 / 62, 1 / 62]
    assert [hit.score for hit in hits] == pytest.approx(expected, abs=1e-11)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]


def test_constant_zero_gives_plain_reciprocals():
    hits = fuse([ranking("x", "y"), ranking("y")], 1, constant=0)
    assert hits == (Hit("y", 1.5, 1),)


def test_close_sums_are_not_taken_for_ties():
    left = [Hit("a", 1.0, 40), Hit("z", 1.0, 41)]
    assert [hit.chunk_id for hit in fuse([left], 2, constant=100_000)] == ["a", "z"]
    swapped = [Hit("z", 1.0, 40), Hit("a", 1.0, 41)]
    assert [hit.chunk_id for hit in fuse([swapped], 2, constant=100_000)] == ["z", "a"]


def test_it_fuses_the_dense_and_the_lexical_ranking(hash_embedder, make_chunks):
    chunks = make_chunks([f"word{i % 7} word{i % 11} number {i}" for i in range(120)])
    queries = ["word3 word5", "number 17", "nothing of it"]
    fused = FusionRetriever(chunks=chunks, embedder=hash_embedder, depth=20, constant=7)
    dense = DenseRetriever(chunks=chunks, embedder=hash_embedder).search(queries, 20)
    lexical = LexicalRetriever(chunks=chunks).search(queries, 20)
    for hits, pair in zip(fused.search(queries, 15), zip(dense, lexical, strict=True), strict=True):
        scores: dict[str, float] = {}
        for hit in (*pair[0], *pair[1]):
            scores[hit.chunk_id] = scores.get(hit.chunk_id, 0.0) + 1 / (7 + hit.rank)
        best = sorted(scores.items(), key=lambda item: (-round(item[1], 12), item[0]))[:15]
        assert [hit.chunk_id for hit in hits] == [chunk_id for chunk_id, _ in best]


def test_the_ranking_does_not_depend_on_k(hash_embedder, make_chunks):
    chunks = make_chunks([f"word{i % 7} number {i}" for i in range(90)])
    retriever = FusionRetriever(chunks=chunks, embedder=hash_embedder, depth=10)
    full = retriever.search(["word3 number"], 100)[0]
    assert 10 <= len(full) <= 20
    assert all(retriever.search(["word3 number"], k)[0] == full[:k] for k in range(1, 21))


@pytest.mark.parametrize(
    "notation", ["fusion", "fusion(depth=20)", "fusion(constant=10)", "fusion(constant=1, depth=3)"]
)
def test_notation_reads_back(hash_embedder, make_chunks, notation):
    build = {"chunks": make_chunks(["text"]), "embedder": hash_embedder}
    assert Registry().create("retriever", notation, **build).notation == notation


def test_defaults_do_not_show_in_the_notation(hash_embedder):
    retriever = FusionRetriever(chunks=[], embedder=hash_embedder, depth=50, constant=60)
    assert retriever.notation == "fusion"
    assert retriever.search(["query"], 3) == [()]


@pytest.mark.parametrize("notation", ["fusion(depth=0)", "fusion(constant=-1)", "fusion(deep=3)"])
def test_bad_parameters_are_config_errors(hash_embedder, notation):
    with pytest.raises(ConfigError):
        Registry().create("retriever", notation, chunks=[], embedder=hash_embedder)
