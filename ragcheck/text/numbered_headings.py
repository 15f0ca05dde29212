"""Headings of plain texts that have no markup but numbers: ``一、适用范围``, ``2.1 Turnaround``.

The same marks begin list items, so a line counts as a heading only where it stands after a blank
line, is short, does not end like a sentence and is followed by a line that is no item of its own
kind; and a text with fewer than two such lines has none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragcheck.records.corpus import Span

_LONGEST = 60
_ENDS_LIKE_A_SENTENCE = ("。", "；", "，", "：", "！", "？", ".", ";", ",", ":", "!", "?")
_NUMERALS = "一二三四五六七八九十百零〇两\\d"
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "chapter",
        re.compile(rf"(?:第[{_NUMERALS}]{{1,5}}[编章]|(?:CHAPTER|Chapter) [\dIVX]{{1,5}}\b)"),
    ),
    ("section", re.compile(rf"(?:第[{_NUMERALS}]{{1,5}}节|(?:SECTION|Section) [\dIVX]{{1,5}}\b)")),
    ("counted", re.compile(r"[一二三四五六七八九十]{1,3}、")),
    ("bracketed", re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]")),
    ("roman", re.compile(r"[IVX]{1,5}\.[ \t]")),
    ("lettered", re.compile(r"[A-Z]\.[ \t]")),
    ("numbered 4", re.compile(r"\d{1,3}(?:\.\d{1,3}){3}\.?[ \t\u3000]")),
    ("numbered 3", re.compile(r"\d{1,3}(?:\.\d{1,3}){2}\.?[ \t\u3000]")),
    ("numbered 2", re.compile(r"\d{1,3}\.\d{1,3}\.?[ \t\u3000]")),
    ("numbered 1", re.compile(r"\d{1,3}[.、]?[ \t\u3000]?(?=[^\d\s.,%])")),
)


def numbered_headings(text: str, lines: Sequence[Span]) -> list[tuple[str, str, Span]]:
    """(title, style, span of the line) of each numbered heading, in order.

    Where there are any, a short first line of the text is its ``title``.
    """
    rows = [text[line.start : line.end].strip(" \t\r\n\ufeff") for line in lines]
    following = _next_rows(rows)
    found: list[tuple[str, str, Span]] = []
    for index, row in enumerate(rows):
        style = _style(row)
        alone = index == 0 or not rows[index - 1]
        if style is None or not alone or text[lines[index].start].isspace():
            continue
        if following[index] and _style(following[index]) != style:
            found.append((row, style, lines[index]))
    if len(found) < 2:
        return []
    first = next(index for index, row in enumerate(rows) if row)
    if lines[first].start < found[0][2].start and _is_short(rows[first]):
        found.insert(0, (rows[first], "title", lines[first]))
    return found


def _next_rows(rows: list[str]) -> list[str]:
    """For each row the next one that is not blank; empty at the end."""
    following: list[str] = []
    last = ""
    for row in reversed(rows):
        following.append(last)
        last = row or last
    return following[::-1]


def _style(row: str) -> str | None:
    if not _is_short(row):
        return None
    return next((name for name, pattern in _STYLES if pattern.match(row)), None)


def _is_short(row: str) -> bool:
    return 0 < len(row) <= _LONGEST and not row.endswith(_ENDS_LIKE_A_SENTENCE)
