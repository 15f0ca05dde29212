"""Which claims of a corpus are worth comparing: neighbours in meaning, and shared rare words.

Comparing all pairs grows with the square of the corpus. Here each claim meets a bounded number of
others: its nearest in an HNSW graph (Malkov and Yashunin 2018), and those that share words which
few claims hold. Both grow almost linearly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ragcheck.ports import Vectors

NEIGHBOURS = 20
EXACT = 4_000
"""Vectors up to which neighbours are exact."""
GRAPH_LINKS, BUILD_WIDTH, SEARCH_WIDTH = 16, 48, 48
RARE = 8
"""Claims that may hold a word that is called rare."""
LEAST_SHARED = 2
"""Rare words that two claims must share."""
SAMPLED = 200
"""Vectors on which the recall of the graph is measured."""
_EQUAL = 1e-6

Rows = NDArray[np.int64]


def nearest(vectors: Vectors, count: int = NEIGHBOURS) -> Rows:
    """(n, count) positions of the nearest other vectors, best first; -1 where there are fewer."""
    import faiss

    n = len(vectors)
    if n < 2:
        return np.full((n, 0), -1, dtype=np.int64)
    wanted = min(count + 1, n)
    if n <= EXACT:
        index: faiss.Index = faiss.IndexFlatIP(vectors.shape[1])
    else:
        graph = faiss.IndexHNSWFlat(vectors.shape[1], GRAPH_LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = BUILD_WIDTH
        graph.hnsw.efSearch = max(SEARCH_WIDTH, wanted)
        index = graph
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # a graph that is built by several threads differs by run
    try:
        index.add(vectors)
        _, found = index.search(vectors, wanted)
    finally:
        faiss.omp_set_num_threads(threads)
    rows: Rows = np.full((n, wanted - 1), -1, dtype=np.int64)
    for i, row in enumerate(found):
        others = row[row != i][: wanted - 1]
        rows[i, : len(others)] = others
    return rows


def neighbour_recall(vectors: Vectors, neighbours: Rows) -> float | None:
    """Mean share of true nearest others among those found, on an even sample.

    ``None`` where the search was exact. A neighbour as near as the last true one counts as true,
    so that copies of one text do not count as misses.
    """
    n, count = neighbours.shape
    if n <= EXACT or not count:
        return None
    shares = []
    for row in np.unique(np.linspace(0, n - 1, SAMPLED).astype(np.int64)):
        scores = vectors @ vectors[row]
        found = neighbours[row][neighbours[row] >= 0]
        found_scores = scores[found]
        scores[row] = -np.inf
        bar = np.partition(scores, n - count)[n - count]
        shares.append(float((found_scores >= bar - _EQUAL).sum()) / count)
    return float(np.mean(shares))


def neighbour_pairs(neighbours: Rows) -> Rows:
    """(m, 3): each pair ``i < j`` with the better of its two ranks from 0, in order of i and j."""
    n, count = neighbours.shape
    near = np.repeat(np.arange(n, dtype=np.int64), count)
    far, ranks = neighbours.ravel(), np.tile(np.arange(count, dtype=np.int64), n)
    there = far >= 0
    near, far, ranks = near[there], far[there], ranks[there]
    pairs = np.stack([np.minimum(near, far), np.maximum(near, far), ranks], axis=1)
    return _first_of_each(pairs[np.lexsort(pairs.T[::-1])])


def anchor_pairs(terms: Sequence[Iterable[str]], *, rare: int = RARE) -> Rows:
    """(m, 2): pairs ``i < j`` that share two terms or more which at most ``rare`` claims hold."""
    holders: dict[str, list[int]] = defaultdict(list)
    for i, own in enumerate(terms):
        for term in set(own):
            holders[term].append(i)
    shared = [
        pair
        for held in holders.values()
        if 2 <= len(held) <= rare
        for pair in combinations(held, 2)
    ]
    pairs, counts = np.unique(
        np.array(shared, dtype=np.int64).reshape(-1, 2), axis=0, return_counts=True
    )
    return pairs[counts >= LEAST_SHARED]


def joined_pairs(ranked: Rows, others: Rows, rank: int) -> Rows:
    """(m, 3): the pairs with their ranks, and other pairs with this rank where they are new."""
    added = np.column_stack([others, np.full(len(others), rank, dtype=np.int64)])
    every = np.concatenate([ranked, added])
    return _first_of_each(every[np.lexsort(every.T[::-1])])


def _first_of_each(ordered: Rows) -> Rows:
    """Of rows in order, the first of each pair: the one with the best rank."""
    fresh = np.ones(len(ordered), dtype=bool)
    fresh[1:] = (ordered[1:, :2] != ordered[:-1, :2]).any(axis=1)
    return ordered[fresh]
