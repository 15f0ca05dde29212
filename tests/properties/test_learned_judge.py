from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragcheck.judges.learned import LearnedJudge
from ragcheck.records.evidence import RELATIONS

PIECES = st.sampled_from(
    ["30 days", "七日", "EUR 300", "1.5万元", "20%", "2023-03-01", "2024年3月1日", "v2.3.1",
     "KM-200", "at least", "不得", "must not", "refund", "退款", " ", ". ", "。", "\n", "- ",
     "# ", "| ", "`max_size`", "the", "default", "默认", "enabled", "关闭"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=14).map("".join)
SENTENCE_PAIRS = [
    ("Returns are free within 30 days.", "Returns are free within 14 days."),
    ("The session ends after 30 minutes of silence.", "The session ends after 2 hours of silence."),
    ("退货期限为签收后7天内。", "退货期限为签收后15天内。"),
    ("Reagents may be sent by air.", "Reagents must not be sent by air."),
]  # fmt: skip
FORMATS = [
    str.upper, str.lower, lambda text: f"- {text}", lambda text: f"**{text}**",
    lambda text: f"> {text}", lambda text: text.rstrip(".。"), lambda text: f"  {text}\n\n",
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace("30 minutes", "1800 seconds").replace("7天", "七日"),
]  # fmt: skip


@cache
def learned() -> LearnedJudge:
    return LearnedJudge()


@given(TEXTS, TEXTS, st.none() | TEXTS)
@settings(max_examples=80, deadline=None)
def test_symmetric_but_for_the_sides_and_bounded(left, right, question):
    one, other = learned().judge([(left, right), (right, left)], [question, question])
    assert one.relation in RELATIONS
    assert 0.0 <= one.probability <= 1.0
    assert (one.relation, one.probability, one.kind) == (
        other.relation, other.probability, other.kind,
    )  # fmt: skip
    assert (one.left_span, one.right_span) == (other.right_span, other.left_span)
    assert (one.values or ()) == (other.values or ())[::-1]
    for text, span in ((left, one.left_span), (right, one.right_span)):
        assert span is None or 0 <= span.start < span.end <= len(text)


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_no_text_contradicts_itself(text):
    (found,) = learned().judge([(text, text)])
    assert found.probability == 0.0
    assert found.relation not in ("conflict", "supersedes")


@pytest.mark.parametrize("pair", SENTENCE_PAIRS)
@pytest.mark.parametrize("form", FORMATS)
def test_form_does_not_move_the_judge(pair, form):
    left, right = pair
    plain, formed, same = learned().judge([(left, right), (form(left), right), (left, form(left))])
    assert plain.relation == formed.relation == "conflict"
    assert formed.probability == pytest.approx(plain.probability, abs=0.15)
    assert same.probability < 0.5


def test_neither_other_pairs_nor_their_order_matter():
    pairs = [*SENTENCE_PAIRS, ("Owls hunt at night.", "The invoice is due in May.")]
    together = learned().judge(pairs)
    assert together == learned().judge(pairs[::-1])[::-1]
    assert together == [learned().judge([pair])[0] for pair in pairs]


@pytest.mark.parametrize("pair", SENTENCE_PAIRS)
def test_an_irrelevant_passage_is_no_conflict(pair):
    for text in pair:
        (found,) = learned().judge([(text, "Owls hunt at night and sleep in hollow trees.")])
        assert found.probability < 0.5
