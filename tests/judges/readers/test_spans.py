from __future__ import annotations

import numpy as np
import pytest

from ragcheck.judges.readers.light import read_question
from ragcheck.judges.readers.spans import penalty, read_spans
from ragcheck.records.corpus import Span


@pytest.mark.parametrize(
    ("question", "unfit", "fit"),
    [("谁设计了大桥？", "88", "何立"), ("大桥有多长？", "何立", "三千米"),
     ("大桥何时通车？", "何立", "1931年5月"), ("大桥在哪里？", "1931年", "清江"),
     ("大桥叫什么名字？", "大桥", "云岭桥"), ("谁设计了它？", "何立，耗资三百", "何立"),
     ("多久之内可以退货？", "三千元", "七日")],
)  # fmt: skip
def test_what_cannot_be_the_answer_is_weighed_down(question, unfit, fit):
    asked = read_question(question)
    assert penalty(unfit, asked) > penalty(fit, asked) == 0.0


def test_a_comma_inside_a_number_is_no_break():
    assert penalty("16,000", read_question("有多少种树？")) == 0.0


def test_the_kind_that_is_asked_for_wins_over_a_slightly_better_score():
    passage = "88，何立"
    scores = np.array([[5.0, 5.0], [4.5, 4.5]], dtype=np.float32)
    places = [Span(0, 2), Span(3, 5)]
    reading = read_spans(scores, 0.0, places, passage, read_question("谁设计了大桥？"))
    assert reading.text == "何立"
    assert reading.margin == pytest.approx(9.0)
    assert sum(answer.share for answer in reading.answers) <= 1.0


def test_the_share_of_no_answer_is_missing_from_the_shares():
    scores = np.zeros((1, 2), dtype=np.float32)
    reading = read_spans(scores, 0.0, [Span(0, 2)], "何立", read_question("谁设计了大桥？"))
    assert [answer.share for answer in reading.answers] == [pytest.approx(0.5)]
