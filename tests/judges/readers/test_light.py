from __future__ import annotations

import pytest

from ragcheck.judges.readers.light import (
    FEATURES,
    LightReader,
    candidates,
    measure,
    read_question,
)


def test_candidates_are_exact_spans_of_every_kind():
    passage = "林海·安德森于1998年写成《长河》，全书共12万字，由 Tarn Press 出版。"
    found = {(c.kind, passage[c.span.start : c.span.end]) for c in candidates(passage)}
    assert {("date", "1998年"), ("quoted", "长河"), ("latin", "Tarn Press")} <= found
    assert ("dotted", "林海·安德森") in found
    assert any(kind == "amount" and "12万" in said for kind, said in found)


@pytest.mark.parametrize(
    ("question", "want"),
    [("谁写了这本书？", "who"), ("大桥何时通车？", "time"), ("共有多少个席位？", "amount"),
     ("会议在哪里举行？", "place"), ("这本书叫什么名字？", "name"), ("原因是什么？", "other")],
)  # fmt: skip
def test_what_a_question_wants(question, want):
    assert want in read_question(question).wants


def test_each_candidate_has_one_row_of_measurements():
    listed, rows = measure(read_question("大桥何时通车？"), "大桥于1998年通车，耗资三亿元。")
    assert rows.shape == (len(listed), len(FEATURES))
    assert len(listed) > 1


def test_reads_values_of_the_kind_that_is_asked_for():
    passage = "云岭大桥全长3200米，于1998年10月1日正式通车。"
    when, long = LightReader().read(
        [("云岭大桥何时通车？", passage), ("云岭大桥有多少米？", passage)]
    )
    assert when.text == "1998年10月1日"
    assert "3200" in long.text
    assert passage[when.span.start : when.span.end] == when.text


def test_a_passage_about_something_else_has_a_lower_margin():
    there, gone = LightReader().read(
        [
            ("云岭大桥何时通车？", "云岭大桥于1998年通车。"),
            ("云岭大桥何时通车？", "奶酪在周六出售。"),
        ]
    )
    assert there.margin > gone.margin


def test_hostile_passages_are_read_to_nothing_much():
    texts = ["", " \n", "\ud800\x00", "一" * 200_000, "12" * 5_000, "「" * 5_000]
    for reading in LightReader().read([("何时？", text) for text in texts]):
        assert len(reading.text) <= 2_000
