"""What every reader gives: text, the source line of each of its lines, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Extraction:
    """The text of one source file.

    ``source_lines`` is as in :class:`ragcheck.records.corpus.Document`; ``problems`` says what
    could not be read of a file that was read in part.
    """

    text: str
    source_lines: tuple[int, ...] | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class LineWriter:
    """Collects lines together with the 1-based source line on which each began.

    Source lines never go down from one line to the next.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._sources: list[int] = []

    def write(self, text: str, source: int, *, advance: int = 0) -> None:
        """Add text; each further line of it is ``advance`` source lines below the one before."""
        floor = self._sources[-1] if self._sources else 1
        for number, line in enumerate(text.split("\n")):
            self._lines.append(line)
            self._sources.append(max(floor, source + number * advance))

    def gap(self) -> None:
        """Add a blank line unless there is one, or nothing, before."""
        if self._lines and self._lines[-1]:
            self._lines.append("")
            self._sources.append(self._sources[-1])

    def extraction(
        self,
        metadata: Mapping[str, str] | None = None,
        problems: tuple[str, ...] = (),
    ) -> Extraction:
        """All lines, with one LF at the end of the text."""
        while self._lines and not self._lines[-1]:
            self._lines.pop()
            self._sources.pop()
        if not self._lines:
            return Extraction("", None, metadata or {}, problems)
        text = "\n".join(self._lines) + "\n"
        # The text ends with LF, so it has one more, empty, line.
        sources = (*self._sources, self._sources[-1])
        return Extraction(text, sources, metadata or {}, problems)


def scrub(text: str) -> str:
    """Lone surrogates and NUL, which no text file may hold, as U+FFFD."""
    if "\x00" in text:
        text = text.replace("\x00", REPLACEMENT)
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
