"""What a document says about the passages in it: title, headings, names, dates, versions.

By rule: title and headings, the lines that describe the document ("Effective 1 March 2024",
``生效日期：``), front matter, the fields of a record, folder and file name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from ragcheck.judges.analysis import describes_document
from ragcheck.judges.scope_words import names_in, proper_names, scope_marks
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk, Scope
from ragcheck.text.outline import Outline, front_matter_end, markup_of, outline
from ragcheck.text.typed import TypedValue
from ragcheck.text.values import find_values

HEAD = 1_500
"""Characters from the start of a document in which it describes itself."""
HEAD_LINES = 16
LONGEST_TITLE = 120
LONGEST_RECORD = 20_000
DATED: Mapping[str, tuple[str, ...]] = {
    "en": (
        "effective", "valid from", "in force", "applies from", "as of", "state of", "updated",
        "changed", "change", "revised", "revision", "reviewed", "amended", "edited", "edition",
        "published", "issued", "approved", "date", "version", "released",
    ),
    "zh": (
        "生效", "施行", "执行日期", "实施", "更新", "修订", "整理", "复核", "发布", "印发", "批准",
        "日期", "时间", "版本",
    ),
}  # fmt: skip
"""Words in front of the date since which a document holds, or on which it was last changed."""
_UNTIL = re.compile(
    r"(?:\b(?:until|valid to|expires(?: on)?|up to|to|through)|至|截至|到期日?[：:]?|为止)\s*\Z",
    re.IGNORECASE,
)
_DATED = re.compile(
    "|".join(re.escape(word) for word in sorted((*DATED["en"], *DATED["zh"]), key=len)[::-1]),
    re.IGNORECASE,
)
_FIELD = re.compile(r"[ \t]*[:*-]?[ \t]*([\w .-]{1,40}?)[ \t]*[:：][ \t]*(\S.{0,200})")
_TITLE_KEYS = frozenset({"title", "subject", "name", "标题", "主题", "名称", "question", "topic"})
_DATE_KEYS = frozenset({"date", "updated", "effective", "published", "日期", "更新", "生效日期"})
_VERSION_IN_NAME = re.compile(r"(?<![\w.])v?(\d{1,4}(?:\.\d{1,4}){1,3})(?!\w)|(?<![a-z])v(\d{1,3})")
_YEAR_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[-_. ]?(0[1-9]|1[0-2])(?:[-_. ]?([0-3]\d))?)?(?!\d)"
)
_HEADING_LINE = re.compile(r"^#{1,6} ", re.MULTILINE)
_LINE = re.compile(r"[^\n]*\n?")


@dataclass(frozen=True)
class DocumentScope:
    """What holds for a whole document, and its outline."""

    document: Document
    outline: Outline
    whole: Scope
    records: tuple[int, ...]
    names: frozenset[str]

    def at(self, offset: int) -> Scope:
        """The scope of the text at ``offset``."""
        headings = self.outline.heading_path_at(offset)
        own = _record_fields(self.document.text, offset, self.records)
        if own:
            headings = (*headings, *(own[key] for key in own if key in _TITLE_KEYS))
        return _dated_record(_with_headings(self.whole, headings, self.names), own)


def scopes_of(chunks: Sequence[Chunk], documents: Mapping[str, Document]) -> list[Scope]:
    """The scope of each chunk, in order.

    Args:
        documents: by ID; a chunk of an unknown document has an empty scope.
    """
    found = []
    for chunk in chunks:
        document = documents.get(chunk.document_id)
        found.append(Scope() if document is None else scope_at(document, chunk.start, chunk.text))
    return found


def scope_at(document: Document, start: int, text: str = "") -> Scope:
    """The scope of the text that starts at ``start``; leading white space is passed over."""
    offset = start + len(text) - len(text.lstrip())
    return document_scope(document).at(offset)


def document_scope(document: Document) -> DocumentScope:
    """Read what a document says about itself; the last 512 documents are remembered."""
    return _document_scope(document.path, document.text, document.metadata.get("title", ""))


@lru_cache(maxsize=512)
def _document_scope(path: str, text: str, stated: str) -> DocumentScope:
    document = Document(path, text)
    found = outline(text, markup=markup_of(path))
    first = next(iter(found.headings), None)
    title = first.title if first is not None else stated or _first_line(text, path)
    lines = self_description(text)
    name = _name_of(path)
    about = " ".join((title, name))
    proper = proper_names(text)
    dates = _dates(lines)
    stated_dates = tuple(dict.fromkeys((*dates.all, *_dates_in_name(name))))
    whole = Scope(
        path=path,
        title=title[:LONGEST_TITLE],
        headings=(),
        **_names(about, lines, proper),
        versions=_versions(title, name, lines),
        dates=stated_dates,
        effective=dates.effective or next(iter(_dates_in_name(f"{title} {name}")), ""),
        until=dates.until,
    )
    return DocumentScope(document, found, whole, _record_starts(text), proper)


def self_description(text: str) -> tuple[str, ...]:
    """The lines at the start of a text that describe it: front matter, imprint, fields."""
    matter = front_matter_end(text)
    head = text[: max(HEAD, min(matter, 4 * HEAD))]
    body = [match.start() for match in _HEADING_LINE.finditer(head, matter)]
    head = head[: body[1]] if len(body) > 1 else head
    lines = [line.strip() for line in head.split("\n")[: max(HEAD_LINES, matter and 60)]]
    kept = []
    first = [line for line in lines if line][:3]
    for line in lines:
        short = line in first and len(line.split()) <= 8
        fits = len(line) <= 240 and not line.startswith(("#", "|", "=", "---"))
        if fits and (
            _APPLIES.match(line)
            or describes_document(line)
            or ((short or _DATED.search(line)) and _has_date(line))
        ):
            kept.append(line)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class _Dates:
    all: tuple[str, ...] = ()
    effective: str = ""
    until: str = ""


def iso_date(value: TypedValue) -> str:
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty where there is no year."""
    if value.date is None or value.date[0] is None:
        return ""
    year, month, day = value.date
    parts = [f"{year:04d}"]
    if month is not None:
        parts.append(f"{month:02d}")
        if day is not None:
            parts.append(f"{day:02d}")
    return "-".join(parts)


