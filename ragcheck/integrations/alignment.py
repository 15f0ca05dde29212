"""Finds the place of each piece that a foreign splitter cut from a text.

Such splitters return strings. Searching each one from the start of the text finds the first copy
of repeated text, so the pieces are placed in order here, each by where the one before it lies.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk

_NEAR = 20_000
_EDGE = 400


@dataclass(frozen=True, slots=True)
class Aligned:
    """``exact`` is false where the span is only the nearest text, not the piece itself."""

    span: Span
    exact: bool


class Aligner:
    """Places pieces of one text in order, each starting after the start of the one before.

    White space is not compared, for splitters drop and join it. Where a piece fits at more than
    one place, the choice is the place without a gap to the piece before: right behind it where
    ``overlap`` is 0, else the largest overlap with it of which ``measure`` says at most
    ``overlap``, which is how splitters choose. A piece that is nowhere gets the nearest span in
    the 20,000 characters that follow.
    """

    def __init__(
        self,
        text: str,
        *,
        within: Span | None = None,
        overlap: int = 0,
        measure: Callable[[str], int] = len,
    ) -> None:
        whole = within or Span(0, len(text))
        self._text = text
        self._stop = whole.end
        self._places = [i for i in range(whole.start, whole.end) if not text[i].isspace()]
        self._solid = "".join(text[i] for i in self._places)
        self._overlap = overlap
        self._measure = measure
        self._last = Span(-1, 0)

    def place(self, piece: str) -> Aligned | None:
        """The span of the next piece; ``None`` for one without a visible character."""
        needle = "".join(piece.split())
        if not needle or not self._solid:
            return None
        start = self._find(needle)
        if start is not None:
            self._last = Span(start, start + len(needle))
            return Aligned(self._real(self._last), True)
        self._last = self._nearest(needle)
        return Aligned(self._real(self._last), False)

    def _real(self, solid: Span) -> Span:
        return Span(self._places[solid.start], self._places[solid.end - 1] + 1)

    def _find(self, needle: str) -> int | None:
        if self._overlap == 0 and self._solid.startswith(needle, self._last.end):
            return self._last.end
        touching = list(self._touching(needle))
        if touching:
            return self._best_overlap(touching)
        near = self._last.end + _NEAR + len(needle)
        for start, stop in ((self._last.end, near), (self._last.start + 1, len(self._solid))):
            found = self._solid.find(needle, start, stop)
            if found >= 0:
                return found
        return None

    def _touching(self, needle: str) -> Iterator[int]:
        """Places of the piece that begin in the last one or right behind it, in order."""
        stop = self._last.end + len(needle)
        found = self._solid.find(needle, self._last.start + 1, stop)
        while found >= 0:
            yield found
            found = self._solid.find(needle, found + 1, stop)

    def _best_overlap(self, touching: list[int]) -> int:
        if len(touching) == 1:
            return touching[0]
        fits = bisect_left(touching, True, key=self._overlap_fits)
        return touching[min(fits, len(touching) - 1)]

    def _overlap_fits(self, start: int) -> bool:
        if start >= self._last.end:
            return True
        shared = self._real(Span(start, self._last.end))
        return self._measure(self._text[shared.start : shared.end]) <= self._overlap

    def _nearest(self, needle: str) -> Span:
        """By the best partial match of the piece's two ends in a bounded window."""
        size = len(self._solid)
        low = min(self._last.start + 1, size - 1)
        high = min(size, max(self._last.end, low) + min(2 * len(needle) + _EDGE, _NEAR))
        head = fuzz.partial_ratio_alignment(needle[:_EDGE], self._solid[low:high])
        start = low + head.dest_start if head is not None else low
        tail_window = self._solid[start : min(size, start + 2 * len(needle) + _EDGE)][:_NEAR]
        tail = fuzz.partial_ratio_alignment(needle[-_EDGE:], tail_window)
        end = start + tail.dest_end if tail is not None else start + len(needle)
        start = min(start, size - 1)
        return Span(start, min(max(end, start + 1), size))


def chunks_of(document: Document, aligned: Sequence[Aligned], *, strategy: str) -> list[Chunk]:
    """Chunks of the places, in order of their start; the same span twice is one chunk."""
    exact: dict[Span, bool] = {}
    for each in aligned:
        exact[each.span] = exact.get(each.span, False) or each.exact
    return [
        Chunk(
            document_id=document.id,
            start=span.start,
            end=span.end,
            text=document.text[span.start : span.end],
            strategy=strategy,
            aligned=exact[span],
        )
        for span in sorted(exact)
    ]
