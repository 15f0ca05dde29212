"""The decision: what was planted is what is decided, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragcheck.records.results import Attribution, Estimate
from ragcheck.triage.rules import PROBLEMS, RULES
from ragcheck.triage.signals import Signal
from ragcheck.triage.verdict import CHECKLIST, decide

MEASURED = Estimate(0.5, 0.4, 0.6, n=40)
UNKNOWN = Estimate(None, reason="nothing to see")
ATTRIBUTION = Attribution(
    verdict="generation",
    reason="planted",
    shares={},
    contrasts=(),
    ranges={},
    roles={},
    response="correctness",
    units=40,
    trials=400,
    method="planted",
)


def _signals(**fired: bool | None) -> list[Signal]:
    """A measured signal of every rule of the checklist: no, where nothing else is said."""
    rules = [rule for rules in CHECKLIST.values() for rule in rules]
    answers = {**dict.fromkeys(rules, False), **fired}
    return [
        Signal(rule, yes, f"figure of {rule}", UNKNOWN if yes is None else MEASURED)
        for rule, yes in answers.items()
    ]


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("verdict", ["evidence", "generation", "inconclusive"])
def test_two_questions_answered_yes_stop_the_tuning(language: str, verdict: str) -> None:
    signals = _signals(RC101=True, RC601=True)
    found = decide(signals, replace(ATTRIBUTION, verdict=verdict), language)
    assert found.verdict == "stop tuning parameters"
    assert [item.answer for item in found.checklist] == ["yes", "no", "yes", "no", "no"]
    assert found.fix_first == f"RC101: {RULES['RC101'].mend[language]}"


def test_two_rules_of_one_question_are_one_yes(language: str) -> None:
    found = decide(_signals(RC405=True, RC406=True), ATTRIBUTION, language)
    assert found.verdict == "inconclusive"
    assert [item.rules for item in found.checklist if item.answer == "yes"] == [("RC405", "RC406")]


def test_a_model_that_cannot_read_stops_the_tuning_alone(language: str) -> None:
    found = decide(_signals(RC001=True), ATTRIBUTION, language)
    assert found.verdict == "stop tuning parameters"
    assert "figure of RC001" in found.reason
    assert str(found.fix_first).startswith("RC001: ")


def test_sound_evidence_and_parameters_that_matter_keep_the_tuning(language: str) -> None:
    found = decide(_signals(), ATTRIBUTION, language)
    assert found.verdict == "keep tuning"
    assert {item.answer for item in found.checklist} == {"no"}
    assert (found.fix_first, found.measure_next) == (None, None)


@pytest.mark.parametrize("verdict", ["evidence", "both", "interaction", "neither", "inconclusive"])
def test_only_parameters_that_matter_keep_the_tuning(language: str, verdict: str) -> None:
    found = decide(_signals(), replace(ATTRIBUTION, verdict=verdict), language)
    assert found.verdict == "inconclusive"


def test_what_is_needed_comes_from_the_attribution(language: str) -> None:
    attribution = replace(ATTRIBUTION, verdict="inconclusive", needed="100 more questions")
    assert decide(_signals(), attribution, language).measure_next == "100 more questions"


def test_what_was_not_measured_is_said_and_comes_next(language: str) -> None:
    found = decide(_signals(RC201=None), None, language)
    assert found.verdict == "inconclusive"
    assert [item.answer for item in found.checklist] == ["no", "not measured", "no", "no", "no"]
    assert "figure of RC201" in str(found.measure_next)


def test_nothing_measured_is_no_answer(language: str) -> None:
    found = decide([], None, language)
    assert found.verdict == "inconclusive"
    assert {item.answer for item in found.checklist} == {"not measured"}
    assert found.fix_first is None


def test_every_sentence_of_a_decision_is_in_the_language() -> None:
    for signals in (_signals(), _signals(RC101=True, RC601=True), _signals(RC101=True), []):
        found = decide(signals, ATTRIBUTION, "zh")
        assert not found.reason.isascii()
        assert all(not item.question.isascii() for item in found.checklist)


def test_every_rule_with_a_figure_is_answered_on_its_own(language: str) -> None:
    """A question's yes does not hide a rule of the same question that was not measured."""
    found = decide(_signals(RC001=False, RC405=True, RC406=None), ATTRIBUTION, language)
    answers = {item.rules: item.answer for item in found.signals}
    assert answers["RC405",] == "yes"
    assert answers["RC406",] == "not measured"
    assert answers["RC001",] == "no"
    nothing = decide([], None, language)
    assert {item.answer for item in nothing.signals} == {"not measured"}
    assert {rule for item in nothing.signals for rule in item.rules} == {
        "RC001", "RC101", "RC102", "RC103", "RC104", "RC105", "RC201", "RC202", "RC203", "RC301",
        "RC302", "RC303", "RC404", "RC405", "RC406", "RC501", "RC502", "RC503", "RC504", "RC601",
        "RC602", "RC603", "RC604",
    }  # fmt: skip


def test_a_question_tells_the_figure_of_each_rule_that_decides_it(language: str) -> None:
    found = decide(_signals(RC405=True, RC406=True), ATTRIBUTION, language)
    (yes,) = [item for item in found.checklist if item.answer == "yes"]
    assert "figure of RC405" in yes.figure
    assert "figure of RC406" in yes.figure


def test_the_rules_of_the_checklist_are_documented() -> None:
    for rules in CHECKLIST.values():
        for rule in rules:
            assert RULES[rule].id == rule
            assert RULES[rule].problem in PROBLEMS
    assert len(RULES) == len({rule.id for rule in RULES.values()})


def test_what_is_first_to_mend_says_what_it_changes(language: str) -> None:
    told = ". Expected: 12 points. Afterwards: run again."
    expected = {"RC101": told, "RC601": "something else"}
    found = decide(_signals(RC101=True, RC601=True), ATTRIBUTION, language, expected=expected)
    assert found.fix_first == f"RC101: {RULES['RC101'].mend[language]}{told}"
