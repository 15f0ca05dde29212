"""Sentences that the cut went through."""

from __future__ import annotations

import re

from ragcheck.measures.defects.reading import Reading, ends_like_prose
from ragcheck.measures.defects.wording import defect
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Defect
from ragcheck.text.language import CJK

_CLOSING = re.compile(r"[,.;:!?)\]}，。、；：！？）】」』》”’]")
_MIN_WORDS = 4
_UNFINISHED_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]{0,4}[\d.]{0,10}$")
_LONE_CHARACTER = re.compile(rf"[{CJK}](?:\n|[：:])")
_SHORT_END = re.compile(rf"[{CJK}]{{1,4}}。")
_LOOSE_QUOTE = re.compile(r"[^\s`]{1,60}`(?!`)")
_OPEN_CODE = (":", "(", "[", "{", ",", "\\", "=")
_DIRECTIVE = re.compile(r"\.\. ")


def truncated_edges(
    reading: Reading, *, cut_start: bool | None = None, cut_end: bool | None = None
) -> list[Defect]:
    """``truncated_start`` and ``truncated_end``.

    ``cut_start`` and ``cut_end`` say what the document shows; ``None`` means to tell it from
    the text alone. The span is the part of the sentence that is there.
    """
    if not reading.sentences:
        return []
    defects = []
    if looks_cut_at_start(reading) if cut_start is None else cut_start:
        defects.append(
            defect("truncated_start", _fragment_at_start(reading), reading.language, "cut_start")
        )
    if looks_cut_at_end(reading) if cut_end is None else cut_end:
        defects.append(defect("truncated_end", reading.sentences[-1], reading.language, "cut_end"))
    return defects


def _fragment_at_start(reading: Reading) -> Span:
    return reading.sentences[0]


def looks_cut_at_start(reading: Reading) -> bool:
    """Closing punctuation, a word that starts no sentence, or (English) a small letter first."""
    start = reading.body.start
    first = reading.text[start]
    if _DIRECTIVE.match(reading.text, start):
        return False
    if _CLOSING.match(first) and not reading.text.startswith(("...", "…"), start):
        return True
    head = reading.sentences[0]
    kind = reading.line_kinds[0]
    if _begins_inside_row(reading):
        return True
    if kind != "prose":
        return False
    inside = reading.rules.first_of(reading.rules.starts_none, reading.lowered, head.start)
    if not reading.rules.spaced:
        short = _LONE_CHARACTER.match(reading.text, start) or _SHORT_END.match(reading.text, start)
        return inside is not None or (short is not None and len(reading.sentences) > 1)
    if _LOOSE_QUOTE.match(reading.text, start) and first.islower():
        return True
    if not first.islower() or not _has_capitals(reading):
        return False
    names = reading.names
    is_identifier = bool(names) and names[0].start == head.start
    fragment = reading.quote(head)
    is_end = ends_like_prose(fragment) and len(reading.sentences) > 1
    return not is_identifier and (inside is not None or _words(fragment) >= 2 or is_end)


def _begins_inside_row(reading: Reading) -> bool:
    """The first line has cells but no edge, and the next one is a row."""
    if len(reading.lines) < 2 or reading.line_kinds[1] not in ("row", "rule"):
        return False
    first = reading.quote(reading.lines[0]).strip()
    return first.endswith("|") and not first.startswith("|")


def _has_capitals(reading: Reading) -> bool:
    """Whether sentences of this text start with capitals, as far as one can see."""
    later = [s for s in reading.sentences[1:] if reading.text[s.start].isalpha()]
    if not later:
        return True
    return any(reading.text[s.start].isupper() for s in later)


def looks_cut_at_end(reading: Reading) -> bool:
    """A last line of prose, or a long item, without an end; or a word that ends no sentence."""
    last = reading.sentences[-1]
    tail = reading.quote(last)
    if _UNFINISHED_HEADING.match(reading.quote(reading.lines[-1])):
        return True
    if ends_like_prose(tail):
        return False
    if _ends_inside_row(reading) or _ends_inside_item(reading) or _ends_inside_code(reading):
        return True
    if _ends_open(reading, tail):
        return reading.line_kinds[-1] in ("prose", "item")
    if reading.line_kinds[-1] != "prose":
        return False
    if reading.rules.spaced:
        return _words(tail) >= _MIN_WORDS and not _looks_like_title(tail)
    return (len(tail) >= 4 and "。" in reading.text[: last.start]) or (
        len(tail) >= 12 and any(mark in reading.text for mark in "，；")
    )


def _ends_inside_row(reading: Reading) -> bool:
    """The last row has fewer cells than the one before it."""
    if len(reading.lines) < 2 or reading.line_kinds[-2] not in ("row", "rule"):
        return False
    last, before = (reading.quote(span).strip() for span in reading.lines[:-3:-1])
    return last.startswith("|") and 0 < last.count("|") < before.count("|")


def _ends_inside_item(reading: Reading) -> bool:
    """The other items end as sentences do, the last one does not."""
    if reading.line_kinds[-1] != "item":
        return False
    others = [
        reading.quote(line)
        for line, kind in zip(reading.lines[:-1], reading.line_kinds[:-1], strict=True)
        if kind == "item"
    ]
    return bool(others) and all(ends_like_prose(other) for other in others)


def _ends_inside_code(reading: Reading) -> bool:
    """The last line is code that waits for more: an open bracket, a colon."""
    if reading.line_kinds[-1] != "code":
        return False
    line = reading.quote(reading.lines[-1]).strip()
    return line.endswith(_OPEN_CODE) or line.count("(") > line.count(")")


def _words(text: str) -> int:
    return len(text.split())


def _looks_like_title(text: str) -> bool:
    words = [word for word in text.split() if word[0].isalpha() and len(word) > 3]
    return len(text.split()) <= 12 and all(word[0].isupper() for word in words)


def _ends_open(reading: Reading, tail: str) -> bool:
    if tail.endswith((",", "，", "、", "-")):
        return True
    if not reading.rules.spaced:
        return tail.endswith(reading.rules.ends_none)
    return tail.rpartition(" ")[2].lower() in reading.rules.ends_none
