from __future__ import annotations

import pytest

from ragcheck.records.results import Estimate
from ragcheck.testing.measured import Measured

CONFLICT = Measured("conflict@10", Estimate(0.10, 0.04, 0.22, n=40))


def test_the_bound_is_compared_and_not_the_point() -> None:
    assert CONFLICT <= 0.22
    assert not CONFLICT <= 0.03
    assert CONFLICT >= 0.04
    assert not CONFLICT >= 0.3


@pytest.mark.parametrize("threshold", [0.05, 0.10, 0.15])
def test_inside_of_the_interval_both_ways_fail(threshold: float) -> None:
    for compare in (CONFLICT.__le__, CONFLICT.__ge__):
        with pytest.raises(pytest.fail.Exception, match="inconclusive: conflict@10"):
            compare(threshold)


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (Measured("conflict@10", Estimate(None, reason="no gold")), "no gold"),
        (Measured("conflict@10", Estimate(0.0, n=1)), "no interval from 1"),
        (Measured("conflict@10", Estimate(0.0, 0.0, 0.1, n=29), least=30), "asks for 30"),
    ],
)
def test_what_was_not_measured_never_passes(measured: Measured, reason: str) -> None:
    for compare in (measured.__le__, measured.__ge__):
        with pytest.raises(pytest.fail.Exception, match=reason):
            compare(0.99)


def test_it_prints_as_a_figure_and_has_no_strict_order() -> None:
    assert repr(CONFLICT) == "conflict@10: 10 % [4, 22], n = 40"
    with pytest.raises(TypeError):
        assert CONFLICT < 0.5  # type: ignore[operator]
