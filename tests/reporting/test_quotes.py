from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from ragcheck.records.corpus import Place
from ragcheck.records.results import Quote
from ragcheck.reporting.quotes import excerpt, quote_markup

PLACE = Place("a.md", 1, 1, 1, 1, 0, 0)


def test_a_short_quote_is_whole_and_its_mark_where_it_was():
    part = excerpt(Quote(PLACE, "within 14 days of delivery", (7, 14)))
    assert (part.before, part.marked, part.after) == ("within ", "14 days", " of delivery")
    assert (part.cut_before, part.cut_after) == (0, 0)


@pytest.mark.parametrize("start", [0, 10, 2500, 4980])
def test_a_long_quote_is_cut_around_its_mark(start):
    text = "".join(chr(0x4E00 + i % 500) for i in range(5000))
    part = excerpt(Quote(PLACE, text, (start, start + 20)), 600)
    shown = part.before + part.marked + part.after
    assert len(shown) == 600
    assert part.marked == text[start : start + 20]
    assert shown == text[part.cut_before : 5000 - part.cut_after]


def test_a_mark_longer_than_the_limit_shows_its_beginning():
    part = excerpt(Quote(PLACE, "a" * 50 + "b" * 1000, (50, 1050)), 100)
    assert part.marked == "b" * 100
    assert (part.cut_before, part.cut_after) == (50, 900)


@pytest.mark.parametrize(
    ("text", "mark", "whole"),
    [
        ("The claims are paid.", (4, 9), "claims"),
        ("The claims are paid.", (6, 10), "claims"),
        ("The claims are paid.", (4, 4), ""),
        ("理赔款在30日内到账。", (5, 6), "30"),
        ("理赔款在三十日内到账。", (5, 6), "十"),
        ("2021/2024 edition", (5, 9), "2024"),
    ],
)
def test_a_mark_does_not_end_inside_a_word(text, mark, whole):
    part = excerpt(Quote(PLACE, text, mark))
    assert part.marked == whole
    assert part.before + part.marked + part.after == text


@pytest.mark.parametrize("mark", [(-5, 3), (2, 99), (9, 2), (50, 60)])
def test_a_mark_outside_of_the_text_is_cut_at_its_ends(mark):
    part = excerpt(Quote(PLACE, "abcdef", mark))
    assert part.before + part.marked + part.after == "abcdef"


def test_markup_is_escaped_and_steering_characters_become_code_points():
    quote = Quote(PLACE, "<b>x</b>\x1b[31m\u202e & \ud800\r\n", (0, 4))
    markup = quote_markup(quote, "en")
    soup = BeautifulSoup(str(markup), "html.parser")
    assert soup.mark is not None
    assert soup.mark.get_text() == "<b>x"
    assert soup.get_text() == "<b>x</b><U+001B>[31m<U+202E> & <U+D800><U+000D>\n"
    assert soup.find("b") is None


def test_what_is_left_out_is_counted():
    assert "4,400 characters not shown" in quote_markup(Quote(PLACE, "x" * 5000), "en")
    assert "4,400 个字符未显示" in quote_markup(Quote(PLACE, "x" * 5000), "zh")


def test_an_empty_quote_says_so():
    assert "(no text)" in quote_markup(Quote(PLACE, ""), "en")
