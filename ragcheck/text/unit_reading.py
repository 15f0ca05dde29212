"""Reads the unit that follows a number, or the currency that precedes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ragcheck.text.units import (
    CURRENCIES,
    DURATIONS,
    Unit,
    chinese_table,
    english_table,
    symbol_table,
)

# Characters that, behind a Chinese unit, make another word of it.
_NOT_A_UNIT_BEFORE = {
    "年": "级龄代轻终底初会费检报", "日": "志本常历期元间均报", "天": "气然猫津才",
    "元": "素件旦", "米": "饭粉", "升": "级至高温值降", "秒": "杀",
    "周": "边围末期岁一二三四五六日",
    "码": "头", "块": "状", "巴": "士", "折": "扣叠返", "度": "假过量", "瓦": "片", "克": "服隆",
    "倍": "加",
}  # fmt: skip
# These letters are read as units only where they touch the number.
_ATTACHED_ONLY = frozenset({"d"})
_NEVER_ALONE = frozenset({"J", "F", "S"})


@dataclass(frozen=True, slots=True)
class Measured:
    """A unit that was read: where it ends, its kind of value, its base and factor to the base."""

    end: int
    kind: str
    base: str
    name: str
    factor: float
    offset: float = 0.0
    customary: bool = False


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _readers() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    symbols = _alternatives([s for s in symbol_table() if s not in _NEVER_ALONE])
    return (
        re.compile(rf"(?P<gap>[ -]?)(?P<unit>{symbols})(?![A-Za-zµ])"),
        re.compile(
            rf"(?P<gap>[ -]{{0,2}})(?P<unit>{_alternatives(list(english_table()))})(?![A-Za-z])",
            re.IGNORECASE,
        ),
        re.compile(rf" ?(?P<unit>{_alternatives(list(chinese_table()))})"),
    )


_PERCENT = re.compile(
    r"(?P<percent> ?%| ?[ -]?(?:percent(?:age points?)?|per cent|pct)\b|个百分点)|(?P<mille> ?‰)",
    re.IGNORECASE,
)
_MONEY_CODES = "|".join(code for code in CURRENCIES if code.isascii())
_MONEY_WORDS = _alternatives(
    [word + plural for _, words, _ in CURRENCIES.values() for word in words for plural in ("", "s")]
)
_MONEY_AFTER = re.compile(
    rf" ?(?P<code>{_MONEY_CODES}|RMB)\b|[ -]?(?P<sign>[€£])(?!\d)"
    rf"|[ -](?P<english>{_MONEY_WORDS})\b"
    rf"|\s?(?P<chinese>{_alternatives([w for c in CURRENCIES.values() for w in c[2]])})",
    re.IGNORECASE,
)  # fmt: skip
_SIGNS = _alternatives([sign for _, (signs, _, _) in CURRENCIES.items() for sign in signs])
_MONEY_BEFORE = re.compile(
    rf"(?:(?P<sign>{_SIGNS})|(?<![A-Za-z])(?P<code>{_MONEY_CODES}|RMB)|(?P<chinese>人民币|港币|美元))"
    r"\s?$"
)
_PER = re.compile(r" (?:per|an?|every|each) | ?每", re.IGNORECASE)
# "14 % a year earlier" tells a time, not a rate.
_TIME_NOT_RATE = re.compile(r" (?:ago|earlier|later|before|after)\b", re.IGNORECASE)
_CELL_BORDER = re.compile(r" {0,20}\| {0,20}")
_PER_SLASH = re.compile(r" ?(?:/|per\b|每) ?", re.IGNORECASE)


def read_unit(text: str, position: int) -> Measured | None:
    """The unit that starts at ``position``, with a denominator where one follows."""
    measured = _percent(text, position) or _money(text, position) or _physical(text, position)
    return None if measured is None else _with_denominator(text, measured)


def read_currency_before(before: str, language: str | None) -> tuple[str, int] | None:
    """The currency at the end of ``before``, and how many characters it takes."""
    match = _MONEY_BEFORE.search(before)
    if match is None:
        return None
    written = match["sign"] or match["code"] or match["chinese"]
    code = currency_code(written)
    if code == "¥" and language == "zh":
        code = "CNY"
    return code, len(match.group())


def currency_code(written: str) -> str:
    """ISO code of a currency as it is written."""
    folded = written.lower()
    if folded == "rmb":
        return "CNY"
    for code, (signs, english, chinese) in CURRENCIES.items():
        names = {code.lower(), *(w.lower() for w in signs), *(w.lower() for w in english), *chinese}
        if folded in names or folded.removesuffix("s") in names:
            return code
    return written


def read_unit_in_next_cell(text: str, start: int, position: int) -> Measured | None:
    """The unit of ``| 1200 | s |``: alone in the table cell behind the number's own cell."""
    if not text[max(0, start - 2) : start].rstrip(" ").endswith("|"):
        return None
    border = _CELL_BORDER.match(text, position)
    measured = read_unit(text, border.end()) if border is not None else None
    if measured is None or _CELL_BORDER.match(text, measured.end) is None:
        return None
    return measured


