from __future__ import annotations

import pytest

from ragcheck.records.evidence import Chunk
from ragcheck.retrieval.dense import DenseRetriever
from ragcheck.retrieval.parents import ParentRetriever, child_chunks

TEXTS = [
    "Lamps are tested twice. The refund is paid within 14 days. The canteen opens at noon.",
    "Boats leave at seven. Tickets are sold on board. Dogs travel free.",
    "The office is closed on Monday.",
]


def chunks():
    return [Chunk(f"d{i}", 0, len(text), text, "s") for i, text in enumerate(TEXTS)]


def test_children_are_spans_of_their_parent():
    parent = Chunk("d", 10, 10 + len(TEXTS[0]), TEXTS[0], "s", prefix="Path")
    children = child_chunks(parent, 60)
    assert [TEXTS[0][c.start - 10 : c.end - 10] for c in children] == [c.text for c in children]
    assert all(c.prefix == "Path" for c in children)
    assert len(children) == 2
    assert [c.text for c in child_chunks(Chunk("d", 0, 3, "...", "s"), 5)] == ["..."]


def test_a_parent_is_as_near_as_its_nearest_sentence(hash_embedder):
    own = chunks()
    sentence = "The refund is paid within 14 days."
    (hits,) = ParentRetriever(chunks=own, embedder=hash_embedder, size=40).search([sentence], 2)
    assert hits[0].chunk_id == own[0].id
    assert hits[0].score == pytest.approx(1.0)
    (whole,) = DenseRetriever(chunks=own, embedder=hash_embedder).search([sentence], 1)
    assert whole[0].score < 1.0


def test_rankings_at_small_k_begin_those_at_large_k(hash_embedder):
    many = [
        Chunk(f"d{i}", 0, 60, f"Item {i} is red. Item {i} is round. Item {i} costs {i}.", "s")
        for i in range(40)
    ]
    retriever = ParentRetriever(chunks=many, embedder=hash_embedder, size=20)
    (large,) = retriever.search(["Item 7 is red."], 40)
    for k in (1, 3, 17):
        assert retriever.search(["Item 7 is red."], k)[0] == large[:k]
    assert len(large) == 40


def test_nothing_to_search(hash_embedder):
    assert ParentRetriever(chunks=(), embedder=hash_embedder).search(["q"], 3) == [()]
    with pytest.raises(ValueError, match="size"):
        ParentRetriever(chunks=(), embedder=hash_embedder, size=0)
