"""Data rules: planted skews fire, sound questions and sources do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragcheck.records.corpus import Document, Question
from ragcheck.records.evidence import Chunk, Judgement, Scope
from ragcheck.triage.findings import JudgedPair
from ragcheck.triage.rules_in_text import stated_rules
from ragcheck.triage.signals import Signal
from ragcheck.triage.skewed_data import (
    boundary_findings,
    data_signals,
    disagreeing_duplicates,
    duplicate_findings,
    evenness,
    mixture,
)
from tests.triage.building import about, by_rule, simple

RNG = np.random.default_rng


def _signals(
    questions: list[Question],
    *,
    documents: tuple[Document, ...] = (),
    conflicts: tuple[JudgedPair, ...] = (),
    language: str = "en",
) -> dict[str, Signal]:
    rules = [rule for document in documents for rule in stated_rules(document)]
    found = data_signals(
        questions, {d.path: d for d in documents}, conflicts, rules,
        disagreeing_duplicates(questions), RNG(0), language,
    )  # fmt: skip
    return dict(by_rule(found))


def _asked(text: str, *answers: str, name: str = "", unanswerable: bool = False) -> Question:
    return Question(name or text, text, answers, unanswerable=unanswerable)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            _asked("How many days after delivery can I return a product?", "30 days"),
            _asked("How many days after delivery can a product be returned?", "45 days"),
        ),
        (
            _asked("签收后多少天内可以退货？", "7天"),
            _asked("请问签收后几天内可以退货？", "15天"),
        ),
        (
            _asked("Is the battery replaceable by the user?", "yes"),
            _asked("Is the battery replaceable by users?", "no"),
        ),
        (
            _asked("用户可以自行更换电池吗？", "可以"),
            _asked("请问用户能自行更换电池吗？", unanswerable=True),
        ),
    ],
)
def test_near_duplicates_that_disagree_are_found(one: Question, other: Question) -> None:
    assert disagreeing_duplicates([one, other]) == [(one, other)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # The same value written otherwise.
        (
            _asked("How long does the trial last?", "30 minutes"),
            _asked("How long does a trial last?", "half an hour", "1800 seconds"),
        ),
        # Two products, two regions, two values, the opposite: two questions.
        (
            _asked("How long does the battery of the Heron last?", "40 hours"),
            _asked("How long does the battery of the Plover last?", "18 hours"),
        ),
        (
            _asked("香港订单的退货期限是多少天？", "14天"),
            _asked("上海订单的退货期限是多少天？", "10天"),
        ),
        (
            _asked("What does a delivery of 10 kg cost?", "£10"),
            _asked("What does a delivery of 20 kg cost?", "£14"),
        ),
        (
            _asked("Which orders are delivered free?", "above 150 EUR"),
            _asked("Which orders are not delivered free?", "below 150 EUR"),
        ),
    ],
)
def test_different_questions_and_equal_answers_are_left_alone(
    one: Question, other: Question
) -> None:
    assert disagreeing_duplicates([one, other]) == []


def test_vectors_find_what_words_do_not() -> None:
    one = _asked("When must the parcel be sent back?", "within 14 days")
    other = _asked("Until when do I return what I bought?", "within 30 days")
    near = np.array([[1.0, 0.97], [0.97, 1.0]])
    assert disagreeing_duplicates([one, other]) == []
    assert disagreeing_duplicates([one, other], near) == [(one, other)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_disagreeing_duplicates_fire_and_a_sound_set_does_not(language: str) -> None:
    # No duplicate in 80 leaves the upper bound of the share at 4.6 %, above 3 %: no yes, and no no.
    sound = simple(80)
    copies = [replace(q, id=f"{q.id}b", answers=("99 years",)) for q in sound[:8]]
    assert _signals(sound, language=language)["RC102"].fired is not True
    assert _signals([*sound, *copies], language=language)["RC102"].fired is True


def test_a_finding_names_both_questions_and_both_answers() -> None:
    document = Document("a.md", "A product can be returned within 45 days.")
    one = Question("a", "Return window?", ("45 days",), about(document, "45 days"))
    other = replace(one, id="b", answers=("30 days",))
    (found,) = duplicate_findings([(one, other)], {"a.md": document}, 10, "en")
    assert (found.rule, found.questions) == ("RC102", ("a", "b"))
    assert "45 days" in found.message
    assert "30 days" in found.message
    assert found.quote.text == "45 days"


OLD = Document("returns-2021.md", "A product can be returned within 30 days of delivery.")
NEW = Document("returns-2024.md", "A product can be returned within 45 days of delivery.")


def _pair(question: str, left: Document, right: Document, *scopes: Scope) -> JudgedPair:
    sides = [Chunk(d.id, 0, len(d.text), d.text, "s") for d in (left, right)]
    about_them = (scopes[0], scopes[1]) if scopes else None
    return JudgedPair(question, sides[0], sides[1], Judgement("conflict", 0.9), about_them)


DATED = (Scope(effective="2021-05"), Scope(effective="2024-03-01"))


def test_conflicts_across_dates_fire_and_those_inside_one_document_do_not() -> None:
    questions = simple(30)
    across = tuple(_pair(q.id, OLD, NEW, *DATED) for q in questions[:12])
    inside = tuple(_pair(q.id, OLD, OLD, *DATED) for q in questions[:12])
    mixed = _signals(questions, documents=(OLD, NEW), conflicts=across)["RC103"]
    assert mixed.fired is True
    assert "dates" in mixed.figure
    assert _signals(questions, documents=(OLD, NEW), conflicts=inside)["RC103"].fired is not True
    assert _signals(questions, documents=(OLD, NEW))["RC103"].fired is not True
    both = _signals(questions, documents=(OLD, NEW), conflicts=(*across, *inside))["RC103"]
    assert both.fired is None


def test_what_two_sources_mix() -> None:
    chinese = Document("returns-zh.md", "商品签收之后三十天内可以退货。")
    assert mixture(None, (OLD, chinese)) == "languages"
    assert mixture(DATED, (OLD, NEW)) == "dates"
    assert mixture((Scope(versions=("1.0",)), Scope(versions=("2.0",))), (OLD, NEW)) == "versions"
    assert mixture((Scope(regions=("uk",)), Scope()), (OLD, NEW)) == "regions"
    assert mixture((Scope(versions=("1.0",)), Scope()), (OLD, NEW)) is None
    assert mixture(DATED, (OLD, OLD)) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_kind_of_answer_drowns_the_rest(language: str) -> None:
    numbers = simple(30)
    words = [replace(q, answers=(f"Corvida {q.text[14:16]}",)) for q in numbers]
    assert _signals(numbers, language=language)["RC104"].fired is True
    spread = [*numbers[:10], *words[10:20], *simple(30, unanswerable=True)[20:]]
    assert _signals(spread, language=language)["RC104"].fired is False


def test_one_document_drowns_the_rest() -> None:
    documents = tuple(Document(f"{i}.md", f"Thing {i} lasts {i} days.") for i in range(4))
    kinds = [("4 days",), ("Corvida",), ("yes",)]
    asked = [
        replace(q, answers=kinds[i % 3], evidence=about(documents[0], "Thing 0"))
        for i, q in enumerate(simple(30))
    ]
    drowned = _signals(asked, documents=documents)["RC104"]
    assert drowned.fired is True
    assert "0.md" in drowned.figure
    spread = [
        replace(q, evidence=about(documents[i % 4], f"Thing {i % 4}")) for i, q in enumerate(asked)
    ]
    assert _signals(spread, documents=documents)["RC104"].fired is False


def test_evenness_is_one_for_equal_kinds_and_zero_for_one() -> None:
    assert evenness(["a", "b", "c", "d", "e"] * 3) == pytest.approx(1.0)
    assert evenness(["a", "a"]) == 0.0


def _handbook(count: int, language: str) -> Document:
    if language == "zh":
        lines = [
            f"编号{i}的商品不得退货，签收时损坏的除外。编号{i}的商品产自杭州工厂。"
            for i in range(count)
        ]
    else:
        lines = [
            f"Item {i} must not be returned, unless it broke. Item {i} comes from the factory."
            for i in range(count)
        ]
    return Document("handbook.md", "\n\n".join(lines) + "\n")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_exceptions_that_no_question_asks_about(language: str) -> None:
    document = _handbook(30, language)
    plain = "编号{}的商品产自杭州工厂" if language == "zh" else "Item {} comes from the factory"
    ruled = "编号{}的商品不得退货" if language == "zh" else "Item {} must not be returned"
    questions = simple(30)
    skipped = [
        replace(q, evidence=about(document, plain.format(i))) for i, q in enumerate(questions)
    ]
    covered = [
        replace(q, evidence=about(document, (ruled if i % 2 else plain).format(i)))
        for i, q in enumerate(questions)
    ]
    assert _signals(skipped, documents=(document,), language=language)["RC105"].fired is True
    assert _signals(covered, documents=(document,), language=language)["RC105"].fired is False
    few = _handbook(5, language)
    asked = [replace(q, evidence=about(few, plain.format(0))) for q in questions]
    assert _signals(asked, documents=(few,), language=language)["RC105"].fired is None
    rules = stated_rules(document)
    open_ones = boundary_findings(covered, rules, {"handbook.md": document}, language)
    assert len(open_ones) == 15
    assert {found.quote.place.line % 4 for found in open_ones} == {1}
