"""Components of variance against statsmodels, published tables and their definitions."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ragcheck.attribution.cells import CellTable, aggregate
from ragcheck.attribution.variance import Components, components
from ragcheck.attribution.wording import word

_SPEC = importlib.util.spec_from_file_location(
    "worked_examples", Path(__file__).with_name("worked_examples.py")
)
assert _SPEC is not None and _SPEC.loader is not None
worked = importlib.util.module_from_spec(_SPEC)
sys.modules["worked_examples"] = worked
_SPEC.loader.exec_module(worked)


def cells_of(y: np.ndarray) -> CellTable:
    """Cells of a (units, evidence, generation, replicates) array; NaN is no trial."""
    unit, evidence, generation, replicate = np.nonzero(~np.isnan(y))
    code = evidence * y.shape[2] + generation
    values = y[unit, evidence, generation, replicate]
    unit = np.unique(unit, return_inverse=True)[1]
    return aggregate(values, unit, code, int(unit.max()) + 1, y.shape[1], y.shape[2])


def estimate(y: np.ndarray) -> Components:
    return components(cells_of(y))


def random_trials(
    rng: np.random.Generator, shape: tuple[int, int, int, int], own: float = 0.5
) -> np.ndarray:
    units, evidence, generation, _ = shape
    return (
        rng.normal(size=(units, 1, 1, 1))
        + rng.normal(size=(1, evidence, 1, 1))
        + rng.normal(size=(1, 1, generation, 1)) * 0.5
        + rng.normal(size=(units, evidence, 1, 1)) * own
        + rng.normal(size=(units, evidence, generation, 1)) * own
        + rng.normal(size=shape)
    )


def test_balanced_components_are_those_of_statsmodels_anova() -> None:
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    shape = (9, 3, 2, 2)
    y = random_trials(np.random.default_rng(1), shape)
    u, e, g, _ = np.indices(shape)
    frame = pd.DataFrame({"y": y.ravel(), "u": u.ravel(), "e": e.ravel(), "g": g.ravel()})
    table = anova_lm(ols("y ~ C(u) * C(e) * C(g)", frame).fit())
    squares = table["sum_sq"]
    error = table.loc["Residual", "mean_sq"]
    n, per_unit = y.size, 12

    found = estimate(y)

    assert found.noise_source == "replicates"
    evidence = (squares["C(e)"] + squares["C(u):C(e)"]) / n - error * 2 / per_unit
    generation = (squares["C(g)"] + squares["C(u):C(g)"]) / n - error * 1 / per_unit
    joint = (squares["C(e):C(g)"] + squares["C(u):C(e):C(g)"]) / n - error * 2 / per_unit
    unit = (table.loc["C(u)", "mean_sq"] - error) / per_unit
    assert found.values == pytest.approx([evidence, generation, joint, error, unit], rel=1e-9)


def test_components_without_replicates_are_those_of_expected_mean_squares() -> None:
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    shape = (8, 3, 4, 1)
    y = random_trials(np.random.default_rng(2), shape)
    u, e, g, _ = np.indices(shape)
    frame = pd.DataFrame({"y": y.ravel(), "u": u.ravel(), "e": e.ravel(), "g": g.ravel()})
    formula = "y ~ C(u) + C(e) + C(g) + C(u):C(e) + C(u):C(g) + C(e):C(g)"
    table = anova_lm(ols(formula, frame).fit())
    squares = table["sum_sq"]
    residual = table.loc["Residual", "mean_sq"]

    found = estimate(y)

    assert found.noise_source == "interaction residual"
    evidence = (squares["C(e)"] + squares["C(u):C(e)"]) / y.size - residual * 2 / 12
    generation = (squares["C(g)"] + squares["C(u):C(g)"]) / y.size - residual * 3 / 12
    joint = (squares["C(e):C(g)"] - 6 * residual) / y.size
    unit = (table.loc["C(u)", "mean_sq"] - residual) / 12
    assert found.values == pytest.approx([evidence, generation, joint, residual, unit], rel=1e-9)


def test_balanced_components_are_those_of_a_mixed_model() -> None:
    from statsmodels.formula.api import mixedlm

    shape = (30, 4, 1, 3)
    y = random_trials(np.random.default_rng(3), shape, own=0.8)
    u, e, _, _ = np.indices(shape)
    frame = pd.DataFrame({"y": y.ravel(), "u": u.ravel(), "e": e.ravel()})
    model = mixedlm("y ~ C(e)", frame, groups="u", re_formula="1", vc_formula={"ue": "0 + C(e)"})
    fit = model.fit(reml=True)
    unit, own, noise = float(fit.cov_re.iloc[0, 0]), float(fit.vcomp[0]), float(fit.scale)
    means = np.array([0.0, *fit.fe_params[1:]])
    common = means.var() - 0.75 * (own + noise / 3) / 30

    found = estimate(y)

    assert found.values[0] == pytest.approx(common + 0.75 * own, rel=1e-3)
    assert found.values[3] == pytest.approx(noise, rel=1e-3)
    assert found.values[4] == pytest.approx(unit + own / 4, rel=1e-3)
    assert set(found.undefined) == {"generation", "interaction"}


def test_gauge_study_gives_the_published_components() -> None:
    rows = worked.gauge_rows()
    y = np.array([row["value"] for row in rows]).reshape(20, 3, 1, 2)
    sums, published = worked.GAUGE_SUMS, worked.GAUGE_COMPONENTS

    evidence, _, _, noise, unit = estimate(y).values

    assert noise == pytest.approx(published["error"], abs=5e-5)
    assert unit == pytest.approx(published["parts"] + published["interaction"] / 3, abs=1e-4)
    expected = (sums["operators"] + sums["interaction"]) / 120 - published["error"] / 3
    assert evidence == pytest.approx(expected, abs=1e-4)
    # The random model's operators and interaction, for these three operators.
    same = 2 / 3 * (published["operators"] + published["interaction"])
    assert evidence == pytest.approx(same, abs=1e-4)


def test_oats_give_the_published_sums_of_squares() -> None:
    rows = worked.oats_rows()
    y = np.array([row["yield"] for row in rows]).reshape(6, 3, 4, 1).transpose(0, 2, 1, 3)
    sums = worked.OATS_SUMS

    nitrogen, variety, joint, noise, block = estimate(y).values

    assert 72 * (variety + noise * 2 / 12) == pytest.approx(
        sums["varieties"] + sums["blocks x varieties"], abs=0.1
    )
    assert 72 * (nitrogen + noise * 3 / 12 + joint) + noise * (30 + 6) == pytest.approx(
        sums["nitrogen"] + sums["varieties x nitrogen"] + sums["within plots"], abs=0.1
    )
    assert 60 * (block + noise / 12) == pytest.approx(sums["blocks"], abs=0.1)


@pytest.mark.parametrize(
    ("replicates", "missing"), [((2, 2), 0.0), ((1, 1), 0.0), ((1, 3), 0.3), ((0, 2), 0.1)]
)
def test_components_are_unbiased(replicates: tuple[int, int], missing: float) -> None:
    rng = np.random.default_rng(4)
    evidence = np.array([-1.0, 0.2, 0.8]) * 0.6
    joint = np.array([[1, -1], [-1, 1], [0, 0]]) * 0.3
    expected = [evidence.var(), 0.0, (joint**2).mean(), 0.5, 0.4]
    found = []
    for _ in range(300):
        y = (
            rng.normal(size=(15, 1, 1, 1)) * 0.4**0.5
            + (evidence[:, None] + joint)[None, :, :, None]
            + rng.normal(size=(15, 3, 2, 3)) * 0.5**0.5
        )
        count = rng.integers(replicates[0], replicates[1] + 1, size=(15, 3, 2))
        count[rng.random(count.shape) < missing] = 0
        y[np.arange(3) >= count[..., None]] = np.nan
        found.append(estimate(y).values)
    error = np.std(found, axis=0) / np.sqrt(300)
    assert (np.abs(np.mean(found, axis=0) - expected) < 4 * error).all()


def test_what_a_unit_does_alone_with_the_evidence_is_evidence() -> None:
    rng = np.random.default_rng(5)
    private = rng.normal(size=(4000, 2, 1, 1))
    y = private + rng.normal(size=(4000, 2, 2, 2)) * 0.3
    evidence, generation, joint, noise, unit = estimate(y).values
    assert evidence == pytest.approx(0.5, abs=0.04)
    assert unit == pytest.approx(0.5, abs=0.04)
    assert (generation, joint) == pytest.approx((0.0, 0.0), abs=0.005)
    assert noise == pytest.approx(0.09, abs=0.005)


def test_pseudo_values_have_the_components_as_means_whatever_is_missing() -> None:
    rng = np.random.default_rng(6)
    y = random_trials(rng, (12, 3, 3, 2))
    y[rng.random(y.shape) < 0.3] = np.nan
    y = y[~np.isnan(y).all(axis=(1, 2, 3))]
    found = estimate(y)
    assert found.by_unit.mean(axis=0) == pytest.approx(found.values, rel=1e-12)
    assert found.by_unit.shape == (len(y), 5)


def test_noise_differs_by_cell_and_is_taken_off_where_it_is() -> None:
    rng = np.random.default_rng(7)
    scale = np.array([0.0, 2.0])[None, None, :, None]
    found = np.mean(
        [estimate(rng.normal(size=(20, 2, 2, 2)) * scale).values for _ in range(300)], axis=0
    )
    assert found == pytest.approx([0, 0, 0, 2.0, 0], abs=0.06)


def test_one_combination_never_tried_leaves_the_other_rectangles() -> None:
    base = np.array([[0.0, 1.0], [2.0, 5.0], [4.0, 7.0]])
    y = np.repeat((base[None] + np.arange(6)[:, None, None])[..., None], 2, axis=3)
    whole = estimate(y)
    y[:, 2, 1] = np.nan
    found = estimate(y)
    # The rectangle that is left has the contrast 5 - 2 - 1 + 0 = 2, as the true one of rows 1, 2.
    assert found.values[2] == pytest.approx(2 * 1 / (2 * 3 * 2) * (2**2 / 2), rel=1e-9)
    assert found.values[1] > 0
    assert whole.values[2] == pytest.approx(np.mean(interaction_of(base) ** 2), rel=1e-9)


def interaction_of(m: np.ndarray) -> np.ndarray:
    return m - m.mean(axis=0) - m.mean(axis=1, keepdims=True) + m.mean()


def test_a_star_design_gives_main_effects_and_no_interaction() -> None:
    y = np.full((6, 2, 2, 2), np.nan)
    y[:, 0, 0], y[:, 1, 0], y[:, 0, 1] = 0.0, 1.0, 3.0
    y += np.arange(6)[:, None, None, None]
    found = estimate(y)
    assert found.values[:2] == pytest.approx([0.25, 2.25])
    assert "four combinations" in word("en", found.undefined["interaction"])


def test_a_side_that_varies_only_between_units_is_undefined() -> None:
    y = random_trials(np.random.default_rng(8), (10, 2, 2, 3))
    y[:5, 0], y[5:, 1] = np.nan, np.nan
    found = estimate(y)
    assert set(found.undefined) == {"evidence", "interaction"}
    means = np.nanmean(y, axis=(1, 3))
    noise = y.var(axis=3, ddof=1)
    expected = ((means[:, 0] - means[:, 1]) ** 2).mean() / 4 - np.nanmean(noise) / 6
    assert found.values[1] == pytest.approx(expected, rel=1e-9)
