from __future__ import annotations

import pytest

from ragcheck.text.alignment import align, coverage, is_code, overlap, read_frame, read_words, stem


def frame(text):
    return read_frame(read_words(text))


def test_words_keep_their_places():
    text = "Session's page_size 退款"
    assert [(w.stem, text[w.start : w.end]) for w in read_words(text)] == [
        ("session", "Session's"), ("page_size", "page_size"), ("退", "退"), ("款", "款"),
    ]  # fmt: skip


def test_function_words_weigh_nothing():
    assert frame("The of and to") == {}
    assert set(frame("the refund")) == {"refund"}


def test_endings_do_not_matter():
    assert stem("policies") == stem("policy")
    assert stem("refunds") == stem("refund")
    assert stem("bus") == "bus"


def test_names_weigh_more_than_words():
    weights = frame("set page_size")
    assert weights["page_size"] > weights["set"]


def test_overlap_of_equal_and_disjoint_frames():
    assert overlap(frame("red house"), frame("house red")) == (1.0, 1.0)
    assert overlap(frame("red house"), frame("blue car")) == (0.0, 0.0)
    assert overlap(frame("red house"), {}) == (0.0, 0.0)
    # one of three words of weight 1 is shared with a frame of one word
    assert overlap(frame("red cold pond"), frame("red")) == (pytest.approx(0.5), 1.0)


def test_coverage_is_over_the_first():
    assert coverage(frame("red cold"), {"red"}) == pytest.approx(0.5)
    assert coverage({}, {"red"}) == 0.0


def test_align_puts_the_best_first():
    left, right = [frame("cold pond"), frame("red house")], [frame("red house now")]
    (best, *rest) = align(left, right)
    assert (best.left, best.right, rest) == (1, 0, [])


def test_codes():
    assert is_code("page_size") and is_code("a.conf") and is_code("km-200")
    assert not is_code("part-time") and not is_code("3.5") and not is_code("退款")
