"""The notation reads back what it writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragcheck.errors import ConfigError
from ragcheck.records.notation import Notation, parse_notation

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True)
keys = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
values = st.one_of(
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
)


@given(names, st.dictionaries(keys, values, max_size=4), st.none() | st.integers(0, 10**6))
def test_notation_reads_back(name: str, parameters: dict[str, object], cutoff: int | None) -> None:
    notation = Notation(name, parameters, cutoff)  # type: ignore[arg-type]
    again = parse_notation(str(notation))
    assert again == notation
    assert [type(v) for v in again.parameters.values()] == [
        type(v) for v in notation.parameters.values()
    ]


def test_order_and_spacing_do_not_matter() -> None:
    one = parse_notation("sentences(size=3, overlap=1)@5")
    other = parse_notation(" sentences( overlap=1,size=3 ) @5")
    assert one == other
    assert str(one) == str(other) == "sentences(overlap=1, size=3)@5"


@pytest.mark.parametrize(
    "broken", ["", "x(", "x)", "x(a)", "x(a=1, a=2)", "1x", "x@", "x(a=1)y", "x(=1)"]
)
def test_broken_notation_is_a_clear_error(broken: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_notation(broken)
    assert "mend:" in str(refused.value)