def _has_date(line: str) -> bool:
    return any(iso_date(value) for value in find_values(line) if value.kind == "date")


def _dates(lines: Iterable[str]) -> _Dates:
    """All dates of the lines, the last of those since when, and the first of those until when."""
    every: list[str] = []
    since: list[str] = []
    until: list[str] = []
    for line in lines:
        for value in find_values(line):
            written = iso_date(value) if value.kind == "date" else ""
            if not written:
                continue
            every.append(written)
            before = line[max(0, value.span.start - 24) : value.span.start]
            if _UNTIL.search(before):
                until.append(written)
            elif "replaces" not in line.lower() and not re.search("取代|废止|替代", line):
                since.append(written)
    return _Dates(tuple(dict.fromkeys(every)), max(since, default=""), min(until, default=""))


def _dates_in_name(name: str) -> tuple[str, ...]:
    found = []
    for match in _YEAR_IN_NAME.finditer(name):
        found.append("-".join(part for part in match.groups() if part))
    return tuple(dict.fromkeys(found))


def _versions(title: str, name: str, lines: Iterable[str]) -> tuple[str, ...]:
    texts = (title, *(line for line in lines))
    found = [
        ".".join(value.version)
        for text in texts
        for value in find_values(text)
        if value.version is not None
    ]
    found += [one or other for one, other in _VERSION_IN_NAME.findall(name.lower())]
    return tuple(dict.fromkeys(found))


