"""What each line of a document is, and under which headings an offset stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from ragcheck.records.corpus import Document, Span

_ATX = re.compile(r" {0,3}(#{1,6})\s+(\S.*)")
_ADORNMENT = re.compile(r"([=\-~^\"'`*+#.:_])\1{2,}\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
_TABLE_RULE = re.compile(r"\s*\|[\s|:-]+\|?\s*$")
_RECORD_ENDINGS = (".json", ".jsonl")
_RST_DIRECTIVE = re.compile(r"\s*\.\. \S|\s*:[\w -]{1,40}:(?:\s|$)")
_RST_CODE = re.compile(
    r"\s*\.\. (?:code|code-block|sourcecode|parsed-literal|testcode|doctest|productionlist)::"
    r"|(?!\s*\.\. ).*::\s*$"
)
_SHOWN_TITLE = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``kind`` is ``heading``, ``code``, ``row``, ``rule``, ``record`` or ``prose``."""

    span: Span
    kind: str


@dataclass(slots=True)
class Outline:
    """The lines of a document, and its headings as (offset, level, title)."""

    lines: list[Line] = field(default_factory=list)
    headings: list[tuple[int, int, str]] = field(default_factory=list)

    def kind_at(self, offset: int) -> str:
        """The kind of the line that holds an offset."""
        index = bisect_right(self.lines, offset, key=lambda line: line.span.start) - 1
        return self.lines[max(0, index)].kind

    def heading_path(self, offset: int) -> tuple[str, ...]:
        """Titles of the headings that an offset stands under, outermost first."""
        end = bisect_right(self.headings, offset, key=lambda heading: heading[0])
        path: list[tuple[int, str]] = []
        for _, level, title in self.headings[:end]:
            while path and path[-1][0] >= level:
                path.pop()
            path.append((level, title))
        return tuple(title for _, title in path)


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


def outline(document: Document) -> Outline:
    """Read the lines of a document once, from top to bottom."""
    is_record = document.path.lower().endswith(_RECORD_ENDINGS)
    result = Outline()
    literal = _LiteralBlocks(document.path)
    adornments: list[str] = []
    in_code = False
    starts = [*document.line_starts, len(document.text) + 1]
    texts = [document.text[a : b - 1] for a, b in pairwise(starts)]
    for row, text in enumerate(texts):
        span = Span(starts[row], starts[row] + len(text))
        after = texts[row + 1] if row + 1 < len(texts) else ""
        if _FENCE.match(text):
            in_code = not in_code
            kind = "rule"
        elif in_code or literal.holds(text):
            kind = "code"
        elif is_record:
            kind = "record"
        elif literal.is_rst and _RST_DIRECTIVE.match(text):
            kind = "rule"
        elif (level := _heading_level(text, after, adornments)) is not None:
            title = text.strip().strip("#").strip()[:_SHOWN_TITLE]
            result.headings.append((span.start, level, title))
            kind = "heading"
        elif _ADORNMENT.match(text.strip()) or _TABLE_RULE.match(text):
            kind = "rule"
        else:
            kind = "row" if text.lstrip().startswith("|") else "prose"
        result.lines.append(Line(span, kind))
    return result


def _heading_level(text: str, after: str, adornments: list[str]) -> int | None:
    """Level of a ``#`` heading, or of a title that is underlined; levels come as they appear."""
    atx = _ATX.match(text)
    if atx is not None:
        return len(atx.group(1))
    title = text.strip()
    underline = after.strip()
    if (
        not title
        or not _ADORNMENT.match(underline)
        or _ADORNMENT.match(title)
        or text.startswith((" ", "\t", "|"))
        or len(underline) < len(title) // 2
    ):
        return None
    if underline[0] not in adornments:
        adornments.append(underline[0])
    return adornments.index(underline[0]) + 1
