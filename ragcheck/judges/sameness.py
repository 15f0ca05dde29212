"""Whether two short answers say the same: values as values, names as names, else as texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from ragcheck.judges.answer_agreement import values_agree
from ragcheck.judges.answer_values import answer_values
from ragcheck.text.polarity import find_cues
from ragcheck.text.tokens import normalise
from ragcheck.text.values import TypedValue, same_value

LONGEST = 400
"""Characters of an answer that are compared."""
SHORTEST_PART = 4
PARTNERS = 0.8
"""From this likeness of spelling on, two words are one."""
ONE_EACH = 0.75
"""What is left of the likeness where each side has a word of its own."""
AGREED = 0.5
"""From this agreement on, the values of two answers are the same."""
INITIALS = 0.95
EMPTY_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        ("the", "a", "an", "of", "in", "on", "at", "by", "to", "for", "and", "from", "is", "was",
         "were", "are", "it", "its", "this", "that", "with", "as", "mr", "mrs", "ms", "dr", "sir",
         "dame", "lord", "lady", "king", "queen", "prince", "princess", "president", "professor",
         "prof", "saint", "st", "about", "approximately", "around", "nearly")
    ),
    "zh": frozenset(
        ("先生", "女士", "博士", "教授", "总统", "主席", "大约", "约", "的", "是", "在", "于", "为",
         "由", "共", "共有")
    ),
}  # fmt: skip
"""Words that make no difference between two answers."""
_CHINESE_EMPTY = re.compile("|".join(sorted(map(re.escape, EMPTY_WORDS["zh"]), key=len)[::-1]))
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_ABBREVIATION = re.compile(r"(?:[A-Z]\.? ?){2,6}")
_NEGATIVE = frozenset({"negation", "prohibition", "exemption", "off"})


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer that was read once: what it says as values, and what is left of its words."""

    text: str
    plain: str
    values: tuple[TypedValue, ...]
    words: tuple[str, ...]
    initials: str
    kind: str
    negative: bool


@lru_cache(maxsize=8192)
def read_answer(text: str) -> ReadAnswer:
    """Read an answer; ``kind`` is ``number``, ``date``, ``version``, ``name``, ``words`` or ``""``.

    Only its first 400 characters count.
    """
    head = text[:LONGEST]
    values = answer_values(head)
    words = tuple(_WORD.findall(head))
    capitals = [word for word in words if word[0].isupper()]
    kept = tuple(w for w in map(normalise, words) if w not in EMPTY_WORDS["en"])
    plain = _CHINESE_EMPTY.sub("", normalise(head)).strip(" .,;:，。；：、\"'“”()（）[]")
    if values:
        kind = _kind_of(values[0])
    elif capitals:
        kind = "name"
    else:
        kind = "words" if plain else ""
    negative = any(cue.kind in _NEGATIVE for cue in find_cues(head))
    initials = "".join(word[0] for word in capitals)
    return ReadAnswer(head, plain, values, kept, initials, kind, negative)


def _kind_of(value: TypedValue) -> str:
    if value.kind in ("date", "time", "weekday"):
        return "date"
    return value.kind if value.kind in ("version", "identifier") else "number"


def sameness(one: ReadAnswer, other: ReadAnswer) -> float:
    """How much two answers say the same, in [0, 1]; 0.5 where one of them says nothing."""
    if not one.plain or not other.plain:
        return 0.5
    if one.plain == other.plain:
        return 1.0
    verdict = values_agree(one.values, other.values)
    if verdict is not None:
        return verdict
    if _stands_for(one, other) or _stands_for(other, one):
        return INITIALS
    return likeness(one, other)


def likeness(one: ReadAnswer, other: ReadAnswer) -> float:
    """How alike the words of two answers are, in [0, 1].

    A word has its partner where the two are spelled nearly alike. Where the words of one side all
    have one, the answers are as alike as a short and a long form can be; words without a partner
    on *both* sides (butyl gloves, nitrile gloves) tell the answers apart, by their share.
    """
    if not one.plain or not other.plain:
        return 0.5
    short, long = sorted((one.words, other.words), key=lambda words: (len(words), words))
    if not short:
        return fuzz.ratio(*sorted((one.plain, other.plain))) / 100
    paired = [max(_spelled_alike(word, partner) for partner in long) for word in short]
    if min(paired) >= PARTNERS:
        return sum(paired) / len(short)
    return ONE_EACH * sum(a if a >= PARTNERS else a**3 for a in paired) / len(short)


def _spelled_alike(word: str, other: str) -> float:
    if min(len(word), len(other)) == 1:
        return PARTNERS if word[0] == other[0] and word[0].isalpha() else 0.0
    return fuzz.ratio(*sorted((word, other))) / 100


def value_verdict(one: ReadAnswer, other: ReadAnswer) -> float:
    """1 where a value of one equals one of the other, -1 where none does, 0 without verdict."""
    found = values_agree(one.values, other.values)
    if found is None:
        return 0.0
    return 1.0 if found >= AGREED else -1.0


def _stands_for(short: ReadAnswer, long: ReadAnswer) -> bool:
    """Whether one is an abbreviation of the other: NYC, F.D.R."""
    letters = re.sub(r"[^A-Za-z]", "", short.text)
    return (
        2 <= len(letters) <= 6
        and bool(_ABBREVIATION.fullmatch(short.text.strip(" .") + " "))
        and letters == long.initials
    )


def stands_in(answer: ReadAnswer, plain: str, values: tuple[TypedValue, ...]) -> float:
    """How surely a passage holds the answer somewhere, in [0, 1].

    Args:
        plain: the normalised passage.
        values: the values of the passage.
    """
    if not answer.plain or not plain:
        return 0.0
    if answer.plain in plain:
        return 1.0
    if answer.values:
        equal = [any(same_value(v, w) is True for w in values) for v in answer.values]
        return 0.9 if any(equal) else 0.0
    if len(answer.plain) < SHORTEST_PART:
        return 0.0
    return float(fuzz.partial_ratio(answer.plain, plain)) / 100
