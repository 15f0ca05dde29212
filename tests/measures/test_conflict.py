"""Conflicts over ranks."""

from __future__ import annotations

import pytest

from ragcheck.measures.conflict import (
    candidate_pairs,
    closest_pairs,
    conflict_at_k,
    is_conflict,
    ranked_conflicts,
)
from ragcheck.records.evidence import Chunk, Judgement

CONFLICT = Judgement("conflict", 0.9)
AGREE = Judgement("agree", 0.1)


def test_candidates_are_all_pairs_in_the_order_of_the_lower_rank() -> None:
    assert candidate_pairs(["a", "b", "c"]) == [(0, 1), (0, 2), (1, 2)]


def test_equal_and_empty_texts_make_no_pair() -> None:
    assert candidate_pairs(["Refund: 30 days", "refund:  30 DAYS", " ", "14 days"]) == [
        (0, 3),
        (1, 3),
    ]


def test_overlapping_chunks_of_one_document_make_no_pair() -> None:
    chunks = [
        Chunk("d1", 0, 10, "a" * 10, "s"),
        Chunk("d1", 5, 15, "a" * 5 + "b" * 5, "s"),
        Chunk("d1", 15, 20, "b" * 5, "s"),
        Chunk("d2", 0, 10, "c" * 10, "s"),
    ]
    texts = [chunk.text for chunk in chunks]
    assert (0, 1) not in candidate_pairs(texts, chunks=chunks)
    assert len(candidate_pairs(texts, chunks=chunks)) == 5


def test_texts_and_chunks_must_be_parallel() -> None:
    with pytest.raises(ValueError, match="2 texts but 0 chunks"):
        candidate_pairs(["a", "b"], chunks=[])


@pytest.mark.parametrize(
    ("relation", "probability", "counts"),
    [
        ("conflict", 0.5, True),
        ("supersedes", 0.8, True),
        ("conflict", 0.49, False),
        ("different scope", 0.9, False),
        ("agree", 0.9, False),
        ("unrelated", 0.9, False),
    ],
)
def test_what_counts_as_conflict(relation: str, probability: float, counts: bool) -> None:
    assert is_conflict(Judgement(relation, probability), threshold=0.5) is counts


def test_first_rank_is_that_of_the_lower_passage_of_the_best_pair() -> None:
    found = ranked_conflicts({(0, 4): CONFLICT, (1, 2): CONFLICT, (0, 1): AGREE}, 5)
    assert found.first_conflict_rank == 3
    assert [found.has_conflict(k) for k in range(7)] == [False] * 3 + [True] * 4
    assert found.conflict_pairs(3) == ((1, 2),)
    assert found.conflict_pairs(5) == ((1, 2), (0, 4))


def test_no_conflict_has_no_first_rank() -> None:
    found = ranked_conflicts({(0, 1): AGREE}, 2)
    assert found.first_conflict_rank is None
    assert not found.has_conflict(2)


def test_pairs_may_be_keyed_either_way_round() -> None:
    assert ranked_conflicts({(2, 0): CONFLICT}, 3).pairs == ((0, 2),)


def test_pairs_outside_the_ranking_are_refused() -> None:
    with pytest.raises(ValueError, match="not a pair"):
        ranked_conflicts({(0, 3): CONFLICT}, 3)


def test_contradicted_support_counts_answer_bearing_passages() -> None:
    found = ranked_conflicts({(0, 2): CONFLICT}, 4)
    bears = [True, True, False, False]
    assert found.contradicted_support(2, bears).value == 0.0
    assert found.contradicted_support(3, bears).value == 0.5


def test_contradicted_support_without_support_is_undefined() -> None:
    score = ranked_conflicts({(0, 1): CONFLICT}, 2).contradicted_support(2, [False, False])
    assert score.value is None
    assert score.reason == "no passage of the top 2 bears the answer"


def test_one_question_at_one_k() -> None:
    judgements = {(0, 2): CONFLICT}
    assert not conflict_at_k(judgements, 2)
    assert conflict_at_k(judgements, 3)
    assert not conflict_at_k(judgements, 3, threshold=0.95)


def test_a_pair_that_was_not_judged_leaves_the_answer_open() -> None:
    unjudged = Judgement("not judged", 0.0, reason="no reply")
    found = ranked_conflicts({(0, 1): AGREE, (0, 2): unjudged, (2, 3): CONFLICT}, 4)
    assert [found.has_conflict(k) for k in range(1, 5)] == [False, False, None, True]
    assert found.unjudged == ((0, 2),)


def test_of_few_texts_all_pairs_and_of_many_the_closest() -> None:
    texts = [f"The pump number {i // 2} hums in hall {i // 2}." for i in range(80)]
    assert closest_pairs(texts[:5]) == candidate_pairs(texts[:5])
    alike = [f"{text} Code z{i}q." for i, text in enumerate(texts)]
    pairs = closest_pairs(alike, each=1)
    assert {(i, i + 1) for i in range(0, 80, 2)} <= set(pairs)
    assert len(pairs) <= 80
    assert pairs == sorted(pairs, key=lambda pair: (pair[1], pair[0]))


def test_texts_without_words_are_in_no_pair() -> None:
    assert closest_pairs(["", " ", "\x00"] * 40) == []
