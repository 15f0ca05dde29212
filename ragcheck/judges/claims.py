"""Claims: single statements of a text with what they are about, ready to be compared.

A table cell is a claim about its row and column, a list item one about the sentence that leads
into the list, a sentence that refers back one about the sentence before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragcheck.judges.analysis import describes_document, without_markup
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Scope
from ragcheck.text.language import detect_language
from ragcheck.text.outline import Outline, fenced_spans, markup_of, outline
from ragcheck.text.polarity import Cue, find_cues
from ragcheck.text.sentences import sentence_spans, trim
from ragcheck.text.typed import TypedValue
from ragcheck.text.values import find_values

LONGEST = 20_000
MOST_CLAIMS = 400
LONGEST_CLAIM = 600
LONGEST_CONTEXT = 160
LONGEST_CELL = 200
_BULLET = re.compile(
    r"[ \t]*(?:[-*+•>]|\d{1,3}[.)、]|[（(][一二三四五六七八九十\d]{1,3}[)）])[ \t]*"
)
_TABLE_RULE = re.compile(r"\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*")
_SIMPLE_RULE = re.compile(r"^[ \t]*={2,}(?:[ \t]+={2,})+[ \t]*$", re.MULTILINE)
_UNDERLINE = re.compile(r"\s*([=~^\"'`#*+.:-])\1{2,}\s*")
_CELL = re.compile(r"\S{1,200}(?: \S{1,200}){0,40}")
_FIELD = re.compile(r"([A-Za-z_\u4e00-\u9fff][\w .-]{0,39}?)[ \t]*[:：][ \t]+(?=\S)")
_NAMING = frozenset({"name", "title", "subject", "sku", "id", "名称", "标题"})
_BACKWARD = re.compile(
    r"[\s>*_-]{0,4}(?:.{0,24}\b(?:it|its|he|she|they|their|them|his|her|this|these|those)\b"
    r"|(?:then|otherwise|in that case|after that|both|such|there|the same|before that)\b"
    r"|.{0,6}(?:其|该|此|这|他|她|它)|上述|前述|前款|前条|期满|否则|届时|逾期|同时)",
    re.IGNORECASE | re.DOTALL,
)
_ANSWER = re.compile(r"\s*(?:答|A|Answer)\s*[:：]\s*")
_FIELD_LINE = re.compile(rf"^[ \t]*(?:[:*-][ \t]*)?{_FIELD.pattern}", re.MULTILINE)
_LITERAL = re.compile(
    r"(?:^[ \t]*\.\. (?:code-block|sourcecode|code|literalinclude|parsed-literal|testcode|doctest|"
    r"prompt|highlight)::[^\n]*\n(?:[ \t]+:[^\n]*\n)*|(?<=:):[ \t]*\n)"
    r"(?:[ \t]*\n)+(?:[ \t]+[^\n]*\n|[ \t]*\n)*",
    re.MULTILINE,
)
_ENTRY = re.compile(
    r"^([ \t]*)\.\. (?:[a-z]{1,4}:)?(?:data|function|method|class|attribute|option|confval|setting|"
    r"envvar|describe|exception|module|property|cmdoption|object|type|macro|directive|role):: "
    r"([^\n]{1,120})",
    re.MULTILINE,
)
_PROMPT = re.compile(
    r"\s*(?:\.\. [\w:-]{1,40}::|:\w{2,20}:|>>|\.\.\.|\$ |%|@\w|def |class |import |"
    r"from \w+ import|\{%|<\w)"
)
_OPTIONS = re.compile(r"\s:[a-z-]{4,24}:\s*(?:$|\n|:)")
_CODE_SIGNS = re.compile(r"[=(){}\[\]<>;%]")
CODE_SHARE, LEAST_SIGNS = 0.08, 6
_UNFINISHED = re.compile(
    r"\b(?:that|the|an?|by|using|in|of|to|and|or|is|are|for|with|from|one|than|into)\s*\Z",
    re.IGNORECASE,
)
_LEADS = re.compile(r"[:：]\s*\Z")


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement. ``span`` is in the text that was read and ``text`` what stands there.

    ``headings`` are the titles over it, outermost first; ``about`` is what else it is about but
    does not say: row and column of a cell, the sentence that leads into a list, the sentence
    before one that refers back. ``values`` and ``cues`` have spans in the text that was read;
    ``inherited`` are the cues of what leads into it, and ``entry`` the name that a reference
    defines there. ``kind`` is ``sentence``, ``item``,
    ``cell`` or ``field``.
    """

    span: Span
    text: str
    headings: tuple[str, ...]
    about: tuple[str, ...]
    values: tuple[TypedValue, ...]
    cues: tuple[Cue, ...]
    inherited: tuple[str, ...]
    kind: str
    entry: str = ""

    @property
    def stated(self) -> str:
        """Heading, context and statement as one text, for an encoder or a judge."""
        parts = [part[:LONGEST_CONTEXT] for part in (*self.headings[-2:], *self.about)]
        return ". ".join((*dict.fromkeys(parts), self.text[:LONGEST_CLAIM]))


