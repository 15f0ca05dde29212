"""Words that stand for values in short answers, in both languages."""

from __future__ import annotations

import pytest

from ragcheck.judges.answer_values import REWRITES, written_out
from ragcheck.judges.readers.sameness import chinese_sameness
from ragcheck.judges.sameness import read_answer, sameness

SAME = (
    ("half past nine in the evening", "21:30"), ("nine o'clock", "9:00"), ("noon", "12:00"),
    ("an hour and a half", "90 minutes"), ("three quarters", "75%"), ("one in four", "25 %"),
    ("weekly", "every 7 days"), ("twice a day", "every 12 hours"), ("monthly", "once a month"),
    ("for a fortnight", "two weeks"), ("a dozen", "12"), ("minus 4 °C", "-4 °C"),
    ("80p", "£0.80"), ("seven", "7 days"), ("6:15", "18:15"), ("a month", "30 days"),
    ("T. Oakes", "Theresa Oakes"),
)  # fmt: skip
APART = (
    ("half past nine in the morning", "21:30"), ("06:15", "18:15"), ("three quarters", "a third"),
    ("weekly", "monthly"), ("copper pipes", "plastic pipes"), ("wing 3C", "wing 9"),
    ("70 degrees Celsius", "165 °F"), ("MariaDB", "MongoDB"), ("five", "7 days"),
    ("two boxes", "one box"),
)  # fmt: skip
SAME_CHINESE = (
    ("晚上九点半", "21:30"), ("九点", "9:00"), ("正午", "12:00"), ("一个半小时", "90分钟"),
    ("四分之三", "75%"), ("百分之二点五", "2.5%"), ("每周", "7天"), ("八折", "80%"),
    ("十二本", "12本"), ("零下4℃", "-4℃"), ("八角", "0.8元"), ("七块五", "7.5元"),
    ("三周岁", "3岁"), ("六点一刻", "18:15"), ("一个月", "30天"), ("三十八度", "38℃"),
)  # fmt: skip
APART_CHINESE = (
    ("上午九点半", "21:30"), ("06:15", "18:15"), ("四分之三", "三分之一"), ("每周", "每月"),
    ("八折", "七折"), ("十二本", "20本"), ("八角", "8元"), ("两盒", "一盒"),
)  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_answers_in_other_forms_are_the_same(one: str, other: str) -> None:
    assert sameness(read_answer(one), read_answer(other)) >= 0.6


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_answers_are_not_the_same(one: str, other: str) -> None:
    assert sameness(read_answer(one), read_answer(other)) < 0.5


@pytest.mark.parametrize(("one", "other"), SAME_CHINESE)
def test_chinese_answers_in_other_forms_are_the_same(one: str, other: str) -> None:
    assert chinese_sameness(one, other) >= 0.6


@pytest.mark.parametrize(("one", "other"), APART_CHINESE)
def test_other_chinese_answers_are_not_the_same(one: str, other: str) -> None:
    assert chinese_sameness(one, other) < 0.5


def test_every_kind_is_written_out_in_both_languages() -> None:
    kinds = {language: {name for name, _, _ in rules} for language, rules in REWRITES.items()}
    assert kinds["en"] == kinds["zh"]


ORDINARY = (
    "the second half", "Half Moon Bay", "A day in Paris", "one of the founders", "二〇一六年",
    "第三次", "万一",
)  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_words_that_stand_for_no_value_stay(text: str) -> None:
    assert written_out(text) == text
