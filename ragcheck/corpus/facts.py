"""Facts that a document states: a value, and the sentence, table row or setting around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from ragcheck.corpus.lines import DocumentLines, Line, read_lines
from ragcheck.corpus.wording import NAMED_SUBJECT, NAMES, POINTING_START, RULES
from ragcheck.records.corpus import Document, Span
from ragcheck.text.language import detect_language
from ragcheck.text.sentences import sentence_spans, trim
from ragcheck.text.tokens import normalise
from ragcheck.text.values import TypedValue, find_values, same_value

T = TypeVar("T")

BLANK = "____"
MIN_WORDS = 6
MIN_CHINESE_CHARACTERS = 10
MAX_CHARACTERS = 400
MAX_STATEMENTS = 200
_KINDS = frozenset(
    ("quantity", "percent", "money", "duration", "date", "time", "weekday", "version", "number")
)
_MARKER = re.compile(r"^\s*(?:[-*+•>]\s+|\d{1,3}[.)、]\s*)")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)`|`(?!\w)")
# Roles and links of reStructuredText, links of Markdown: what a reader sees of them.
_LINKS = re.compile(
    r"(?::[a-zA-Z:_.+-]{1,40}:)?`[~!]?(?P<rst>[^`<>]{1,200}?)\s{0,3}(?:<[^`<>]{0,300}>)?`(?:__?)?"
    r"|\[(?P<md>[^\[\]]{1,200})\]\([^()\s]{1,300}\)"
)
_LAYOUT = re.compile(r"={4,}|-{4,}|~{4,}|\S {3,}\S|\t")
_SETTING = re.compile(
    r"\s*[\"']?(?P<key>[A-Za-z_][\w.-]{1,60})[\"']?\s{0,9}[:=]\s{0,9}"
    r"[\"']?(?P<value>\d[\w.:%/-]{0,30}|true|false|yes|no|on|off|none)[\"']?"
    r"\s*[,;]?\s*(?:(?:#|//).*)?$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"\s*[^\s:：，。,]{1,20}(?: [^\s:：]{1,20}){0,2}(?:：|: )")
_RECORD = re.compile(r"(?P<key>[^\n:]{1,160}): (?P<value>.*)")
_TITLE_KEYS = ("title", "name", "id", "key", "sku", "标题", "名称", "编号")


@dataclass(frozen=True, slots=True)
class Fact:
    """One value and where it is stated.

    ``span`` is the stating sentence, row or line in the document; ``statement`` is it with the
    value blanked; ``answers`` begins with the value as written. ``context`` says under which
    headings it stands; ``needs_context`` that the statement names no subject of its own.
    """

    document: str
    span: Span
    statement: str
    answers: tuple[str, ...]
    kind: str
    context: str
    needs_context: bool
    is_rule: bool
    language: str


def find_facts(document: Document) -> list[Fact]:
    """Facts of a document, in order of their sentences.

    Of the sentences, table rows, settings and record fields at most 200 each are read, evenly
    spaced.
    """
    language = detect_language(document.text)
    lines = read_lines(document)
    facts = [
        *_prose_facts(document, lines, language),
        *_row_facts(document, lines, language),
        *_setting_facts(document, lines, language),
        *_record_facts(document, lines),
    ]
    return sorted(facts, key=lambda fact: (fact.span, fact.statement))


def _prose_facts(document: Document, lines: DocumentLines, language: str) -> Iterator[Fact]:
    spans = [
        span
        for sentence in sentence_spans(document.text, language)
        if lines.kind_at(sentence.start) == "prose"
        for span in _without_labels(document.text, sentence)
        if _is_readable(document.text[span.start : span.end], language)
    ]
    for span in _evenly(spans):
        sentence = document.text[span.start : span.end]
        for place, kind, answers in _values(sentence, language):
            if _in_link(sentence, place):
                continue
            yield _fact(
                document,
                span,
                statement=_blanked(sentence, place, language),
                answers=answers,
                kind=kind,
                context=_context(document, lines, span),
                needs_context=_names_no_subject(sentence, place, language),
                language=language,
            )


def _without_labels(text: str, sentence: Span) -> Iterator[Span]:
    """The lines of a block of ``label: value`` lines, which is no sentence; else the sentence."""
    lines = text[sentence.start : sentence.end].split("\n")
    if not any(_LABELLED.match(line) for line in lines[1:]):
        yield sentence
        return
    start = sentence.start
    for line in lines:
        yield trim(text, Span(start, start + len(line)))
        start += len(line) + 1


def _in_link(sentence: str, place: Span) -> bool:
    """Part of a link's text or target, which would give the value away or tear the mark apart."""
    return any(
        place.overlap(Span(*link.span()))
        and ("<" in link.group() or link["md"] or link[0][0] == ":")
        for link in _LINKS.finditer(sentence)
    )


