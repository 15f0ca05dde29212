"""What each line of a document is, and under which headings it stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from ragcheck.records.corpus import Document, Span
from ragcheck.text.outline import Outline, markup_of, outline

_FENCE = re.compile(r"\s*(```|~~~)")
_TABLE_RULE = re.compile(r"\s*\|[\s|:-]+\|?\s*$")
_RECORD_ENDINGS = (".json", ".jsonl")
_RST_DIRECTIVE = re.compile(r"\s*\.\. \S|\s*:[\w -]{1,40}:(?:\s|$)")
_RST_CODE = re.compile(
    r"\s*\.\. (?:code|code-block|sourcecode|parsed-literal|testcode|doctest|productionlist)::"
    r"|(?!\s*\.\. ).*::\s*$"
)
_UNDERLINE = re.compile(r"([=\-~^\"'`*+#.:_])\1{2,}\s*$")
_SHOWN_TITLE = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``kind`` is ``heading``, ``code``, ``row``, ``rule``, ``record`` or ``prose``."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class DocumentLines:
    """The lines of a document, in order, and its outline."""

    lines: tuple[Line, ...]
    outline: Outline

    def kind_at(self, offset: int) -> str:
        """The kind of the line that holds an offset."""
        index = bisect_right(self.lines, offset, key=lambda line: line.span.start) - 1
        return self.lines[max(0, index)].kind

    def heading_path(self, offset: int) -> tuple[str, ...]:
        """Titles of the headings that an offset stands under, outermost first."""
        return tuple(title[:_SHOWN_TITLE] for title in self.outline.heading_path_at(offset))


class _LiteralBlocks:
    """Follows the indented code blocks of reStructuredText, line by line."""

    def __init__(self, path: str) -> None:
        self.is_rst = path.lower().endswith(".rst")
        self._indent: int | None = None

    def holds(self, line: str) -> bool:
        """Whether the line is code. To be asked once for each line, in order."""
        if not self.is_rst or not line.strip():
            return False
        indent = len(line) - len(line.lstrip())
        if self._indent is not None and indent > self._indent:
            return True
        self._indent = indent if _RST_CODE.match(line) else None
        return False


def read_lines(document: Document) -> DocumentLines:
    """Read the lines of a document once, from top to bottom."""
    is_record = document.path.lower().endswith(_RECORD_ENDINGS)
    found = outline(document.text, markup=markup_of(document.path))
    titles = {heading.span.start for heading in found.headings}
    literal = _LiteralBlocks(document.path)
    lines: list[Line] = []
    in_code = False
    for start, after in pairwise((*document.line_starts, len(document.text) + 1)):
        text = document.text[start : after - 1]
        if _FENCE.match(text):
            in_code = not in_code
            kind = "rule"
        elif in_code or literal.holds(text):
            kind = "code"
        elif is_record:
            kind = "record"
        elif literal.is_rst and _RST_DIRECTIVE.match(text):
            kind = "rule"
        elif start in titles:
            kind = "heading"
        elif _UNDERLINE.match(text.strip()) or _TABLE_RULE.match(text):
            kind = "rule"
        else:
            kind = "row" if text.lstrip().startswith("|") else "prose"
        lines.append(Line(Span(start, start + len(text)), kind))
    return DocumentLines(tuple(lines), found)