def read_physical(text: str, position: int) -> Measured | None:
    """A unit of measure at ``position``, without any denominator."""
    return _physical(text, position)


def _percent(text: str, position: int) -> Measured | None:
    match = _PERCENT.match(text, position)
    if match is None:
        return None
    return Measured(match.end(), "percent", "%", "%", 0.1 if match["mille"] else 1.0)


def _money(text: str, position: int) -> Measured | None:
    match = _MONEY_AFTER.match(text, position)
    if match is None:
        return None
    written = match["code"] or match["sign"] or match["english"] or match["chinese"]
    if (
        text[match.end() : match.end() + 1] in _NOT_A_UNIT_BEFORE.get(written[-1], "")
        and match["chinese"]
    ):
        return None if match.end() < len(text) else _currency(match.end(), written)
    return _currency(match.end(), written)


def _currency(end: int, written: str) -> Measured:
    code = currency_code(written)
    return Measured(end, "money", code, code, 1.0)


def _physical(text: str, position: int) -> Measured | None:
    symbol, english, chinese = _readers()
    match = symbol.match(text, position)
    if match is not None and not (match["unit"] in _ATTACHED_ONLY and match["gap"]):
        return _of_unit(symbol_table()[match["unit"]], match.end())
    match = english.match(text, position)
    if match is not None and (match["gap"] or len(match["unit"]) > 1):
        return _of_unit(english_table()[match["unit"].lower()], match.end())
    match = chinese.match(text, position)
    if match is not None:
        following = text[match.end() : match.end() + 1]
        if following and following in _NOT_A_UNIT_BEFORE.get(match["unit"], ""):
            return None
        return _of_unit(chinese_table()[match["unit"]], match.end())
    return None


def _of_unit(unit: Unit, end: int) -> Measured:
    kind = "duration" if unit.base in DURATIONS else "quantity"
    return Measured(end, kind, unit.base, unit.name, unit.factor, unit.offset, unit.customary)


def _with_denominator(text: str, measured: Measured) -> Measured:
    if measured.offset:
        return measured
    joint = _PER_SLASH.match(text, measured.end)
    loose = None if joint else _PER.match(text, measured.end)
    start = joint or loose
    if start is None:
        return measured
    # "5 m a" needs a full word, so that an article before a noun is not taken for a rate
    below = _physical(text, start.end())
    if below is None or below.offset or (loose and below.base not in DURATIONS):
        return measured
    if loose and (measured.kind == "duration" or _TIME_NOT_RATE.match(text, below.end)):
        return measured
    kind = "quantity" if measured.kind == "duration" else measured.kind
    return Measured(
        below.end, kind, f"{measured.base}/{below.base}", f"{measured.name}/{below.name}",
        measured.factor / below.factor, 0.0, measured.customary or below.customary,
    )  # fmt: skip
