"""One text, read once: its sentences, lines and names, which all detectors share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ragcheck.measures.defects.languages import LanguageRules, rules_for
from ragcheck.records.corpus import Span
from ragcheck.text.language import CJK
from ragcheck.text.sentences import trim

HEADING = re.compile(r"[ \t]{0,3}(?:#{1,6}\s|={1,6} .{1,80} ={1,6}\s*$|第\w{1,5}[章节]\s)")
_ITEM = re.compile(
    r"(?:[-*+•·●○▪–]\s+|\d{1,3}[.)、．]\s?|[（(][一二三四五六七八九十a-zA-Z\d]{1,3}[)）]"
    r"|[a-z][.)]\s|[一二三四五六七八九十]{1,3}、)"
)
_HEADING_STARTS, _RULE_STARTS = "#=第", "|:=+-"
_RULE_LINE = re.compile(r"\|?[ \t]{0,4}[:=+-][:=+ \t|-]{2,}\|?$")
_CODE_START = re.compile(
    r">>>|\$ |#!|(?:git|pip3?|python3?|npm|sudo|twine|docker|apt) (?:-|\w{1,20} (?:-|\S{0,40}[/=]))"
    r"|import |from \w{1,40} import|def |class |return\b|@\w|if .{1,80}:$|for .{1,80}:$"
    r"|const |let |var |public |SELECT |[{}]|</?\w{1,20}[ >]"
)
_ASSIGNMENT = re.compile(r"[\w.\[\]'\"]{1,60} ?= ?[^=\s]")
_CODE_ENDS = (";", "{", "}", ");", "=>", "])", "():")
_BREAK = re.compile(
    r"[.!?。！？；\n](?:"
    r"(?<=[.!?])[\"'”’)\]]{0,3}\s+(?=[\"'“‘(\[`*_]{0,3}[A-Z0-9\u3400-\u9fff`])"
    r"|(?<=[。！？；])[”』」）’]{0,3}"
    r"|(?<=\n)(?:[ \t\r]*\n\s*"
    r"|(?=[ \t]{0,12}(?:[-*+•·●]\s|\d{1,3}[.)、]\s?|[（(]\w{1,3}[)）]|#{1,6}\s|\|))))"
)
_LOWER_BREAK = re.compile(_BREAK.pattern.replace("[A-Z0-9", "[a-z0-9"))
"""For a text without a capital letter."""
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓"
    "许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
# Apart, as each then starts with one character class and is searched for quickly.
_CHINESE_NAMES = (
    re.compile(r"[《“「][^》”」\n]{2,40}[》”」]"),
    re.compile(
        "公司|集团|银行|大学|学院|医院|研究院|委员会|协会|法院|俱乐部|条例|办法|协议|先生|女士|教授|主席"
        "|省|市|县|区|杯|奖"
    ),
    re.compile(rf"[{_SURNAMES}][{CJK}]{{1,2}}(?=说|表示|认为|指出|介绍|告诉|担任|率|（|，男|，女)"),
    re.compile(r"[A-Za-z][A-Za-z0-9+._-]{1,40}(?: [A-Z][A-Za-z0-9+._-]{0,40}){0,3}"),
)
_DELIMITERS = r"\s,;:!?\"“”()\[\]{}|"
_MARKED = re.compile(
    rf"[^{_DELIMITERS}A-Z0-9_`.\-À-Þ]*+(?:[A-Z0-9_`À-Þ]|[.-](?=[^\W\d_]))[^{_DELIMITERS}]*+"
)
"""A token from its first capital, digit, back quote, underscore, or dot or dash inside on."""
_LONGEST_NAME = 80
_DETERMINERS = frozenset(
    ("The", "A", "An", "This", "That", "These", "Those", "In", "On", "At", "For", "If", "When", "I")
)
_MIXED = re.compile(r"_|.\.[^.]|[a-z][A-Z]|[A-Za-z][^A-Za-z0-9]{0,3}\d|\d[A-Za-z]")
_CHINESE = re.compile(f"[{CJK}]+")
_PROSE_END = re.compile(r"[.!?。！？…；;:：][\"'”’』」）)\]*_`]{0,3}$")


@dataclass(frozen=True)
class Reading:
    """A text with what stands ``lead`` before it (a heading path); spans are of ``text``."""

    text: str
    language: str
    lead: str = ""

    @cached_property
    def rules(self) -> LanguageRules:
        return rules_for(self.language)

    @cached_property
    def body(self) -> Span:
        """The text without the white space around it."""
        return trim(self.text, Span(0, len(self.text)))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Sentences, list items, headings and rows in order, trimmed, none empty."""
        spans = []
        ends = [found.end() for found in self._breaks.finditer(self.text)]
        for start, end in pairwise((0, *ends, len(self.text))):
            part = self.text[start:end]
            first = start + len(part) - len(part.lstrip())
            last = start + len(part.rstrip())
            if first < last:
                spans.append(Span(first, last))
        return tuple(spans)

    @property
    def _breaks(self) -> re.Pattern[str]:
        return _BREAK if self.cased else _LOWER_BREAK

    @cached_property
    def cased(self) -> bool:
        """Whether capitals mean anything here: not in a text that has none."""
        return not self.rules.spaced or self.text != self.lowered

    @cached_property
    def lines(self) -> tuple[Span, ...]:
        """Lines that are not blank, with their indentation."""
        spans = []
        start = 0
        for line in self.text.split("\n"):
            if line.strip():
                spans.append(Span(start, start + len(line)))
            start += len(line) + 1
        return tuple(spans)

    @cached_property
    def line_kinds(self) -> tuple[str, ...]:
        """``heading``, ``item``, ``row``, ``rule``, ``code`` or ``prose``, one a line."""
        kinds = []
        fenced = False
        for span in self.lines:
            line = self.text[span.start : span.end]
            if line.lstrip().startswith(("```", "~~~")):
                fenced = not fenced
                kinds.append("code")
            else:
                kinds.append("code" if fenced else line_kind(line))
        return tuple(kinds)

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, character for character."""
        lowered = self.text.lower()
        if len(lowered) == len(self.text):
            return lowered
        return "".join(char.lower() if len(char.lower()) == 1 else char for char in self.text)

    @cached_property
    def words(self) -> int:
        """Words between white space, and 1.6 Chinese characters to a word."""
        if self.rules.spaced:
            return len(self.text.split())
        chinese = sum(map(len, _CHINESE.findall(self.text)))
        return round(chinese / 1.6) + len(self.text.split()) - 1

    @cached_property
    def names(self) -> tuple[Span, ...]:
        """Names and identifiers, in order; a heuristic without a model."""
        if self.rules.spaced:
            return tuple(self._spaced_names())
        found = (m.span() for names in _CHINESE_NAMES for m in names.finditer(self.text))
        return tuple(Span(*place) for place in sorted(found))

    def _spaced_names(self) -> list[Span]:
        """Runs of capitalised words, but for a single one that starts a sentence; identifiers."""
        starts = {span.start for span in self.sentences}
        names: list[Span] = []
        run: Span | None = None
        for span in self._marked_tokens():
            token = self.text[span.start : span.end]
            if token in _DETERMINERS:
                run = None
            elif not token[0].isupper():
                run = None
                if _is_identifier(token):
                    names.append(span)
            elif run is not None and self.text[run.end : span.start] == " ":
                if names and names[-1] == run:
                    names.pop()
                run = Span(run.start, span.end)
                names.append(run)
            else:
                run = span
                if span.start not in starts or (len(token) > 1 and not token[1:].islower()):
                    names.append(span)
        return names

    def _marked_tokens(self) -> Iterator[Span]:
        """Tokens with a capital, a digit, a back quote, an underscore, or a dot or dash inside."""
        for found in _MARKED.finditer(self.text):
            kept = len(found.group()[:_LONGEST_NAME].rstrip(".'’`*_"))
            if kept:
                yield Span(found.start(), found.start() + kept)

    @cached_property
    def phrases(self) -> Mapping[str, tuple[Span, ...]]:
        """The places of the language's phrases, by the field of the table that has them."""
        found: dict[str, list[Span]] = {}
        for name, span in self.rules.scan(self.lowered):
            found.setdefault(name, []).append(span)
        return {name: tuple(spans) for name, spans in found.items()}

    def quote(self, span: Span) -> str:
        return self.text[span.start : span.end]


