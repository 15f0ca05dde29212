"""The claims of a corpus that may contradict each other, the surest first, from structure alone.

A pair is looked at where the claims are neighbours or share rare words; it stays where they differ
in a value, in what is allowed, in a name or in a list. How surely that is a conflict is said by
:mod:`ragcheck.judges.claim_scoring`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ragcheck.judges.candidates import (
    NEIGHBOURS,
    Rows,
    anchor_pairs,
    joined_pairs,
    nearest,
    neighbour_pairs,
    neighbour_recall,
)
from ragcheck.judges.claim_differences import ClaimDifference, claim_differences
from ragcheck.judges.claim_features import FEATURES, features, incomparable, masked
from ragcheck.judges.claim_reading import ReadClaim, read_claim
from ragcheck.judges.claim_scoring import conflict_probabilities, first_odds
from ragcheck.judges.document_claims import PlacedClaim
from ragcheck.judges.scope_words import proper_names
from ragcheck.ports import Embedder, Vectors
from ragcheck.text.alignment import is_code, term_weight

LEAST_LIKENESS = 0.25
FAR = 50
"""Rank of a pair that only shares rare words."""
MOST_DIFFERENCES = 3
NAMES_READ = 2_000_000
TEXTS_AT_ONCE = 4_096
PAIRS_AT_ONCE = 20_000
"""Pairs whose differences are in memory at once."""


@dataclass(frozen=True)
class ClaimPair:
    """Two claims, by position, how they differ, and how surely they conflict, in [0, 1]."""

    left: int
    right: int
    difference: ClaimDifference
    features: tuple[float, ...]
    probability: float


@dataclass(frozen=True)
class ComparedClaims:
    """The claims that can differ at all, as they were read, and the pairs of them.

    ``compared`` counts the pairs that may conflict, of which ``pairs`` holds the surest.
    ``recall`` is the share of true neighbours that were looked at, on a sample; ``None`` where
    all were.
    """

    claims: tuple[PlacedClaim, ...]
    read: tuple[ReadClaim, ...]
    pairs: tuple[ClaimPair, ...]
    compared: int
    recall: float | None = None


def compare_claims(
    claims: Sequence[PlacedClaim],
    embedder: Embedder,
    *,
    neighbours: int = NEIGHBOURS,
    least: float = 0.0,
    most: int | None = None,
) -> ComparedClaims:
    """Every pair of claims that may conflict with at least probability ``least``, surest first.

    Args:
        most: how many pairs are kept; all by default.
    """
    chosen = _said_once([placed for placed in claims if can_differ(placed)])
    names = proper_names(_sample(chosen))
    read = [read_claim(placed.claim, placed.scope, names) for placed in chosen]
    stated = _LazyVectors(embedder, [placed.claim.stated for placed in chosen]).all()
    near = nearest(stated, neighbours)
    candidates = joined_pairs(
        neighbour_pairs(near), anchor_pairs([_rare_terms(each) for each in read]), FAR
    )
    own = _LazyVectors(embedder, [masked(placed.claim) for placed in chosen])
    found: list[ClaimPair] = []
    compared = 0
    for first in range(0, len(candidates), PAIRS_AT_ONCE):
        block = candidates[first : first + PAIRS_AT_ONCE]
        weighed = [pair for pair in _weighed(read, block, stated, own) if pair.probability >= least]
        compared += len(weighed)
        found.extend(weighed)
        found.sort(key=lambda pair: (-pair.probability, pair.left, pair.right))
        del found[len(found) if most is None else most :]
    recall = neighbour_recall(stated, near)
    return ComparedClaims(tuple(chosen), tuple(read), tuple(found), compared, recall)


def _said_once(claims: Sequence[PlacedClaim]) -> list[PlacedClaim]:
    """Of one statement that a document repeats, the first: else copies crowd out other claims."""
    found: dict[tuple[str, str], PlacedClaim] = {}
    for placed in claims:
        found.setdefault((placed.document.id, placed.claim.stated), placed)
    return list(found.values())


def can_differ(placed: PlacedClaim) -> bool:
    """Whether a claim states a value, allows or forbids, or is more than a word or two."""
    claim = placed.claim
    return bool(claim.values or claim.cues or claim.inherited) or len(claim.text) >= 12


def _sample(claims: Sequence[PlacedClaim]) -> str:
    """The texts of the documents of the claims, up to a bound."""
    texts: list[str] = []
    size = 0
    for document in {placed.document.id: placed.document for placed in claims}.values():
        texts.append(document.text[:NAMES_READ])
        size += len(texts[-1])
        if size >= NAMES_READ:
            break
    return "\n".join(texts)


def _rare_terms(read: ReadClaim) -> list[str]:
    return [term for term in read.around if term_weight(term) >= 1.3 or is_code(term)]


Differing = tuple[int, int, int, float, list[ClaimDifference]]


def _weighed(
    read: Sequence[ReadClaim], candidates: Rows, stated: Vectors, own: _LazyVectors
) -> list[ClaimPair]:
    """Each candidate that differs in something, by what differs most surely."""
    differing = list(_differing(read, candidates, stated))
    vectors = own.at(sorted({side for pair in differing for side in pair[:2]}))
    surest = [
        _surest(read[i], read[j], rank, likeness, float(vectors[i] @ vectors[j]), differences)
        for i, j, rank, likeness, differences in differing
    ]
    rows = np.array([row for _, row in surest]).reshape(len(surest), len(FEATURES))
    probabilities = conflict_probabilities(rows).tolist()
    return [
        ClaimPair(i, j, difference, row, probability)
        for (i, j, *_), (difference, row), probability in zip(
            differing, surest, probabilities, strict=True
        )
    ]


def _differing(read: Sequence[ReadClaim], candidates: Rows, stated: Vectors) -> Iterator[Differing]:
    """(left, right, rank, likeness, differences) of the pairs that differ in something."""
    for i, j, rank in candidates.tolist():
        a, b = read[i], read[j]
        likeness = float(stated[i] @ stated[j])
        if likeness < LEAST_LIKENESS or incomparable(a, b):
            continue
        differences = claim_differences(a, b)[:MOST_DIFFERENCES]
        if differences:
            yield i, j, rank, likeness, differences


class _LazyVectors:
    """Vectors of texts, each encoded when it is first needed, a bounded number at once."""

    def __init__(self, embedder: Embedder, texts: Sequence[str]) -> None:
        self._embedder = embedder
        self._texts = texts
        self._known = np.zeros(len(texts), dtype=bool)
        self._vectors: Vectors = np.zeros((len(texts), 0), dtype=np.float32)

    def all(self) -> Vectors:
        """(len(texts), dimension) float32."""
        return self.at(range(len(self._texts)))

    def at(self, rows: Sequence[int]) -> Vectors:
        """As :meth:`all`; only ``rows``, and those asked for before, are filled."""
        wanted = [row for row in rows if not self._known[row]]
        for first in range(0, len(wanted), TEXTS_AT_ONCE):
            part = wanted[first : first + TEXTS_AT_ONCE]
            fresh = self._embedder.encode([self._texts[row] for row in part])
            if not self._vectors.shape[1]:
                self._vectors = np.zeros((len(self._texts), fresh.shape[1]), dtype=np.float32)
            self._vectors[part] = fresh
            self._known[part] = True
        return self._vectors


def _surest(
    one: ReadClaim,
    other: ReadClaim,
    rank: int,
    likeness: float,
    own: float,
    differences: Sequence[ClaimDifference],
) -> tuple[ClaimDifference, tuple[float, ...]]:
    """The difference that most surely is a conflict, with its features."""
    rows = [
        (difference, features(one, other, difference, likeness=likeness, own=own, rank=rank))
        for difference in differences
    ]
    return max(rows, key=lambda each: first_odds(each[1]))
