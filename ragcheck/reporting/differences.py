"""Which words of two quotes differ, and the two with these words marked, as plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from ragcheck.records.results import Finding, Quote
from ragcheck.reporting.quotes import excerpt
from ragcheck.text.alignment import Word, read_words
from ragcheck.text.display import one_line
from ragcheck.text.values import find_values

LONGEST = 600
ALIKE = 0.4
"""Share of common words below which two quotes are worded too differently to be compared."""
OPEN, CLOSE = ">>", "<<"

Range = tuple[int, int]


def differing_words(left: str, right: str) -> tuple[list[Range], list[Range]]:
    """Ranges of each text that the other does not say, joined where only spaces lie between.

    Texts that are worded differently as a whole have no such words: their values (numbers,
    dates, versions) are given instead.
    """
    words = [read_words(text[:LONGEST]) for text in (left, right)]
    one, other = ([word.stem for word in own] for own in words)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.ratio() < ALIKE:
        return _values(left), _values(right)
    differing: tuple[list[Range], list[Range]] = ([], [])
    for tag, *ends in matcher.get_opcodes():
        if tag != "equal":
            for side, (start, end) in enumerate((ends[:2], ends[2:])):
                differing[side].extend(_ranges(words[side][start:end]))
    return _joined(left, differing[0]), _joined(right, differing[1])


def mark(text: str, ranges: Sequence[Range]) -> str:
    """The text with ``>>`` and ``<<`` around each range; ranges are in order, without overlap."""
    parts, last = [], 0
    for start, end in ranges:
        parts += [text[last:start], OPEN, text[start:end], CLOSE]
        last = end
    return "".join([*parts, text[last:]])


def marked_sides(finding: Finding, limit: int = LONGEST) -> list[tuple[str, str]]:
    """Place and one-line text of each side, with what matters marked.

    A conflict's sides are marked where they differ, any other quote where its own mark is.
    """
    quotes = [quote for quote in (finding.quote, finding.related) if quote is not None]
    if len(quotes) == 2 and all(quote.mark is None for quote in quotes):
        ranges = differing_words(quotes[0].text, quotes[1].text)
        texts = [mark(q.text, own) for q, own in zip(quotes, ranges, strict=True)]
    else:
        texts = [_at_mark(quote) for quote in quotes]
    places = [one_line(str(quote.place), limit) for quote in quotes]
    return [(place, one_line(text, limit)) for place, text in zip(places, texts, strict=True)]


def _at_mark(quote: Quote) -> str:
    part = excerpt(quote)
    if not part.marked or not (part.before.strip() or part.after.strip()):
        return part.before + part.marked + part.after
    return f"{part.before}{OPEN}{part.marked}{CLOSE}{part.after}"


def _values(text: str) -> list[Range]:
    return _joined(
        text, sorted((value.span.start, value.span.end) for value in find_values(text[:LONGEST]))
    )


def _ranges(words: Sequence[Word]) -> list[Range]:
    return [(word.start, word.end) for word in words]


def _joined(text: str, ranges: Sequence[Range]) -> list[Range]:
    joined: list[Range] = []
    for start, end in ranges:
        if joined and (start <= joined[-1][1] or re.fullmatch(r"\s*", text[joined[-1][1] : start])):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
