"""Redundancy of a set."""

from __future__ import annotations

import pytest

from ragcheck.measures.redundancy import redundancy, redundancy_curve

A = "The refund window is thirty days from delivery."
B = "Opened software cannot be returned at all."


def test_one_text_says_nothing_twice() -> None:
    assert redundancy([A]).value == 0.0


@pytest.mark.parametrize("copies", [2, 3, 5])
def test_copies_leave_one_in_n(copies: int) -> None:
    assert redundancy([A] * copies).value == pytest.approx(1 - 1 / copies)


def test_unrelated_texts_are_not_redundant() -> None:
    assert redundancy([A, B]).value == 0.0


def test_half_a_repeat_counts_by_its_runs() -> None:
    # A has 8 words: 5 runs of four. A + B has 15 words: 12 runs, 5 of them said before.
    assert redundancy([A, f"{A} {B}"]).value == pytest.approx(5 / 17)


def test_a_changed_number_is_not_a_repeat() -> None:
    changed = redundancy([A, A.replace("thirty", "14")]).value
    assert changed is not None
    assert changed <= 0.2


def test_chinese_copies() -> None:
    assert redundancy(["退款期限为签收后三十天。"] * 2).value == pytest.approx(0.5)


def test_no_words_is_undefined() -> None:
    for texts in ([], [""], ["---", " "]):
        score = redundancy(texts)
        assert score.value is None
        assert score.reason == "the passages hold no words"


def test_the_curve_is_the_value_of_each_prefix() -> None:
    texts = [A, B, A, f"{B} {A}", ""]
    ks = (1, 2, 3, 4, 5, 50)
    values = [score.value for score in redundancy_curve(texts, ks)]
    assert values == [redundancy(texts[:k]).value for k in ks]
