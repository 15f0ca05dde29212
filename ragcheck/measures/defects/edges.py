"""Sentences that the cut went through."""

from __future__ import annotations

import re

from ragcheck.measures.defects.reading import Reading, ends_like_prose
from ragcheck.measures.defects.wording import defect
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Defect

_CLOSING = re.compile(r"[,.;:!?)\]}，。、；：！？）】」』》”’]")
_MIN_WORDS = 4


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
    first = reading.text[reading.body.start]
    if _CLOSING.match(first) and not reading.text.startswith(("...", "…"), reading.body.start):
        return True
    head = reading.sentences[0]
    kind = reading.line_kinds[0]
    if kind != "prose":
        return False
    inside = reading.rules.first_of(reading.rules.starts_none, reading.lowered, head.start)
    if not reading.rules.spaced:
        return inside is not None
    if not first.islower() or not _has_capitals(reading):
        return False
    names = reading.names
    is_identifier = bool(names) and names[0].start == head.start
    return not is_identifier and (inside is not None or _words(reading.quote(head)) >= 2)


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
    if ends_like_prose(tail):
        return False
    if _ends_open(reading, tail):
        return reading.line_kinds[-1] in ("prose", "item")
    if reading.line_kinds[-1] != "prose":
        return False
    if reading.rules.spaced:
        return _words(tail) >= _MIN_WORDS and not _looks_like_title(tail)
    return len(tail) >= 12 and any(mark in reading.text for mark in "。，；")


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
