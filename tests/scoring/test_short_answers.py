from __future__ import annotations

import pytest

from ragcheck.ports import AnswerScorer
from ragcheck.records.corpus import Question
from ragcheck.records.trials import Answer
from ragcheck.scoring.short_answers import ShortAnswerScorer, list_items, polarity_of


def score(answer, *gold, question="How long?", unanswerable=False):
    asked = Question("q", question, tuple(gold), unanswerable=unanswerable)
    return ShortAnswerScorer().score(asked, Answer(answer))


def test_is_an_answer_scorer():
    scorer = ShortAnswerScorer()
    assert isinstance(scorer, AnswerScorer)
    assert scorer.notation == "short_answer"


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("30 days", "thirty days"),
        ("Thirty days.", "30 days"),
        ("It is 30 minutes", "1800 seconds"),
        ("up to 25 devices", "25"),
        ("14 pounds", "£14.00"),
        ("1 March 2023", "2023-03-01"),
        ("in March 2023", "2023"),
        ("七天", "7日"),
        ("三日内", "72小时"),
        ("10万元", "100,000元"),
        ("二〇一六年四月", "2016年4月"),
        ("百分之二十", "20%"),
        ("The answer is Paris.", "Paris"),
        ("paris", "Paris"),
        ("周启明负责", "周启明"),
        ("Yes, always", "Yes"),
        ("No, it does not.", "no"),
        ("不可以退货", "不可以"),
        ("invoice, passport and visa", "passport, visa, invoice"),
        ("身份证明和费用发票", "费用发票、身份证明"),
        ("Meta Platforms Inc", "Meta Platforms"),
        ("v2.3.0", "2.3.0"),
    ],
)
def test_right_answers(answer, gold):
    result = score(answer, gold)
    assert (result.verdict, result.correctness, result.overall) == ("correct", 1.0, 1.0)
    assert result.matched == gold


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("31 days", "30 days"),
        ("30 kg", "30 days"),
        ("7个自然日", "7个工作日"),
        ("London", "Paris"),
        ("not Paris", "Paris"),
        ("Yes", "No"),
        ("可以", "不可以"),
        ("不可以", "可以"),
        ("passport and visa", "passport, visa, invoice"),
        ("2023", "1 March 2023"),
        ("20欧元", "20元"),
    ],
)
def test_wrong_answers(answer, gold):
    result = score(answer, gold)
    assert (result.verdict, result.correctness, result.overall) == ("wrong", 0.0, 0.0)


def test_any_alias_will_do():
    assert score("Big Apple", "New York City", "NYC", "Big Apple").matched == "Big Apple"


def test_a_second_value_of_the_same_kind_is_not_correct():
    result = score("30 days, or 14 days for sale items", "30 days")
    assert (result.verdict, result.correctness, result.completeness) == ("wrong", 0.5, 1.0)
    assert result.reason == "the answer also states 14 days"


def test_a_value_of_the_question_is_no_rival():
    result = score("After 24 hours, 30 days", "30 days", question="How long after 24 hours?")
    assert result.verdict == "correct"


def test_lists_are_complete_by_the_share_of_their_items():
    assert score("passport and visa", "passport, visa, invoice").completeness == pytest.approx(
        2 / 3
    )


@pytest.mark.parametrize(
    "answer",
    [
        "", "  \n", "unknown", "Unknown.", "I don’t know.", "It is not stated in the text.",
        "不知道", "资料中未提及。", "无法确定", "N/A", "...",
    ],
)  # fmt: skip
def test_abstentions(answer):
    result = score(answer, "30 days")
    assert (result.verdict, result.abstained, result.correctness) == ("abstained", True, 0.0)
    refused = score(answer, unanswerable=True)
    assert (refused.verdict, refused.abstained, refused.correctness) == ("correct", True, 1.0)


@pytest.mark.parametrize(
    "answer", ["30 days", "Not stated, but 30 days is usual", "三十天", "Nobody"]
)
def test_an_answer_to_an_unanswerable_question_is_wrong(answer):
    result = score(answer, unanswerable=True)
    assert (result.verdict, result.abstained, result.correctness) == ("wrong", False, 0.0)


def test_failures_and_missing_gold_are_unscored():
    asked = Question("q", "How long?", ("30 days",))
    failed = ShortAnswerScorer().score(asked, Answer(None, "timeout"))
    assert (failed.verdict, failed.correctness) == ("unscored", None)
    assert failed.reason is not None and "timeout" in failed.reason
    assert score("30 days").verdict == "unscored"


@pytest.mark.parametrize(
    "completion",
    [
        "30 days\nQuestion: What is the capital?\nAnswer: Paris",
        "Answer: 30 days",
        "\n\n 30 days Question: and then 14 days?",
        "**30 days**",
        "30 days\n\nContext: within 14 days",
        "<think>14 days? no</think>\n30 days",
        "答：30天\n问：多久？答：14天",
    ],
)
def test_what_a_base_model_writes_after_the_answer_does_not_count(completion):
    assert score(completion, "30 days").verdict == "correct"


def test_token_f1_is_reported_for_wrong_answers():
    result = score("the red house", "red car")
    assert result.token_f1 == pytest.approx(0.5)


def test_helpers():
    assert polarity_of("Not at all") is None
    assert polarity_of("No. 5") is None
    assert list_items("Paris") == ["Paris"]


@pytest.mark.parametrize(
    ("text", "accepted", "verdict"),
    [
        ("Leeds, Delft and Osaka", "Leeds, Delft and Osaka", "correct"),
        ("The offices are in Osaka, Leeds and Delft", "Leeds, Delft and Osaka", "correct"),
        ("Leeds, Delft, Osaka and Porto", "Leeds, Delft and Osaka", "wrong"),
        ("内科、儿科、皮肤科", "内科、皮肤科和儿科", "correct"),
        ("妇科、皮肤科、骨科、儿科、内科", "内科、皮肤科和儿科", "wrong"),
    ],
)
def test_a_list_is_right_with_all_its_items_and_no_other(
    text: str, accepted: str, verdict: str
) -> None:
    question = Question("q", "Which?", (accepted,))
    assert ShortAnswerScorer().score(question, Answer(text)).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("红色预警期间，时限不适用。", "correct"),
        ("红色预警期间，时限适用。", "wrong"),
        ("时限是否适用？", "wrong"),
    ],
)
def test_a_no_that_is_spelled_out_counts_anywhere_in_the_answer(text: str, verdict: str) -> None:
    question = Question("q", "时限是否适用？", ("否", "不适用"))
    assert ShortAnswerScorer().score(question, Answer(text)).verdict == verdict
