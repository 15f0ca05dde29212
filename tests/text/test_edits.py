"""Edits that make a sentence say something else, in English and Chinese alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragcheck.records.corpus import Span
from ragcheck.text.edits import OPPOSITES, contradicting_edit
from ragcheck.text.values import find_values, same_value


def _edited(text: str, *answers: str, names: tuple[str, ...] = (), seed: int = 0) -> str:
    rng = np.random.default_rng(seed)
    edit = contradicting_edit(text, Span(0, len(text)), rng, answers=answers, names=names)
    assert edit is not None
    return edit.apply(text)


@pytest.mark.parametrize(
    ("text", "answer", "kept"),
    [
        ("Orders over 150 EUR are sent back within 45 days of delivery.", "45 days", "150 EUR"),
        ("满99元包邮，自签收之日起15天内可以退货。", "15天", "99元"),
        ("The week ends on Tuesday at 10:00.", "Tuesday", "10:00"),
        ("一次可购买四支，须在十五日内用完。", "十五日", "四支"),
        ("A review follows within five working days of 2 talks.", "five working days", "2 talks"),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_the_value_that_is_asked_for_is_another_one_of_its_type(
    text: str, answer: str, kept: str, seed: int
) -> None:
    changed = _edited(text, answer, seed=seed)
    wanted = find_values(answer)[0]
    found = find_values(changed)
    assert not any(same_value(wanted, value) for value in found)
    assert wanted.kind in {value.kind for value in found}
    assert kept in changed


@pytest.mark.parametrize(
    ("text", "answer", "names", "expected"),
    [
        ("Parcels are delivered by Corvida Freight.", "Corvida Freight", ("Minato Express",),
         "Parcels are delivered by Minato Express."),
        ("数据保护负责人：林若岚", "林若岚", ("王小明",), "数据保护负责人：王小明"),
    ],
)  # fmt: skip
def test_a_name_is_another_name(
    text: str, answer: str, names: tuple[str, ...], expected: str
) -> None:
    assert _edited(text, answer, names=names) == expected


def test_a_sentence_is_no_name() -> None:
    text = "The Data Protection Officer is Yuki Brandt."
    long = "the terminals on the production floor and in the yard behind it"
    assert _edited(text, "Yuki Brandt", names=(long,)) == text.replace("is", "is not")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shared accounts must not be used.", "Shared accounts may be used."),
        ("Shared accounts may be used.", "Shared accounts must not be used."),
        ("处方药订单不得货到付款。", "处方药订单可以货到付款。"),
        ("用户需要寄回原药。", "用户不需要寄回原药。"),
    ],
)
def test_what_holds_neither_value_nor_name_says_the_opposite(text: str, expected: str) -> None:
    assert _edited(text, "no") == expected


def test_yes_and_no_are_no_names() -> None:
    assert _edited("Refunds are paid.", "yes", names=("no",)) == "Refunds are not paid."
    assert _edited("该险种承担责任，会赔付。", "是", names=("否",)) == "该险种承担责任，不会赔付。"


@pytest.mark.parametrize("text", ["", "Corvida Freight", "青禾"])
def test_what_no_edit_knows_gives_none(text: str) -> None:
    assert contradicting_edit(text, Span(0, len(text)), np.random.default_rng(0)) is None


@settings(max_examples=60)
@given(
    st.text(alphabet="ab 15天元,.45是must not days€%月日三\n", max_size=80),
    st.integers(0, 80),
    st.integers(0, 80),
    st.integers(0, 3),
)
def test_nothing_outside_of_the_part_changes(text: str, one: int, other: int, seed: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    edit = contradicting_edit(text, Span(start, end), np.random.default_rng(seed))
    if edit is not None:
        assert start <= edit.span.start < edit.span.end <= end
        changed = edit.apply(text)
        assert changed != text
        assert changed.startswith(text[:start])
        assert changed.endswith(text[end:])


def test_both_languages_have_opposites() -> None:
    assert {language: len(pairs) > 20 for language, pairs in OPPOSITES.items()} == {
        "en": True,
        "zh": True,
    }
