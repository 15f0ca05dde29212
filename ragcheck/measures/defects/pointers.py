"""Pointers to what is not in the text: other parts, announced things, abbreviations."""

from __future__ import annotations

import re

from ragcheck.measures.defects.languages import phrases
from ragcheck.measures.defects.reading import Reading
from ragcheck.measures.defects.wording import defect
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Defect

_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9]{1,6}s?(?![A-Za-z0-9_-])")
_KNOWN = frozenset(
    phrases(
        "AM|PM|US|USA|UK|EU|UN|USD|EUR|GBP|CNY|RMB|TV|PC|CPU|GPU|RAM|USB|DVD|CD|DNA|RNA|HIV|PDF",
        "HTML|CSS|XML|JSON|YAML|CSV|SQL|HTTP|HTTPS|URL|URI|API|CLI|GUI|IDE|SDK|ID|IP|TCP|UDP|DNS",
        "SSH|SSL|TLS|FTP|ASCII|UTF|OS|UI|UX|FAQ|VAT|CEO|CFO|CTO|VIP|SMS|GPS|PIN|QR|AI|IT|HR|PR",
        "II|III|IV|VI|VII|VIII|IX|XI|XII|OK|NOT|AND|OR|IF|ALL|ANY|NULL|TRUE|FALSE|TODO|NOTE|GNU",
        "MIT|BSD|WWW|NASA|NATO|WHO|FBI|CIA|BBC|CNN|NBA|GDP|ISO",
    )
)


def outside_pointers(reading: Reading) -> list[Defect]:
    """``outside_pointer``: "as described above", "the following table:" and then nothing."""
    found = reading.phrases
    back = [span for span in found.get("back", ()) if not _something_before(reading, span)]
    ahead = [span for span in found.get("ahead", ()) if not _something_after(reading, span)]
    defects = [_pointer(reading, span, "points_back") for span in back[:1]]
    defects += [_pointer(reading, span, "points_ahead") for span in ahead[:1]]
    announces = ends_with_announcement(reading) and reading.line_kinds[-1] != "code"
    if not defects and announces and len(reading.sentences[-1]) > 12:
        span = reading.sentences[-1]
        defects.append(defect("outside_pointer", span, reading.language, "announced"))
    if not defects and len(reading.sentences) == 1:
        for span in found.get("elsewhere", ())[:1]:
            defects.append(_pointer(reading, span, "points_away"))
    return defects


def ends_with_announcement(reading: Reading) -> bool:
    """Whether the last thing that the text does is to announce something: it ends in a colon."""
    return reading.text[reading.body.start : reading.body.end].endswith((":", "："))


def _something_before(reading: Reading, span: Span) -> bool:
    return span.start > (250 if reading.rules.spaced else 100)


def _something_after(reading: Reading, span: Span) -> bool:
    rest = reading.text[span.end :].strip()
    next_lines = rest.partition("\n")[2].strip()
    return len(next_lines) > 20 or len(rest) > (80 if reading.rules.spaced else 30)


def _pointer(reading: Reading, span: Span, phrase: str) -> Defect:
    return defect("outside_pointer", span, reading.language, phrase, word=reading.quote(span))


def undefined_abbreviations(reading: Reading) -> list[Defect]:
    """``undefined_abbreviation``: capitals that the text uses twice and never writes out."""
    counts: dict[str, list[Span]] = {}
    for found in _ABBREVIATION.finditer(reading.text):
        before = reading.text[found.start() - 1 : found.start()]
        if before.isascii() and (before.isalnum() or before in ("_", "-", ".")):
            continue
        name = found.group().removesuffix("s")
        if name not in _KNOWN and name.isalpha():
            counts.setdefault(name, []).append(Span(found.start(), found.end()))
    context = f"{reading.lead}\n{reading.text}"
    return [
        defect("undefined_abbreviation", spans[0], reading.language, "abbreviation", name=name)
        for name, spans in counts.items()
        if len(spans) >= 2 and not _is_written_out(name, context)
    ][:3]


def _is_written_out(name: str, context: str) -> bool:
    """Brackets around it or behind it: "Average Handling Time (AHT)", "AHT（平均处理时长）"."""
    return any(f"{a}{name}" in context or f"{name}{a}" in context for a in "(（") or any(
        f"{name} {a}" in context for a in "(（"
    )
