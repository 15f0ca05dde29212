"""Blocks of a page or an office file as Markdown-like lines with their source lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragcheck.corpus.extraction import Extraction, LineWriter

_WHITE = re.compile(r"[ \t\n\r\f]+")
_ITEM = re.compile(r"\s*(?:-|\d+\.) $")


class BlockWriter:
    """Collects text into paragraphs, headings, list items, table rows and code.

    Blocks are separated by a blank line, except neighbouring items of a list and rows of a table.
    """

    def __init__(self) -> None:
        self._writer = LineWriter()
        self._lines: list[tuple[str, int]] = []
        self._pieces: list[str] = []
        self._line: int | None = None
        self._last_line = 1
        self._marker = ""
        self._kind = ""
        self._row: list[tuple[str, bool]] | None = None
        self._cell_heading: bool | None = None
        self._first_row = True
        self._code_line: int | None = None

    def add(self, text: str, line: int | None) -> None:
        """Inline text of the current block; ``line`` is its source line, if known."""
        self._pieces.append(text)
        if line is not None:
            self._last_line = line
            if self._line is None:
                self._line = line

    def line_break(self) -> None:
        """A new line in the same block."""
        if self._code_line is not None:
            self._pieces.append("\n")
        elif self._row is not None or self._marker.startswith("#"):
            self._pieces.append(" ")
        else:
            self._end_line()

    def start(self, *, marker: str) -> None:
        """Put a marker (``"## "``, ``"- "``) before the next text."""
        self._marker = marker

    def end(self) -> None:
        """Write the current block; a marker without text is forgotten."""
        self.flush()
        self._marker = ""

    def separate(self) -> None:
        """What follows is another list or table than what was before."""
        self._kind = ""
        self._first_row = True

    def flush(self) -> None:
        """Write the current block, if it has text."""
        if self._code_line is not None:
            return
        if self._row is not None and self._cell_heading is not None:
            self._pieces.append(" ")
            return
        self._end_line()
        if not self._lines:
            return
        is_item = _ITEM.match(self._marker) is not None
        kind = "item" if is_item else "text"
        if not (is_item and self._kind == "item"):
            self._writer.gap()
        indent = " " * len(self._marker) if is_item else ""
        for number, (text, line) in enumerate(self._lines):
            self._writer.write((indent if number else self._marker) + text, line)
        self._lines, self._marker, self._kind = [], "", kind

    def open_row(self) -> None:
        self.close_row()
        self._row = []

    def open_cell(self, *, heading: bool) -> None:
        if self._row is None:
            self.open_row()
        self._close_cell()
        self._pieces = []
        self._cell_heading = heading

    def close_row(self) -> None:
        """Write the row as ``| a | b |``, and a rule below a first row of headings."""
        if self._row is None:
            return
        self._close_cell()
        cells, self._row = self._row, None
        if any(text for text, _ in cells):
            headings = self._first_row and all(heading for _, heading in cells)
            self.row([text for text, _ in cells], self._line or self._last_line, rule=headings)
        self._line = None

    def row(self, cells: Sequence[str], line: int, *, rule: bool) -> None:
        """Write one row; ``rule`` adds the line that marks it as the header."""
        if self._kind != "row":
            self._writer.gap()
        self._writer.write(f"| {' | '.join(cells)} |", line)
        if rule:
            self._writer.write(f"|{' --- |' * len(cells)}", line)
        self._kind, self._first_row = "row", False

    def open_code(self, line: int) -> None:
        """From here on white space is kept, until :meth:`close_code`."""
        if self._row is None and self._code_line is None:
            self._code_line = line

    def close_code(self) -> None:
        """Write the code between fences."""
        if self._code_line is None:
            return
        opening, first = self._code_line, self._line or self._code_line
        body = _trim_code("".join(self._pieces))
        self._pieces, self._line, self._code_line = [], None, None
        if body:
            fence = "~~~" if "```" in body else "```"
            self._writer.gap()
            self._writer.write(fence, opening)
            self._writer.write(body, first, advance=1)
            self._writer.write(fence, first)
            self._kind = "code"

    def extraction(
        self, metadata: dict[str, str] | None = None, problems: tuple[str, ...] = ()
    ) -> Extraction:
        """Everything that was written."""
        self.close_code()
        self.close_row()
        self.end()
        return self._writer.extraction(metadata, problems)

    def _close_cell(self) -> None:
        if self._cell_heading is not None and self._row is not None:
            self._row.append((_collapse("".join(self._pieces)), self._cell_heading))
        self._pieces, self._cell_heading = [], None

    def _end_line(self) -> None:
        text = _collapse("".join(self._pieces))
        if text:
            self._lines.append((text, self._line or self._last_line))
        self._pieces, self._line = [], None


def _collapse(text: str) -> str:
    return _WHITE.sub(" ", text).strip()


def _trim_code(text: str) -> str:
    """Without blank lines at both ends; the indent of the first line stays."""
    text = text.rstrip()
    blank = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, blank) + 1 :]
