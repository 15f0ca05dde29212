from __future__ import annotations

import pytest

from ragcheck.judges.learned import LearnedJudge
from ragcheck.judges.reading import Reading, evidence, sameness
from ragcheck.records.corpus import Span
from ragcheck.registry import Registry


class Parrot:
    """Answers with the last word of a passage, and knows which passages it was given."""

    def __init__(self):
        self.seen = []

    def read(self, asked):
        self.seen.extend(asked)
        return [Reading(text.split()[-1], Span(0, 1), 9.0) for _, text in asked]


def reading(text, margin):
    return Reading(text, Span(0, len(text)), margin)


def test_values_are_compared_as_values_and_names_fuzzily():
    assert sameness("30 minutes", "1800 seconds") == 1.0
    assert sameness("30 days", "45 days") == 0.0
    assert sameness("Elon Musk", "Musk, Elon") > 0.8
    assert sameness("Elon Musk", "Barack Obama") < 0.5
    assert sameness("a", "b") == sameness("b", "a")


def test_evidence_is_weighed_by_the_less_certain_reading():
    differ, agree = evidence(reading("30 days", 0.0), reading("45 days", 12.0))
    assert (differ, agree) == (pytest.approx(0.5), 0.0)
    differ, agree = evidence(reading("30 days", 40.0), reading("30 days", 40.0))
    assert differ == 0.0
    assert agree == pytest.approx(1.0, abs=1e-3)


def test_what_was_read_moves_the_judgement_and_each_passage_is_read_once():
    parrot = Parrot()
    left = "The bridge over the river was designed by the engineer Holm"
    same, other = f"It is known that it was {left[22:]}", "The design of the bridge is by Berg"
    pairs = [(left, same), (left, other)]
    agreed, apart = LearnedJudge(reader=parrot).judge(pairs, ["Who designed the bridge?"] * 2)
    alone = LearnedJudge().judge(pairs, ["Who designed the bridge?"] * 2)
    assert agreed.probability < alone[0].probability
    assert apart.probability > alone[1].probability
    assert len(parrot.seen) == len(set(parrot.seen)) == 3


def test_without_a_question_or_in_chinese_nothing_is_read():
    parrot = Parrot()
    judge = LearnedJudge(reader=parrot)
    judge.judge([("It is 3.", "It is 4."), ("期限为3天。", "期限为4天。")], [None, "期限多久？"])
    assert parrot.seen == []
    assert judge.notation == "reading"


@pytest.mark.model
def test_the_reader_finds_answers_or_none():
    judge = Registry().create("judge", "reading")
    assert judge.notation == "reading"
    passages = [
        "The Tarn bridge was opened in May 1931 by the mayor.",
        "Cheese from the valley is sold at the market on Saturdays.",
    ]
    reader = judge._reader
    asked, other = reader.read([("When was the Tarn bridge opened?", text) for text in passages])
    assert "1931" in asked.text
    assert asked.margin > other.margin
    assert passages[0][asked.span.start : asked.span.end] == asked.text
    (nothing,) = reader.read([("When?", "")])
    assert nothing.text == ""
    assert evidence(nothing, asked)[0] < 0.01


@pytest.mark.model
def test_a_reading_does_not_depend_on_the_other_passages():
    judge = Registry().create("judge", "reading")
    pair = ("The bridge was opened in 1931.", "People say the opening took place in 1935.")
    question = "When was the bridge opened?"
    (alone,) = judge.judge([pair], [question])
    swapped, _, again = judge.judge(
        [pair[::-1], ("Owls hunt at night.", pair[0] * 9), pair], [question] * 3
    )
    assert alone.relation == "conflict"
    assert again.probability == pytest.approx(alone.probability, abs=1e-4)
    assert swapped.probability == pytest.approx(alone.probability, abs=1e-4)
