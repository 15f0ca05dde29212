"""Statements turned into questions, and the written groups that readers are fitted on."""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ragcheck.records.corpus import Span

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from articles import article_examples, article_groups, article_pairs, is_read
from cloze_examples import BLANKS, LONGEST, pseudo_question


def span_of(text: str, part: str) -> Span:
    return Span(text.index(part), text.index(part) + len(part))


@pytest.mark.parametrize(
    ("statement", "value", "language", "question"),
    [
        ("The refund is issued within 7 days.", "7 days", "en",
         "The refund is issued within what?"),
        ("Core hours are 10:00 to 15:00 UK time", "10:00 to 15:00", "en",
         "Core hours are what UK time?"),
        ("退款在7个工作日内到账。", "7个工作日", "zh", "退款在什么内到账？"),
        ("Deputy: Gerrit", "Gerrit", "en", "Deputy: what?"),
    ],
)  # fmt: skip
def test_the_value_is_asked_for(statement, value, language, question):
    assert pseudo_question(statement, span_of(statement, value), language) == question


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_long_statement_is_cut_around_the_value(language, place):
    filler = "ab " * 200
    before, after = {"first": ("", filler), "middle": (filler, filler), "last": (filler, "")}[place]
    statement = f"{before}VALUE {after}"
    question = pseudo_question(statement, span_of(statement, "VALUE"), language)
    assert len(question) <= LONGEST
    assert len(question) > LONGEST - 10
    assert BLANKS[language] in question
    assert "VALUE" not in question


@pytest.mark.parametrize("language", ["en", "zh"])
def test_written_groups_have_sides_that_can_be_told_apart(language):
    groups = article_groups(language)
    assert len(groups) >= 200
    for group in groups:
        sides = Counter(passage.side for passage in group.passages)
        assert sides["a"] >= 2, group.question
        answers = {p.answer for p in group.passages if p.side == "a"}
        others = {p.answer for p in group.passages if p.side not in (None, "a")}
        assert not answers & others, group.question


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_readers_are_fitted_on_is_not_what_is_joined(language):
    rng = np.random.default_rng(0)
    read = {question for question, *_ in article_examples(language, rng)}
    joined = {row.question for row in article_pairs(language, rng)}
    assert joined and read and not read & joined
    assert {g.question for g in article_groups(language) if is_read(g)} == read


@pytest.mark.parametrize("language", ["en", "zh"])
def test_examples_point_at_the_answer(language):
    answers = {
        (group.question, passage.answer)
        for group in article_groups(language)
        for passage in group.passages
    }
    for question, text, start, end in article_examples(language, np.random.default_rng(0)):
        assert (start < 0) == (end < 0)
        if start >= 0:
            assert (question, text[start:end]) in answers
