"""Estimates."""

from __future__ import annotations

from ragcheck.records.results import Estimate


def test_an_estimate_is_cut_to_a_range_and_keeps_the_rest() -> None:
    cut = Estimate(-0.02, -0.1, 1.3, n=9, level=0.9, baseline=0.5).within(0.0, 1.0)
    assert cut == Estimate(0.0, 0.0, 1.0, n=9, level=0.9, baseline=0.5)
    inside = Estimate(0.2, 0.1, 0.3, n=4)
    assert inside.within(0.0, 1.0) == inside


def test_an_estimate_without_a_value_or_interval_stays_without() -> None:
    nothing = Estimate(None, n=3, reason="no gold")
    assert nothing.within(0.0, 1.0) == nothing
    assert Estimate(1.5, n=1).within(0.0, 1.0) == Estimate(1.0, n=1)
