"""Answers whose numbers, dates and units are written in other ways, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragcheck.judges.answer_agreement import agreement
from ragcheck.judges.answer_values import answer_values
from ragcheck.judges.readers.sameness import chinese_sameness
from ragcheck.judges.sameness import read_answer, sameness

SAME = (
    ("magnitude-7.4", "7.4"), ("on the fourth of May", "4 May 2019"), ("All Souls' Day", "2 Nov."),
    ("21,308", "more than 21,000"), ("21,308", "about 21,300"),
    ("54.7 million", "about 55 million"),
    ("17 days", "two weeks and three days"), ("two to three weeks", "14 days"),
    ("three quarters", "75 %"), ("340 million dollars", "$340m"), ("half a kilo", "500 g"),
    ("a hundred and twelve and a half metres", "112.5 m"), ("2h15", "135 minutes"),
    ("640 000", "640,000"), ("thirty-two thousand", "32,400"), ("twice in ten years", "5 years"),
    ("a quarter of a year", "3 months"), ("30 degrees", "30 °C"), ("$17 million", "17 million"),
    ("almost four kilometres", "3,870 metres"), ("June '71", "summer of 1971"),
    ("mid-2031", "the end of June 2031"), ("two and three quarters per cent", "2.75"),
    ("5,000 feet", "1,524 m"), ("8 gigs", "8 GB"), ("Showa 20", "1945"), ("the fifth", "5th"),
)  # fmt: skip
APART = (
    ("magnitude-7.4", "magnitude-7.1"), ("about 55 million", "52.3 million"),
    ("22,684 feet", "7,036 metres"), ("two hundredths of a second", "two tenths of a second"),
    ("the second Tuesday in March", "the first Tuesday of April"), ("VX4", "VX4+"),
    ("Christmas Eve 2019", "27 March 2019"), ("just over fifteen", "not yet fifteen"),
    ("a little over three hundred", "391"), ("almost four kilometres", "4.4 km"),
    ("two to three weeks", "30 days"), ("one time per year", "twice a year"), ("120", "118"),
    ("about 70 %", "about 80 %"), ("$17 million", "19 million"),
)  # fmt: skip
SAME_CHINESE = (
    ("27.4亿元", "二十七亿四千万"), ("3000万元", "三千万"), ("6.1级", "六点一级"),
    ("4.9", "四点九级"),
    ("八千三百年前", "8300年左右"), ("两三年", "两到三年"), ("两三年", "2到3年"),
    ("三块六", "3.6元"),
    ("2715.5万吨", "二千七百一十五万多吨"), ("三块四毛五", "3.45元"), ("《长堤》", "长堤"),
    ("秦越和苏禾", "苏禾、秦越"), ("宣统三年", "1911年"), ("民国十年秋", "1921年"),
    ("二十里", "10公里"),
    ("四斤", "2公斤"), ("15亩", "1公顷"), ("半岁", "六个月"), ("三尺", "1米"),
    ("一个时辰", "120分钟"),
    ("两昼夜", "48小时"), ("2024年元旦", "2024年1月1日"), ("国庆节", "10月1日"),
    ("一年两次", "每6个月"),
    ("两年半", "2.5年"), ("三个半小时", "210分钟"), ("31.6万人", "三十一万多"), ("周明远", "老周"),
    ("夜里十一点半", "23点30分"), ("百分之一秒", "0.01秒"), ("一百三十元", "一百三"),
    ("1,200", "一千二"),
    ("2到3周", "14天"), ("将近四公里", "3870米"), ("千分之五秒", "5毫秒"),
)  # fmt: skip
APART_CHINESE = (
    ("57分钟", "一小时零五分"), ("1分44秒31", "1分44秒13"), ("180万千瓦", "210万千瓦"),
    ("一年两次", "每年"), ("第七回合", "第九回合"), ("陆闻九段", "金泰成九段"),
    ("去年国庆节前夕", "10月1日"),
    ("12月26日", "2023年元旦"), ("宣统三年", "1912年"), ("27.4亿", "31.2亿元"),
    ("三块六毛三", "3.56元"),
    ("两三年", "五年"), ("六百多万", "691万"), ("约5500万", "5230万"), ("将近四公里", "4.4公里"),
    ("四斤", "4公斤"), ("十分之二秒", "百分之二秒"), ("120", "一百一十八"), ("3000万元", "1800万"),
)  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_value_in_another_form(one: str, other: str) -> None:
    assert sameness(read_answer(one), read_answer(other)) >= 0.6


@pytest.mark.parametrize(("one", "other"), APART)
def test_another_value(one: str, other: str) -> None:
    assert sameness(read_answer(one), read_answer(other)) < 0.5


@pytest.mark.parametrize(("one", "other"), SAME_CHINESE)
def test_the_same_chinese_value_in_another_form(one: str, other: str) -> None:
    assert chinese_sameness(one, other) >= 0.6


def test_a_unit_with_a_scale_of_its_own_is_one_value() -> None:
    assert chinese_sameness("180万千瓦", "210万千瓦") == 0.0
    assert chinese_sameness("180万千瓦", "一百八十万千瓦") == 1.0


@pytest.mark.parametrize(("one", "other"), APART_CHINESE)
def test_another_chinese_value(one: str, other: str) -> None:
    assert chinese_sameness(one, other) < 0.5


written = st.sampled_from([text for pair in (*SAME, *APART, *SAME_CHINESE, *APART_CHINESE)
                           for text in pair])  # fmt: skip


@given(written, written)
def test_agreement_is_symmetric_and_within_bounds(one: str, other: str) -> None:
    for value in answer_values(one):
        assert agreement(value, value) in (None, 1.0)
        for partner in answer_values(other):
            found = agreement(value, partner)
            assert found == agreement(partner, value)
            assert found is None or 0.0 <= found <= 1.0
    left, right = read_answer(one), read_answer(other)
    assert sameness(left, right) == sameness(right, left)
    assert chinese_sameness(one, other) == chinese_sameness(other, one)
