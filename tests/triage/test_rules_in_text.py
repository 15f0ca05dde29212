"""Which sentences state a rule, of which kind, and where; English and Chinese alike."""

from __future__ import annotations

import pytest

from ragcheck.records.corpus import Document, Question
from ragcheck.triage.rules_in_text import rule_kind, rules_of, sentence_count, stated_rules
from tests.triage.building import about


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [
        (
            "exception",
            "Opened bottles cannot be returned, unless the seal was broken on arrival.",
            "已开封的试剂不得退货，签收时已经破损的除外。",
        ),
        (
            "liability",
            "The customer is liable for damage in transit on the way back.",
            "寄回途中的损坏由顾客承担赔偿责任。",
        ),
        (
            "prohibition",
            "Field staff must not carry open reagents on a train.",
            "外勤人员不得携带开封试剂乘坐火车。",
        ),
        (
            "threshold",
            "Orders of at least 250 euros are delivered free of charge.",
            "订单金额不低于250元的，免收配送费用。",
        ),
        (
            "obligation",
            "Every loan device must be registered before it is handed out.",
            "借出的设备在交付之前必须先行登记。",
        ),
        (
            "permission",
            "Night shift workers are entitled to a taxi home.",
            "夜班员工有权乘坐出租车回家。",
        ),
    ],
)
def test_each_kind_in_both_languages(kind: str, english: str, chinese: str) -> None:
    assert rule_kind(english) == kind
    assert rule_kind(chinese) == kind


@pytest.mark.parametrize(
    "sentence",
    [
        "The meter was introduced in May 2021 and weighs 300 g.",
        "The office has a view of the canal.",
        "For example, a bottle must not be opened.",
        "公司位于运河旁边，交通十分便利。",
        "例如，已开封的试剂不得退货。",
    ],
)
def test_plain_statements_and_examples_are_no_rules(sentence: str) -> None:
    assert rule_kind(sentence) is None


TEXT = (
    "# Returns\n\n## Must not be opened\n\nBottles weigh 300 g each when full. "
    "A bottle must not be returned once it was opened.\n\nMust it be returned at once?\n"
)


def test_a_rule_has_its_place_its_headings_and_its_subject() -> None:
    document = Document("returns.md", TEXT)
    (rule,) = stated_rules(document)
    assert TEXT[rule.span.start : rule.span.end] == rule.text
    assert rule.text == "A bottle must not be returned once it was opened."
    assert (rule.place.line, rule.headings) == (5, ("Returns", "Must not be opened"))
    assert rule.subject == "A bottle"


def test_a_question_has_the_rules_of_its_evidence() -> None:
    document = Document("returns.md", TEXT)
    rules = stated_rules(document)
    asked = Question("a", "May it go back?", ("no",), about(document, "must not be returned"))
    plain = Question("b", "How heavy is it?", ("300 g",), about(document, "Bottles weigh 300 g"))
    assert [rule.kind for rule in rules_of(asked, rules)] == ["prohibition"]
    assert rules_of(plain, rules) == []
    assert sentence_count([document]) == 2


def test_a_long_line_is_read_in_passing() -> None:
    document = Document("long.txt", "must not " * 60_000)
    assert stated_rules(document) == ()
