"""Which claims of a corpus are worth comparing: neighbours in meaning, and shared rare words.

Comparing all pairs grows with the square of the corpus. Here each claim meets a bounded number of
others: its nearest in an HNSW graph (Malkov and Yashunin 2018), and those that share words which
few claims hold. Both grow almost linearly.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
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

Pair = tuple[int, int]


def nearest(vectors: Vectors, count: int = NEIGHBOURS) -> NDArray[np.int64]:
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
    rows: NDArray[np.int64] = np.full((n, wanted - 1), -1, dtype=np.int64)
    for i, row in enumerate(found):
        others = row[row != i][: wanted - 1]
        rows[i, : len(others)] = others
    return rows


def neighbour_pairs(neighbours: NDArray[np.int64]) -> dict[Pair, int]:
    """Each pair ``(i, j)``, ``i < j``, with the better of its two ranks, counted from 0."""
    ranks: dict[Pair, int] = {}
    for i, row in enumerate(neighbours.tolist()):
        for rank, j in enumerate(row):
            if j >= 0:
                pair = (min(i, j), max(i, j))
                ranks[pair] = min(rank, ranks.get(pair, rank))
    return ranks


def anchor_pairs(terms: Sequence[Iterable[str]], *, rare: int = RARE) -> set[Pair]:
    """Pairs that share at least two terms which at most ``rare`` of the claims hold."""
    holders: Mapping[str, list[int]] = _holders(terms)
    shared: Counter[Pair] = Counter()
    for term in sorted(holders):
        if 2 <= len(holders[term]) <= rare:
            shared.update(combinations(holders[term], 2))
    return {pair for pair, count in shared.items() if count >= LEAST_SHARED}


def _holders(terms: Sequence[Iterable[str]]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for i, own in enumerate(terms):
        for term in set(own):
            holders[term].append(i)
    return holders