def _evenly(items: Sequence[T]) -> Sequence[T]:
    """At most ``MAX_STATEMENTS`` of the items, evenly spaced."""
    return items[:: 1 + (len(items) - 1) // MAX_STATEMENTS] if items else items


def _is_readable(sentence: str, language: str) -> bool:
    if len(sentence) > MAX_CHARACTERS or _LAYOUT.search(sentence):
        return False
    if language == "zh":
        return len("".join(sentence.split())) >= MIN_CHINESE_CHARACTERS
    return len(sentence.split()) >= MIN_WORDS


def _values(sentence: str, language: str) -> Iterator[tuple[Span, str, tuple[str, ...]]]:
    """(place in the sentence, kind, accepted answers) of each value that is there only once."""
    found = find_values(sentence, language)
    for value in found:
        bare = value.kind == "number" and not value.noun
        if value.kind not in _KINDS or bare or value.span.start == 0:
            continue
        others = [other for other in found if other is not value]
        if any(_equal(value, other) for other in others) or sentence.count(value.text) > 1:
            continue
        yield value.span, value.kind, _answers(value)
    for name in NAMES[language].finditer(sentence):
        if sentence.count(name.group()) == 1:
            yield Span(name.start(), name.end()), "name", (name.group(),)


def _equal(left: TypedValue, right: TypedValue) -> bool:
    return left.kind == right.kind and bool(same_value(left, right))


def _answers(value: TypedValue) -> tuple[str, ...]:
    """The value as written, and in normal form where that differs."""
    forms = [value.text, normalise(value.text)]
    if value.date is not None and value.date_end is None and None not in value.date:
        year, month, day = value.date
        forms.append(f"{year:04d}-{month:02d}-{day:02d}")
    elif value.amount is not None and value.amount[0] == value.amount[1]:
        if value.kind == "percent":
            forms.append(f"{value.amount[0]:g}%")
        elif value.kind == "number" and value.unit is None:
            forms.append(f"{value.amount[0]:.15g}")
    known: dict[str, str] = {}
    for form in forms:
        known.setdefault(form.casefold(), form)
    return tuple(known.values())


def _row_facts(document: Document, lines: DocumentLines, language: str) -> Iterator[Fact]:
    """Cells that hold a value, in tables whose first row names the columns."""
    header: list[str] = []
    rows: list[tuple[Line, list[str], list[str]]] = []
    for line in lines.lines:
        if line.kind != "row":
            header = header if line.kind == "rule" else []
            continue
        cells = _cells(document.text[line.span.start : line.span.end])
        if not header:
            header = cells
        elif len(cells) == len(header) and len(line.span) <= MAX_CHARACTERS and cells[0]:
            rows.append((line, header, cells))
    for line, names, cells in _evenly(rows):
        for column in range(1, len(cells)):
            yield from _cell_fact(document, lines, line, names, cells, column, language)


def _cell_fact(
    document: Document,
    lines: DocumentLines,
    line: Line,
    header: list[str],
    cells: list[str],
    column: int,
    language: str,
) -> Iterator[Fact]:
    values = find_values(cells[column], language)
    if len(values) != 1 or cells.count(cells[column]) > 1 or not header[column]:
        return
    value = values[0]
    blanked = _blanked(cells[column], value.span, language)
    colon, stop = ("：", "；") if language == "zh" else (": ", "; ")
    subject = f"{header[0]}{colon}{cells[0]}" if header[0] else cells[0]
    yield _fact(
        document,
        line.span,
        statement=_plain(f"{subject}{stop}{header[column]}{colon}{blanked}"),
        answers=_answers(value),
        kind="table",
        context=_context(document, lines, line.span),
        needs_context=True,
        language=language,
    )


def _cells(row: str) -> list[str]:
    borders = [found.start() for found in re.finditer(r"(?<!\\)\|", row)]
    return [row[left + 1 : right].strip() for left, right in pairwise(borders)]


def _setting_facts(document: Document, lines: DocumentLines, language: str) -> Iterator[Fact]:
    """``key = value`` and ``key: value`` lines of code blocks."""
    code = [line for line in lines.lines if line.kind == "code"]
    for line in _evenly([line for line in code if len(line.span) <= MAX_CHARACTERS]):
        text = document.text[line.span.start : line.span.end]
        setting = _SETTING.match(text)
        if setting is None or setting["value"] in setting["key"]:
            continue
        yield _fact(
            document,
            line.span,
            statement=f"{setting['key']} = {BLANK}",
            answers=(setting["value"],),
            kind="setting",
            context=_context(document, lines, line.span),
            needs_context=True,
            language=language,
        )


def _record_facts(document: Document, lines: DocumentLines) -> Iterator[Fact]:
    """Values in ``key: value`` lines of JSON; the other fields of the record are the context."""
    title = ""
    rank = len(_TITLE_KEYS)
    fields: list[tuple[Line, re.Match[str], str]] = []
    for line in lines.lines:
        if line.kind != "record":
            continue
        text = document.text[line.span.start : line.span.end]
        record = _RECORD.match(text)
        if record is None:
            title, rank = ("", len(_TITLE_KEYS)) if not text.strip() else (title, rank)
            continue
        key = record["key"].rsplit(".", 1)[-1]
        if key in _TITLE_KEYS and _TITLE_KEYS.index(key) < rank and len(record["value"]) <= 80:
            title, rank = record["value"], _TITLE_KEYS.index(key)
            continue
        fields.append((line, record, title))
    for line, record, title in _evenly(fields):
        yield from _field_facts(document, line, record, title)


def _field_facts(
    document: Document, line: Line, record: re.Match[str], title: str
) -> Iterator[Fact]:
    begin = line.span.start + record.start("value")
    text = record["value"]
    language = detect_language(text if len(text) > 40 else document.text)
    for sentence in sentence_spans(text, language):
        words = text[sentence.start : sentence.end]
        whole = sentence == Span(0, len(text)) and len(text) <= 60
        if not whole and not _is_readable(words, language):
            continue
        for place, kind, answers in _values(f"{record['key']}: {words}", language):
            shift = len(record["key"]) + 2
            if place.start < shift:
                continue
            inner = Span(place.start - shift, place.end - shift)
            key = f"{record['key']}{'：' if language == 'zh' else ': '}" if whole else ""
            span = line.span if whole else Span(begin + sentence.start, begin + sentence.end)
            yield _fact(
                document,
                span,
                statement=key + _blanked(words, inner, language),
                answers=answers,
                kind=kind,
                context=title or document.path,
                needs_context=whole or _names_no_subject(words, inner, language),
                language=language,
            )


def _fact(
    document: Document,
    span: Span,
    *,
    statement: str,
    answers: tuple[str, ...],
    kind: str,
    context: str,
    needs_context: bool,
    language: str,
) -> Fact:
    is_rule = RULES[language].search(statement) is not None
    return Fact(
        document.path, span, statement, answers, kind, context, needs_context, is_rule, language
    )


def _blanked(sentence: str, place: Span, language: str) -> str:
    text = sentence[: place.start] + BLANK + sentence[place.end :]
    return _plain(_MARKER.sub("", text), joiner="" if language == "zh" else " ")


def _plain(text: str, joiner: str = " ") -> str:
    """On one line, without marks of emphasis; the blank stays."""
    shown = _LINKS.sub(lambda link: link["rst"] or link["md"], text.replace(BLANK, "\x00"))
    kept = _EMPHASIS.sub("", shown)
    joined = joiner.join(part.strip() for part in kept.split("\n"))
    return joined.replace("\x00", BLANK).strip()


def _names_no_subject(sentence: str, place: Span, language: str) -> bool:
    rest = _MARKER.sub("", sentence[: place.start] + " " + sentence[place.end :])
    if POINTING_START[language].match(rest):
        return True
    return NAMED_SUBJECT[language].search(rest) is None


def _context(document: Document, lines: DocumentLines, span: Span) -> str:
    path = lines.heading_path(span.start)
    if not path:
        return document.metadata.get("title", "") or document.path
    return " > ".join(dict.fromkeys((path[0], path[-1])))