@dataclass(slots=True)
class _State:
    """What was read before: the header of a table, a lead-in, a sentence, the record's name."""

    columns: tuple[str, ...] = ()
    lead: str = ""
    before: str = ""
    record: str = ""
    end: int = 0


def read_claims(text: str, scope: Scope | None = None) -> tuple[Claim, ...]:
    """The claims of a text in order; the first 20,000 characters and 400 claims count.

    Args:
        scope: where the headings over the text are taken from, if they do not stand in it.
    """
    head = text[:LONGEST]
    language = detect_language(head)
    plain = without_markup(head)
    own = outline(head, markup=markup_of("" if scope is None else scope.path))
    reader = _Reader(head, plain, own, _outer(scope, own), find_values(plain, language))
    claims = []
    for claim in reader.claims(language):
        claims.append(claim)
        if len(claims) == MOST_CLAIMS:
            break
    return tuple(claims)


def _outer(scope: Scope | None, own: Outline) -> tuple[str, ...]:
    """Headings that stand over the text but not in it."""
    if scope is None:
        return ()
    inside = {heading.title for heading in own.headings}
    over = scope.headings if scope.title in scope.headings else (scope.title, *scope.headings)
    return tuple(title for title in over if title and title not in inside)


class _Reader:
    def __init__(
        self,
        head: str,
        plain: str,
        own: Outline,
        outer: tuple[str, ...],
        values: Sequence[TypedValue],
    ) -> None:
        self._head, self._plain, self._own, self._outer = head, plain, own, outer
        self._values = values
        self._starts = [value.span.start for value in values]
        self._entries = [(m.start(), len(m[1]), m[2].strip()) for m in _ENTRY.finditer(head)]
        self._code = [*fenced_spans(head), *(Span(*m.span()) for m in _LITERAL.finditer(head))]

    def claims(self, language: str) -> Iterator[Claim]:
        tables = list(_simple_tables(self._plain))
        state = _State()
        for unit in self._units(language):
            inside = next((t for t in tables if t[0].start <= unit.start < t[0].end), None)
            if inside is not None:
                for header, row in inside[1]:
                    yield from self._cells(_simple_cells(self._plain, row), header)
                inside[1].clear()
            elif not self._skipped(unit):
                yield from self._read(unit, state)

    def _units(self, language: str) -> Iterator[Span]:
        """Sentences and lines; each field of a record is a unit of its own."""
        for unit in _whole(sentence_spans(self._plain, language), self._plain):
            start = unit.start
            for match in _FIELD_LINE.finditer(self._plain, unit.start + 1, unit.end):
                if self._plain[match.start() - 1] == "\n":
                    yield trim(self._plain, Span(start, match.start()))
                    start = match.start()
            yield trim(self._plain, Span(start, unit.end))

    def _skipped(self, unit: Span) -> bool:
        if any(code.start <= unit.start < code.end for code in self._code):
            return True
        line = self._plain[unit.start : unit.end]
        return bool(_UNDERLINE.fullmatch(line)) or _is_code(line) or self._is_heading(unit)

    def _entry_at(self, offset: int) -> str:
        """The name that the nearest definition above gives, where the text is indented under it."""
        line = self._head.rfind("\n", 0, offset) + 1
        indent = offset - line - len(self._head[line:offset].lstrip(" \t"))
        for start, own, name in reversed(self._entries):
            if start <= line:
                return name if indent > own else ""
        return ""

    def _is_heading(self, unit: Span) -> bool:
        section = self._own.section_at(unit.start)
        heading = None if section is None else section.heading
        return heading is not None and heading.span.overlap(unit) * 2 > len(unit)

    def _read(self, unit: Span, state: _State) -> Iterator[Claim]:
        line = self._plain[unit.start : unit.end]
        if "\n\n" in self._head[state.end : unit.start]:
            state.before = ""
        state.end = unit.end
        if line.lstrip().startswith("|"):
            yield from self._row(unit, line, state)
            return
        state.columns = ()
        if describes_document(line):
            return
        field = _FIELD_LINE.match(line)
        if field is not None:
            claim = self._field(unit, line, field, state)
            if claim.about[-1:] and claim.about[-1].lower() not in _NAMING:
                yield claim
            return
        bullet = _BULLET.match(line)
        if bullet is not None and bullet.end() < len(line):
            yield self._claim(Span(unit.start + bullet.end(), unit.end), _some(state.lead), "item")
            return
        answer = _ANSWER.match(line)
        span = Span(unit.start + answer.end(), unit.end) if answer is not None else unit
        if _UNFINISHED.search(line):
            return
        back = _some(state.before) if _BACKWARD.match(line) else ()
        yield self._claim(span, (*_some(state.record), *back), "sentence")
        state.before = _flat(line)
        state.lead = _flat(line) if _LEADS.search(line) else ""

    def _row(self, unit: Span, line: str, state: _State) -> Iterator[Claim]:
        if _TABLE_RULE.fullmatch(line.strip()):
            return
        cells = _pipe_cells(line, unit.start)
        following = self._plain[unit.end : unit.end + 400].lstrip("\n").split("\n", 1)[0]
        if _TABLE_RULE.fullmatch(following.strip()):
            state.columns = tuple(_flat(self._plain[c.start : c.end]) for c in cells)
            return
        yield from self._cells(cells, state.columns)

    def _cells(self, cells: Sequence[Span], columns: Sequence[str]) -> Iterator[Claim]:
        if len(cells) < 2:
            return
        row = _flat(self._plain[cells[0].start : cells[0].end])
        note = _flat(self._plain[cells[-1].start : cells[-1].end]) if len(cells) > 2 else ""
        for i, cell in enumerate(cells[1:], 1):
            column = columns[i] if i < len(columns) else ""
            remark = note if cell is not cells[-1] and len(note) > 8 else ""
            if cell.end > cell.start:
                yield self._claim(cell, tuple(x for x in (row, column, remark) if x), "cell")

    def _field(self, unit: Span, line: str, field: re.Match[str], state: _State) -> Claim:
        key = field[1].rsplit(".", 1)[-1].strip()
        span = Span(unit.start + field.end(), unit.end)
        if key.lower() in _NAMING:
            state.record = _flat(self._plain[span.start : span.end])
        about = tuple(dict.fromkeys(x for x in (state.record, key.replace("_", " ")) if x))
        state.lead = _flat(line) if _LEADS.search(line) else ""
        return self._claim(span, about, "field")

    def _claim(self, span: Span, about: tuple[str, ...], kind: str) -> Claim:
        text = self._head[span.start : span.end]
        headings = (*self._outer, *self._own.heading_path_at(span.start))
        first = bisect_right(self._starts, span.start - 1)
        values = tuple(v for v in self._values[first : first + 60] if v.span.start < span.end)
        cues = tuple(
            Cue(cue.kind, cue.text, Span(span.start + cue.span.start, span.start + cue.span.end))
            for cue in find_cues(self._plain[span.start : span.end][:LONGEST_CLAIM])
        )
        lead = (*about, *headings[-1:]) if kind in ("item", "cell") else ()
        inherited = tuple(dict.fromkeys(cue.kind for part in lead for cue in find_cues(part)))
        entry = self._entry_at(span.start)
        about = (entry, *about) if entry else about
        return Claim(span, text, headings, about, values, cues, inherited, kind, entry)


