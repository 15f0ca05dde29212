"""Edits that make a sentence say something else: a value, a name or a polarity is another one.

What a retrieved passage says is replaced by what it does not, of the same type and at the same
place, so that the edited passage contradicts the original and is like it in everything else
(substitution of an answer by one of its type: Longpre et al. 2021, "Entity-Based Knowledge
Conflicts in Question Answering", EMNLP).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ragcheck.records.corpus import Span
from ragcheck.text.language import CJK
from ragcheck.text.typed import TypedValue
from ragcheck.text.values import find_values, same_value

TRIES = 12
OPPOSITES: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("must not", "may"), ("may not", "may"), ("cannot", "can"), ("need not", "must"),
        ("is not", "is"), ("are not", "are"), ("does not", "does"), ("do not", "do"),
        ("must", "need not"), ("is required", "is optional"), ("are allowed", "are prohibited"),
        ("is allowed", "is prohibited"), ("enabled", "disabled"), ("disabled", "enabled"),
        ("without", "with"), ("always", "never"), ("never", "always"), ("before", "after"),
        ("after", "before"), ("more than", "less than"), ("less than", "more than"),
        ("can", "cannot"), ("may", "must not"), ("is", "is not"), ("are", "are not"),
        ("with", "without"),
    ),
    "zh": (
        ("不得", "可以"), ("不能", "能"), ("无需", "必须"), ("不需要", "需要"), ("不会", "会"),
        ("不支持", "支持"), ("不包括", "包括"), ("没有", "有"), ("必须", "无需"), ("应当", "不必"),
        ("允许", "禁止"), ("禁止", "允许"), ("开启", "关闭"), ("关闭", "开启"), ("启用", "停用"),
        ("停用", "启用"), ("以上", "以下"), ("以下", "以上"), ("之前", "之后"), ("之后", "之前"),
        ("可以", "不得"), ("需要", "不需要"), ("支持", "不支持"), ("包括", "不包括"),
        ("会", "不会"), ("能", "不能"), ("是", "不是"),
    ),
}  # fmt: skip
"""What stands in a sentence, and what contradicts it; the longer of two stands first."""

YES_OR_NO = frozenset(
    (
        "yes", "no", "true", "false", "never", "always", "allowed", "forbidden", "是", "否", "可以",
        "不可以", "会", "不会", "能", "不能", "需要", "不需要", "必须", "不必", "无需", "允许",
        "禁止", "有", "没有", "对", "不对", "应当", "不得",
    )
)  # fmt: skip
"""Answers that say yes or no: they are no names, and no name stands for them."""

_DIGITS = re.compile(r"\d+", re.ASCII)
_ENGLISH = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve",
            "twenty", "thirty", "forty", "fifty", "sixty", "ninety")  # fmt: skip
_CHINESE = "一二三四五六七八九"
_WEEKDAYS = (
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ("一", "二", "三", "四", "五", "六"),
)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_SMALL_FACTORS = (1, 2, 3, 5, 7, 10)


@dataclass(frozen=True, slots=True)
class TextEdit:
    """``replacement`` stands for the characters of ``span``. ``kind``: value, name, polarity."""

    span: Span
    replacement: str
    kind: str

    def apply(self, text: str) -> str:
        """The text with the replacement in it."""
        return text[: self.span.start] + self.replacement + text[self.span.end :]


def contradicting_edit(
    text: str,
    within: Span,
    rng: np.random.Generator,
    *,
    answers: Sequence[str] = (),
    names: Sequence[str] = (),
) -> TextEdit | None:
    """An edit inside ``within`` after which the text contradicts what it said there.

    In this order: a value that one of the ``answers`` gives becomes another value of its type;
    an answer that stands there in words becomes one of ``names``; any value becomes another;
    the sentence says the opposite.

    Args:
        within: the part of ``text`` that may change, for example a gold span.
        answers: what the part is known to answer, the canonical one first.
        names: answers to other questions, from which a name is drawn.

    Returns:
        ``None`` where the part has nothing that such an edit knows.
    """
    values = [v for v in find_values(text) if _inside(v.span, within)]
    asked = [value for answer in answers for value in find_values(answer)]
    wanted = [v for v in values if any(same_value(v, other) for other in asked)]
    edit = _first_value_edit(wanted, rng) or _name_edit(text, within, rng, answers, names)
    return edit or _first_value_edit(values, rng) or _opposite(text, within)


def _inside(span: Span, within: Span) -> bool:
    return within.start <= span.start and span.end <= within.end


def _first_value_edit(values: Sequence[TypedValue], rng: np.random.Generator) -> TextEdit | None:
    for value in values:
        if value.kind != "identifier":
            changed = _other_value(value, rng)
            if changed is not None:
                return TextEdit(value.span, changed, "value")
    return None


def _other_value(value: TypedValue, rng: np.random.Generator) -> str | None:
    """The value's text with one of its numerals changed, so that it is read as another value."""
    for _ in range(TRIES):
        changed = next(_changed_forms(value, rng), None)
        if changed is None:
            return None
        if changed != value.text and not any(same_value(value, v) for v in find_values(changed)):
            return changed
    return None


