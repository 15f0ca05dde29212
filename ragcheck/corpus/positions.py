"""On which source line a piece of parsed markup stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import islice

_WORD = re.compile(r"[^\s&<>]{1,60}")
_LONGEST_TAG = 1 << 16
_NEAR = 1 << 12
_TRIES = 3

Position = tuple[int, int]


class SourceCursor:
    """Moves forward through the source as its elements come by; never back.

    Parsers give the place of tags, not of text: text is found by its first words between the
    tag before it and the tag after it, and where entities hide them by the line breaks in front.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._starts = [0, *(found.end() for found in re.finditer("\n", source))]
        self._offset = 0

    @property
    def line(self) -> int:
        """The 1-based line where the cursor stands."""
        return self._line(self._offset)

    def enter(self, position: Position | None) -> None:
        """Go behind the start tag at a (1-based line, 0-based column)."""
        self._offset = max(self._offset, self._to_offset(position))
        end = self._source.find(">", self._offset, self._offset + _LONGEST_TAG)
        if end >= 0 and position is not None:
            self._offset = end + 1

    def line_of_text(self, text: str, *, before: Position | None) -> int:
        """The 1-based line of the first word of ``text``, which ends before a position."""
        limit = self._to_offset(before)
        if limit <= self._offset:
            limit = self._offset + _NEAR
        for word in islice(_WORD.finditer(text), _TRIES):
            found = self._source.find(word.group(), self._offset, limit)
            if found >= 0:
                self._offset = found
                return self._line(found)
        blank = text[: len(text) - len(text.lstrip())]
        return min(self.line + blank.count("\n"), len(self._starts))

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def _to_offset(self, position: Position | None) -> int:
        if position is None:
            return 0
        line, column = position
        row = min(max(line, 1), len(self._starts)) - 1
        return min(self._starts[row] + column, len(self._source))