def _whole(units: Sequence[Span], plain: str) -> Iterator[Span]:
    """The units, one that goes on in lower case joined to the unfinished one before it."""
    held: Span | None = None
    for unit in units:
        if held is not None:
            between = plain[held.end : unit.start]
            goes_on = plain[unit.start].islower() and plain[held.end - 1] not in ".!?:;。！？：；|"
            if goes_on and between.count("\n") < 2:
                held = Span(held.start, unit.end)
                continue
            yield held
        held = unit
    if held is not None:
        yield held


def _is_code(line: str) -> bool:
    """Whether a line is a command, a prompt or made of the signs of a program."""
    signs = len(_CODE_SIGNS.findall(line))
    return bool(_PROMPT.match(line) or _OPTIONS.search(line)) or signs >= max(
        LEAST_SIGNS, CODE_SHARE * len(line)
    )


def _some(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _flat(text: str) -> str:
    return " ".join(text.split())[: 2 * LONGEST_CONTEXT]


def _pipe_cells(line: str, start: int) -> list[Span]:
    """The cells of a row between bars, trimmed; escaped bars stay inside their cell."""
    bars = [match.start() for match in re.finditer(r"(?<!\\)\|", line)]
    cells = (trim(line, Span(a + 1, b)) for a, b in pairwise(bars))
    return [Span(start + cell.start, start + cell.end) for cell in cells]


def _simple_tables(plain: str) -> Iterator[tuple[Span, list[tuple[tuple[str, ...], Span]]]]:
    """Tables between lines of ``===  ===``: (span, [(header, span of the row)])."""
    rules = list(_SIMPLE_RULE.finditer(plain))
    position = 0
    while position + 1 < len(rules):
        end = position + 1
        while end + 1 < len(rules) and end - position < 2:
            end += 1
        first, last = rules[position], rules[end]
        if "\n\n\n" in plain[first.end() : last.start()]:
            position += 1
            continue
        header: tuple[str, ...] = ()
        if end - position == 2:
            middle = rules[position + 1]
            spans = _simple_cells(plain, Span(first.end(), middle.start()))
            header = tuple(_flat(plain[c.start : c.end]) for c in spans)
            body = Span(middle.end(), last.start())
        else:
            body = Span(first.end(), last.start())
        rows = [
            (header, Span(body.start + match.start(), body.start + match.end()))
            for match in re.finditer(r"[^\n]+", plain[body.start : body.end])
            if match.group().strip()
        ]
        yield Span(first.start(), last.end()), rows
        position = end + 1


def _simple_cells(plain: str, row: Span) -> list[Span]:
    return [
        trim(plain, Span(row.start + match.start(), row.start + match.end()))
        for match in _CELL.finditer(plain[row.start : row.end])
    ]
