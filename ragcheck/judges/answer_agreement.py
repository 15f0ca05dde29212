"""How far the values of two short answers agree, where one of them is rounded or says less.

A number agrees with a rounder one inside what its rounding leaves open: the last digit that is
not zero, or the side of it that "almost" and "more than" name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from ragcheck.judges.answer_numbers import number
from ragcheck.records.corpus import Span
from ragcheck.text.numerals import CHINESE_SCALES, SCALES, read_digits
from ragcheck.text.values import TypedValue, same_value

COMPATIBLE = 0.85
"""Two dates of which one says less, and numbers of which one is marked as rounded."""
ROUNDED = 0.8
"""A round number beside a finer one that rounds to it."""
UNIT_LEFT_OUT = 0.75
INSIDE = 0.7
"""A number inside a range."""
PARTLY = 0.4
"""Answers that share one value and differ in another."""
DIFFERENT_NUMBERS = 0.05
OVERLAPPING = 0.3
HALF_A_DAY = 720.0
_OPEN_HALF = re.compile(r"[1-9](?::\d\d)?|1[0-2](?::\d\d)?")
_UP, _DOWN = ("at least", "more than"), ("at most", "less than")
_CLOSED = frozenset({"number", "quantity", "percent", "money", "duration", "ordinal"})
_MEASURED = _CLOSED - {"ordinal"}
_NEUTRAL_NOUNS = frozenset({None, "degree", "度", "RAM", "ram"})
_EXACT = 1e-6
_WIDEST = 0.05
"""No rounding of a converted unit is wider than this share of the number."""
_WIDEST_KELVIN = 1.5
_LEAST_ROUND = 10_000
_WRITTEN = re.compile(
    r"[^\d-]{0,4}(?P<digits>-?\d[\d,]*(?:\.\d+)?) ?"
    rf"(?P<scale>{'|'.join(SCALES)}|bn|[kmb](?![a-z])|[十百千万亿]{{0,2}})",
    re.IGNORECASE,
)
_LETTER_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9}


def values_agree(left: Sequence[TypedValue], right: Sequence[TypedValue]) -> float | None:
    """How far two answers agree in their values, in [0, 1]; ``None`` where nothing compares."""
    found = {(i, j): agreement(v, w) for i, v in enumerate(left) for j, w in enumerate(right)}
    said = [verdict for verdict in found.values() if verdict is not None]
    best = max(said, default=None)
    if best:
        return min(best, PARTLY) if _something_apart(left, right, found) else best
    if len(left) == len(right) == 1:
        alone = _number_alone(left[0], right[0])
        if alone is not None:
            return alone
        if best is None and {left[0].kind, right[0].kind} <= _CLOSED:
            return DIFFERENT_NUMBERS
    return best


def agreement(one: TypedValue, other: TypedValue) -> float | None:
    """How far two values agree, in [0, 1]; ``None`` where they cannot be compared."""
    if one.unit == other.unit and one.amount and other.amount and _both_measured(one, other):
        return _amounts_agree(one, other)
    if one.kind == other.kind == "identifier":
        if one.bound != other.bound:
            return 0.0
        if one.text[0] == other.text[0] == "第":
            return float(number(one.text[1:]) == number(other.text[1:]))
    verdict = same_value(one, other)
    if verdict:
        return 1.0
    if may_be_same(one, other):
        return COMPATIBLE
    return None if verdict is None else 0.0


def _both_measured(one: TypedValue, other: TypedValue) -> bool:
    return one.kind in _MEASURED and other.kind in _MEASURED


def may_be_same(one: TypedValue, other: TypedValue) -> bool:
    """Whether two values are no contradiction though they are not equal as written.

    Dates of which one says less, calendar months beside as many days, and a time of day that
    leaves open which half of the day it means (6:30 beside 18:30, but not 06:30).
    """
    if one.kind == other.kind == "time" and one.amount and other.amount:
        early, late = sorted((one, other), key=lambda value: value.amount or (0.0, 0.0))
        halves = early.amount and late.amount and late.amount[0] - early.amount[0] == HALF_A_DAY
        return bool(halves) and _OPEN_HALF.fullmatch(early.text) is not None
    units = {one.unit, other.unit}
    comparable = one.kind == other.kind == "date" or units == {"s", "month"}
    return comparable and same_value(one, other) is None


def _amounts_agree(one: TypedValue, other: TypedValue) -> float:
    assert one.amount is not None and other.amount is not None
    (low, high), (least, most) = one.amount, other.amount
    if (one.bound in _UP and other.bound in _DOWN) or (one.bound in _DOWN and other.bound in _UP):
        return 0.0
    scale = max(abs(low), abs(high), abs(least), abs(most))
    if abs(low - least) <= _EXACT * scale and abs(high - most) <= _EXACT * scale:
        return 1.0
    if low != high or least != most:
        inside = (low <= least and most <= high) or (least <= low and high <= most)
        overlap = low <= most and least <= high
        return INSIDE if inside else OVERLAPPING if overlap else 0.0
    if abs(low - least) > scale / 2:
        return 0.0
    if one.customary != other.customary:
        return _conversion(one, other, abs(low - least), scale)
    if one.bound or other.bound:
        (a, b), (c, d) = _meant(one, low), _meant(other, least)
        if one.bound == other.bound == "about":
            return COMPATIBLE * (abs(low - least) < max(_step(one), _step(other)) / 2)
        if a <= d + _EXACT * scale and c <= b + _EXACT * scale:
            return COMPATIBLE
    return max(float(same_value(_unmarked(one), _unmarked(other)) is True), _rounds(one, other))


def _unmarked(value: TypedValue) -> TypedValue:
    return replace(value, bound=None) if value.bound else value


def _conversion(one: TypedValue, other: TypedValue, apart: float, scale: float) -> float:
    widest = _WIDEST_KELVIN if one.unit == "K" else _WIDEST * scale
    return float(apart <= min(widest, max(_step(one), _step(other)) / 2 + _EXACT * scale))


def _step(value: TypedValue) -> float:
    """One unit of the last written digit that is not zero, in base units; 0 where it is exact."""
    step = 2 * value.half_step
    if not step or value.amount is None:
        return 0.0
    count = round(abs(value.amount[0]) / step) if value.unit != "K" else 1
    while count and count % 10 == 0:
        count //= 10
        step *= 10
    return step


def _meant(value: TypedValue, amount: float) -> tuple[float, float]:
    """What the number may stand for, as (low, high)."""
    step = _step(value)
    if value.bound in _UP:
        return amount, amount + (step if abs(amount) >= 10 * step else step / 2)
    if value.bound in _DOWN:
        return amount - step / 2, amount
    if value.bound == "about":
        fives = 5 if step and round(abs(amount) / step) % 5 == 0 else 1
        return amount - fives * step / 2, amount + fives * step / 2
    return amount, amount


def _rounds(one: TypedValue, other: TypedValue) -> float:
    """Whether a number with at least two digits and three zeros is the other one, rounded."""
    coarse, fine = sorted((one, other), key=_step, reverse=True)
    step, finer = _step(coarse), _step(fine)
    if not coarse.amount or not fine.amount or not coarse.half_step or finer >= step:
        return 0.0
    count, kept = coarse.amount[0] / (2 * coarse.half_step), coarse.amount[0] / step
    if count < _LEAST_ROUND or kept < 10 or step < 2000 * coarse.half_step:
        return 0.0
    return ROUNDED if abs(coarse.amount[0] - fine.amount[0]) <= step / 2 else 0.0


def _number_alone(one: TypedValue, other: TypedValue) -> float | None:
    """How one agrees with the number of the other where a unit is left out: fourteen, 14 days."""
    if one.unit == other.unit or not {one.kind, other.kind} <= _MEASURED:
        return None
    short, long = sorted((one, other), key=lambda value: (value.kind != "number", value.unit or ""))
    rate = short.unit is not None and (long.unit or "").startswith(f"{short.unit}/")
    if not rate and (short.kind != "number" or short.noun not in _NEUTRAL_NOUNS):
        return None
    left, right = _as_number(short), _as_number(long)
    if left is None or right is None:
        return None
    candidates = [right]
    if long.unit == "m" and long.text.endswith("m") and right.amount:
        million = right.amount[0] * 1e6
        candidates.append(
            replace(right, amount=(million, million), half_step=right.half_step * 1e6)
        )
    agree = max(_amounts_agree(left, candidate) for candidate in candidates)
    return UNIT_LEFT_OUT if agree >= INSIDE else DIFFERENT_NUMBERS


def _as_number(value: TypedValue) -> TypedValue | None:
    if value.kind == "number":
        return value
    if value.amount is None or value.amount[0] != value.amount[1]:
        return None
    written = _written_number(value.text)
    return None if written is None else replace(written, bound=value.bound, span=value.span)


@lru_cache(maxsize=4096)
def _written_number(text: str) -> TypedValue | None:
    match = _WRITTEN.match(text)
    numeral = read_digits(match["digits"]) if match is not None else None
    if match is None or numeral is None:
        return None
    scale, word = 1.0, match["scale"].lower()
    if word in SCALES or word in _LETTER_SCALES:
        money = not match.group()[0].isdigit()
        scale = SCALES.get(word, _LETTER_SCALES.get(word, 1.0) if money else 1.0)
    else:
        for char in word:
            scale *= CHINESE_SCALES[char]
    value = numeral.value * scale
    return TypedValue(
        "number", text, Span(0, len(text)), amount=(value, value),
        half_step=numeral.half_step * scale, significant=numeral.significant,
    )  # fmt: skip


def _something_apart(
    left: Sequence[TypedValue],
    right: Sequence[TypedValue],
    found: dict[tuple[int, int], float | None],
) -> bool:
    """Whether a value of each side, of one kind, has no equal on the other side."""
    lone = [i for i in range(len(left)) if not any(found[i, j] for j in range(len(right)))]
    others = [j for j in range(len(right)) if not any(found[i, j] for i in range(len(left)))]
    return any(found[i, j] == 0 and left[i].unit == right[j].unit for i in lone for j in others)
