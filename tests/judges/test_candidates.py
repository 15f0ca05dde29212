"""Which claims are compared."""

from __future__ import annotations

import numpy as np
import pytest

from ragcheck.judges import candidates
from ragcheck.judges.candidates import (
    anchor_pairs,
    joined_pairs,
    nearest,
    neighbour_pairs,
    neighbour_recall,
)


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


def test_the_recall_of_the_graph_is_that_of_a_brute_force_search(monkeypatch):
    rng = np.random.default_rng(1)
    vectors = unit(rng.normal(size=(300, 16)))
    assert neighbour_recall(vectors, nearest(vectors, 5)) is None
    monkeypatch.setattr(candidates, "EXACT", 10)
    true = np.argsort(-(vectors @ vectors.T - 9 * np.eye(300)), axis=1)[:, :5]
    assert neighbour_recall(vectors, true) == 1.0
    broken = true.copy()
    broken[:, 0] = -1
    assert neighbour_recall(vectors, broken) == pytest.approx(0.8)


def test_copies_of_one_text_are_no_misses(monkeypatch):
    monkeypatch.setattr(candidates, "EXACT", 10)
    vectors = unit([[1, 0]] * 40 + [[0, 1]] * 40)
    some = np.array([[(i + 1) % 40, (i + 2) % 40] for i in range(40)])
    assert neighbour_recall(vectors, np.concatenate([some, some + 40])) == 1.0


def test_pairs_with_the_better_rank():
    neighbours = np.array([[1, 2], [2, 0], [0, -1]])
    assert neighbour_pairs(neighbours).tolist() == [[0, 1, 0], [0, 2, 0], [1, 2, 0]]
    late = np.array([[2, 1], [2, 0], [1, -1]])
    assert neighbour_pairs(late).tolist() == [[0, 1, 1], [0, 2, 0], [1, 2, 0]]
    assert neighbour_pairs(np.full((3, 2), -1)).shape == (0, 3)


def test_anchors_are_rare_and_shared_twice():
    terms = [("pump", "x-1", "delay"), ("pump", "x-1", "fee"), ("pump", "fee"), ("pump", "delay")]
    assert anchor_pairs(terms, rare=2).tolist() == []
    shared = [("a", "b"), ("b", "a"), ("a", "c")]
    assert anchor_pairs(shared, rare=3).tolist() == [[0, 1]]
    assert anchor_pairs([], rare=3).shape == (0, 2)


def test_a_pair_keeps_its_rank_among_neighbours():
    near = np.array([[0, 1, 3], [2, 5, 0]])
    anchors = np.array([[0, 1], [0, 4]])
    assert joined_pairs(near, anchors, 50).tolist() == [[0, 1, 3], [0, 4, 50], [2, 5, 0]]
