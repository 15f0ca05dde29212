from __future__ import annotations

import pytest

from ragcheck.errors import ConfigError
from ragcheck.records.results import Estimate
from ragcheck.triage.rules import RULES
from ragcheck.triage.signals import Signal, above, below
from ragcheck.triage.thresholds import fires, redecide, settled_thresholds


def test_what_is_not_given_keeps_its_default():
    found = settled_thresholds({"RC101": 0.05})
    assert found["RC101"] == 0.05
    assert found["RC406"] == 0.20
    assert "RC401" not in found


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"RC1O1": 0.1}, "RC101"),
        ({"RC402": 0.1}, "silence"),
        ({"RC101": "0.1"}, "number"),
        ({"RC101": True}, "number"),
        ({"RC101": float("nan")}, "number"),
        ({"RC101": 1.5}, "between 0 and 1"),
        ({"RC201": -1.5}, "between -1 and 1"),
    ],
)
def test_what_cannot_be_a_threshold_is_refused_with_a_way_out(given, told):
    with pytest.raises(ConfigError) as problem:
        settled_thresholds(given)
    assert told in str(problem.value)
    assert problem.value.mend


def test_a_correlation_can_have_a_threshold_below_zero():
    assert settled_thresholds({"RC201": -0.2})["RC201"] == -0.2


@pytest.mark.parametrize(("low", "high", "fired"), [(0.06, 0.09, True), (0.01, 0.04, False)])
def test_a_signal_is_decided_by_the_given_threshold(low, high, fired):
    signal = Signal("RC101", None, "figure", Estimate((low + high) / 2, low, high, n=40))
    assert redecide([signal], {"RC101": 0.05})[0].fired is fired
    assert redecide([signal], {})[0] == signal


def test_an_interval_that_holds_the_threshold_decides_nothing():
    signal = Signal("RC101", True, "figure", Estimate(0.2, 0.15, 0.25, n=40))
    assert redecide([signal], {"RC101": 0.2})[0].fired is None


def test_a_rule_that_asks_for_more_fires_below():
    signal = Signal("RC405", False, "figure", Estimate(0.85, 0.8, 0.88, n=40))
    assert redecide([signal], {"RC405": 0.9})[0].fired is True
    assert redecide([signal], {"RC405": 0.5})[0].fired is False


def test_few_units_and_no_interval_decide_nothing():
    assert fires(RULES["RC101"], 0.1, Estimate(0.9, 0.8, 1.0, n=4)) is None
    assert fires(RULES["RC101"], 0.1, Estimate(0.9, n=1)) is None
    assert fires(RULES["RC101"], 0.1, Estimate(None, reason="not asked")) is None


@pytest.mark.parametrize("low", [0.0, 0.2, 0.4, 0.55, 0.8])
@pytest.mark.parametrize("rule", ["RC001", "RC101", "RC405", "RC501", "RC602"])
def test_each_rule_fires_on_the_side_that_it_names(rule, low):
    estimate = Estimate(low + 0.05, low, low + 0.1, n=30)
    decide = above if RULES[rule].fires == "above" else below
    signal = decide(rule, estimate, "en", "reader")
    assert fires(RULES[rule], RULES[rule].threshold, estimate) is signal.fired


def test_every_rule_with_a_threshold_has_a_source_and_a_default_in_range():
    for rule in RULES.values():
        assert set(rule.source) == {"en", "zh"}
        assert all(text.strip() for text in rule.source.values())
        assert rule.fires in ("above", "below")
        if rule.threshold is not None:
            assert rule.least <= rule.threshold <= rule.most
