"""Gold coverage, and the estimate without gold."""

from __future__ import annotations

import pytest

from ragcheck.measures.sufficiency import coverage_curve, gold_coverage, sufficiency
from ragcheck.records.corpus import Document, GoldEvidence, Question, Span
from ragcheck.records.evidence import Chunk

TEXT = "Returns are free. The window is 30 days. \n Sale items are final."
DOCUMENT = Document("a.md", TEXT)
OTHER = Document("b.md", TEXT)
DOCUMENTS = {"a.md": DOCUMENT, "b.md": OTHER}


def gold(quote: str, path: str = "a.md") -> GoldEvidence:
    start = TEXT.index(quote)
    return GoldEvidence(path, Span(start, start + len(quote)), quote)


def chunk(start: int, end: int, document: Document = DOCUMENT) -> Chunk:
    return Chunk(document.id, start, end, document.text[start:end], "s")


QUESTION = Question("q", "?", ("30 days",), (gold("The window is 30 days."),))


def test_the_whole_document_covers_everything() -> None:
    assert gold_coverage(QUESTION, [chunk(0, len(TEXT))], DOCUMENTS).value == 1.0


def test_two_halves_cover_together() -> None:
    span = QUESTION.evidence[0].span
    middle = span.start + 10
    halves = [chunk(0, middle), chunk(middle, len(TEXT))]
    left = gold_coverage(QUESTION, halves[:1], DOCUMENTS).value
    # "The window" has 9 characters that are not white space, of the 18 of the whole sentence.
    assert left == pytest.approx(9 / 18)
    assert gold_coverage(QUESTION, halves, DOCUMENTS).value == 1.0


def test_white_space_between_chunks_is_not_missed() -> None:
    question = Question("q", "?", (), (gold("30 days. \n Sale items"),))
    cut = TEXT.index(" \n")
    parts = [chunk(0, cut), chunk(cut + 3, len(TEXT))]
    assert gold_coverage(question, parts, DOCUMENTS).value == 1.0


def test_the_same_span_of_another_document_does_not_count() -> None:
    assert gold_coverage(QUESTION, [chunk(0, len(TEXT), OTHER)], DOCUMENTS).value == 0.0


def test_all_evidence_is_needed() -> None:
    first, last = gold("Returns are free."), gold("Sale items are final.", "b.md")
    question = Question("q", "?", (), (first, last))
    # 15 and 18 characters without white space.
    assert gold_coverage(question, [chunk(0, 20)], DOCUMENTS).value == pytest.approx(15 / 33)


def test_the_curve_is_the_coverage_of_each_prefix() -> None:
    ranked = [chunk(0, 5), chunk(18, 30), chunk(0, len(TEXT), OTHER), chunk(25, 50)]
    ks = (0, 1, 2, 3, 4, 99)
    values = [score.value for score in coverage_curve(QUESTION, ranked, DOCUMENTS, ks)]
    assert values == [gold_coverage(QUESTION, ranked[:k], DOCUMENTS).value for k in ks]
    assert values[0] == 0.0
    assert values[-1] == 1.0


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (Question("q", "?", unanswerable=True), "the question is unanswerable"),
        (Question("q", "?"), "the question has no gold evidence"),
        (
            Question("q", "?", (), (GoldEvidence("c.md", Span(0, 3), "x"),)),
            "the gold evidence is in c.md, which is not in the corpus",
        ),
        (
            Question("q", "?", (), (GoldEvidence("a.md", Span(40, 43), " \n "),)),
            "the gold evidence is blank",
        ),
    ],
)
def test_undefined_coverage_says_why(question: Question, reason: str) -> None:
    assert gold_coverage(question, [chunk(0, 5)], DOCUMENTS).reason == reason


CASES = {
    "en": (
        "How many days is the refund window?",
        "Shipping is free in the EU. The refund window is 30 days.",
        "The refund window depends on the product. Ask the desk.",
        "The refund window is 30 days.",
    ),
    "zh": (
        "退款期限是多少天？",
        "全国包邮。退款期限为签收后三十天。",
        "退款期限视商品而定。请咨询客服。",
        "退款期限为签收后三十天。",
    ),
}


@pytest.mark.parametrize("language", CASES)
def test_the_answering_passage_wins_and_is_pointed_at(language: str) -> None:
    question, answering, evasive, sentence = CASES[language]
    score = sufficiency(question, [evasive, answering])
    assert score.passage == 1
    assert score.span is not None
    assert answering[score.span.start : score.span.end] == sentence
    alone = sufficiency(question, [evasive])
    assert alone.value is not None
    assert score.value is not None
    assert alone.value < score.value


@pytest.mark.parametrize("language", CASES)
def test_a_value_of_the_question_is_no_answer(language: str) -> None:
    question = {
        "en": "Within how many days after the 30 days of the refund window is money paid?",
        "zh": "退款期限三十天之后多少天到账？",
    }[language]
    echo = {
        "en": "The refund window is 30 days and then money is paid.",
        "zh": "退款期限三十天之后到账。",
    }[language]
    with_answer = {
        "en": "The refund window is 30 days and then money is paid within 7 days.",
        "zh": "退款期限三十天之后七天到账。",
    }[language]
    low, high = sufficiency(question, [echo]).value, sufficiency(question, [with_answer]).value
    assert low is not None
    assert high is not None
    assert low < high


def test_no_passages_and_no_words_are_undefined() -> None:
    assert sufficiency("What is the fee?", []).reason == "there is no passage"
    assert sufficiency("What is the fee?", ["  "]).reason == "there is no passage"
    assert sufficiency("What is it?", ["Text."]).reason == "the question has no content words"
