from __future__ import annotations

import numpy as np

from ragcheck.records.corpus import Span
from ragcheck.scoring.long_answers import LongAnswerScorer
from ragcheck.token_vectors import TokenVectors

score_long_answer = LongAnswerScorer().score

REFERENCE = "Goods can be returned within 30 days. Refunds take 5 working days. Keep the receipt."


def test_the_reference_itself_is_perfect():
    result = score_long_answer(REFERENCE, REFERENCE)
    assert (result.verdict, result.correctness, result.completeness) == ("correct", 1.0, 1.0)


def test_order_and_format_do_not_matter():
    answer = (
        "- Keep the receipt.\n- Refunds take five working days.\n"
        "- Goods can be returned within 30 days."
    )
    assert score_long_answer(answer, REFERENCE).verdict == "correct"


def test_a_part_is_right_but_incomplete():
    result = score_long_answer("Goods can be returned within 30 days.", REFERENCE)
    assert result.correctness is not None and result.completeness is not None
    assert result.correctness > 0.6 > 0.5 > result.completeness


def test_a_contradicted_value_is_never_correct():
    result = score_long_answer(REFERENCE.replace("30 days", "14 days"), REFERENCE)
    assert result.verdict == "wrong"
    assert result.reason is not None and "14 days" in result.reason


def test_a_denied_claim_is_never_correct():
    result = score_long_answer("Do not keep the receipt.", "Keep the receipt.")
    assert result.verdict == "wrong"


def test_chinese():
    reference = "商品可以在30天内退货。退款需要5个工作日。"
    assert (
        score_long_answer("退款需要五个工作日，商品可以在三十日内退货。", reference).verdict
        == "correct"
    )
    assert score_long_answer("商品可以在15天内退货。", reference).verdict == "wrong"
    assert score_long_answer("资料中没有说明。", reference).verdict == "abstained"


def test_without_a_reference_nothing_is_scored():
    result = score_long_answer("30 days", " ")
    assert (result.verdict, result.overall) == ("unscored", None)


class SameMeaning:
    """Every word means the same."""

    def encode(self, texts):
        return [
            TokenVectors(np.ones((1, 1), dtype=np.float32), (Span(0, len(text)),)) for text in texts
        ]


def test_token_vectors_add_meaning():
    answer, reference = "Clients get money back.", "Customers receive refunds."
    assert score_long_answer(answer, reference).verdict == "wrong"
    assert LongAnswerScorer({"en": SameMeaning()}).score(answer, reference).verdict == "correct"


def test_token_vectors_of_another_language_are_not_used():
    answer, reference = "客户可以拿回货款。", "顾客会收到退款。"
    plain, given = LongAnswerScorer(), LongAnswerScorer({"en": SameMeaning()})
    assert given.score(answer, reference) == plain.score(answer, reference)
