"""What is measured of a pair of texts: the same numbers in English and Chinese, in either order.

A pair is looked at four times: the whole passages, the two sentences nearest to the question,
the few sentences that speak of the question, and the most alike sentences without a twin. Each
time, words, values and cues are counted that stand on both sides or on one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from ragcheck.judges.analysis import AnalysedText, Sentence, analyse
from ragcheck.judges.edits import (
    EDIT_FEATURES,
    Sequenced,
    content_word,
    edit_features,
    sequence,
)
from ragcheck.judges.structural import Comparison, compare
from ragcheck.text.alignment import (
    Frame,
    coverage,
    is_code,
    overlap,
    read_frame,
    read_words,
)
from ragcheck.text.polarity import OPPOSED
from ragcheck.text.tokens import normalise
from ragcheck.text.values import TypedValue, find_values, same_value

NONE = -1.0
"""Stands for a measurement that a pair does not have; a tree can split it off."""
MOST_VALUES = 12
LONGEST_COMPARED = 1500
WINDOW_SENTENCES = 4
WINDOW_SHARE = 0.7
HEADING_SHARE = 0.6

_BLOCK = (
    "similarity", "containment", "ratio", "only_low", "only_high", "share_low", "share_high",
    "code_low", "code_high", "code_shared", "equal_values", "lone_values_low",
    "lone_values_high", "apart_values", "apart_likeness", "opposed_cues", "negative_difference",
    "modal_difference", "switch_difference", "restriction_difference", "exception_one_sided",
    "supersession", "asked_low", "asked_high", "length_low", "length_ratio",
)  # fmt: skip
_VIEWS = ("passage", "answer", "window", "nearest")
_QUESTION = (
    "has_question", "asks_number", "asks_time", "asks_yes_no", "asks_version", "asks_code",
    "answer_coverage_low", "answer_coverage_high", "text_coverage_low", "text_coverage_high",
    "answer_is_twin", "rest_similarity", "rest_containment", "read_equal", "read_apart",
    "read_missing", "read_codes_equal", "read_codes_apart", "polarity_differs",
)  # fmt: skip
_STRUCTURE = (
    "structural", "structural_scope", "structural_same", "strongest_value", "strongest_cue",
    "strongest_name", "strongest_list", "differences", "twin_share", "aligned",
)  # fmt: skip
_SCOPE = ("scope_apart", "scope_one_sided", "years_apart", "versions_apart", "heading_likeness")
FEATURES: tuple[str, ...] = (
    *(f"{view}_{name}" for view in _VIEWS for name in _BLOCK),
    *_QUESTION, *_STRUCTURE, *_SCOPE, *(f"edit_{name}" for name in EDIT_FEATURES),
)  # fmt: skip
"""Names of the features, in the order of the vector."""

_NEGATIVE = frozenset({"negation", "prohibition", "exemption", "off"})
_MODAL = frozenset({"obligation", "prohibition", "permission", "exemption"})
_SWITCH = frozenset({"on", "off"})
_RESTRICTION = frozenset({"only", "all"})
_TIMES = frozenset({"date", "time", "weekday", "duration"})
_KINDS_OF_STRENGTH = (
    frozenset({"number", "unit", "date", "version"}), frozenset({"negation", "permission"}),
    frozenset({"name"}), frozenset({"list"}),
)  # fmt: skip
ASKS: Mapping[str, Mapping[str, str]] = {
    "number": {
        "en": r"\bhow (?:many|much|long|old|often|high|large|big|far|fast|tall|deep|wide)\b"
        r"|\bwhat (?:percent|number|amount|price|size|age|population|limit|value|rate)"
        r"|\bpopulation\b",
        "zh": r"多少|几[个天年月日次人位条种小分秒岁级]|多[久长大高远宽深重快]|第几|百分之几",
    },
    "time": {
        "en": r"\bwhen\b|\bwhat (?:year|date|day|month|time)|\bwhich (?:year|date|day|month)"
        r"|\bhow long\b",
        "zh": r"什么时[候间]|何时|哪[一]?[年天日月]|几[年月日号点]|时间|日期|多久|期限",
    },
    "yes_no": {
        "en": r"^\W*(?:is|are|was|were|does|do|did|can|could|may|must|should|has|have|will|would)\b"
        r"|, (?:is|are|does|do|can|may|must|should|will) ",
        "zh": r"[吗么][？?]?\s*$|是否|能否|可否|[是能有要会]不[是能要会]|可不可以|有没有",
    },
    "version": {
        "en": r"\bversions?\b|\brelease\b",
        "zh": r"版本|哪一?版",
    },
    "code": {
        "en": r"\b(?:which|what|name of) (?:\w+ )?(?:setting|option|command|class|function|method|"
        r"library|package|module|argument|parameter|file|flag|variable|attribute|key|tool)",
        "zh": r"(?:什么|哪个|哪些|哪种)(?:\w{0,4})"
        r"(?:命令|参数|选项|函数|方法|类|库|包|模块|文件|变量|属性|工具|设置)",
    },
}
_ASKS = {
    kind: re.compile("|".join(patterns.values()), re.IGNORECASE) for kind, patterns in ASKS.items()
}


@dataclass(frozen=True, slots=True)
class Side:
    """What one text, or some sentences of it, say: terms without values and cues, and those."""

    terms: Frame
    values: tuple[TypedValue, ...]
    cues: Mapping[str, int]
    plain: str
    length: int


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text that was read once for every pair that it is part of."""

    analysed: AnalysedText
    side: Side
    sides: tuple[Side, ...]
    sequence: Sequenced


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question: its terms, what it asks for, and the values that it names itself."""

    text: str
    frame: Frame
    words: frozenset[str]
    asks: frozenset[str]
    values: tuple[TypedValue, ...]


@dataclass(frozen=True, slots=True)
class PairReading:
    """A pair with its vector; ``answers`` are the sentences nearest to the question."""

    vector: NDArray[np.float64]
    comparison: Comparison
    answers: tuple[int, int] | None
    nearest: tuple[int, int] | None


def read_text(text: str) -> ReadText:
    """Read a text once. Only its first 20,000 characters and 120 sentences count."""
    analysed = analyse(text)
    sides = tuple(_side([sentence]) for sentence in analysed.sentences)
    return ReadText(analysed, _side(analysed.sentences), sides, sequence(analysed))


def read_question(question: str | None) -> ReadQuestion | None:
    """Read a question once; ``None`` where there is none, or one without words."""
    if not question:
        return None
    words = read_words(question[:LONGEST_COMPARED])
    frame = read_frame(words)
    if not frame:
        return None
    said = frozenset(word.stem for word in words if content_word(word.stem))
    head = question[:LONGEST_COMPARED]
    asks = frozenset(kind for kind, pattern in _ASKS.items() if pattern.search(head))
    return ReadQuestion(question, frame, said, asks, tuple(find_values(head)))


def measure(left: ReadText, right: ReadText, question: ReadQuestion | None) -> PairReading:
    """The features of a pair.

    The vector has the length of ``FEATURES``. Give the texts in a fixed order: where the words of
    one stand for words of the other can depend on which of them is read first.
    """
    frame = question.frame if question is not None else {}
    comparison = compare(left.analysed, right.analysed, frame)
    twins = _twins(left, right)
    answers = nearest = None
    values = _block(left.side, right.side, frame)
    if question is not None and left.sides and right.sides:
        spoken = _speaking(left, question), _speaking(right, question)
        answers = spoken[0][0], spoken[1][0]
        window = [
            _side([text.analysed.sentences[i] for i in chosen])
            for text, chosen in zip((left, right), spoken, strict=True)
        ]
        values += _block(left.sides[answers[0]], right.sides[answers[1]], frame)
        values += _block(window[0], window[1], frame)
        asked = _asked(left, right, question, answers, (window[0], window[1]), twins)
    else:
        values += [NONE] * (2 * len(_BLOCK))
        asked = [0.0] + [NONE] * (len(_QUESTION) - 1)
    if comparison.contested:
        best = max(comparison.contested, key=lambda pair: (pair.similarity, pair.containment))
        nearest = best.left, best.right
        values += _block(left.sides[best.left], right.sides[best.right], frame)
    else:
        values += [NONE] * len(_BLOCK)
    values += asked + _structure(left, right, comparison, twins)
    values += _scope(left, right, answers or nearest)
    said = question.words if question is not None else frozenset()
    values += edit_features(left.sequence, right.sequence, said)
    return PairReading(np.array(values), comparison, answers, nearest)


def _side(sentences: Sequence[Sentence]) -> Side:
    terms: dict[str, float] = {}
    cues: dict[str, int] = {}
    for sentence in sentences:
        terms.update(sentence.own)
        for cue in sentence.cues:
            cues[cue.kind] = cues.get(cue.kind, 0) + 1
    values = tuple(value for sentence in sentences for value in sentence.values)[:MOST_VALUES]
    plain = " ".join(sentence.plain for sentence in sentences)[:LONGEST_COMPARED]
    return Side(terms, values, cues, plain, sum(len(s.words) for s in sentences))


def _twins(left: ReadText, right: ReadText) -> frozenset[str]:
    ours = {sentence.plain for sentence in left.analysed.sentences}
    return frozenset(s.plain for s in right.analysed.sentences if s.plain in ours)


def _block(a: Side, b: Side, question: Frame) -> list[float]:
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
        return float(min(3, abs(_total(a, kinds) - _total(b, kinds))))

    return [
        float(min(opposed, 2)),
        difference(_NEGATIVE),
        float(min(4, sum(abs(a.get(kind, 0) - b.get(kind, 0)) for kind in _MODAL))),
        float(min(3, sum(abs(a.get(kind, 0) - b.get(kind, 0)) for kind in _SWITCH))),
        difference(_RESTRICTION),
        float(("exception" in a) != ("exception" in b)),
        float("supersession" in a) + float("supersession" in b),
    ]


def _total(cues: Mapping[str, int], kinds: frozenset[str]) -> int:
    return sum(cues.get(kind, 0) for kind in kinds)


def _speaking(text: ReadText, question: ReadQuestion) -> list[int]:
    """Sentences that speak of the question, the one that says most of it first."""
    scores = []
    for i, sentence in enumerate(text.analysed.sentences):
        said = coverage(question.frame, sentence.frame.keys())
        own = coverage(question.frame, sentence.own.keys())
        share = HEADING_SHARE if sentence.is_heading else 1.0
        scores.append((share * (said + 0.25 * own + 0.02 * bool(sentence.values)), -i))
    scores.sort(reverse=True)
    best = scores[0][0]
    return [-i for score, i in scores[:WINDOW_SENTENCES] if score >= WINDOW_SHARE * best]


def _asked(
    left: ReadText,
    right: ReadText,
    question: ReadQuestion,
    answers: tuple[int, int],
    window: tuple[Side, Side],
    twins: frozenset[str],
) -> list[float]:
    """What both sides seem to answer."""
    sentences = left.analysed.sentences[answers[0]], right.analysed.sentences[answers[1]]
    own = sorted(coverage(question.frame, s.frame.keys()) for s in sentences)
    whole = sorted(coverage(question.frame, text.side.terms.keys()) for text in (left, right))
    rest = [{t: w for t, w in side.terms.items() if t not in question.frame} for side in window]
    codes = [{t for t in terms if is_code(t)} for terms in rest]
    negative = [_total(side.cues, _NEGATIVE) % 2 for side in window]
    return [
        1.0,
        *(float(kind in question.asks) for kind in ("number", "time", "yes_no", "version", "code")),
        *own,
        *whole,
        float(sum(sentence.plain in twins for sentence in sentences)),
        *overlap(rest[0], rest[1]),
        *_read_values(question, window),
        float(bool(codes[0] & codes[1])),
        float(bool(codes[0]) and bool(codes[1]) and not codes[0] & codes[1]),
        float(negative[0] != negative[1]),
    ]


def _read_values(question: ReadQuestion, window: tuple[Side, Side]) -> list[float]:
    """Values that may be the answer: of the kind that is asked for, and not in the question."""
    a, b = ([v for v in side.values if _may_answer(v, question)] for side in window)
    verdicts = [same_value(v, w) for v in a for w in b]
    return [
        float(True in verdicts),
        float(False in verdicts and True not in verdicts),
        float(bool(a) != bool(b)),
    ]


def _may_answer(value: TypedValue, question: ReadQuestion) -> bool:
    if any(same_value(value, named) for named in question.values):
        return False
    if "version" in question.asks:
        return value.kind in ("version", "number")
    if "time" in question.asks:
        return value.kind in _TIMES or (value.kind == "number" and "number" in question.asks)
    if "number" in question.asks:
        return value.kind not in ("date", "version", "weekday")
    return True


def _structure(
    left: ReadText, right: ReadText, comparison: Comparison, twins: frozenset[str]
) -> list[float]:
    strengths = [
        max((c.difference.strength for c in comparison.candidates if c.difference.kind in kinds),
            default=0.0)
        for kinds in _KINDS_OF_STRENGTH
    ]  # fmt: skip
    total = len(left.sides) + len(right.sides)
    paired = sum(s.plain in twins for t in (left, right) for s in t.analysed.sentences)
    return [
        comparison.probability,
        float(comparison.relation == "different scope"),
        float(comparison.relation == "agree"),
        *strengths,
        float(min(8, len(comparison.candidates))),
        paired / total if total else 0.0,
        float(min(8, len(comparison.contested))),
    ]


def _scope(left: ReadText, right: ReadText, sentences: tuple[int, int] | None) -> list[float]:
    """What limits the two sentences that matter to a region, platform, group, year or version."""
    if sentences is None:
        return [NONE] * len(_SCOPE)
    a, b = left.analysed.sentences[sentences[0]], right.analysed.sentences[sentences[1]]
    categories = a.scope.keys() | b.scope.keys()
    apart = sum(
        1 for c in categories if c in a.scope and c in b.scope and not a.scope[c] & b.scope[c]
    )
    one_sided = sum(1 for c in categories if (c in a.scope) != (c in b.scope))
    years = [{v.date[0] for v in s.values if v.date is not None} for s in (a, b)]
    versions = [{v.version for v in s.values if v.version is not None} for s in (a, b)]
    headings = overlap(a.heading, b.heading)[1] if a.heading and b.heading else NONE
    return [
        float(apart),
        float(one_sided),
        float(bool(years[0]) and bool(years[1]) and not years[0] & years[1]),
        float(bool(versions[0]) and bool(versions[1]) and not versions[0] & versions[1]),
        headings,
    ]


def same_text(left: ReadText, right: ReadText) -> bool:
    """Whether two texts say the same but for case, width and white space."""
    return normalise(left.analysed.text) == normalise(right.analysed.text)
