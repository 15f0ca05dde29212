"""What the judgements of the pairs of one ranking say about every K. Nothing is judged here."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ragcheck.records.corpus import Span
from ragcheck.records.evidence import NOT_JUDGED, Chunk, Conflict, Judgement, Score
from ragcheck.text.tokens import normalise, words

Pair = tuple[int, int]

COUNTED_RELATIONS = frozenset({"conflict", "supersedes"})
THRESHOLD = 0.5
MOST_PAIRS = 1_225
"""All pairs of 50 passages."""
EACH = 8
BLOCK = 256
PLACES = 4_096
READ = 20_000


def candidate_pairs(texts: Sequence[str], *, chunks: Sequence[Chunk] | None = None) -> list[Pair]:
    """The pairs ``(i, j)``, ``i < j``, of 0-based positions that a judge should see.

    Left out are pairs that say the same characters twice, which cannot contradict each other
    through what they share: equal texts (but for case, width and white space), an empty text,
    and, where ``chunks`` are given (parallel to ``texts``), chunks of one document whose spans
    overlap. At most K(K-1)/2 pairs, sorted by ``j`` and then ``i``, so that the pairs of the
    first k texts stand before all others.

    Raises:
        ValueError: ``chunks`` and ``texts`` differ in length.
    """
    if chunks is not None and len(chunks) != len(texts):
        raise ValueError(f"{len(texts)} texts but {len(chunks)} chunks")
    keys = [normalise(text) for text in texts]
    pairs = [
        (i, j)
        for i, j in combinations(range(len(texts)), 2)
        if keys[i]
        and keys[j]
        and keys[i] != keys[j]
        and not (chunks is not None and _share_characters(chunks[i], chunks[j]))
    ]
    return sorted(pairs, key=lambda pair: (pair[1], pair[0]))


def closest_pairs(texts: Sequence[str], *, most: int = MOST_PAIRS, each: int = EACH) -> list[Pair]:
    """All pairs where there are at most ``most``; else those that share most of their words.

    Then each text meets the ``each`` texts whose words are most like its own (cosine of inverse
    document frequencies, words hashed to a fixed number of places), so that hundreds of passages
    cost thousands of judgements, not a hundred thousand. Pairs ``(i, j)``, ``i < j``, as
    :func:`candidate_pairs` gives them.
    """
    size = len(texts)
    if size * (size - 1) // 2 <= most:
        return candidate_pairs(texts)
    vectors = _word_vectors(texts)
    chosen: set[Pair] = set()
    for start in range(0, size, BLOCK):
        likeness = np.round(vectors[start : start + BLOCK] @ vectors.T, 5)
        for row, values in enumerate(likeness):
            i = start + row
            values[i] = -1.0
            for j in np.argsort(-values, kind="stable")[:each].tolist():
                if values[j] > 0:
                    chosen.add((min(i, j), max(i, j)))
    keys = [normalise(text) for text in texts]
    pairs = [(i, j) for i, j in chosen if keys[i] and keys[j] and keys[i] != keys[j]]
    return sorted(pairs, key=lambda pair: (pair[1], pair[0]))


def _word_vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """(n, PLACES) unit vectors; a text without words has none."""
    vectors = np.zeros((len(texts), PLACES), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in set(words(text[:READ])):
            vectors[row, zlib.crc32(word.encode("utf-8", "replace")) % PLACES] = 1.0
    held = vectors.sum(axis=0)
    vectors *= np.log((len(texts) + 1) / (held + 1))
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(length, 1e-6)
    return unit


def _share_characters(left: Chunk, right: Chunk) -> bool:
    return left.document_id == right.document_id and left.span.overlap(right.span) > 0


def is_conflict(judgement: Judgement, *, threshold: float = THRESHOLD) -> bool:
    """Whether a judgement counts: ``conflict`` or ``supersedes``, at ``threshold`` or above."""
    return judgement.relation in COUNTED_RELATIONS and judgement.probability >= threshold


def conflict_of(pair: Pair, judgement: Judgement, texts: Sequence[str]) -> Conflict:
    """A judgement of two of the texts as a conflict; without spans, the whole texts differ."""
    left, right = pair
    return Conflict(
        left=left,
        right=right,
        left_span=judgement.left_span or Span(0, len(texts[left])),
        right_span=judgement.right_span or Span(0, len(texts[right])),
        kind=judgement.kind or "scope",
        probability=judgement.probability,
        explanation=judgement.explanation,
        values=judgement.values,
        relation=judgement.relation,
        cause=judgement.cause,
    )


@dataclass(frozen=True, slots=True)
class RankedConflicts:
    """The conflicting pairs of one ranking of ``size`` passages; answers for every K at once.

    ``pairs`` are 0-based positions ``(i, j)``, ``i < j``, sorted by ``j`` and then ``i``.
    A K beyond ``size`` means the whole ranking. ``unjudged`` are the pairs that a judge could
    not judge.
    """

    size: int
    pairs: tuple[Pair, ...] = ()
    probabilities: Mapping[Pair, float] = field(default_factory=dict)
    unjudged: tuple[Pair, ...] = ()

    @property
    def first_conflict_rank(self) -> int | None:
        """Smallest K whose top K hold a conflict (ranks count from 1); ``None`` without one.

        It is the rank of the lower-ranked passage of the best first conflicting pair.
        """
        return self.pairs[0][1] + 1 if self.pairs else None

    def has_conflict(self, k: int) -> bool | None:
        """Whether two of the best ``k`` passages conflict.

        ``None`` where none was seen to but a pair among them could not be judged.
        """
        first = self.first_conflict_rank
        if first is not None and first <= k:
            return True
        return None if any(pair[1] < k for pair in self.unjudged) else False

    def conflict_pairs(self, k: int) -> tuple[Pair, ...]:
        """The conflicting pairs among the best ``k`` passages."""
        return tuple(pair for pair in self.pairs if pair[1] < k)

    def contradicted_support(self, k: int, bears_answer: Sequence[bool]) -> Score:
        """Share of the answer-bearing passages of the top ``k`` that another of them contradicts.

        Args:
            bears_answer: one flag a passage of the ranking, in rank order.

        Raises:
            ValueError: there are not ``size`` flags.
        """
        if len(bears_answer) != self.size:
            raise ValueError(f"{self.size} passages but {len(bears_answer)} flags")
        bearing = {i for i in range(min(k, self.size)) if bears_answer[i]}
        if not bearing:
            return Score(None, reason=f"no passage of the top {k} bears the answer")
        contradicted = {i for pair in self.conflict_pairs(k) for i in pair} & bearing
        return Score(len(contradicted) / len(bearing))


def ranked_conflicts(
    judgements: Mapping[Pair, Judgement], size: int, *, threshold: float = THRESHOLD
) -> RankedConflicts:
    """Keep the conflicts among the judgements of one ranking of ``size`` passages.

    A pair may be keyed either way round. A pair without a judgement counts as no conflict: give
    judgements for all of :func:`candidate_pairs`.

    Raises:
        ValueError: a pair is outside the ranking or pairs a passage with itself.
    """
    probabilities: dict[Pair, float] = {}
    unjudged: set[Pair] = set()
    for (one, other), judgement in judgements.items():
        if one == other or not (0 <= one < size and 0 <= other < size):
            raise ValueError(f"({one}, {other}) is not a pair of a ranking of {size} passages")
        pair = (min(one, other), max(one, other))
        if judgement.relation == NOT_JUDGED:
            unjudged.add(pair)
        if is_conflict(judgement, threshold=threshold):
            probabilities[pair] = max(judgement.probability, probabilities.get(pair, 0.0))
    pairs = tuple(sorted(probabilities, key=lambda pair: (pair[1], pair[0])))
    return RankedConflicts(size, pairs, probabilities, tuple(sorted(unjudged)))


def conflict_at_k(
    judgements: Mapping[Pair, Judgement], k: int, *, threshold: float = THRESHOLD
) -> bool:
    """Whether two of the best ``k`` passages of one ranking conflict."""
    return any(
        max(pair) < k and is_conflict(judgement, threshold=threshold)
        for pair, judgement in judgements.items()
    )