def line_kind(line: str) -> str:
    """What one line is, from its own characters."""
    bare = line.strip()
    if bare[:1] in _HEADING_STARTS and HEADING.match(line):
        return "heading"
    if bare[:1] in _RULE_STARTS and _RULE_LINE.match(bare):
        return "rule"
    if (bare.startswith("|") and bare.count("|") > 1) or bare.count("\t") > 1:
        return "row"
    if _ITEM.match(bare):
        return "item"
    if line.startswith(("    ", "\t")) or bare.endswith(_CODE_ENDS) or _CODE_START.match(bare):
        return "code"
    return "code" if "=" in bare and _ASSIGNMENT.match(bare) else "prose"


def _is_identifier(token: str) -> bool:
    """A word with an underscore, an inner dot, a digit beside letters, back quotes or dashes."""
    return token.startswith(("`", "--")) or _MIXED.search(token) is not None


def share(reading: Reading, kinds: Sequence[str]) -> float:
    """Share of the text's lines, by length, that are of these kinds."""
    sizes = [len(span) for span in reading.lines]
    total = sum(sizes)
    if total == 0:
        return 0.0
    return (
        sum(n for n, kind in zip(sizes, reading.line_kinds, strict=True) if kind in kinds) / total
    )


def ends_like_prose(text: str) -> bool:
    """Whether the text ends as a finished sentence does."""
    return _PROSE_END.search(text.rstrip()[-8:]) is not None
