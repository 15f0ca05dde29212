"""What two texts, or some sentences of each, have in common and what one of them has alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ragcheck.judges.analysis import Sentence
from ragcheck.text.alignment import Frame, coverage, is_code, overlap
from ragcheck.text.polarity import OPPOSED
from ragcheck.text.values import TypedValue, same_value

NONE = -1.0
"""Stands for a measurement that a pair does not have; a tree can split it off."""
MOST_VALUES = 12
LONGEST_COMPARED = 1500

SIDE_FEATURES = (
    "similarity", "containment", "ratio", "only_low", "only_high", "share_low", "share_high",
    "code_low", "code_high", "code_shared", "equal_values", "lone_values_low",
    "lone_values_high", "apart_values", "apart_likeness", "opposed_cues", "negative_difference",
    "modal_difference", "switch_difference", "restriction_difference", "exception_one_sided",
    "supersession", "asked_low", "asked_high", "length_low", "length_ratio",
)  # fmt: skip
NEGATIVE = frozenset({"negation", "prohibition", "exemption", "off"})
_MODAL = frozenset({"obligation", "prohibition", "permission", "exemption"})
_SWITCH = frozenset({"on", "off"})
_RESTRICTION = frozenset({"only", "all"})


@dataclass(frozen=True, slots=True)
class Side:
    """What one text, or some sentences of it, say: terms without values and cues, and those."""

    terms: Frame
    values: tuple[TypedValue, ...]
    cues: Mapping[str, int]
    plain: str
    length: int


def read_side(sentences: Sequence[Sentence]) -> Side:
    terms: dict[str, float] = {}
    cues: dict[str, int] = {}
    for sentence in sentences:
        terms.update(sentence.own)
        for cue in sentence.cues:
            cues[cue.kind] = cues.get(cue.kind, 0) + 1
    values = tuple(value for sentence in sentences for value in sentence.values)[:MOST_VALUES]
    plain = " ".join(sentence.plain for sentence in sentences)[:LONGEST_COMPARED]
    return Side(terms, values, cues, plain, sum(len(s.words) for s in sentences))


def side_features(a: Side, b: Side, question: Frame) -> list[float]:
    """The features of one view; ``low`` and ``high`` are the lesser and the greater side."""
    similarity, containment = overlap(a.terms, b.terms)
    only_a = {term: w for term, w in a.terms.items() if term not in b.terms}
    only_b = {term: w for term, w in b.terms.items() if term not in a.terms}
    weight = sum(only_a.values()), sum(only_b.values())
    share = [own / max(1.0, sum(s.terms.values())) for own, s in zip(weight, (a, b), strict=True)]
    codes = _count_codes(only_a), _count_codes(only_b)
    shared_codes = _count_codes(a.terms) - codes[0]
    asked = (
        [coverage(question, only_a.keys()), coverage(question, only_b.keys())]
        if question
        else [NONE, NONE]
    )
    lengths = sorted((a.length, b.length))
    return [
        similarity,
        containment,
        fuzz.ratio(a.plain, b.plain) / 100,
        *(math.log1p(x) for x in sorted(weight)),
        *sorted(share),
        *map(float, sorted(codes)),
        float(shared_codes),
        *_value_counts(a, b),
        *_cue_counts(a.cues, b.cues),
        *sorted(asked),
        math.log1p(lengths[0]),
        (1.0 + lengths[0]) / (1.0 + lengths[1]),
    ]


def _count_codes(terms: Frame) -> int:
    return min(5, sum(1 for term in terms if is_code(term)))


def _value_counts(a: Side, b: Side) -> list[float]:
    """Equal values, lone values of either side, and those that can be compared but differ."""
    verdicts = [[same_value(v, w) for w in b.values] for v in a.values]
    lone_a = [i for i, row in enumerate(verdicts) if True not in row]
    lone_b = [j for j in range(len(b.values)) if not any(row[j] is True for row in verdicts)]
    apart = [(i, j) for i in lone_a for j in lone_b if verdicts[i][j] is False]
    likeness = max((_like(a.values[i], b.values[j]) for i, j in apart), default=0.0)
    counts = sorted((len(lone_a), len(lone_b)))
    equal = min(len(a.values) - len(lone_a), len(b.values) - len(lone_b))
    apart_count = min(len({i for i, _ in apart}), len({j for _, j in apart}))
    return [
        float(min(equal, 5)), *(float(min(c, 5)) for c in counts),
        float(min(apart_count, 5)), likeness,
    ]  # fmt: skip


def _like(v: TypedValue, w: TypedValue) -> float:
    """How surely two values are values of one kind: same kind, same noun or unit."""
    if v.kind != w.kind:
        return 0.3
    if v.noun is not None or w.noun is not None:
        return 1.0 if v.noun == w.noun else 0.5
    return 0.9 if v.unit == w.unit else 0.6


def _cue_counts(a: Mapping[str, int], b: Mapping[str, int]) -> list[float]:
    opposed = sum(
        1 for one, other in map(tuple, OPPOSED) for x, y in ((one, other), (other, one))
        if a.get(x) and b.get(y) and not a.get(y) and not b.get(x)
    )  # fmt: skip

    def difference(kinds: frozenset[str]) -> float:
        return float(min(3, abs(total(a, kinds) - total(b, kinds))))

    return [
        float(min(opposed, 2)),
        difference(NEGATIVE),
        float(min(4, sum(abs(a.get(kind, 0) - b.get(kind, 0)) for kind in _MODAL))),
        float(min(3, sum(abs(a.get(kind, 0) - b.get(kind, 0)) for kind in _SWITCH))),
        difference(_RESTRICTION),
        float(("exception" in a) != ("exception" in b)),
        float("supersession" in a) + float("supersession" in b),
    ]


def total(cues: Mapping[str, int], kinds: frozenset[str]) -> int:
    return sum(cues.get(kind, 0) for kind in kinds)
