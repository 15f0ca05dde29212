"""Intervals: draws in blocks are the draws at once."""

from __future__ import annotations

import numpy as np
import pytest

from ragcheck import stats


@pytest.mark.parametrize("together", [1, 30, 1000])
def test_an_interval_is_the_same_in_whatever_blocks_it_is_drawn(
    monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    values = list(np.random.default_rng(1).random(23))
    drawn = np.random.default_rng(2).choice(values, size=(stats.RESAMPLES, 23)).mean(axis=1)
    monkeypatch.setattr(stats, "_DRAWN_AT_ONCE", together)

    found = stats.mean_estimate(values, np.random.default_rng(2))

    assert (found.low, found.high) == stats.percentile_interval(drawn)


def test_sums_are_those_of_the_units_that_were_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.random.default_rng(1).integers(0, 9, size=(17, 4)).astype(float)
    drawn = np.random.default_rng(2).integers(17, size=(stats.RESAMPLES, 17))
    monkeypatch.setattr(stats, "_DRAWN_AT_ONCE", 200)

    sums = stats.resampled_sums(counts, np.random.default_rng(2))

    assert sums.shape == (stats.RESAMPLES, 4)
    assert np.array_equal(sums, counts[drawn].sum(axis=1))
