"""Headings of a document, their sections and the heading path of any place.

Markdown (``#`` and underlined headings; CommonMark 0.31, sections 4.2 and 4.3), reStructuredText
(underlines, with or without an overline), what the HTML loader writes, which is Markdown, and
numbered headings of plain texts.
A ``#`` in a code fence, in an indented block or in front matter is no heading.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ragcheck.records.corpus import Span
from ragcheck.text.numbered_headings import numbered_headings
from ragcheck.text.sentences import trim

MARKUPS = ("auto", "markdown", "rst")

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ATX = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_CLOSING = re.compile(r"[ \t]#+[ \t]*$")
_ANCHOR = re.compile(r"[ \t]*\{#[^{}]{0,200}\}[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_RULE = re.compile(r"([=\-~^\"'`:.*+#<>_])\1{2,}$")
_NOT_A_TITLE = re.compile(r"\s*(?:[-*+•]\s|\d{1,3}[.)]\s|>|\||:\w|\.\. |<!--)|(?: {4}|\t)")
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Heading:
    """``span`` is the heading's own line or lines; ``level`` counts from 1, the outermost."""

    title: str
    level: int
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text up to the next heading; ``heading`` is ``None`` before the first.

    ``path`` holds the titles from the outermost heading to the section's own.
    """

    span: Span
    heading: Heading | None
    path: tuple[str, ...]


@dataclass(frozen=True)
class Outline:
    """The headings of one text, in order. ``length`` is that of the text."""

    headings: tuple[Heading, ...]
    length: int

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Sections that touch, in order; together they are the whole text."""
        starts = [heading.span.start for heading in self.headings]
        sections: list[Section] = []
        first = starts[0] if starts else self.length
        if first > 0:
            sections.append(Section(Span(0, first), None, ()))
        open_headings: list[Heading] = []
        ends = [*starts[1:], self.length][: len(starts)]
        for heading, end in zip(self.headings, ends, strict=True):
            while open_headings and open_headings[-1].level >= heading.level:
                open_headings.pop()
            open_headings.append(heading)
            path = tuple(each.title for each in open_headings)
            sections.append(Section(Span(heading.span.start, end), heading, path))
        return tuple(sections)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(section.span.start for section in self.sections)

    def section_at(self, offset: int) -> Section | None:
        """The section that holds the character at ``offset``; ``None`` in an empty text."""
        index = bisect_right(self._starts, offset) - 1
        return self.sections[index] if index >= 0 else None

    def heading_path_at(self, offset: int) -> tuple[str, ...]:
        """Titles over the character at ``offset``, outermost first; a heading is in its own."""
        section = self.section_at(offset)
        return section.path if section is not None else ()


def outline(text: str, *, markup: str = "auto") -> Outline:
    """The outline of a text in ``markdown`` or ``rst``; ``auto`` decides by the marks it finds.

    Raises:
        ValueError: there is no such markup.
    """
    if markup not in MARKUPS:
        raise ValueError(f"markup is one of {', '.join(MARKUPS)}, not {markup!r}")
    lines = [Span(found.start(), found.end()) for found in _LINE.finditer(text)]
    if markup == "rst":
        headings = list(_underlined(text, lines))
    else:
        headings = list(_markdown(text, lines))
        if markup == "auto" and not headings:
            headings = list(_underlined(text, lines)) or list(_numbered(text, lines))
    return Outline(tuple(headings), len(text))


def markup_of(path: str) -> str:
    """The markup that a file's name announces: ``rst``, ``markdown``, or ``auto``."""
    lowered = path.lower()
    if lowered.endswith((".rst", ".rest")):
        return "rst"
    return "markdown" if lowered.endswith((".md", ".markdown", ".html", ".htm")) else "auto"


def front_matter_end(text: str) -> int:
    """Where a leading ``---`` block of front matter ends; 0 where there is none."""
    start = 1 if text.startswith("\ufeff") else 0
    lines = _LINE.finditer(text, start)
    first = next(lines, None)
    if first is None or first.group().rstrip() != "---":
        return 0
    for count, line in enumerate(lines):
        if line.group().rstrip() in ("---", "..."):
            return line.end()
        if count > 200:
            break
    return 0


def fenced_spans(text: str, start: int = 0) -> list[Span]:
    """Code fences from ``start`` on, with their marks; one never closed runs to the end."""
    spans: list[Span] = []
    open_at: int | None = None
    mark = ""
    for line in _LINE.finditer(text, start):
        found = _FENCE.match(line.group())
        if found is None:
            continue
        if open_at is None:
            open_at, mark = line.start(), found.group(1)
        elif found.group(1).startswith(mark) and not line.group()[found.end() :].strip():
            spans.append(Span(open_at, line.end()))
            open_at = None
    if open_at is not None:
        spans.append(Span(open_at, len(text)))
    return spans


def _markdown(text: str, lines: list[Span]) -> Iterator[Heading]:
    matter = front_matter_end(text)
    code = fenced_spans(text, matter)
    code_starts = [span.start for span in code]
    before = ""
    for index, line in enumerate(lines):
        fence = bisect_right(code_starts, line.start) - 1
        if line.start < matter or (fence >= 0 and line.start < code[fence].end):
            before = ""
            continue
        raw = text[line.start : line.end].lstrip("\ufeff").rstrip()
        atx = _ATX.match(raw)
        if atx is not None:
            yield Heading(_clean(raw[atx.end() :]), len(atx.group(1)), trim(text, line))
            before = ""
            continue
        if not before and index + 1 < len(lines) and _can_be_title(raw):
            rule = text[lines[index + 1].start : lines[index + 1].end].rstrip()
            if _RULE.match(rule) and rule[0] in "=-":
                span = trim(text, Span(line.start, lines[index + 1].end))
                yield Heading(_clean(raw), 1 if rule[0] == "=" else 2, span)
        before = raw.strip()


def _underlined(text: str, lines: list[Span]) -> Iterator[Heading]:
    """Levels in the order in which the styles appear, as reStructuredText has it."""
    styles: list[tuple[str, bool]] = []
    used = -1
    for index in range(len(lines) - 1):
        raw = text[lines[index].start : lines[index].end].rstrip()
        rule = text[lines[index + 1].start : lines[index + 1].end].rstrip()
        if not _RULE.match(rule) or _RULE.match(raw) or index <= used:
            continue
        above = text[lines[index - 1].start : lines[index - 1].end].rstrip() if index else ""
        overlined = index - 1 > used and above == rule
        if not overlined and above.strip() and index - 1 > used:
            continue
        if not (overlined or _can_be_title(raw)) or len(rule) < len(raw.strip()):
            continue
        style = (rule[0], overlined)
        if style not in styles:
            styles.append(style)
        first = lines[index - 1] if overlined else lines[index]
        span = trim(text, Span(first.start, lines[index + 1].end))
        yield Heading(_clean(raw), styles.index(style) + 1, span)
        used = index + 1


def _numbered(text: str, lines: list[Span]) -> Iterator[Heading]:
    """Levels in the order in which the styles appear."""
    styles: list[str] = []
    for title, style, line in numbered_headings(text, lines):
        if style not in styles:
            styles.append(style)
        yield Heading(title, styles.index(style) + 1, trim(text, line))


def _can_be_title(raw: str) -> bool:
    return bool(
        raw.strip()
        and len(raw) <= _LONGEST_TITLE
        and not _NOT_A_TITLE.match(raw)
        and not _RULE.match(raw)
    )


def _clean(title: str) -> str:
    title = _CLOSING.sub("", f" {title.strip()}")
    return _ANCHOR.sub("", title).strip()