def _names(about: str, lines: Iterable[str], proper: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Products, platforms, regions and audiences that the title names, or a line about scope."""
    applies = [line for line in lines if _APPLIES.match(line)]
    marks = scope_marks("\n".join((about, *applies)))
    return {
        "products": tuple(sorted({*names_in(about, proper), *marks.get("named", ())})),
        "platforms": tuple(sorted(marks.get("platform", ()))),
        "regions": tuple(sorted(marks.get("region", ()))),
        "audiences": tuple(sorted(marks.get("audience", ()))),
    }


_APPLIES = re.compile(
    r"\W{0,3}(?:applies to|valid for|only for|scope|for:)|\W{0,3}适用\w{0,4}[:：]", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def _with_headings(whole: Scope, headings: tuple[str, ...], proper: frozenset[str]) -> Scope:
    inner = headings[1:] if headings and headings[0] == whole.title else headings
    below = " / ".join(inner)
    names = _names(below, (), proper)
    versions = _versions(below, "", ())
    dates = tuple(iso_date(v) for v in find_values(below) if v.kind == "date" and iso_date(v))
    return Scope(
        path=whole.path,
        title=whole.title,
        headings=headings,
        products=names["products"] or whole.products,
        platforms=names["platforms"] or whole.platforms,
        versions=versions or whole.versions,
        regions=names["regions"] or whole.regions,
        audiences=names["audiences"] or whole.audiences,
        dates=tuple(dict.fromkeys((*whole.dates, *dates))),
        effective=max(dates, default="") or whole.effective,
        until=whole.until,
    )


def _record_starts(text: str) -> tuple[int, ...]:
    """Starts of records that are written as ``key: value`` lines between blank lines."""
    starts = []
    fresh = True
    for line in _LINE.finditer(text):
        content = line.group().strip()
        if fresh and content and _FIELD.fullmatch(content[:240]):
            starts.append(line.start())
        fresh = not content
    return tuple(starts) if len(starts) > 1 else ()


def _record_fields(text: str, offset: int, records: Sequence[int]) -> dict[str, str]:
    """The fields of the record around an offset, by lower-case key; empty outside of records."""
    index = bisect_right(records, offset) - 1
    if index < 0:
        return {}
    start = records[index]
    end = records[index + 1] if index + 1 < len(records) else start + LONGEST_RECORD
    fields: dict[str, str] = {}
    for line in text[start : min(end, start + LONGEST_RECORD)].split("\n"):
        match = _FIELD.match(line)
        if match is not None:
            key = match[1].lower().rsplit(".", 1)[-1].strip()
            fields.setdefault(key, match[2].strip()[:LONGEST_TITLE])
    return fields


def _dated_record(scope: Scope, fields: Mapping[str, str]) -> Scope:
    """The scope with the date of the record instead of that of the file."""
    for key in fields:
        if key in _DATE_KEYS:
            dates = [iso_date(v) for v in find_values(fields[key]) if v.kind == "date"]
            if dates and dates[0]:
                return Scope(
                    scope.path, scope.title, scope.headings, scope.products, scope.platforms,
                    scope.versions, scope.regions, scope.audiences,
                    tuple(dict.fromkeys((*scope.dates, dates[0]))), dates[0], scope.until,
                )  # fmt: skip
    return scope


def _first_line(text: str, path: str) -> str:
    """A short first line, or the title field at the start, or the name of the file."""
    lines = [line.strip() for line in text[:HEAD].split("\n") if line.strip()]
    first = lines[0] if lines else ""
    if _FIELD.fullmatch(first) is None:
        short = len(first) <= LONGEST_TITLE and not first.endswith(("。", ".", "！", "!"))
        return first if short and not first.startswith((".. ", "<", "{", "[")) else _name_of(path)
    for line in lines[:8]:
        field = _FIELD.fullmatch(line)
        if field is not None and field[1].lower() in ("title", "subject", "标题", "主题"):
            return field[2]
    return _name_of(path)


def _name_of(path: str) -> str:
    """Folders and file name without their endings, with spaces."""
    pure = PurePosixPath(path)
    parts = (*pure.parts[:-1], pure.stem)
    return " ".join(
        part if _VERSION_IN_NAME.search(part) else re.sub(r"[-_]+", " ", part) for part in parts
    )
