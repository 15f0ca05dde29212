"""Whether two texts are about the same thing, and whether that is what the question names.

A passage about a sibling (another setting, format, platform or function of the same page) has the
form of the one that is asked for and other values, as a passage of another version has. What tells
them apart is that a term which *names* something stands in one of them alone: a term of the
question that few pages use, or the name at the beginning of a passage. Identifiers count as a
whole and by their parts, so that ``CONCURRENT_REQUESTS_PER_DOMAIN`` speaks of domains.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from ragcheck.judges.analysis import AnalysedText
from ragcheck.judges.common_words import COMMON
from ragcheck.judges.sides import NONE
from ragcheck.text.alignment import is_code, read_frame, stem

SUBJECT_FEATURES = (
    "named_both", "named_one", "named_neither", "named_one_rarest", "named_both_rarest",
    "named_opening_both", "named_opening_one", "named_rival",
    "code_named_both", "code_named_one",
    "opening_shared", "opening_alien_low", "opening_alien_high", "opening_likeness",
    "opening_rival", "alien_codes_low", "alien_codes_high", "alien_rare_low", "alien_rare_high",
    "alien_unasked_low", "alien_unasked_high",
)  # fmt: skip
OPENING_WORDS = 9
MOST_TERMS = 300
MOST_RIVALS = 30
WEIGHTS = {"common": 0.2, "rare": 1.0, "code": 2.0}
_PARTS = re.compile(r"[_.\-:/]+")


@dataclass(frozen=True, slots=True)
class Subject:
    """The terms of a text and of its beginning, identifiers with their parts."""

    terms: frozenset[str]
    whole: frozenset[str]
    opening: frozenset[str]
    names: tuple[str, ...]


def read_subject(text: AnalysedText) -> Subject:
    """Read a text once for every pair that it is part of."""
    words = [word for sentence in text.sentences for word in sentence.words][:MOST_TERMS]
    whole = read_frame(words)
    opening = read_frame(words[:OPENING_WORDS])
    names = tuple(dict.fromkeys(term for term in opening if weight(term) >= WEIGHTS["rare"]))
    return Subject(
        frozenset(with_parts(whole)), frozenset(whole), frozenset(with_parts(opening)), names
    )


def asked_terms(question: Iterable[str]) -> dict[str, float]:
    """What a question names: each of its terms with its weight, identifiers as a whole."""
    return {term: weight(term) for term in question}


def weight(term: str) -> float:
    """How surely a term names something: identifiers most, words of every page least."""
    if is_code(term):
        return WEIGHTS["code"]
    return WEIGHTS["common"] if term in COMMON else WEIGHTS["rare"]


def with_parts(terms: Iterable[str]) -> set[str]:
    """The terms, and the words that identifiers among them are made of."""
    found = set()
    for term in terms:
        found.add(term)
        if term.isascii() and _PARTS.search(term):
            found.update(stem(part) for part in _PARTS.split(term) if len(part) > 1)
    return found


def subject_features(left: Subject, right: Subject, asked: Mapping[str, float]) -> list[float]:
    """The numbers of ``SUBJECT_FEATURES``; where nothing is asked, the first ten are -1.

    Give the texts in a fixed order: ``opening_rival`` looks from the left to the right.
    """
    named = _named(left, right, asked) if asked else [NONE] * 10
    return named + _apart(left, right, asked)


def _named(left: Subject, right: Subject, asked: Mapping[str, float]) -> list[float]:
    total = sum(asked.values())
    both = {t: w for t, w in asked.items() if t in left.terms and t in right.terms}
    one = {t: w for t, w in asked.items() if (t in left.terms) != (t in right.terms)}
    neither = {t: w for t, w in asked.items() if t not in both and t not in one}
    opening = {t: w for t, w in asked.items() if t in left.opening or t in right.opening}
    alone = {t: w for t, w in opening.items() if t in one}
    shared = {t: w for t, w in opening.items() if t in left.opening and t in right.opening}
    codes = [float(sum(w >= WEIGHTS["code"] for w in terms.values())) for terms in (both, one)]
    return [
        sum(both.values()) / total,
        sum(one.values()) / total,
        sum(neither.values()) / total,
        max(one.values(), default=0.0),
        max(both.values(), default=0.0),
        sum(shared.values()) / total,
        sum(alone.values()) / total,
        max((_rival(term, left, right) for term in one), default=0.0),
        *codes,
    ]


def _rival(term: str, left: Subject, right: Subject) -> float:
    """How alike the likest term of the side is that does not have this one."""
    with_it, without = (left, right) if term in left.terms else (right, left)
    return _likest(term, without.whole - with_it.terms)


def _likest(term: str, others: Collection[str]) -> float:
    near = sorted(other for other in others if weight(other) >= weight(term))[:MOST_RIVALS]
    return max((fuzz.ratio(term, other) / 100 for other in near), default=0.0)


def _apart(left: Subject, right: Subject, asked: Mapping[str, float]) -> list[float]:
    """How far the beginnings name different things, and what one side alone names at all."""
    pairs = ((left, right), (right, left))
    alien = [[n for n in one.names if n not in other.terms] for one, other in pairs]
    names = [set(side.names) for side in (left, right)]
    least = min(len(names[0]), len(names[1]))
    lone = [sorted(t for t in one.whole - other.terms if weight(t) >= WEIGHTS["rare"])
            for one, other in pairs]  # fmt: skip
    codes = [float(min(5, sum(is_code(t) for t in terms))) for terms in lone]
    rare = [float(min(12, sum(not is_code(t) for t in terms))) for terms in lone]
    unasked = [float(min(5, sum(n not in asked for n in each))) for each in alien]
    return [
        len(names[0] & names[1]) / least if least else NONE,
        *sorted(float(min(5, len(each))) for each in alien),
        fuzz.token_sort_ratio(" ".join(left.names), " ".join(right.names)) / 100,
        max((_likest(name, alien[1]) for name in alien[0]), default=0.0),
        *sorted(codes),
        *sorted(rare),
        *sorted(unasked),
    ]
