"""What mending is expected to change follows from what the interventions cost."""

from __future__ import annotations

import pytest

from ragcheck.records.results import AnswerShift, Estimate, InterventionEffect
from ragcheck.triage import class_wording, wording
from ragcheck.triage.expectation import expected_changes, most_gain
from ragcheck.triage.rules import RULES
from ragcheck.triage.signals import Signal
from tests.triage.building import share

COST = Estimate(-0.5, -0.7, -0.3, n=20)


def _effect(name: str) -> InterventionEffect:
    return InterventionEffect(name, "sound", 20, AnswerShift(COST, COST, COST))


def test_the_gain_is_the_share_times_the_cost_with_both_uncertainties() -> None:
    gain = most_gain(share(0.4, 0.1), COST)
    assert gain.value == pytest.approx(0.4 * 0.5)
    assert gain.low == pytest.approx(0.3 * 0.3)
    assert gain.high == pytest.approx(0.5 * 0.7)
    helped = most_gain(share(0.4), Estimate(0.1, 0.05, 0.2, n=20))
    assert (helped.value, helped.low, helped.high) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("rule", "name"), [("RC406", "missing"), ("RC101", "conflict")])
def test_evidence_and_sources_take_their_intervention(rule: str, name: str) -> None:
    signal = Signal(rule, True, "figure", share(0.4, 0.1))
    told = expected_changes([signal], [_effect(name)], None, 40, "en")[rule]
    assert "+20 [+9, +35]" in told
    assert f"compare {rule}" in told
    unknown = expected_changes([signal], [], None, 40, "en")[rule]
    assert "not known from this run" in unknown


def test_only_what_fired_is_told_of() -> None:
    signals = [Signal(rule, False, "figure", share(0.4)) for rule in RULES]
    assert expected_changes(signals, [], None, 40, "en") == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_says_what_to_expect_and_what_to_measure_then(language: str) -> None:
    signals = [Signal(rule, True, "figure", share(0.4)) for rule in RULES]
    told = expected_changes(signals, [], None, 40, language)
    assert set(told) == set(RULES)
    assert all(rule in sentence for rule, sentence in told.items())


def test_both_languages_have_every_phrase_with_the_same_places() -> None:
    import string

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english, chinese = class_wording.phrases("en"), class_wording.phrases("zh")
    assert english.keys() == chinese.keys()
    for phrase, text in english.items():
        assert places(text) == places(chinese[phrase]), phrase
    assert wording.say("zh", "reader", figure="x") != wording.say("en", "reader", figure="x")


def test_every_rule_is_told_in_both_languages() -> None:
    for rule in RULES.values():
        for words in (rule.title, rule.why, rule.mend, rule.source):
            assert set(words) == {"en", "zh"}, rule.id
            assert not words["zh"].isascii(), rule.id
