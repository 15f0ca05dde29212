"""Quotes from documents, cut to a readable length around the words that matter."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from ragcheck.records.results import Quote
from ragcheck.reporting.wording import say
from ragcheck.text.display import make_visible

LONGEST = 600
LONGEST_WORD = 30


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A quote in three parts, the middle one marked; the counts are characters left out."""

    before: str
    marked: str
    after: str
    cut_before: int = 0
    cut_after: int = 0


def excerpt(quote: Quote, limit: int = LONGEST) -> Excerpt:
    """At most ``limit`` characters of the quote, with as much of the mark as fits in sight.

    A mark that reaches outside of the text is cut at its ends.
    """
    text = quote.text
    start, end = _mark(quote)
    first, last = 0, len(text)
    if len(text) > limit:
        room = max(0, limit - (end - start)) // 2
        first = max(0, min(start - room, len(text) - limit))
        last = first + limit
    start, end = max(start, first), min(end, last)
    return Excerpt(text[first:start], text[start:end], text[end:last], first, len(text) - last)


def quote_markup(quote: Quote, language: str, limit: int = LONGEST) -> Markup:
    """The excerpt as HTML: escaped, steering characters as code points, the mark in ``mark``."""
    part = excerpt(quote, limit)
    if not (part.before or part.marked or part.after):
        return Markup('<span class="cut">{}</span>').format(say(language, "empty_quote"))
    pieces = [_cut(part.cut_before, language), safe(part.before)]
    if part.marked:
        pieces.append(Markup("<mark>{}</mark>").format(safe(part.marked)))
    return Markup("").join([*pieces, safe(part.after), _cut(part.cut_after, language)])


def safe(text: str) -> Markup:
    """Text of any origin as HTML: visible first, then escaped."""
    return escape(make_visible(text))


def _cut(count: int, language: str) -> Markup:
    if not count:
        return Markup("")
    note = say(language, "cut", n=f"{count:,}")
    return Markup(' <span class="cut">[… {} …]</span> ').format(note)


def _mark(quote: Quote) -> tuple[int, int]:
    if quote.mark is None:
        return 0, 0
    start = max(0, min(quote.mark[0], len(quote.text)))
    return _whole_words(quote.text, start, max(start, min(quote.mark[1], len(quote.text))))


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without halves of words of ASCII letters and digits at its ends.

    Longer runs than words are left as they are.
    """
    if start == end:
        return start, end
    first, last = start, end
    while first > 0 and _is_inside_word(text, first):
        first -= 1
    while last < len(text) and _is_inside_word(text, last):
        last += 1
    return (first if start - first <= LONGEST_WORD else start,
            last if last - end <= LONGEST_WORD else end)  # fmt: skip


def _is_inside_word(text: str, place: int) -> bool:
    beside = text[place - 1 : place + 1]
    return beside.isascii() and beside.isalnum()
