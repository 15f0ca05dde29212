from __future__ import annotations

import itertools

import numpy as np
import pytest

from ragcheck.judges.reading import (
    PIECE,
    Answer,
    ExtractiveReader,
    Reading,
    moved,
    piece_starts,
    read_scores,
)
from ragcheck.records.corpus import Span


def scored(*tokens):
    """Scores of a first token and of the tokens of "a b c d", begins and ends."""
    return np.array([(0.0, 0.0), *tokens], dtype=np.float32)


def test_the_best_places_are_read_with_their_shares():
    offsets = np.array([(0, 0), (0, 1), (2, 3), (4, 5), (6, 7)])
    inside = np.array([False, True, True, True, True])
    read = read_scores(scored((6, 6), (-9, -9), (-9, -9), (4, 4)), inside, offsets, "a b c d")
    assert (read.text, read.span, read.margin) == ("a", Span(0, 1), 12.0)
    assert [answer.text for answer in read.answers[:2]] == ["a", "d"]
    # shares are exp(score / 2): "a" has 12 / 2 and, of "a b c d", 10 / 2; "d" has 8 / 2
    first, second = (answer.share for answer in read.answers[:2])
    assert first / second == pytest.approx(np.exp(2) + np.exp(1), rel=0.01)
    assert sum(answer.share for answer in read.answers) < 1
    assert all(not a.span.overlap(b.span) for a, b in itertools.combinations(read.answers, 2))


def test_an_answer_never_ends_before_it_begins():
    offsets = np.array([(0, 0), (0, 1), (2, 3)])
    read = read_scores(scored((-9, 9), (9, -9)), np.array([False, True, True]), offsets, "a b")
    assert read.span.start < read.span.end
    assert read.margin == 0.0


def test_a_passage_without_tokens_answers_nothing():
    read = read_scores(scored((1, 1)), np.array([False, False]), np.zeros((2, 2), int), "")
    assert (read.text, read.answers) == ("", ())


@pytest.mark.parametrize("length", [0, 5, PIECE, PIECE + 1, 1500, 200_000])
def test_pieces_cover_what_is_read_and_stay_inside(length):
    starts = piece_starts(length)
    assert starts[0] == 0
    assert len(starts) <= 5
    assert all(0 <= start <= max(0, length - PIECE) for start in starts)
    assert all(after - before <= PIECE for before, after in itertools.pairwise(starts))
    if length <= 2 * PIECE:
        assert starts[-1] + PIECE >= length


def test_a_reading_of_a_piece_points_into_the_passage():
    passage = "x" * 500 + "It is 1931."
    place = passage.index("1931") - 500
    read = Reading(
        "1931", Span(place, place + 4), 3.0, (Answer("1931", Span(place, place + 4), 0.8),)
    )
    there = moved(read, 500)
    assert passage[there.span.start : there.span.end] == "1931"
    assert there.answers[0].span == there.span


@pytest.mark.model
def test_the_reader_finds_answers_or_none():
    passages = [
        "The Tarn bridge was opened in May 1931 by the mayor.",
        "Cheese from the valley is sold at the market on Saturdays.",
    ]
    reader = ExtractiveReader()
    asked, other = reader.read([("When was the Tarn bridge opened?", text) for text in passages])
    assert "1931" in asked.text
    assert asked.margin > other.margin
    assert passages[0][asked.span.start : asked.span.end] == asked.text
    (nothing,) = reader.read([("When?", "")])
    assert nothing.text == ""
    assert nothing.margin < other.margin


@pytest.mark.model
def test_a_reading_does_not_depend_on_the_other_passages():
    reader = ExtractiveReader()
    question, passage = "When was the bridge opened?", "The bridge was opened in 1931."
    (alone,) = reader.read([(question, passage)])
    *_, again = reader.read([(question, passage * 9), ("Who?", "Owls hunt."), (question, passage)])
    assert again == alone
