from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ragcheck.records.corpus import Place
from ragcheck.records.gates import Bound, parse_gate
from ragcheck.records.results import GATE_OUTCOMES, Estimate, Finding, Quote
from ragcheck.stats import wilson_interval
from ragcheck.triage.gates import (
    WORDS,
    apply_gate,
    gate_findings,
    is_gated,
    units_needed,
    weigh,
)

QUOTE = Quote(Place("a.md", 1, 1, 1, 2, 0, 1), "x")
FINDING = Finding("RC401", "error", "message", QUOTE, None, "mend", 0.5, "f1")


def _share(low: float, value: float, high: float, n: int = 40) -> Estimate:
    return Estimate(value, low, high, n=n)


@pytest.mark.parametrize(
    ("estimate", "bound", "outcome"),
    [
        (_share(0.01, 0.02, 0.05), "<= 0.05", "passed"),
        (_share(0.01, 0.02, 0.06), "<= 0.05", "inconclusive"),  # the point alone would pass
        (_share(0.04, 0.08, 0.12), "<= 0.05", "inconclusive"),  # the point alone would fail
        (_share(0.06, 0.08, 0.12), "<= 0.05", "failed"),
        (_share(0.90, 0.95, 0.99), ">= 0.9", "passed"),
        (_share(0.85, 0.95, 0.99), ">= 0.9", "inconclusive"),
        (_share(0.60, 0.70, 0.89), ">= 0.9", "failed"),
        (_share(0.0, 0.0, 0.01, n=29), "<= 0.05, n >= 30", "not measured"),
        (Estimate(0.0, n=1), "<= 0.05", "not measured"),
        (Estimate(None, reason="no gold"), "<= 1", "not measured"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_interval_decides(estimate: Estimate, bound: str, outcome: str, language: str) -> None:
    result = apply_gate(parse_gate("conflict@10", bound), estimate, language)
    assert result.outcome == outcome
    assert result.outcome in GATE_OUTCOMES
    assert result.reason


def test_what_is_open_says_how_many_questions_would_decide() -> None:
    # No conflict in 40 questions: Wilson's upper bound is z^2 / (n + z^2), below 5 % from 73 on.
    low, high = wilson_interval(0, 40)
    open_ = Estimate(0.0, low, high, n=40)
    assert units_needed(Bound("<=", 0.05), open_) == 73
    assert "about 73" in weigh(Bound("<=", 0.05), open_, "en")[1]


def test_nothing_is_promised_where_no_number_of_questions_decides() -> None:
    assert units_needed(Bound("<=", 0.05), _share(0.01, 0.05, 0.1)) is None
    assert units_needed(Bound("<=", 5.0), _share(4, 6, 8)) is None
    assert units_needed(Bound("<=", 0.05), Estimate(None, reason="no gold")) is None


def test_findings_fail_at_their_severity_and_above() -> None:
    warning = replace(FINDING, severity="warning")
    assert is_gated(FINDING, "error")
    assert not is_gated(warning, "error")
    assert is_gated(warning, "note")
    assert not is_gated(FINDING, "none")
    assert not is_gated(replace(FINDING, silenced=True), "note")
    assert gate_findings((FINDING, warning), "error", "en").outcome == "failed"
    told = gate_findings((warning,), "error", "en", accepted=3)
    assert (told.outcome, told.reason) == (
        "passed",
        "0 new of severity error or above, 3 accepted",
    )


def test_both_languages_say_the_same() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    for key, text in WORDS["en"].items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", WORDS["zh"][key]))
