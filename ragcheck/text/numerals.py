"""Numbers as they are written: digits, English number words and Chinese numerals."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import cn2an

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
SMALL = {word: i for i, word in enumerate(ONES)} | {
    word: 10 * (i + 2) for i, word in enumerate(TENS)
}
CHINESE_SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}

_WORD = "|".join(sorted((*ONES, *TENS), key=len, reverse=True))
_SCALE = "|".join(SCALES)
_NUMBER_WORD = rf"(?:{_WORD}|{_SCALE})"

# A run of digits that goes on for longer than any amount is an identifier, not a number.
DIGITS = (
    r"(?<![\w.,])(?:[-−+](?=\d))?"
    r"(?:\d{1,3}(?:,\d{3}){1,6}(?!\d)|\d{1,15}(?!\d))(?:\.\d{1,15}(?!\d))?"
)
ENGLISH_NUMERAL = (
    rf"(?<![\w-])(?:(?:half )?an? (?={_SCALE}\b))?{_NUMBER_WORD}"
    rf"(?:[ -](?:and )?{_NUMBER_WORD}\b){{0,10}}(?!\w)"
)
CHINESE_NUMERAL = r"[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]{1,24}"


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number and half a unit in its last written digit (0 where it is exact)."""

    value: float
    half_step: float
    significant: int


def read_digits(written: str) -> Numeral | None:
    """``1,200.50`` to a number with its precision; ``None`` where it is no number."""
    plain = written.replace(",", "").replace("−", "-").lstrip("+")
    try:
        value = float(plain)
    except ValueError:
        return None
    decimals = len(plain.partition(".")[2])
    digits = plain.lstrip("-").replace(".", "").lstrip("0")
    return Numeral(value, 0.5 * 10.0**-decimals, max(1, len(digits)))


def read_english(written: str) -> Numeral | None:
    """``two hundred and fifty`` to 250; ``None`` where the words are no single number."""
    total = current = 0.0
    last = math.inf
    for word in re.split(r"[ -]+", written.lower()):
        if word in ("and", "a", "an"):
            continue
        if word in SMALL:
            size = SMALL[word]
            if last < 20 or (last < 100 and size >= 10):
                return None
            current += size
            last = size if size else 1
        elif word in SCALES:
            scale = SCALES[word]
            current = max(current, 1.0) * scale
            last = 100 if scale == 100 else math.inf
            if scale > 100:
                total, current = total + current, 0.0
        else:
            return None
    return Numeral(total + current, 0.0, 15)


def read_chinese(written: str) -> Numeral | None:
    """``一百二十`` to 120, ``二〇一六`` to 2016; ``None`` where it is no number."""
    if written and all(char in CHINESE_SCALES for char in written):
        value = math.prod(CHINESE_SCALES[char] for char in written)
        return Numeral(value, 0.0, 15) if len(written) <= 2 else None
    try:
        value = float(cn2an.cn2an(written, "smart"))
    except (ValueError, KeyError):  # KeyError: 百十一
        return None
    return Numeral(value, 0.0, 15)
