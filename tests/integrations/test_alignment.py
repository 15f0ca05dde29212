from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragcheck.integrations.alignment import Aligned, Aligner, chunks_of
from ragcheck.records.corpus import Document, Span


def place(text: str, pieces: list[str], *, overlap: int = 0) -> list[tuple[int, int, bool]]:
    aligner = Aligner(text, overlap=overlap)
    placed = [aligner.place(piece) for piece in pieces]
    return [(each.span.start, each.span.end, each.exact) for each in placed if each is not None]


def test_repeated_text_maps_to_its_own_copy_in_order() -> None:
    text = "Same. Same. Other. Same. Same."
    pieces = ["Same.", "Same.", "Other.", "Same.", "Same."]
    assert place(text, pieces) == [
        (0, 5, True), (6, 11, True), (12, 18, True), (19, 24, True), (25, 30, True),
    ]  # fmt: skip


def test_repeated_pieces_of_several_sentences_do_not_overlap_without_an_overlap() -> None:
    assert place("a. a. a. a.", ["a. a.", "a. a."]) == [(0, 5, True), (6, 11, True)]


def test_the_largest_overlap_within_the_limit_is_taken() -> None:
    text = "ab ab ab ab ab ab"
    pieces = ["ab ab ab", "ab ab ab"]
    assert place(text, pieces, overlap=5) == [(0, 8, True), (3, 11, True)]
    assert place(text, pieces, overlap=3) == [(0, 8, True), (6, 14, True)]


def test_an_overlapping_piece_starts_inside_the_one_before() -> None:
    text = "one two three four"
    assert place(text, ["one two three", "three four"], overlap=5) == [
        (0, 13, True), (8, 18, True),
    ]  # fmt: skip


def test_white_space_is_not_compared() -> None:
    text = "Refund\r\n\r\n  policy.\tFive days."
    assert place(text, ["Refund policy.", "Five days."]) == [(0, 19, True), (20, 30, True)]


def test_a_rewritten_piece_gets_the_nearest_span_and_the_flag() -> None:
    text = "Alpha is first. The refund window is 45 days long. Omega is last."
    rewritten = "The refund-window is *45* days long."
    (alpha, refund, omega) = place(text, ["Alpha is first.", rewritten, "Omega is last."])
    assert alpha == (0, 15, True)
    assert refund[2] is False
    true = Span(text.index("The"), text.index(" Omega"))
    assert true.overlap(Span(refund[0], refund[1])) >= 0.9 * len(true)
    assert omega == (text.index("Omega"), len(text), True)


def test_dropped_text_is_skipped() -> None:
    text = "Kept one. Dropped part here. Kept two."
    assert place(text, ["Kept one.", "Kept two."]) == [(0, 9, True), (29, 38, True)]


def test_pieces_without_a_visible_character_have_no_place() -> None:
    assert Aligner("abc").place(" \n") is None
    assert Aligner("  ").place("abc") is None


def test_a_piece_after_the_end_still_gets_a_span() -> None:
    aligner = Aligner("abc")
    assert aligner.place("abc") == Aligned(Span(0, 3), True)
    placed = aligner.place("zzz")
    assert placed is not None
    assert not placed.exact
    assert 0 <= placed.span.start < placed.span.end <= 3


def test_places_inside_a_parent() -> None:
    text = "a. a. | a. a."
    aligner = Aligner(text, within=Span(8, 13))
    assert aligner.place("a.") == Aligned(Span(8, 10), True)
    assert aligner.place("a.") == Aligned(Span(11, 13), True)


def test_the_same_span_twice_is_one_chunk_and_exact_where_one_was() -> None:
    document = Document("a", "abc")
    aligned = [Aligned(Span(1, 3), False), Aligned(Span(0, 1), True), Aligned(Span(1, 3), True)]
    chunks = chunks_of(document, aligned, strategy="s")
    assert [(c.start, c.text, c.aligned) for c in chunks] == [(0, "a", True), (1, "bc", True)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["Same.", "same", "a", "退款。", "x y", "\u0301"]), min_size=1))
def test_pieces_that_follow_each_other_are_found_where_they_were_cut(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    starts = [sum(len(piece) + 1 for piece in pieces[:i]) for i in range(len(pieces))]
    expected = [(at, at + len(piece), True) for at, piece in zip(starts, pieces, strict=True)]
    assert place(text, pieces) == expected


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=200), pieces=st.lists(st.text(max_size=60), max_size=8))
def test_every_place_is_inside_the_text(text: str, pieces: list[str]) -> None:
    for start, end, exact in place(text, pieces, overlap=3):
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        if exact:
            assert "".join(text[start:end].split()) in {"".join(p.split()) for p in pieces}


@pytest.mark.parametrize("unit", ["x", "Same. ", "退款期 "])
def test_long_repetitive_texts_are_placed(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    size = 1_000 * len(unit)
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    assert place(text, pieces)[-1][1] == len(text.rstrip())
