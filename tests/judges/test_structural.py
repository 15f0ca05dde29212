from __future__ import annotations

import pytest

from ragcheck.judges.structural import StructuralJudge, conflicts_inside
from ragcheck.ports import Judge
from ragcheck.records.evidence import KINDS, RELATIONS


def judge(left, right, question=None):
    (judgement,) = StructuralJudge().judge([(left, right)], [question])
    return judgement


def test_is_a_judge():
    judge_ = StructuralJudge()
    assert isinstance(judge_, Judge)
    assert judge_.notation == "structural"
    assert judge_.judge([]) == []


CONFLICTS = [
    ("You may return an instrument within 30 days.", "You may return an instrument within 45 days.",
     "number", ("30 days", "45 days")),
    ("仓库收货后3个工作日内完成验收；", "仓库质检应当在收货后2个工作日内完成验收。",
     "number", ("3个工作日", "2个工作日")),
    ("The refund is paid within 7 working days.", "The refund is paid within 7 days.",
     "unit", ("7 working days", "7 days")),
    ("验收合格后，退款在7个工作日内原路退回。", "验收合格后，退款在7个自然日内原路退回。",
     "unit", ("7个工作日", "7个自然日")),
    ("The rule takes effect on 1 July 2025.", "The rule takes effect on 1 June 2025.",
     "date", ("1 July 2025", "1 June 2025")),
    ("本规则生效日期为2025年7月1日。", "本规则生效日期为2025年6月1日。",
     "date", ("2025年7月1日", "2025年6月1日")),
    ("Alerts need gateway firmware version 4.6.", "Alerts need gateway firmware version 5.0.",
     "version", ("version 4.6", "version 5.0")),
    ("告警功能需要网关固件版本4.6。", "告警功能需要网关固件版本5.0。",
     "version", ("版本4.6", "版本5.0")),
    ("Reagent kits may be sent by air.", "Reagent kits must not be sent by air.",
     "permission", None),
    ("药品可以通过空运寄送。", "药品不得通过空运寄送。", "permission", None),
    ("Compression is enabled by default.", "Compression is disabled by default.", "negation", None),
    ("压缩功能默认开启。", "压缩功能默认关闭。", "negation", None),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "kind", "values"), CONFLICTS)
def test_conflicts_in_both_languages(left, right, kind, values):
    found = judge(left, right)
    assert found.relation == "conflict"
    assert found.probability >= 0.5
    assert found.kind == kind
    if values is not None:
        assert found.values == values
    assert found.left_span is not None and found.right_span is not None
    assert left[found.left_span.start : found.left_span.end].strip(" ；") in left
    chinese = "退" in left or "规则" in left or "一处" in found.explanation
    assert ("一处" in found.explanation) == chinese


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The session ends after 1800 seconds.", "The session ends after 30 minutes."),
        ("会话闲置满30分钟自动结束。", "会话闲置满1800秒自动结束。"),
        ("You may return it within 30 days.", "- **You may return it within thirty days**"),
        ("Every year up to 15,000 yuan is paid.", "Every year up to 1.5万元 is paid."),
        ("Delivery covers Leeds, York and Hull.", "Delivery covers Leeds and York."),
        ("The pump weighs 3.14 kg.", "The pump weighs 3.1 kg."),
    ],
)
def test_agreements(left, right):
    assert judge(left, right).relation == "agree"
    assert judge(left, right).probability < 0.5


@pytest.mark.parametrize(
    ("left", "right", "cause"),
    [
        ("Orders from Japan can be returned within 14 days.",
         "Orders from Canada can be returned within 30 days.", "region or product variant"),
        ("上海的订单可以在10天内退货。", "香港的订单可以在14天内退货。",
         "region or product variant"),
        ("In 2022 the annual fee was 269 euros.", "In 2024 the annual fee was 299 euros.",
         "stale version"),
        ("2022年度会员年费为269元。", "2024年度会员年费为299元。", "stale version"),
        ("On Windows the default limit is 10 files.", "On Linux the default limit is 20 files.",
         "region or product variant"),
    ],
)  # fmt: skip
def test_another_scope_is_no_conflict(left, right, cause):
    found = judge(left, right)
    assert found.relation == "different scope"
    assert found.probability < 0.5
    assert found.cause == cause
    assert found.left_span is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Readings are kept for 24 months.",
         "From 1 January 2025, readings are kept for 36 months."),
        ("通话录音保存90天。", "自2025年1月1日起，通话录音保存180天。"),
    ],
)  # fmt: skip
def test_a_new_rule_supersedes(left, right):
    found = judge(left, right)
    assert (found.relation, found.cause) == ("supersedes", "stale version")


def test_other_subjects_are_unrelated():
    found = judge("The pump weighs 3 kg.", "Invoices are due in 30 days.")
    assert (found.relation, found.values) == ("unrelated", None)


def test_spans_name_the_sentences_that_differ():
    left = "We are glad to help. Returns are free within 30 days. Call us."
    right = "Our shop is open on Sundays. Returns are free within 14 days."
    found = judge(left, right)
    assert found.left_span is not None and found.right_span is not None
    assert left[found.left_span.start : found.left_span.end] == "Returns are free within 30 days."
    assert right[found.right_span.start : found.right_span.end] == (
        "Returns are free within 14 days."
    )


def test_headings_tell_settings_apart():
    left = "## redis_timeout\n\nDefault: 5 seconds.\n"
    right = "## broker_timeout\n\nDefault: 9 seconds.\n"
    assert judge(left, right).probability < 0.5
    assert judge(left, left.replace("5", "120")).relation == "conflict"


def test_settings_with_other_names_do_not_conflict():
    left = "The cache_timeout setting is 30 seconds by default."
    right = "The socket_timeout setting is 60 seconds by default."
    assert judge(left, right).relation in ("different scope", "unrelated")


def test_a_table_row_against_a_sentence():
    row = "| name | value | unit |\n|---|---|---|\n| session_idle_timeout | 1200 | seconds |"
    found = judge(row, "The default of session_idle_timeout is 1800 seconds.")
    assert (found.relation, found.cause) == ("conflict", "table against text")


def test_the_question_lowers_what_it_does_not_ask():
    left, right = "Returns are free within 30 days.", "Returns are free within 14 days."
    asked = judge(left, right, "Within how many days are returns free?")
    other = judge(left, right, "Who is the data protection officer?")
    assert asked.probability > other.probability


def test_conflicts_inside_one_text():
    text = "Returns are free within 30 days.\n\nPack it well. Returns are free within 14 days."
    (found,) = conflicts_inside(text)
    assert found.values == ("30 days", "14 days")
    assert conflicts_inside("Returns are free. Call us.") == []


@pytest.mark.parametrize("text", ["", " \n", "---\n***", "\x00\x01\ufffd", "שלום עולם", "```"])
def test_debris_is_unrelated(text):
    found = judge(text, "Returns are free within 30 days.")
    assert found.relation == "unrelated"
    assert found.probability == 0.0


def test_relations_and_kinds_are_the_contract():
    for left, right, _, _ in CONFLICTS:
        found = judge(left, right)
        assert found.relation in RELATIONS
        assert found.kind in KINDS


def test_questions_must_match_the_pairs():
    with pytest.raises(ValueError, match="2 questions for 1 pairs"):
        StructuralJudge().judge([("a", "b")], ["x", "y"])
