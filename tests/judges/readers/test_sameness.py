from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragcheck.judges.readers.sameness import chinese_evidence, chinese_sameness, stands_in
from ragcheck.judges.reading import Reading
from ragcheck.records.corpus import Span


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一百二十天", "120天"), ("70", "70个席位"), ("百分之三十", "30%"), ("杭州", "浙江省杭州"),
        ("“长河”", "长河"), ("二〇一九年三月", "2019年3月"), ("30分钟", "1800秒"),
        ("约翰·史密斯", "约翰史密斯"), ("2016年", "2016年9月4日"),
    ],
)  # fmt: skip
def test_the_same_in_other_words(one, other):
    assert chinese_sameness(one, other) >= 0.8


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一百二十天", "102天"), ("70个席位", "170个席位"), ("30%", "百分之三"), ("杭州", "成都"),
        ("王小明", "李小明"), ("2016年9月4日", "2016年9月5日"), ("两支", "三支"), ("北京", "南京"),
    ],
)  # fmt: skip
def test_different_answers(one, other):
    assert chinese_sameness(one, other) <= 0.5


def test_an_empty_reading_says_nothing():
    assert chinese_sameness("", "杭州") == chinese_sameness("。", "杭州") == 0.5


answers = st.text(alphabet=st.sampled_from("杭州成都一二三十百0123年月日个%的 "), max_size=12)


@given(answers, answers)
def test_symmetric_and_within_bounds(one, other):
    assert chinese_sameness(one, other) == chinese_sameness(other, one)
    assert 0 <= chinese_sameness(one, other) <= 1


@given(answers.filter(lambda text: text.strip(" 的")))
def test_an_answer_is_the_same_as_itself(one):
    assert chinese_sameness(one, f"{one}。") == chinese_sameness(one, one) == 1.0


def test_values_and_names_stand_in_a_passage():
    assert stands_in("一百二十天", "保修期为120天，自签收起算。")
    assert not stands_in("一百二十天", "保修期为12天，自签收起算。")
    assert stands_in("杭州", "公司总部设在杭州。")
    assert not stands_in("", "公司总部设在杭州。")


def reading(text, margin=20.0):
    return Reading(text, Span(0, len(text)), margin)


def test_evidence_weighs_the_less_certain_reading():
    differ, same = chinese_evidence(reading("杭州"), reading("成都", 0.0))
    assert (differ, same) == (pytest.approx(0.5), pytest.approx(0.0))


def test_an_answer_that_stands_in_the_other_passage_is_no_conflict():
    passages = ("总部在杭州，工厂在成都。", "工厂在成都。")
    apart = chinese_evidence(reading("杭州"), reading("成都"))
    beside = chinese_evidence(reading("杭州"), reading("成都"), passages)
    assert apart[0] > 0.95
    assert beside[0] < 0.2
