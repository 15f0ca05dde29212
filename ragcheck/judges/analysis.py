"""What the structural judge knows of one text: its sentences with frames, values, cues, scope."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ragcheck.judges.scope_words import scope_marks
from ragcheck.records.corpus import Span
from ragcheck.text.alignment import Word, read_frame, read_words
from ragcheck.text.language import detect_language
from ragcheck.text.polarity import Cue, find_cues
from ragcheck.text.sentences import sentence_spans, trim
from ragcheck.text.tokens import normalise, words
from ragcheck.text.values import TypedValue, find_values

LONGEST = 20_000
MOST_SENTENCES = 120
# What a heading adds to the frames of the sentences under it.
CONTEXT_WEIGHT = 0.7
_HEADING = re.compile(r"#{1,6} |<h[1-6]|\*\*[^*\n]{1,80}\*\*[:：]?$")
_UNDERLINE = re.compile(r"\s*([=~^\"'`#*+.-])\1{2,}\s*")
_TABLE_RULE = re.compile(r"\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*")
_MARKUP = re.compile(
    r"[*`]|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])|^[ \t]*#{1,6} "
    r"|(?<!\w):[a-z][a-z:-]{1,20}:(?=`)|^[ \t]*\.\. [a-z][a-z-]{1,30}::",
    re.MULTILINE,
)
_SINCE = re.compile(r"\b(?:from|since) (?:the )?\||自\||\|\s?起", re.IGNORECASE)
IMPRINT: Mapping[str, tuple[str, ...]] = {
    "en": (
        "effective", "effective date", "valid from", "in force since", "last updated",
        "last reviewed", "updated", "reviewed", "published", "issued", "date", "version",
        "revision", "owner", "author", "status", "document number",
    ),
    "zh": (
        "生效", "生效日期", "有效期自", "施行日期", "更新日期", "复核日期", "更新时间", "复核时间",
        "发布日期", "印发日期", "日期", "版本", "修订", "归口部门", "作者", "状态", "文件编号",
    ),
}  # fmt: skip
"""How a line begins that describes its document: since when it holds and whose it is."""

_LABEL = "|".join(sorted(map(re.escape, (*IMPRINT["en"], *IMPRINT["zh"])), key=len, reverse=True))
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_IMPRINT = re.compile(
    rf"\W*(?:(?:{_LABEL})[\s*_]*[:：|]|(?:effective|updated|reviewed|published|issued|valid|last"
    rf" updated|last reviewed)(?: from| on| as of| since)? (?=\d|(?:{_MONTH})[a-z]* \d))",
    re.IGNORECASE,
)
_IMPRINT_WORDS = 14
_LINE_END = re.compile(r"\n")
_CLOSING = re.compile(r"(?:</[a-z]{1,12}>|\[/[A-Z]{1,8}\])\s*")
"""The closing tag of what stands before a sentence."""
_INSIDE = re.compile(
    r"[.!?。！？][\"'”’]?[ ]?(?:[)）\]}]{1,3}|-->|</[a-z]{1,12}>)(?=\s{0,3}[A-Z\u4e00-\u9fff])"
)
"""The end of a sentence in brackets, in a comment, in JSON: what follows is another sentence."""
_BULLET = re.compile(r"^\s*(?:[-*+•>|]|\d{1,3}[.)、])\s*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: ``frame`` holds its terms without values and cues, and those of its heading."""

    span: Span
    text: str
    words: tuple[Word, ...]
    frame: Mapping[str, float]
    own: Mapping[str, float]
    values: tuple[TypedValue, ...]
    cues: tuple[Cue, ...]
    scope: Mapping[str, frozenset[str]]
    heading: Mapping[str, float]
    plain: str
    is_heading: bool

    @property
    def cue_kinds(self) -> frozenset[str]:
        return frozenset(cue.kind for cue in self.cues)

    @property
    def row_key(self) -> frozenset[str]:
        """Words of the first cell of a table row, which says what the row is about."""
        if not self.text.lstrip().startswith("|"):
            return frozenset()
        return frozenset(words(self.text.lstrip().lstrip("|").split("|", 1)[0]))

    @property
    def replaces(self) -> bool:
        """Whether the sentence says that it takes the place of something, or since when."""
        return "supersession" in self.cue_kinds or any(
            value.kind == "date" and _SINCE.search(self._around(value)) for value in self.values
        )

    def _around(self, value: TypedValue) -> str:
        start, end = value.span.start - self.span.start, value.span.end - self.span.start
        return f"{self.text[max(0, start - 8) : start]}|{self.text[end : end + 4]}"


