"""What is measured of a pair of texts: the same numbers in English and Chinese, in either order.

A pair is looked at four times: the whole passages, the two sentences nearest to the question,
the few sentences that speak of the question, and the most alike sentences without a twin. Each
time, words, values and cues are counted that stand on both sides or on one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.analysis import AnalysedText, analyse
from ragcheck.judges.edits import (
    EDIT_FEATURES,
    Sequenced,
    content_word,
    edit_features,
    find_edits,
    name_of,
    sequence,
)
from ragcheck.judges.relevance import RELEVANCE_FEATURES, relevance_features
from ragcheck.judges.sides import (
    LONGEST_COMPARED,
    NEGATIVE,
    NONE,
    SIDE_FEATURES,
    Side,
    read_side,
    side_features,
    total,
)
from ragcheck.judges.structural import Comparison, compare
from ragcheck.judges.subject import (
    SUBJECT_FEATURES,
    Subject,
    asked_terms,
    read_subject,
    subject_features,
)
from ragcheck.text.alignment import (
    Frame,
    coverage,
    is_code,
    overlap,
    read_frame,
    read_words,
)
from ragcheck.text.tokens import normalise
from ragcheck.text.values import TypedValue, find_values, same_value

WINDOW_SENTENCES = 4
WINDOW_SHARE = 0.7
HEADING_SHARE = 0.6

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
    *(f"{view}_{name}" for view in _VIEWS for name in SIDE_FEATURES),
    *_QUESTION, *_STRUCTURE, *_SCOPE, *(f"edit_{name}" for name in EDIT_FEATURES),
    *(f"relevant_{name}" for name in RELEVANCE_FEATURES),
    *(f"subject_{name}" for name in SUBJECT_FEATURES),
)  # fmt: skip
"""Names of the features, in the order of the vector."""

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
class ReadText:
    """A text that was read once for every pair that it is part of."""

    analysed: AnalysedText
    side: Side
    sides: tuple[Side, ...]
    sequence: Sequenced
    subject: Subject


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question: its terms, what it names and asks for, and the values in it."""

    text: str
    frame: Frame
    named: Frame
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
    sides = tuple(read_side([sentence]) for sentence in analysed.sentences)
    whole = read_side(analysed.sentences)
    return ReadText(analysed, whole, sides, sequence(analysed), read_subject(analysed))


def read_question(question: str | None) -> ReadQuestion | None:
    """Read a question once; ``None`` where there is none, or one without words."""
    if not question:
        return None
    words = read_words(question[:LONGEST_COMPARED])
    frame = read_frame(words)
    if not frame:
        return None
    said = frozenset(name_of(word.stem) for word in words if content_word(word.stem))
    head = question[:LONGEST_COMPARED]
    asks = frozenset(kind for kind, pattern in _ASKS.items() if pattern.search(head))
    return ReadQuestion(question, frame, asked_terms(frame), said, asks, tuple(find_values(head)))


def measure(left: ReadText, right: ReadText, question: ReadQuestion | None) -> PairReading:
    """The features of a pair.

    The vector has the length of ``FEATURES``. Give the texts in a fixed order: where the words of
    one stand for words of the other can depend on which of them is read first.
    """
    frame = question.frame if question is not None else {}
    comparison = compare(left.analysed, right.analysed, frame)
    twins = _twins(left, right)
    answers = nearest = None
    values = side_features(left.side, right.side, frame)
    if question is not None and left.sides and right.sides:
        spoken = _speaking(left, question), _speaking(right, question)
        answers = spoken[0][0], spoken[1][0]
        window = [
            read_side([text.analysed.sentences[i] for i in chosen])
            for text, chosen in zip((left, right), spoken, strict=True)
        ]
        values += side_features(left.sides[answers[0]], right.sides[answers[1]], frame)
        values += side_features(window[0], window[1], frame)
        asked = _asked(left, right, question, answers, (window[0], window[1]), twins)
    else:
        values += [NONE] * (2 * len(SIDE_FEATURES))
        asked = [0.0] + [NONE] * (len(_QUESTION) - 1)
    if comparison.contested:
        best = max(comparison.contested, key=lambda pair: (pair.similarity, pair.containment))
        nearest = best.left, best.right
        values += side_features(left.sides[best.left], right.sides[best.right], frame)
    else:
        values += [NONE] * len(SIDE_FEATURES)
    values += asked + _structure(left, right, comparison, twins)
    values += _scope(left, right, answers or nearest)
    said = question.words if question is not None else frozenset()
    edits = find_edits(left.sequence, right.sequence)
    values += edit_features(left.sequence, right.sequence, edits, said)
    values += relevance_features(left.sequence, right.sequence, edits, said)
    named = question.named if question is not None else {}
    values += subject_features(left.subject, right.subject, named)
    return PairReading(np.array(values), comparison, answers, nearest)


def _twins(left: ReadText, right: ReadText) -> frozenset[str]:
    ours = {sentence.plain for sentence in left.analysed.sentences}
    return frozenset(s.plain for s in right.analysed.sentences if s.plain in ours)


def own_terms(left: ReadText, right: ReadText) -> tuple[Frame, Frame]:
    """The terms of two texts without the sentences that stand in both.

    A footer, a licence or an order to the reader that was put into both makes no two texts alike.
    Where all of a text stands in the other, its terms are those of all its sentences.
    """
    twins = _twins(left, right)
    return _terms_without(left, twins), _terms_without(right, twins)


def _terms_without(text: ReadText, twins: frozenset[str]) -> Frame:
    own = [sentence for sentence in text.analysed.sentences if sentence.plain not in twins]
    whole = not own or len(own) == len(text.analysed.sentences)
    return text.side.terms if whole else read_side(own).terms


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
    negative = [total(side.cues, NEGATIVE) % 2 for side in window]
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
    sentences = len(left.sides) + len(right.sides)
    paired = sum(s.plain in twins for t in (left, right) for s in t.analysed.sentences)
    return [
        comparison.probability,
        float(comparison.relation == "different scope"),
        float(comparison.relation == "agree"),
        *strengths,
        float(min(8, len(comparison.candidates))),
        paired / sentences if sentences else 0.0,
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
