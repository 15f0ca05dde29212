"""Differences between levels within unit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ragcheck.attribution.contrasts import contrasts, holm
from ragcheck.attribution.table import TrialTable, read_trials
from ragcheck.attribution.wording import Undefined, phrase


def table_of(rows: object, evidence: list[str], generation: list[str]) -> TrialTable:
    return read_trials(rows, response="y", unit="q", evidence=evidence, generation=generation)


def crossed(rng: np.random.Generator, units: int = 12) -> pd.DataFrame:
    rows = [
        {"q": u, "e": e, "g": g, "y": 3.0 * u + 2.0 * (e == "b") + g * 0.5 + rng.normal()}
        for u in range(units)
        for e in "abc"
        for g in (0, 1)
        for _ in range(2)
    ]
    return pd.DataFrame(rows)


def test_a_contrast_is_a_paired_t_test_over_units() -> None:
    frame = crossed(np.random.default_rng(1))
    found, _ = contrasts(table_of(frame, ["e"], ["g"]))
    means = frame.groupby(["q", "e"]).y.mean().unstack()
    expected = stats.ttest_rel(means["b"], means["a"])
    interval = expected.confidence_interval(0.95)
    contrast = next(c for c in found if c.level == "b")
    assert (contrast.factor, contrast.role, contrast.reference) == ("e", "evidence", "a")
    assert contrast.difference.value == pytest.approx((means["b"] - means["a"]).mean())
    assert contrast.difference.low == pytest.approx(interval.low)
    assert contrast.difference.high == pytest.approx(interval.high)
    assert contrast.difference.n == 12


def test_p_values_are_adjusted_as_statsmodels_does() -> None:
    from statsmodels.stats.multitest import multipletests

    frame = crossed(np.random.default_rng(2))
    found, _ = contrasts(table_of(frame, ["e"], ["g"]))
    raw = []
    for contrast in found:
        means = frame.groupby(["q", contrast.factor]).y.mean().unstack()
        raw.append(stats.ttest_rel(means[contrast.level], means[contrast.reference]).pvalue)
    raw = [max(p, 2.0**-11) for p in raw]
    assert [c.p_value for c in found] == pytest.approx(multipletests(raw, method="holm")[1])


def test_holm_leaves_the_undefined_out() -> None:
    assert holm([0.01, None, 0.04, 0.03]) == pytest.approx([0.03, None, 0.06, 0.06])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_missing_cells_do_not_lend_their_units_effect() -> None:
    frame = crossed(np.random.default_rng(3))
    frame["y"] = 3.0 * frame.q + 2.0 * (frame.e == "b")
    # Level b is missing where units are high: a difference of plain means would be negative.
    holes = (frame.q > 6) & (frame.e == "b") & (frame.g == 1)
    gone = (frame.q > 8) & (frame.e == "b")
    found, _ = contrasts(table_of(frame[~holes & ~gone], ["e"], ["g"]))
    contrast = next(c for c in found if c.level == "b")
    assert contrast.difference.value == pytest.approx(2.0)
    assert contrast.difference.n == 9


def test_the_reference_is_the_most_common_level() -> None:
    frame = crossed(np.random.default_rng(4))
    found, _ = contrasts(table_of(frame[(frame.e != "a") | (frame.g == 0)], ["e"], ["g"]))
    assert {c.reference for c in found if c.factor == "e"} == {"b"}
    assert {c.reference for c in found if c.factor == "g"} == {0}


def test_a_fractional_design_is_fitted_within_unit() -> None:
    rng = np.random.default_rng(5)
    # Half of a 2 x 2 x 2 design: no two trials of a unit differ in one factor alone.
    half = [(0, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1)]
    rows = [
        {"q": u, "e": e, "f": f, "g": g, "y": u + 2.0 * e - 1.0 * f + 0.5 * g + 0.01 * rng.normal()}
        for u in range(20)
        for e, f, g in half
    ]
    found, visible = contrasts(table_of(rows, ["e", "f"], ["g"]))
    values = {c.factor: c.difference.value for c in found}
    assert values == pytest.approx({"e": 2.0, "f": -1.0, "g": 0.5}, abs=0.02)
    assert visible is not None
    assert visible < 0.05


def test_levels_that_no_unit_shares_are_undefined() -> None:
    rows = [{"q": u, "e": u % 2, "g": g, "y": u + g} for u in range(8) for g in (0, 1)]
    found, _ = contrasts(table_of(rows, ["e"], ["g"]))
    between = next(c for c in found if c.factor == "e")
    assert between.difference == Undefined(phrase("levels_apart"))
    assert between.p_value is None


def test_equal_differences_are_not_more_certain_than_equal_signs() -> None:
    rows = [{"q": u, "e": e, "g": g, "y": u + e} for u in range(6) for e in (0, 1) for g in (0, 1)]
    found, _ = contrasts(table_of(rows, ["e"], ["g"]))
    by_factor = {c.factor: c for c in found}
    assert by_factor["e"].p_value == pytest.approx(2 * 2.0**-5)
    assert by_factor["g"].p_value == 1.0


def test_the_smallest_visible_effect_is_seen_with_80_percent_power() -> None:
    from statsmodels.stats.power import TTestPower

    rng = np.random.default_rng(6)
    units, visible = 20, []
    for _ in range(40):
        noise = rng.normal(size=(units, 2, 2))
        rows = [
            {"q": u, "e": e, "g": g, "y": noise[u, e, g]}
            for u in range(units)
            for e in (0, 1)
            for g in (0, 1)
        ]
        _, smallest = contrasts(table_of(rows, ["e"], ["g"]))
        assert smallest is not None
        visible.append(smallest)
    # A difference of two cell means of a unit, over two cells, has a standard deviation of 1.
    exact = TTestPower().solve_power(nobs=units, alpha=0.05, power=0.8)
    # The larger of two standard errors is a little over the expected one.
    assert exact < np.mean(visible) < 1.2 * exact
