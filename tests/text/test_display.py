"""What documents hold cannot steer a screen."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ragcheck.text.display import make_visible, one_line

HARMLESS = "\n\t\u200d\ufe0f"


@given(st.text())
def test_nothing_that_steers_is_left(text: str) -> None:
    shown = make_visible(text)
    assert all(
        c in "\n\t\u200d\ufe0f" or unicodedata.category(c) not in ("Cc", "Cf") for c in shown
    )


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert make_visible(text) == text


def test_an_escape_sequence_becomes_visible() -> None:
    assert make_visible("\x1b[31mred\u202e") == "<U+001B>[31mred<U+202E>"


@given(st.text(), st.integers(1, 40))
def test_one_line_fits(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