@dataclass(frozen=True, slots=True)
class AnalysedText:
    """A text and its sentences; ``language`` is ``en`` or ``zh``."""

    text: str
    language: str
    sentences: tuple[Sentence, ...]


@lru_cache(maxsize=2048)
def analyse(text: str) -> AnalysedText:
    """Read a text once. Only the first 20,000 characters and 120 sentences count.

    The last 2048 texts are remembered: a pipeline meets the same passages again.
    """
    head = text[:LONGEST]
    language = detect_language(head)
    plain = without_markup(head)
    values = find_values(plain, language)
    sentences = []
    heading: dict[str, float] = {}
    spans = _units(plain, language)
    for i, span in enumerate(spans[:MOST_SENTENCES]):
        following = spans[i + 1] if i + 1 < len(spans) else None
        if _UNDERLINE.fullmatch(plain[span.start : span.end]) or _is_header_row(plain, following):
            continue
        is_heading = _is_heading(head, plain, span, following)
        inside = tuple(v for v in values if span.start <= v.span.start < span.end)
        sentence = _sentence(plain, span, inside, None if is_heading else heading)
        if not sentence.words or describes_document(sentence.text):
            continue
        if is_heading:
            heading = dict(sentence.own)
        sentences.append(sentence)
    return AnalysedText(text, language, tuple(sentences))


def describes_document(line: str) -> bool:
    """Whether a short line is about its document (``Effective 1 March 2024. Owner: ...``).

    Two documents have two dates and two owners without contradicting each other.
    """
    return _IMPRINT.match(line) is not None and len(line.split()) <= _IMPRINT_WORDS


def _units(plain: str, language: str) -> list[Span]:
    """Sentences; where a heading line and its underline run into a sentence, they are cut off."""
    units = []
    for span in sentence_spans(plain, language):
        start = span.start
        if (closing := _CLOSING.match(plain, start, span.end)) is not None:
            units.append(trim(plain, Span(start, closing.end())))
            start = closing.end()
        for match in _INSIDE.finditer(plain, span.start, span.end):
            units.append(trim(plain, Span(start, match.end())))
            start = trim(plain, Span(match.end(), span.end)).start
        for match in _LINE_END.finditer(plain, start, span.end):
            line_end = match.start()
            line = plain[start:line_end]
            following = plain[line_end + 1 : span.end].split("\n", 1)[0]
            if _UNDERLINE.fullmatch(line) or _UNDERLINE.fullmatch(following):
                units.append(Span(start, line_end))
                start = line_end + 1
        units.append(Span(start, span.end))
    return [unit for unit in units if plain[unit.start : unit.end].strip()]


def _is_heading(head: str, plain: str, span: Span, following: Span | None) -> bool:
    line_start = head.rfind("\n", 0, span.start) + 1
    if _HEADING.match(head[line_start : line_start + 120].lstrip()):
        return True
    return following is not None and bool(
        _UNDERLINE.fullmatch(plain[following.start : following.end].split("\n", 1)[0])
    )


def _is_header_row(plain: str, following: Span | None) -> bool:
    """Whether a table's rule stands below: then the line names columns and states nothing."""
    return following is not None and bool(
        _TABLE_RULE.fullmatch(plain[following.start : following.end])
    )


def without_markup(text: str) -> str:
    """The text with emphasis, code marks, roles and directives blanked; every offset stays."""
    return _MARKUP.sub(lambda match: " " * len(match.group()), text)


def _sentence(
    plain: str, span: Span, values: tuple[TypedValue, ...], heading: Mapping[str, float] | None
) -> Sentence:
    text = plain[span.start : span.end]
    cues = tuple(find_cues(text))
    blank = list(text)
    for value in values:
        if value.kind != "identifier":
            _blank(blank, value.span.start - span.start, value.span.end - span.start)
    for cue in cues:
        _blank(blank, cue.span.start, cue.span.end)
    own = read_frame(read_words("".join(blank)))
    above = heading or {}
    frame = {term: weight * CONTEXT_WEIGHT for term, weight in above.items()} | own
    own_words = tuple(read_words(text, span.start))
    plain_text = normalise(_BULLET.sub("", text)).rstrip(" .;,。；，|:：")
    return Sentence(
        span,
        text,
        own_words,
        frame,
        own,
        values,
        cues,
        scope_marks(text),
        above,
        plain_text,
        heading is None,
    )


def _blank(characters: list[str], start: int, end: int) -> None:
    characters[start:end] = " " * (min(end, len(characters)) - start)
