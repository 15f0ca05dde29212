"""The studentised bootstrap and the intervals made of it."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from ragcheck.attribution import resampling
from ragcheck.attribution.intervals import share_interval
from ragcheck.attribution.resampling import RESAMPLES, Ratio, UnitBootstrap

FIRST, ALL = np.array([1.0, 0.0]), np.array([1.0, 1.0])


def bootstrap_of(values: np.ndarray, seed: int = 0) -> UnitBootstrap:
    return UnitBootstrap(values, np.random.default_rng(seed))


def test_a_mean_has_its_standard_error_and_t_interval() -> None:
    x = np.random.default_rng(1).normal(5.0, 2.0, size=200)
    ratio = bootstrap_of(np.column_stack([x, np.ones(200)])).ratio(FIRST, np.array([0.0, 1.0]))
    assert ratio is not None
    assert ratio.value == pytest.approx(x.mean())
    assert ratio.error == pytest.approx(x.std(ddof=1) / np.sqrt(200))
    assert ratio.below(0.025) == pytest.approx(x.mean() - 1.97 * ratio.error, abs=0.06)
    assert ratio.above(0.025) == pytest.approx(x.mean() + 1.97 * ratio.error, abs=0.06)


def test_the_bias_of_a_ratio_is_taken_off() -> None:
    rng = np.random.default_rng(2)
    plain, corrected = [], []
    for _ in range(400):
        values = rng.gamma(1.0, size=(8, 2)) * [1.0, 3.0]
        ratio = bootstrap_of(values).ratio(FIRST, ALL)
        assert ratio is not None
        corrected.append(ratio.value)
        plain.append(values[:, 0].sum() / values.sum())
    assert abs(np.mean(corrected) - 0.25) < abs(np.mean(plain) - 0.25) / 2


def test_shares_of_one_table_add_up_to_one() -> None:
    values = np.random.default_rng(3).gamma(1.0, size=(15, 2))
    bootstrap = bootstrap_of(values)
    shares = [bootstrap.ratio(np.eye(2)[i], ALL) for i in (0, 1)]
    assert sum(share.value for share in shares if share) == pytest.approx(1.0)


def test_a_denominator_that_is_not_positive_gives_nothing() -> None:
    assert bootstrap_of(np.zeros((9, 2))).ratio(FIRST, ALL) is None
    assert bootstrap_of(-np.ones((9, 2))).ratio(FIRST, ALL) is None


def test_units_that_are_all_alike_give_a_point() -> None:
    ratio = bootstrap_of(np.tile([1.0, 3.0], (12, 1))).ratio(FIRST, ALL)
    assert ratio is not None
    assert share_interval(ratio, 12) == (0.25, 0.25)
    assert ratio.p_positive() < 0.001


def test_the_same_generator_gives_the_same_interval() -> None:
    values = np.random.default_rng(4).gamma(1.0, size=(20, 2))
    one, same, other = (bootstrap_of(values, seed).ratio(FIRST, ALL) for seed in (7, 7, 8))
    assert one is not None is not same
    assert other is not None
    assert one.below(0.025) == same.below(0.025)
    assert one.below(0.025) != other.below(0.025)


def test_resamples_drawn_in_pieces_are_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "_BLOCK", 30_000)
    bootstrap = bootstrap_of(np.random.default_rng(5).gamma(1.0, size=(200, 2)))
    assert bootstrap.means.shape == (RESAMPLES, 2)
    own = bootstrap.by_unit[:, 0]
    assert bootstrap.means[:, 0].std() == pytest.approx(own.std() / np.sqrt(200), rel=0.08)
    assert len(np.unique(bootstrap.means[:, 0])) == RESAMPLES


def test_threads_of_the_linear_algebra_change_no_digit() -> None:
    values = np.random.default_rng(6).gamma(1.0, size=(1500, 5))
    drawn = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads, user_api="blas"):
            drawn.append(bootstrap_of(values).means.tobytes())
    assert drawn[0] == drawn[1]


def ratio_at(value: float) -> Ratio:
    """Standard error 1/10 and normal t values."""
    from scipy import stats

    quantiles = stats.norm.ppf((np.arange(801) + 0.5) / 801)
    return Ratio(value, 0.1, quantiles)


@pytest.mark.parametrize("truth", [0.0, 0.05, 0.1, 0.196, 0.25, 0.4, 0.6])
def test_the_unified_interval_covers_95_percent_at_and_near_zero(truth: float) -> None:
    values = truth + 0.1 * np.random.default_rng(6).normal(size=1500)
    covered = 0
    for value in values:
        low, high = share_interval(ratio_at(value), 1_000_000)
        assert low <= value <= max(high, value)
        covered += low <= truth <= high
    assert covered / 1500 == pytest.approx(0.95, abs=0.02)


def test_few_units_widen_the_interval_and_fewer_tell_nothing() -> None:
    low, high = share_interval(ratio_at(0.5), 10)
    assert high - low == pytest.approx(0.392 * np.sqrt(9 / 7), rel=0.01)
    assert share_interval(ratio_at(0.5), 4) == (0.0, 1.0)
    assert share_interval(ratio_at(-0.2), 4) == (-0.2, 1.0)
