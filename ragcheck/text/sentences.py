"""Sentences as spans of the text.

A line of a list, a table or a heading is a unit of its own: documents put facts there without
full stops, and a sentence that ran across such lines would mix two facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

from ragcheck.records.corpus import Span
from ragcheck.text.language import detect_language

_STRUCTURAL_LINE = re.compile(
    r"\s*(?:[-*+•]\s|\d{1,3}[.)、]\s?|#{1,6}\s|\||>\s|```|~~~|[（(][一二三四五六七八九十\d]+[)）])"
)
_MARKER = re.compile(r"(?:#{1,6}\s+|[-*+•]\s+)?(?:\d{1,3}|[A-Za-z])[.)、]")
_WINDOW = 2_000
_LONGEST = 8_000
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLOCK = re.compile(r"[^\n]*\n?")


def sentence_spans(text: str, language: str | None = None) -> list[Span]:
    """Spans of the sentences, in order, without surrounding whitespace; never overlapping."""
    text = encodable(text)
    language = language or detect_language(text)
    spans: list[Span] = []
    for block in _blocks(text):
        first = len(spans)
        for sentence in _in_block(text, block, language):
            span = trim(text, sentence)
            if len(spans) == first + 1 and _MARKER.fullmatch(text, spans[-1].start, spans[-1].end):
                spans[-1] = Span(spans[-1].start, max(span.end, spans[-1].end))
            elif span.start < span.end:
                spans.append(span)
    return spans


def encodable(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which no library in Rust takes; same offsets."""
    return _SURROGATE.sub("\ufffd", text)


def trim(text: str, span: Span) -> Span:
    """The span without white space at its ends; empty where there is nothing else."""
    start, end = span.start, span.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _in_block(text: str, block: Span, language: str) -> Iterator[Span]:
    """Sentences of one block, read in windows: the splitter's time grows with their square.

    The last sentence of a window may go on behind it, so the next window begins with it.
    """
    start, size = block.start, _WINDOW
    while start < block.end:
        end = min(start + size, block.end)
        found = [
            Span(start + sentence["start_index"], start + sentence["end_index"])
            for sentence in get_sentence_boundaries(language, text[start:end])
        ]
        if end == block.end:
            yield from found
            return
        if len(found) > 1:
            yield from found[:-1]
            start, size = found[-1].start, _WINDOW
        elif size < _LONGEST:
            size *= 2
        else:
            yield Span(start, end)
            start, size = end, _WINDOW


def _blocks(text: str) -> list[Span]:
    """Runs of plain lines, and single structural lines; blank lines separate."""
    blocks: list[Span] = []
    start: int | None = None
    for line in _BLOCK.finditer(text):
        if line.start() == line.end():
            continue
        blank = not line.group().strip()
        structural = _STRUCTURAL_LINE.match(line.group()) is not None
        if (blank or structural) and start is not None:
            blocks.append(Span(start, line.start()))
            start = None
        if structural:
            blocks.append(Span(line.start(), line.end()))
        elif not blank and start is None:
            start = line.start()
    if start is not None:
        blocks.append(Span(start, len(text)))
    return blocks
