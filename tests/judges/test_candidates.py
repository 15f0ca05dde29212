"""Which claims are compared."""

from __future__ import annotations

import numpy as np

from ragcheck.judges import candidates
from ragcheck.judges.candidates import anchor_pairs, nearest, neighbour_pairs


def unit(rows):
    vectors = np.asarray(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_nearest_others_best_first():
    vectors = unit([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]])
    assert nearest(vectors, 1).tolist() == [[1], [0], [3], [2]]


def test_few_or_no_vectors():
    assert nearest(unit([[1, 0]]), 5).shape == (1, 0)
    assert nearest(np.zeros((0, 2), dtype=np.float32), 5).shape == (0, 0)


def test_the_graph_finds_what_the_exact_search_finds(monkeypatch):
    rng = np.random.default_rng(0)
    vectors = unit(rng.normal(size=(600, 16)))
    exact = nearest(vectors, 5)
    monkeypatch.setattr(candidates, "EXACT", 10)
    graph = nearest(vectors, 5)
    shared = [len(set(a) & set(b)) for a, b in zip(exact.tolist(), graph.tolist(), strict=True)]
    assert sum(shared) / (5 * len(shared)) > 0.95
    assert np.array_equal(graph, nearest(vectors, 5))


def test_pairs_with_the_better_rank():
    neighbours = np.array([[1, 2], [2, 0], [0, -1]])
    assert neighbour_pairs(neighbours) == {(0, 1): 0, (0, 2): 0, (1, 2): 0}


def test_anchors_are_rare_and_shared_twice():
    terms = [("pump", "x-1", "delay"), ("pump", "x-1", "fee"), ("pump", "fee"), ("pump", "delay")]
    assert anchor_pairs(terms, rare=2) == set()
    assert anchor_pairs([("a", "b"), ("b", "a"), ("a", "c")], rare=3) == {(0, 1)}
