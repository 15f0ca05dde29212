"""Whether two Chinese readings say the same: values as values, names by their characters."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from ragcheck.judges.answer_agreement import values_agree
from ragcheck.judges.answer_values import values_of, written_out
from ragcheck.judges.reading import Reading
from ragcheck.text.language import CJK
from ragcheck.text.tokens import normalise
from ragcheck.text.values import TypedValue, find_values, same_value

LONGEST = 400
"""Characters of an answer whose values are compared."""
SHORTEST_NAME = 2
OTHER_NAMES = 0.1
"""A shared rank behind two names that share no character."""
SAME_SURNAME = 0.6
"""A surname with a form of address beside a full name: 老周, 周明远."""
STANDS_THERE = 0.85
_MARKS = r"\s“”「」『』《》〈〉\"'‘’（()）,，。:：、"
_HULL = re.compile(rf"^[的是为在于约共{_MARKS}]+|[的了们{_MARKS}]+$")
_BESIDE_NUMBER = re.compile(
    r"[\d零〇一二两三四五六七八九十百千万亿半第约近超多余几个达%％年月日号\s.,，]"
)
_RANKED = re.compile(rf"(?P<name>[{CJK}]{{1,8}}?)[\d一二三四五六七八九十]{{1,3}}[段级品]")
_ADDRESSED = re.compile(
    rf"老(?P<after>[{CJK}]{{1,2}})|(?P<before>[{CJK}]{{1,2}}?)"
    r"(?:某某?|导|公|老|总|工|九段|先生|女士|教授|博士|医生|老师|将军|局长|队长|院长|校长)"
)
_LISTED = re.compile("[、和与及,，&]")
_DOTS = re.compile("[·・]")
_CHINESE = re.compile(f"[{CJK}]")


def chinese_sameness(one: str, other: str) -> float:
    """How much two short answers say the same, in [0, 1]; symmetric.

    Where both hold values of one kind these decide: Chinese numerals, percentages, dates and
    units are read as values. A date that says less agrees with one that says more. Else names are
    compared by characters, and a short form that stands inside the long one is the same.
    """
    left, right = sorted((_read(one), _read(other)), key=lambda side: (side.bare, side.values_only))
    if not left.bare or not right.bare:
        return 0.5
    if left.bare == right.bare:
        return 1.0
    verdict = values_agree(left.values, right.values)
    if verdict is None or not (left.values_only and right.values_only):
        likeness = _by_characters(left.bare, right.bare)
        return likeness if verdict is None else min(likeness, verdict)
    ranks = _RANKED.fullmatch(left.bare), _RANKED.fullmatch(right.bare)
    if ranks[0] and ranks[1] and not set(ranks[0]["name"]) & set(ranks[1]["name"]):
        return min(verdict, OTHER_NAMES)
    return verdict


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer that was read once: its characters, and what it says as values."""

    bare: str
    values: tuple[TypedValue, ...]
    values_only: bool


@lru_cache(maxsize=8192)
def _read(text: str) -> _Answer:
    written = written_out(text[:LONGEST])
    return _Answer(_bare(text), values_of(written, "zh"), _mostly_value(written))


def stands_in(answer: str, passage: str) -> bool:
    """Whether the passage has the answer too: the same value, or the same characters."""
    bare = _bare(answer)
    digits = written_out(answer)
    values = find_values(digits, "zh")
    if values and _mostly_value(digits):
        there = find_values(passage[:2000], "zh")
        return any(same_value(v, w) is True for v in values for w in there)
    return len(bare) >= SHORTEST_NAME and bare in _DOTS.sub("", normalise(passage))


def chinese_evidence(
    one: Reading, other: Reading, passages: Sequence[str] = ("", "")
) -> tuple[float, float]:
    """How surely two passages answer differently, and how surely the same, both in [0, 1].

    The less certain reading weighs both. An answer of one passage that stands in the other speaks
    for the same, whatever was read there.
    """
    margin = max(-20.0, min(20.0, one.margin, other.margin))
    answered = 1 / (1 + math.exp(-margin / 2))
    same = chinese_sameness(one.text, other.text)
    if stands_in(one.text, passages[1]) or stands_in(other.text, passages[0]):
        same = max(same, STANDS_THERE)
    return answered * (1 - same), answered * same


def _bare(text: str) -> str:
    return _HULL.sub("", _DOTS.sub("", normalise(text)))


def _mostly_value(text: str) -> bool:
    """Whether little but digits, units and counters is left: 第一百二十个, 约 70 %."""
    rest = text
    for value in find_values(text, "zh"):
        rest = rest.replace(value.text, "", 1)
    return len(_BESIDE_NUMBER.sub("", rest)) <= 4


def _addressed(short: str, long: str) -> bool:
    """Whether one is the surname, with a form of address, of the other, a full name."""
    match = _ADDRESSED.fullmatch(short)
    surname = (match["after"] or match["before"]) if match is not None else ""
    return bool(surname) and len(surname) < len(long) <= 4 and long.startswith(surname)


def _by_characters(one: str, other: str) -> float:
    lists = [sorted(filter(None, _LISTED.split(side))) for side in (one, other)]
    if len(lists[0]) > 1 and lists[0] == lists[1]:
        return 1.0
    if _addressed(one, other) or _addressed(other, one):
        return SAME_SURNAME
    short, long = sorted((one, other), key=lambda text: (len(text), text))
    if len(short) >= SHORTEST_NAME and short in long and _CHINESE.search(short):
        return 0.9
    part = 0.9 * fuzz.partial_ratio(short, long) if len(short) > 3 else 0.0
    return (max(fuzz.ratio(short, long), part) / 100) ** 2
