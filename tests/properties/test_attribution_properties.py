"""What holds for every table of trials."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragcheck.attribution.cells import aggregate
from ragcheck.attribution.variance import components


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, int, int, int]:
    """Trials with at least two units, any cells missing, any number of replicates."""
    units, e_count, g_count = (draw(st.integers(2, n)) for n in (6, 3, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    size = draw(st.integers(units, 60))
    unit = np.concatenate([np.arange(units), rng.integers(units, size=size - units)])
    cell = rng.integers(e_count * g_count, size=size)
    scale = draw(st.sampled_from([0.0, 1e-3, 1.0, 1e3]))
    y = rng.normal(size=size) * scale + draw(st.sampled_from([0.0, 1.0]))
    return y, unit, cell, units, e_count, g_count


@settings(max_examples=60, deadline=None)
@given(tables())
def test_components_are_finite_and_are_the_means_of_their_units(
    table: tuple[np.ndarray, np.ndarray, np.ndarray, int, int, int],
) -> None:
    found = components(aggregate(*table))
    assert np.isfinite(found.by_unit).all()
    assert found.by_unit.mean(axis=0) == pytest.approx(found.values)
    assert set(found.undefined) <= {"evidence", "generation", "interaction", "unit"}


@settings(max_examples=40, deadline=None)
@given(tables(), st.floats(0.1, 10.0), st.floats(-10.0, 10.0))
def test_components_scale_with_the_square_of_the_response(
    table: tuple[np.ndarray, np.ndarray, np.ndarray, int, int, int], scale: float, shift: float
) -> None:
    y, *rest = table
    one = components(aggregate(y, *rest)).values
    other = components(aggregate(shift + scale * y, *rest)).values
    floor = 1e-9 * max(1.0, float(np.var(y)) * scale**2, shift**2)
    assert other == pytest.approx(scale**2 * one, rel=1e-6, abs=floor)


@settings(max_examples=40, deadline=None)
@given(tables())
def test_sides_are_treated_alike(
    table: tuple[np.ndarray, np.ndarray, np.ndarray, int, int, int],
) -> None:
    y, unit, cell, units, e_count, g_count = table
    swapped = (cell % g_count) * e_count + cell // g_count
    one = components(aggregate(y, unit, cell, units, e_count, g_count))
    other = components(aggregate(y, unit, swapped, units, g_count, e_count))
    # Cells without replicates borrow the noise of their generation cell: sides differ there.
    if one.noise_source == "replicates" and not one.warnings:
        floor = 1e-9 * max(1.0, float(np.var(y)))
        assert other.values[[1, 0, 2, 3, 4]] == pytest.approx(one.values, rel=1e-6, abs=floor)
        assert math.isclose(other.by_unit.sum(), one.by_unit.sum(), rel_tol=1e-6, abs_tol=1e-3)
