"""The claims of a corpus that may contradict each other, the surest first, from structure alone.

A pair is looked at where the claims are neighbours or share rare words; it stays where they differ
in a value, in what is allowed, in a name or in a list. How surely that is a conflict is a logistic
function of :data:`ragcheck.judges.claim_features.FEATURES`, fitted by ``training/claims.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.candidates import NEIGHBOURS, anchor_pairs, nearest, neighbour_pairs
from ragcheck.judges.claim_differences import ClaimDifference, claim_differences
from ragcheck.judges.claim_features import features, incomparable, masked
from ragcheck.judges.claim_reading import ReadClaim, read_claim
from ragcheck.judges.claim_weights import BIAS, WEIGHTS
from ragcheck.judges.document_claims import PlacedClaim
from ragcheck.judges.scope_words import proper_names
from ragcheck.ports import Embedder, Vectors
from ragcheck.text.alignment import is_code, term_weight

LEAST_LIKENESS = 0.25
FAR = 50
"""Rank of a pair that only shares rare words."""
MOST_DIFFERENCES = 3
NAMES_READ = 2_000_000


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
    """The claims that can differ at all, as they were read, and the pairs of them."""

    claims: tuple[PlacedClaim, ...]
    read: tuple[ReadClaim, ...]
    pairs: tuple[ClaimPair, ...]


def compare_claims(
    claims: Sequence[PlacedClaim],
    embedder: Embedder,
    *,
    neighbours: int = NEIGHBOURS,
    least: float = 0.0,
) -> ComparedClaims:
    """Every pair of claims that may conflict with at least probability ``least``, surest first."""
    chosen = [placed for placed in claims if can_differ(placed)]
    names = proper_names(_sample(chosen))
    read = [read_claim(placed.claim, placed.scope, names) for placed in chosen]
    stated = embedder.encode([placed.claim.stated for placed in chosen])
    ranks = neighbour_pairs(nearest(stated, neighbours))
    for shared in anchor_pairs([_rare_terms(each) for each in read]):
        ranks.setdefault(shared, FAR)
    differing = list(_differing(read, ranks, stated))
    own = _own_vectors(chosen, differing, embedder)
    found = [
        pair
        for i, j, rank, likeness, differences in differing
        if (pair := _surest(read, (i, j), rank, likeness, float(own[i] @ own[j]), differences))
        and pair.probability >= least
    ]
    found.sort(key=lambda pair: (-pair.probability, pair.left, pair.right))
    return ComparedClaims(tuple(chosen), tuple(read), tuple(found))


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


def _differing(
    read: Sequence[ReadClaim], ranks: dict[tuple[int, int], int], stated: Vectors
) -> Iterator[Differing]:
    """(left, right, rank, likeness, differences) of the pairs that differ in something."""
    for (i, j), rank in ranks.items():
        a, b = read[i], read[j]
        likeness = float(stated[i] @ stated[j])
        if likeness < LEAST_LIKENESS or incomparable(a, b):
            continue
        differences = claim_differences(a, b)[:MOST_DIFFERENCES]
        if differences:
            yield i, j, rank, likeness, differences


def _own_vectors(
    claims: Sequence[PlacedClaim], differing: Sequence[Differing], embedder: Embedder
) -> dict[int, NDArray[np.float32]]:
    """Vectors of the claims alone, of those that are in a pair that differs."""
    wanted = sorted({side for pair in differing for side in pair[:2]})
    vectors = embedder.encode([masked(claims[i].claim) for i in wanted])
    return dict(zip(wanted, vectors, strict=True))


def _surest(
    read: Sequence[ReadClaim],
    pair: tuple[int, int],
    rank: int,
    likeness: float,
    own: float,
    differences: Sequence[ClaimDifference],
) -> ClaimPair:
    a, b = read[pair[0]], read[pair[1]]
    weighed = (_weighed(a, b, each, likeness, own, rank, pair) for each in differences)
    return max(weighed, key=lambda found: found.probability)


def _weighed(
    a: ReadClaim,
    b: ReadClaim,
    difference: ClaimDifference,
    likeness: float,
    own: float,
    rank: int,
    pair: tuple[int, int],
) -> ClaimPair:
    row = features(a, b, difference, likeness=likeness, own=own, rank=rank)
    return ClaimPair(pair[0], pair[1], difference, row, logistic(row))


def logistic(row: Sequence[float]) -> float:
    """The probability that the fitted weights give a row of features."""
    score = BIAS + float(np.dot(WEIGHTS, row))
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, score))))
