"""Typed values in a text: numbers with units, money, percentages, dates, versions, identifiers.

English and Chinese have the same coverage. Ordinary words that look like values ("one of the
plans", "may", "a second", 一般, 统一, 十分) are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ragcheck.records.corpus import Span
from ragcheck.text.comparison import same_value
from ragcheck.text.language import CJK
from ragcheck.text.numerals import (
    CHINESE_NUMERAL,
    CHINESE_SCALES,
    DIGITS,
    ENGLISH_NUMERAL,
    SCALES,
    Numeral,
    read_chinese,
    read_digits,
    read_english,
)
from ragcheck.text.typed import TypedValue
from ragcheck.text.unit_reading import (
    Measured,
    read_currency_before,
    read_unit,
    read_unit_in_next_cell,
)
from ragcheck.text.value_context import (
    CHINESE_COUNTERS,
    LEFT,
    bound_after,
    bound_before,
    denominator_after,
    denominator_before,
    is_year,
    noun_after,
)
from ragcheck.text.value_patterns import PATTERNS

__all__ = ["TypedValue", "find_values", "same_value"]

_FULL_WIDTH = {0xFF01 + i: chr(0x21 + i) for i in range(94)} | dict.fromkeys(
    (0xA0, 0x2009, 0x202F, 0x3000), " "
)
# Chinese punctuation keeps its form: the patterns name it.
for _char in "，：；（）！？～":
    _FULL_WIDTH.pop(ord(_char), None)

_ATOM = re.compile(
    rf"(?P<half>(?:(?<!\w)half(?: an?)?[ -](?=(?:hour|day|year|month|minute)\b)"
    rf"|半(?=个?(?:小时|钟头|月|天|年|日(?!志)))))"
    rf"|(?P<digits>{DIGITS})|(?P<english>{ENGLISH_NUMERAL})|(?P<chinese>{CHINESE_NUMERAL})",
    re.IGNORECASE | re.ASCII,
)
_RANGE = re.compile(r" ?(?:-|–|—|~|～|to|and|至|到|或) ?", re.IGNORECASE)
_SCALE_WORD = re.compile(rf" ?({'|'.join(SCALES)})\b", re.IGNORECASE)
_MONEY_SCALE = re.compile(r" ?(k|m|bn|mn|b)\b", re.IGNORECASE)
_MONEY_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9}
_CHINESE_SCALE = re.compile(r"[十百千万亿]{1,2}(?![一二三四五六七八九])")
_REPEATED = re.compile(r" ?[(（]\d{1,9}[)）]")
_SHARE = re.compile(r"(?P<of>百分之|千分之|万分之)$")
_JOIN = re.compile(r" ?(?:and |又|零|,)? ?")
_CLOCK_JOIN = re.compile(r" ?(?:-|–|—|~|～|to|until|till|through|至|到) ?", re.IGNORECASE)
_WORDLIKE = re.compile(r"[A-Za-z_]")
_ONLY_WORDS = re.compile(r"(?:千万|百万|万千|十分|万一|一一|十足|百般|万万|千百)")
_ONE_IN_A_WORD = re.compile(r"[统唯之同单任逐其专万]$")


@dataclass(frozen=True, slots=True)
class _Atom:
    """One number as written, before its unit is read; ``end`` is behind its multiplier."""

    start: int
    end: int
    numeral: Numeral
    script: str
    written: str


def find_values(text: str, language: str | None = None) -> list[TypedValue]:
    """Every value in the text, in order, with exact spans that never overlap.

    Args:
        language: ``en`` or ``zh``; it only decides whose currency ``¥`` is. Without it both the
            yuan and the yen are possible.

    Time grows linearly with the length of the text.
    """
    folded = text.translate(_FULL_WIDTH)
    taken = bytearray(len(text))
    found: list[TypedValue] = []
    for pattern, build in PATTERNS:
        for match in pattern.finditer(folded):
            start, end = match.span()
            if any(taken[start:end]) or start == end:
                continue
            value = build(match)
            if value is not None:
                taken[start:end] = b"\1" * (end - start)
                found.append(value)
    found.extend(_numbers(folded, taken, language))
    found.sort(key=lambda value: value.span)
    joined = _join(found, folded)
    return [
        replace(value, text=text[value.span.start : value.span.end],
                bound=value.bound or _bound(folded, value.span))
        for value in joined
    ]  # fmt: skip


def _numbers(text: str, taken: bytearray, language: str | None) -> Iterator[TypedValue]:
    position = 0
    while (match := _ATOM.search(text, position)) is not None:
        position = match.end()
        if any(taken[match.start() : match.end()]):
            continue
        atom = _read_atom(text, match)
        if atom is None:
            continue
        value = _read_value(text, atom, language)
        if value is not None and not any(taken[value.span.start : value.span.end]):
            position = max(position, value.span.end)
            taken[value.span.start : value.span.end] = b"\1" * len(value.span)
            yield value


def _read_atom(text: str, match: re.Match[str]) -> _Atom | None:
    script = match.lastgroup or ""
    written, end = match.group(), match.end()
    numeral: Numeral | None
    if script == "half":
        numeral = Numeral(0.5, 0.0, 15)
    elif script == "digits":
        numeral = read_digits(written)
    elif script == "english":
        numeral = read_english(written)
    else:
        numeral = read_chinese(written)
    if numeral is None:
        return None
    if script == "digits":
        numeral, end = _scaled(text, end, numeral)
    repeated = _REPEATED.match(text, end)
    if repeated is not None and script in ("english", "chinese"):
        end = repeated.end()
    return _Atom(match.start(), end, numeral, script, written)


def _scaled(text: str, end: int, numeral: Numeral) -> tuple[Numeral, int]:
    """Multiply by a scale that follows: ``1.5万``, ``1.2 million``; not the k of 千克."""
    word = _SCALE_WORD.match(text, end)
    if word is not None:
        return _times(numeral, SCALES[word.group(1).lower()]), word.end()
    hanzi = _CHINESE_SCALE.match(text, end)
    if hanzi is not None and read_unit(text, end) is None:
        scale = 1.0
        for char in hanzi.group():
            scale *= CHINESE_SCALES[char]
        return _times(numeral, scale), hanzi.end()
    return numeral, end


def _times(numeral: Numeral, scale: float) -> Numeral:
    return Numeral(numeral.value * scale, numeral.half_step * scale, numeral.significant)


def _read_value(text: str, atom: _Atom, language: str | None) -> TypedValue | None:
    before = text[max(0, atom.start - LEFT) : atom.start]
    money = read_currency_before(before, language)
    if money is not None:
        return _money(text, atom, *money)
    share = _SHARE.search(before)
    if share is not None:
        scale = {"百": 1.0, "千": 0.1, "万": 0.01}[share["of"][0]]
        measured = Measured(atom.end, "percent", "%", "%", scale)
        return _measured(text, atom, _second(text, atom, atom.end), measured, len(share.group()))
    if before.endswith(("pH", "pH ")):
        return _plain(text, replace(_bare(atom, None), unit="pH", kind="quantity"))
    measured_one = read_unit(text, atom.end) or read_unit_in_next_cell(text, atom.start, atom.end)
    second = _second(text, atom, measured_one.end if measured_one else atom.end)
    if second is not None:
        measured_two = read_unit(text, second.end)
        if measured_two is not None and (
            measured_one is None or measured_one.base == measured_two.base
        ):
            return _measured(text, atom, second, measured_two, 0, measured_one)
    if measured_one is not None:
        return _measured(text, atom, None, measured_one, 0)
    return _number(text, atom, second)


def _second(text: str, first: _Atom, end: int) -> _Atom | None:
    """The upper end of a range that starts with ``first``."""
    joint = _RANGE.match(text, end)
    if joint is None or joint.end() >= len(text) or joint.end() == end:
        return None
    word = joint.group().strip().lower()
    if word == "and" and not text[max(0, first.start - 8) : first.start].lower().endswith(
        "between "
    ):
        return None
    match = _ATOM.match(text, joint.end())
    atom = _read_atom(text, match) if match is not None else None
    if atom is None or atom.numeral.value <= first.numeral.value or atom.script == "half":
        return None
    return atom


def _measured(
    text: str,
    first: _Atom,
    second: _Atom | None,
    unit: Measured,
    lead: int,
    first_unit: Measured | None = None,
) -> TypedValue | None:
    if not _is_amount(text, first, unit.kind, unit.end):
        return None
    last = second or first
    own = first_unit or unit
    negative = first.script == "chinese" and text[: first.start].endswith("零下")
    sign = -1.0 if negative or text[max(0, first.start - 2) : first.start] == "零下" else 1.0
    low = sign * first.numeral.value * own.factor + own.offset
    high = sign * last.numeral.value * unit.factor + unit.offset
    start = first.start - lead
    rate = denominator_before(text[max(0, start - LEFT) : start]) if "/" not in unit.base else None
    base, factor = unit.base, 1.0
    if rate is not None and unit.kind not in ("percent",):
        base, factor = f"{unit.base}/{rate.base}", 1 / rate.factor
    return TypedValue(
        unit.kind, "", Span(start, max(unit.end, last.end)),
        amount=(min(low, high) * factor, max(low, high) * factor), unit=base,
        written_unit=unit.name, half_step=last.numeral.half_step * abs(unit.factor) * factor,
        significant=min(first.numeral.significant, last.numeral.significant),
        customary=unit.customary,
    )  # fmt: skip


def _money(text: str, atom: _Atom, code: str, lead: int) -> TypedValue:
    numeral, end = atom.numeral, atom.end
    scale = _MONEY_SCALE.match(text, end)
    if scale is not None:
        numeral, end = _times(numeral, _MONEY_SCALES[scale.group(1).lower()]), scale.end()
    first = replace(atom, numeral=numeral, end=end)
    trailing = read_unit(text, end)
    if trailing is not None and trailing.kind == "money":
        end = trailing.end
    second = _second(text, first, end)
    measured = Measured((second or first).end, "money", code, code, 1.0)
    after = read_unit(text, measured.end)
    if after is not None and after.kind == "money":
        measured = replace(measured, end=after.end)
    elif second is None:
        measured = replace(measured, end=end)
    value = _measured(text, replace(first, script="digits"), second, measured, lead)
    if value is None:  # pragma: no cover - digits are always an amount
        raise AssertionError("an amount of money without a value")
    return value


def _number(text: str, atom: _Atom, second: _Atom | None) -> TypedValue | None:
    last = second or atom
    after = text[last.end : last.end + 1]
    if not _is_amount(text, atom, "number", last.end):
        return None
    if after and _WORDLIKE.match(after):
        return None
    hyphenated = re.match(r"-[A-Za-z]", text[last.end : last.end + 2])
    if hyphenated is not None:
        return None
    if atom.script == "digits" and second is None and is_year(text, atom.start, atom.end):
        year = int(atom.numeral.value)
        return TypedValue("date", "", Span(atom.start, atom.end), date=(year, None, None))
    value = _plain(text, _bare(atom, second))
    rate = denominator_after(text, last.end) or denominator_before(
        text[max(0, atom.start - LEFT) : atom.start]
    )
    if rate is None or value.amount is None:
        return value
    low, high = value.amount
    return replace(
        value, kind="quantity", unit=f"/{rate.base}", written_unit=f"/{rate.name}",
        amount=(low / rate.factor, high / rate.factor), half_step=value.half_step / rate.factor,
    )  # fmt: skip


def _bare(first: _Atom, second: _Atom | None) -> TypedValue:
    last = second or first
    return TypedValue(
        "number", "", Span(first.start, last.end),
        amount=(first.numeral.value, last.numeral.value), half_step=last.numeral.half_step,
        significant=min(first.numeral.significant, last.numeral.significant),
    )  # fmt: skip


def _plain(text: str, value: TypedValue) -> TypedValue:
    noun = noun_after(text, value.span.end)
    head = re.search(r"(?<![\w.])[A-Z][A-Za-z]+ $", text[max(0, value.span.start - LEFT) :
                                                       value.span.start])  # fmt: skip
    written = text[value.span.start : value.span.end]
    if head is not None and noun is None and re.fullmatch(r"\d+\.\d+", written):
        return replace(
            value, kind="version", amount=None, half_step=0.0,
            version=tuple(written.split(".")), noun=head.group().strip().lower(),
        )  # fmt: skip
    return replace(value, noun=noun)


def _is_amount(text: str, atom: _Atom, kind: str, end: int) -> bool:
    """Whether number words are meant as an amount here, and not as ordinary words."""
    if atom.script == "half" or atom.script == "digits":
        return True
    bound = bound_before(text[max(0, atom.start - LEFT) : atom.start])
    written = atom.written.lower()
    if atom.script == "english":
        if kind != "number":
            zero_day = written == "zero" and text[atom.end : atom.end + 1] == "-"
            return written not in SCALES and not zero_day
        if written == "one":
            return bound is not None and not text[end : end + 4].lower().startswith(" of ")
        return written not in SCALES and written != "zero"
    if _ONE_IN_A_WORD.search(text[max(0, atom.start - 1) : atom.start]) and written[0] == "一":
        return False
    if kind != "number":
        return not (written == "十" and text[end - 1 : end] == "分")
    if re.match(rf"[{CHINESE_COUNTERS}]", text[end : end + 1]):
        return written != "一" or bound is not None
    return (
        len(written) >= 2
        and _ONLY_WORDS.fullmatch(written) is None
        and any(char in CHINESE_SCALES for char in written[:-1] + written[-1:])
        and not re.match(f"[{CJK}]", text[end : end + 1] or " ")
    )


def _bound(text: str, span: Span) -> str | None:
    before = bound_before(text[max(0, span.start - LEFT) : span.start])
    return before or bound_after(text[span.end : span.end + LEFT])


def _join(values: list[TypedValue], text: str) -> list[TypedValue]:
    """``1 h 30 min`` is one duration, ``9:00–17:30`` one span of time."""
    joined: list[TypedValue] = []
    for value in values:
        last = joined[-1] if joined else None
        merged = _merge(last, value, text) if last is not None else None
        if merged is not None:
            joined[-1] = merged
        else:
            joined.append(value)
    return joined


def _merge(left: TypedValue, right: TypedValue, text: str) -> TypedValue | None:
    if left.kind != right.kind or left.unit != right.unit or not left.amount or not right.amount:
        return None
    gap = text[left.span.end : right.span.start]
    if len(gap) > 9 or left.amount[0] != left.amount[1]:
        return None
    span = Span(left.span.start, right.span.end)
    if left.kind in ("time", "weekday") and _CLOCK_JOIN.fullmatch(gap):
        return replace(left, span=span, amount=(left.amount[0], right.amount[1]))
    smaller = 0 < right.amount[1] < left.amount[0] and left.written_unit != right.written_unit
    if left.kind == "duration" and smaller and _JOIN.fullmatch(gap) and "," not in gap:
        total = left.amount[0] + right.amount[0]
        return replace(
            left, span=span, amount=(total, total), half_step=right.half_step,
            significant=left.significant + right.significant,
        )  # fmt: skip
    return None
