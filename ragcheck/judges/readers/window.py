"""Which part of a long passage to read: the run of sentences that says most of the question."""

from __future__ import annotations

from ragcheck.judges.readers.light import question_pairs
from ragcheck.records.corpus import Span
from ragcheck.text.sentences import sentence_spans

LONGEST = 170
"""Characters that are read; a single sentence may be longer."""


def nearest_window(question: str, passage: str) -> Span:
    """All of a short passage, else the neighbouring sentences that hold most of the question.

    Of equal runs the earliest; then the run is filled with what follows and precedes.
    """
    if len(passage) <= LONGEST:
        return Span(0, len(passage))
    spans = sentence_spans(passage, "zh") or [Span(0, len(passage))]
    wanted = question_pairs(question)
    there = [wanted & question_pairs(passage[s.start : s.end]) for s in spans]
    best, chosen = (-1.0, 0), (0, 0)
    for first in range(len(spans)):
        held: set[str] = set()
        for last in range(first, len(spans)):
            length = spans[last].end - spans[first].start
            if last > first and length > LONGEST:
                break
            held |= there[last]
            if (len(held), -length) > best:
                best, chosen = (len(held), -length), (first, last)
    return _filled(spans, *chosen)


def _filled(spans: list[Span], first: int, last: int) -> Span:
    grown = True
    while grown:
        grown = False
        if last + 1 < len(spans) and spans[last + 1].end - spans[first].start <= LONGEST:
            last, grown = last + 1, True
        if first > 0 and spans[last].end - spans[first - 1].start <= LONGEST:
            first, grown = first - 1, True
    return Span(spans[first].start, spans[last].end)
