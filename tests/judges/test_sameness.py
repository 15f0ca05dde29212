from __future__ import annotations

import pytest

from ragcheck.judges.sameness import (
    EMPTY_WORDS,
    likeness,
    read_answer,
    sameness,
    stands_in,
    value_verdict,
)
from ragcheck.text.tokens import normalise
from ragcheck.text.values import find_values


def same(one, other):
    left, right = read_answer(one), read_answer(other)
    found = sameness(left, right)
    assert found == pytest.approx(sameness(right, left))
    assert 0.0 <= found <= 1.0
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("30 minutes", "1800 seconds"), ("30分钟", "半小时"), ("Elon Musk", "Musk, Elon"),
        ("President Barack Obama", "Barack Obama"), ("NYC", "New York City"),
        ("May 1931", "12 May 1931"), ("2025-07-01", "1 July 2025"), ("2025年7月", "2025年7月1日"),
        ("the Aravali Range", "Aravali range"), ("巴拉克·奥巴马总统", "巴拉克·奥巴马"),
    ],
)  # fmt: skip
def test_the_same_in_other_words(one, other):
    assert same(one, other) > 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("30 days", "45 days"), ("30天", "45天"), ("Elon Musk", "Barack Obama"),
        ("1931", "1935"), ("12 May 1931", "13 May 1931"), ("Tampa", "Glendale, Arizona"),
        ("北京", "上海"), ("FBI", "New York City"), ("version 4.6", "version 5.0"),
    ],
)  # fmt: skip
def test_something_else(one, other):
    assert same(one, other) < 0.5


def test_an_empty_answer_says_neither():
    assert same("", "30 days") == same(" ", "") == 0.5
    assert likeness(read_answer(""), read_answer("x")) == 0.5


def test_verdicts_on_values():
    def verdict(one, other):
        return value_verdict(read_answer(one), read_answer(other))

    assert verdict("30 minutes", "1800 seconds") == 1.0
    assert verdict("30 minutes", "45 minutes") == -1.0
    assert verdict("Tampa", "Glendale") == 0.0


def test_an_answer_that_stands_in_a_passage():
    def there(answer, passage):
        return stands_in(read_answer(answer), normalise(passage), tuple(find_values(passage)))

    assert there("Raymond James", "It was played at Raymond James Stadium.") == 1.0
    assert there("1800 seconds", "The session ends after 30 minutes.") > 0.8
    assert there("45 days", "Returns are free within 30 days.") == 0.0
    assert there("30天", "退货期限为签收后30天内。") == 1.0
    assert there("Glendale, Arizona", "It was played in Tampa, Florida.") < 0.7
    assert there("", "x") == there("x", "") == 0.0


def test_both_languages_have_words_that_make_no_difference():
    assert set(EMPTY_WORDS) == {"en", "zh"}
    assert same("about 30", "30") == same("约30", "30") == 1.0


@pytest.mark.parametrize("text", ["\x00\x01", "‮مرحبا", "a" * 200_000, "1" * 5000])
def test_debris_is_read(text):
    assert 0.0 <= same(text, "30 days") <= 1.0
