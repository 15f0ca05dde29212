"""Lists, tables, code and headings that were torn from what they belong to, and debris."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragcheck.measures.defects.reading import Reading, share
from ragcheck.measures.defects.wording import defect
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Defect
from ragcheck.text.tokens import words

_DEBRIS = re.compile(
    r"<(?:/?(?:div|span|p|br|td|tr|th|table|li|ul|ol|a|b|i|img|font)\b[^>\n]{0,200}>|unk>)"
    r"|&(?:nbsp|amp|lt|gt|quot|#\d{1,5});|\{\{[^}\n]{0,100}\}\}|\[\[[^\]\n]{0,100}\]\]|@[-.,]@"
    r"|\ufffd|\\u[0-9a-f]{4}|\.\. [\w:.-]{1,40}::|\.(?<=^\.)\. _[^:\n]{1,60}:",
    re.MULTILINE,
)
"""Each branch begins with a fixed character, by which the engine passes over the others."""
_FENCE = re.compile(r"^[ \t]{0,3}(?:```|~~~)", re.MULTILINE)


def orphan_list_items(reading: Reading) -> list[Defect]:
    """``orphan_list_item``: the text starts with items whose lead-in or title is missing."""
    kinds = reading.line_kinds
    if not kinds or kinds[0] != "item" or reading.lead.strip() or _is_lone_letter(reading):
        return []
    count = next((i for i, kind in enumerate(kinds) if kind != "item"), len(kinds))
    items = reading.lines[:count]
    span = Span(items[0].start, items[-1].end)
    return [defect("orphan_list_item", span, reading.language, "lead_in")]


_LETTERED = re.compile(r"[a-z][.)]\s", re.MULTILINE)


def _is_lone_letter(reading: Reading) -> bool:
    """The end of a word before a full stop, which looks like the first of lettered items."""
    start = reading.body.start
    if _LETTERED.match(reading.text, start) is None or reading.text[start] == "a":
        return False
    lines = (reading.quote(line).lstrip() for line in reading.lines[1:])
    return not any(_LETTERED.match(line) for line in lines)


def headless_tables(reading: Reading) -> list[Defect]:
    """``table_row_without_header``: the first rows have no header line above them."""
    kinds = reading.line_kinds
    first = next((i for i, kind in enumerate(kinds) if kind == "row"), None)
    if first is None or _has_html_header(reading):
        return []
    if kinds[0] == "rule" and first == 1 and reading.quote(reading.lines[0]).lstrip()[:1] == "|":
        first = 0
    elif "rule" in kinds[first : first + 3]:
        return []
    if first > 0 and kinds[first - 1] in ("rule", "heading"):
        return []
    if "\t" in reading.quote(reading.lines[first]) and first == 0 and _names_columns(reading):
        return []
    last = first
    while last + 1 < len(kinds) and kinds[last + 1] == "row":
        last += 1
    span = Span(reading.lines[first].start, reading.lines[last].end)
    return [defect("table_row_without_header", span, reading.language, "header")]


def _has_html_header(reading: Reading) -> bool:
    return "<th" in reading.text.lower()


def _names_columns(reading: Reading) -> bool:
    """Whether a tab-separated first line holds no figures, and so may be a header."""
    return not any(char.isdigit() for char in reading.quote(reading.lines[0]))


def codes_without_context(reading: Reading) -> list[Defect]:
    """``code_without_context``: nothing but code, without a word on what it is part of."""
    kinds = reading.line_kinds
    if not kinds or share(reading, ("code",)) < 0.9 or reading.lead.strip():
        return []
    if len(kinds) < 2 or _is_whole_program(reading):
        return []
    return [defect("code_without_context", reading.body, reading.language, "code")]


def _is_whole_program(reading: Reading) -> bool:
    return re.search(r"^(?:import |from \w|#!|package |#include)", reading.text, re.M) is not None


def broken_markup(reading: Reading) -> list[Defect]:
    """``broken_markup``: tags, entities and placeholders of the source, an unclosed code fence."""
    defects = []
    found = _DEBRIS.search(reading.text)
    if found:
        span, left = Span(found.start(), found.end()), found.group()[:30]
        defects.append(defect("broken_markup", span, reading.language, "debris", word=left))
    fences = list(_FENCE.finditer(reading.text)) if _may_hold_fence(reading.text) else []
    if len(fences) % 2:
        span = Span(*fences[0].span())
        defects.append(defect("broken_markup", span, reading.language, "fence"))
    return defects


def _may_hold_fence(text: str) -> bool:
    """Whether to look for fences line by line."""
    return "```" in text or "~~~" in text


def debris_share(reading: Reading) -> float:
    """Share of the characters that are debris of the source's markup."""
    size = len(reading.body)
    return sum(len(m.group()) for m in _DEBRIS.finditer(reading.text)) / size if size else 0.0


_LEAST_TOPIC = 120
"""Characters from which the part of a text counts as a topic of its own."""


def _content(reading: Reading, lines: Sequence[Span]) -> set[str]:
    """Words that are no small ones, of these lines."""
    found = words("\n".join(map(reading.quote, lines)))
    least = 5 if reading.rules.spaced else 2
    return {word for word in found if len(word) >= least}


def mixed_topics(reading: Reading) -> list[Defect]:
    """``mixed_topics``: the tail of one section before the heading of the next."""
    kinds = reading.line_kinds
    heads = [i for i, kind in enumerate(kinds) if kind == "heading"]
    if not heads or heads[0] == 0:
        return []
    before, after = reading.lines[: heads[0]], reading.lines[heads[0] + 1 :]
    least = _LEAST_TOPIC if reading.rules.spaced else _LEAST_TOPIC // 3
    if min(sum(map(len, before)), sum(map(len, after))) < least:
        return []
    if _content(reading, before) & _content(reading, after):
        return []
    span = Span(before[0].start, reading.lines[heads[0]].end)
    return [defect("mixed_topics", span, reading.language, "topics")]