def _changed_forms(value: TypedValue, rng: np.random.Generator) -> Iterator[str]:
    text = value.text
    digits = list(_DIGITS.finditer(text))
    if digits:
        place = digits[int(rng.integers(len(digits)))]
        number = _other_number(place.group(), value, rng)
        yield text[: place.start()] + number + text[place.end() :]
    for words in (*_WEEKDAYS, _MONTHS) if value.kind in ("weekday", "date") else ():
        yield from _swapped_word(text, words, rng)
    yield from _swapped_word(text, _ENGLISH, rng)
    yield from _swapped_word(text, tuple(_CHINESE), rng)


def _other_number(digits: str, value: TypedValue, rng: np.random.Generator) -> str:
    """Another number of the same length where the type is bounded, else a plausible other one."""
    number = int(digits)
    if value.kind == "date" and 0 < number <= 31:
        last_one = 12 if number <= 12 else 28
        return str(number % last_one + 1).zfill(len(digits))
    if value.kind in ("date", "time", "weekday") or len(digits) > 9:
        last = (int(digits[-1]) + int(rng.integers(1, 9))) % 10
        return digits[:-1] + str(last)
    choices = [number + step for step in _SMALL_FACTORS] + [number * 2, number * 3, number // 2]
    others = [choice for choice in choices if choice > 0 and choice != number]
    other = str(others[int(rng.integers(len(others)))])
    return other.zfill(len(digits)) if digits.startswith("0") else other


def _swapped_word(text: str, words: Sequence[str], rng: np.random.Generator) -> Iterator[str]:
    """The first of the words that stands in the text is another one of them."""
    for index, word in enumerate(words):
        pattern = re.escape(word) if not word.isascii() else rf"\b{re.escape(word)}\b"
        found = re.search(pattern, text, re.IGNORECASE)
        if found is not None:
            other = words[(index + int(rng.integers(1, len(words)))) % len(words)]
            yield text[: found.start()] + other + text[found.end() :]


def _name_edit(
    text: str,
    within: Span,
    rng: np.random.Generator,
    answers: Sequence[str],
    names: Sequence[str],
) -> TextEdit | None:
    """An answer that stands in the part word for word becomes one of the names."""
    own = {answer.casefold() for answer in answers}
    if not own or own & YES_OR_NO:
        return None
    part = text[within.start : within.end]
    known = own | YES_OR_NO
    others = [
        name
        for name in _of_like_length(names, answers[0])
        if name.casefold() not in known and name.casefold() not in part.casefold()
    ]
    for answer in answers if others else ():
        edge = r"" if re.search(f"[{CJK}]", answer) else r"\b"
        found = re.search(f"{edge}{re.escape(answer)}{edge}", part, re.IGNORECASE)
        if found is not None and len(answer) > 1:
            span = Span(within.start + found.start(), within.start + found.end())
            return TextEdit(span, others[int(rng.integers(len(others)))], "name")
    return None


def _of_like_length(names: Sequence[str], answer: str) -> list[str]:
    """Those between half and twice as long as the answer: a name for a name, not a sentence."""
    return [name for name in names if len(answer) <= 2 * len(name) <= 4 * len(answer)]


def _opposite(text: str, within: Span) -> TextEdit | None:
    part = text[within.start : within.end]
    chinese = re.search(f"[{CJK}]", part) is not None
    for word, other in OPPOSITES["zh" if chinese else "en"]:
        pattern = re.escape(word) if chinese else rf"\b{re.escape(word)}\b"
        found = re.search(pattern, part, re.IGNORECASE)
        if found is not None:
            span = Span(within.start + found.start(), within.start + found.end())
            return TextEdit(span, other, "polarity")
    return None
