"""Answers about rules that vary or drop the exception; the table of rules to start from."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from ragcheck.records.corpus import Document
from ragcheck.records.trials import Trial
from ragcheck.triage.rule_answers import (
    dropped_findings,
    rule_rows,
    rule_signals,
    rules_asked,
)
from ragcheck.triage.rules_in_text import stated_rules
from ragcheck.triage.signals import Signal
from tests.triage.building import about, answered, by_rule, simple

LINES = [
    f"Item {i} goes back within {i + 2} days, unless it came broken. Item {i} is blue."
    for i in range(40)
]
DOCUMENT = Document("handbook.md", "\n\n".join(LINES) + "\n")
RULES = stated_rules(DOCUMENT)
QUESTIONS = {
    q.id: replace(
        q,
        evidence=about(DOCUMENT, f"Item {i} goes back" if i < 20 else f"Item {i} is blue"),
    )
    for i, q in enumerate(simple(40))
}
ASKED = rules_asked(QUESTIONS.values(), RULES)


def _signals(trials: list[Trial], language: str = "en") -> dict[str, Signal]:
    found = rule_signals(trials, QUESTIONS, ASKED, np.random.default_rng(0), language)
    return dict(by_rule(found))


def _draws(flipping: set[str], *, wrong: str = "99 days") -> list[Trial]:
    """Two draws a question: of the flipping ones, one is wrong."""
    return [
        answered(
            name, wrong if bad else question.answers[0], right=float(not bad),
            temperature=1.0, replicate=replicate,
        )
        for name, question in QUESTIONS.items()
        for replicate in (0, 1)
        for bad in [name in flipping and replicate == 1]
    ]  # fmt: skip


def test_the_rules_of_a_question_are_those_in_its_evidence() -> None:
    assert set(ASKED) == {f"q{i}" for i in range(20)}
    assert {rule.kind for own in ASKED.values() for rule in own} == {"exception"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rules_that_vary_more_than_the_rest_fire(language: str) -> None:
    rules, rest = {f"q{i}" for i in range(15)}, {f"q{i}" for i in range(20, 35)}
    assert _signals(_draws(rules), language)["RC302"].fired is True
    # What varies as much elsewhere is noise, and no matter of rules.
    assert _signals(_draws(rules | rest), language)["RC302"].fired is not True
    assert _signals(_draws(set()), language)["RC302"].fired is False


@pytest.mark.parametrize("language", ["en", "zh"])
def test_dropped_exceptions_fire_only_on_sound_evidence(language: str) -> None:
    wrong = [answered(name, "99 days", right=0.0) for name in QUESTIONS]
    right = [answered(name, q.answers[0]) for name, q in QUESTIONS.items()]
    assert _signals(wrong, language)["RC303"].fired is True
    assert _signals(right, language)["RC303"].fired is False
    conflicted = [replace(t, properties={"sufficiency": 1.0, "conflict": 1.0}) for t in wrong]
    missing = [replace(t, properties={"sufficiency": 0.5, "conflict": 0.0}) for t in wrong]
    assert _signals(conflicted, language)["RC303"].fired is None
    assert _signals(missing, language)["RC303"].fired is None


def test_a_finding_has_the_rules_text_and_place() -> None:
    trials = [answered("q3", "99 days", right=0.0), answered("q25", "99 days", right=0.0)]
    (found,) = dropped_findings(trials, QUESTIONS, ASKED, "en")
    assert found.quote.text == "Item 3 goes back within 5 days, unless it came broken."
    assert (found.quote.place.line, found.questions) == (7, ("q3",))
    assert "99 days" in found.message
    sound = [answered("q3", "5 days")]
    assert dropped_findings(sound, QUESTIONS, ASKED, "en") == []


def test_the_table_of_rules_can_be_started_from() -> None:
    rows = json.loads(json.dumps(rule_rows(RULES, ASKED)))
    assert len(rows) == 40
    first = rows[3]
    assert DOCUMENT.text[first["start"] : first["end"]] == first["text"]
    assert (first["kind"], first["value"], first["line"]) == ("exception", "5 days", 7)
    assert first["questions"] == ["q3"]
    assert rows[30]["questions"] == []
