from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragcheck.judges.combined import CombinedJudge
from ragcheck.judges.readers.light import LightReader
from ragcheck.judges.reading import NOTHING, Answer, Reading
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import RELATIONS
from ragcheck.text.values import find_values

PIECES = st.sampled_from(
    ["30 days", "七日", "EUR 300", "1.5万元", "20%", "2023-03-01", "2024年3月1日", "v2.3.1",
     "KM-200", "at least", "不得", "must not", "refund", "退款", " ", ". ", "。", "\n", "- ",
     "# ", "| ", "`max_size`", "the", "default", "默认", "enabled", "关闭"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=14).map("".join)
CASES = [
    ("Returns are free within 30 days.", "Returns are free within 14 days.",
     "For how long are returns free?"),
    ("The session ends after 30 minutes of silence.", "The session ends after 2 hours of silence.",
     "When does the session end?"),
    ("退货期限为签收后7天内。", "退货期限为签收后15天内。", "退货期限是多少天？"),
    ("The fee for late payers is 5%.", "Whoever pays late owes 9% on top.",
     "What is the fee for late payers?"),
]  # fmt: skip
FORMATS = [
    str.upper, str.lower, lambda text: f"- {text}", lambda text: f"**{text}**",
    lambda text: f"> {text}", lambda text: text.rstrip(".。"), lambda text: f"  {text}\n\n",
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace("30 minutes", "1800 seconds").replace("7天", "七日"),
]  # fmt: skip
IRRELEVANT = ["Owls hunt at night and sleep in hollow trees.", "猫头鹰夜间捕食，白天在树洞里休息。"]


class FirstValue:
    """Reads the first value of a passage."""

    def read(self, asked):
        return [self._read(passage) for _, passage in asked]

    def _read(self, passage):
        values = find_values(passage[:2000])
        if not values:
            return NOTHING
        span = Span(values[0].span.start, values[0].span.end)
        text = passage[span.start : span.end]
        return Reading(text, span, 6.0, (Answer(text, span, 0.9),))


@cache
def combined() -> CombinedJudge:
    return CombinedJudge(readers={"en": FirstValue(), "zh": LightReader()})


@given(TEXTS, TEXTS, st.none() | TEXTS)
@settings(max_examples=80, deadline=None)
def test_symmetric_but_for_the_sides_and_bounded(left, right, question):
    one, other = combined().judge([(left, right), (right, left)], [question, question])
    assert one.relation in RELATIONS
    assert 0.0 <= one.probability <= 1.0
    assert (one.relation, one.probability, one.kind, one.cause) == (
        other.relation, other.probability, other.kind, other.cause,
    )  # fmt: skip
    assert (one.left_span, one.right_span) == (other.right_span, other.left_span)
    assert (one.values or ()) == (other.values or ())[::-1]
    for text, span in ((left, one.left_span), (right, one.right_span)):
        assert span is None or 0 <= span.start < span.end <= len(text)


@given(TEXTS, st.none() | TEXTS)
@settings(max_examples=60, deadline=None)
def test_no_text_contradicts_itself(text, question):
    (found,) = combined().judge([(text, text)], [question])
    assert found.probability == 0.0
    assert found.relation not in ("conflict", "supersedes")


@pytest.mark.parametrize(("left", "right", "question"), CASES)
@pytest.mark.parametrize("form", FORMATS)
def test_form_does_not_move_the_judge(left, right, question, form):
    plain, formed, same = combined().judge(
        [(left, right), (form(left), right), (left, form(left))], [question] * 3
    )
    assert plain.relation == formed.relation == "conflict"
    assert formed.probability == pytest.approx(plain.probability, abs=0.2)
    assert same.probability < 0.5


@pytest.mark.parametrize("asked", [True, False])
def test_neither_other_pairs_nor_their_order_nor_memory_matter(asked):
    pairs = [*((left, right) for left, right, _ in CASES), (CASES[0][0], IRRELEVANT[0])]
    questions = [*(question if asked else None for _, _, question in CASES), None]
    together = combined().judge(pairs, questions)
    assert together == combined().judge(pairs[::-1], questions[::-1])[::-1]
    fresh = CombinedJudge(readers={"en": FirstValue(), "zh": LightReader()})
    assert together == [
        fresh.judge([pair], [question])[0] for pair, question in zip(pairs, questions, strict=True)
    ]


@pytest.mark.parametrize(("left", "right", "question"), CASES)
def test_an_irrelevant_passage_is_no_conflict(left, right, question):
    for other in IRRELEVANT:
        for asked in (question, None):
            one, two = combined().judge([(left, other), (right, other)], [asked] * 2)
            assert max(one.probability, two.probability) < 0.5
