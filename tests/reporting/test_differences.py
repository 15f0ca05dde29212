from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragcheck.records.corpus import Place
from ragcheck.records.results import Finding, Quote
from ragcheck.reporting.differences import CLOSE, OPEN, differing_words, mark, marked_sides


@pytest.mark.parametrize(
    ("left", "right", "marked"),
    [
        ("Return it within 30 days.", "Return it within 45 days.", (["30"], ["45"])),
        ("Smoking is allowed here.", "Smoking is not allowed here.", ([], ["not"])),
        ("退货期限为30天。", "退货期限为45天。", (["30"], ["45"])),
        ("本店接受现金付款。", "本店不接受现金付款。", ([], ["不"])),
        (
            "The window is 30 days for every order.",
            "Goods go back in 45 days, or else they stay.",
            (["30 days"], ["45 days"]),
        ),
        ("Same words.", "Same words.", ([], [])),
    ],
)
def test_what_differs_is_found_in_both(
    left: str, right: str, marked: tuple[list[str], list[str]]
) -> None:
    ranges = differing_words(left, right)
    for text, own, expected in zip((left, right), ranges, marked, strict=True):
        assert [text[start:end] for start, end in own] == expected


@given(st.text(max_size=200), st.text(max_size=200))
def test_marks_add_nothing_else(left: str, right: str) -> None:
    for text, ranges in zip((left, right), differing_words(left, right), strict=True):
        shown = mark(text, ranges)
        assert len(shown) == len(text) + len(ranges) * len(OPEN + CLOSE)
        assert all(a[1] <= b[0] for a, b in pairwise(ranges))


def test_an_own_mark_is_kept_and_steering_characters_are_shown() -> None:
    place = Place("a.md", 3, 1, 3, 9, 0, 8)
    finding = Finding(
        "RC402", "warning", "m", Quote(place, "As it\u202e says.", (3, 5)), None, "", 0.1, "f"
    )
    assert marked_sides(finding) == [("a.md:3", "As >>it<<<U+202E> says.")]
    sides = marked_sides(
        replace(finding, quote=Quote(place, "It is 3."), related=Quote(place, "It is 4."))
    )
    assert [text for _, text in sides] == ["It is >>3<<.", "It is >>4<<."]
