from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragcheck.errors import ConfigError
from ragcheck.records.gates import Bound, parse_bound, parse_gate


def test_a_gate_reads_back() -> None:
    gate = parse_gate('conflict(strategy="chars(size=450)")@10', " <= 5 %, n >= 30 ")
    assert (gate.measure.name, gate.measure.cutoff) == ("conflict", 10)
    assert gate.bound == Bound("<=", 0.05, 30)
    assert str(gate) == 'conflict(strategy="chars(size=450)")@10 <= 0.05, n >= 30'


@given(
    st.sampled_from(["<=", ">="]),
    st.integers(0, 1000),
    st.integers(0, 10**6),
)
def test_every_bound_reads_back(relation: str, thousandths: int, least: int) -> None:
    bound = Bound(relation, thousandths / 1000, least)
    assert parse_bound(str(bound)) == bound


@pytest.mark.parametrize(
    "text", ["", "0.05", "< 0.05", "<= five", "<= 0.05, n > 3", "== 1", "<= -1"]
)
def test_other_bounds_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot read the bound"):
        parse_bound(text)
