"""What the readings of two passages say together: the same numbers in either order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.analysis import Sentence
from ragcheck.judges.features import ReadQuestion, ReadText
from ragcheck.judges.readers.sameness import chinese_sameness
from ragcheck.judges.readers.sameness import stands_in as stands_in_chinese
from ragcheck.judges.reading import Reading
from ragcheck.judges.sameness import (
    ReadAnswer,
    likeness,
    read_answer,
    sameness,
    stands_in,
    value_verdict,
)
from ragcheck.text.alignment import overlap
from ragcheck.text.tokens import normalise
from ragcheck.text.values import TypedValue

NONE = -1.0
"""Stands for a measurement that a pair without readings does not have."""
LONGEST_SEARCHED = 2500
WIDEST_MARGIN = 20.0
UNANSWERED = -6.0
"""A passage with a lower margin does not answer."""
ANSWER_FEATURES = (
    "margin_low", "margin_high", "answered", "differ", "same", "best_same", "best_likeness",
    "value_verdict", "kinds_agree", "stands_low", "stands_high", "sentence_similarity",
    "sentence_containment", "in_question_low", "in_question_high", "words_low", "words_high",
    "sure_low", "sure_high", "negation_differs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage that was read for one question."""

    text: ReadText
    reading: Reading
    answers: tuple[tuple[ReadAnswer, float], ...]
    plain: str
    values: tuple[TypedValue, ...]
    sentence: Sentence | None

    @property
    def best(self) -> ReadAnswer:
        return self.answers[0][0]


def read_passage(text: ReadText, reading: Reading) -> ReadPassage:
    """Put a reading beside what is known of its text."""
    answers = [(read_answer(a.text), a.share) for a in reading.answers if a.text.strip()]
    top = read_answer(reading.text)
    if not answers:
        answers = [(top, 1 / (1 + math.exp(-_clipped(reading.margin) / 2)))]
    answers.sort(key=lambda pair: pair[0].text != top.text)
    values = tuple(value for sentence in text.analysed.sentences for value in sentence.values)
    plain = normalise(text.analysed.text[:LONGEST_SEARCHED])
    return ReadPassage(
        text, reading, tuple(answers), plain, values, sentence_at(text, reading.span.start)
    )


def sentence_at(text: ReadText, place: int) -> Sentence | None:
    """The sentence that holds a place, or the last one that begins before it."""
    before = [s for s in text.analysed.sentences if s.span.start <= place]
    return before[-1] if before else next(iter(text.analysed.sentences), None)


def answer_features(
    one: ReadPassage, other: ReadPassage, question: ReadQuestion
) -> NDArray[np.float64]:
    """(``len(ANSWER_FEATURES)``,) what two readings of one question say together."""
    margins = sorted(_clipped(side.reading.margin) for side in (one, other))
    same = [(p * q, _same(a, b, one)) for (a, p), (b, q) in product(one.answers, other.answers)]
    agreed = sum(weight * s for weight, s in same)
    stands = sorted((_stands(one, other), _stands(other, one)))
    nearest = (
        overlap(one.sentence.own, other.sentence.own)
        if one.sentence is not None and other.sentence is not None
        else (0.0, 0.0)
    )
    return np.array(
        [
            *margins,
            1 / (1 + math.exp(-margins[0] / 2)),
            sum(weight for weight, _ in same) - agreed,
            agreed,
            _same(one.best, other.best, one),
            likeness(one.best, other.best),
            value_verdict(one.best, other.best),
            _kinds_agree(one.best, other.best),
            *stands,
            *nearest,
            *sorted(_asked(side.best, question) for side in (one, other)),
            *sorted(math.log1p(len(side.best.plain.split())) for side in (one, other)),
            *sorted(side.answers[0][1] for side in (one, other)),
            float(one.best.negative != other.best.negative),
        ]
    )


def _same(one: ReadAnswer, other: ReadAnswer, passage: ReadPassage) -> float:
    if passage.text.analysed.language == "zh":
        return chinese_sameness(one.text, other.text)
    return sameness(one, other)


def _stands(one: ReadPassage, other: ReadPassage) -> float:
    """How surely the answer of one passage stands in the other."""
    if one.text.analysed.language == "zh":
        return float(stands_in_chinese(one.best.text, other.text.analysed.text))
    return stands_in(one.best, other.plain, other.values)


def _clipped(margin: float) -> float:
    return max(-WIDEST_MARGIN, min(WIDEST_MARGIN, margin))


def _kinds_agree(one: ReadAnswer, other: ReadAnswer) -> float:
    """1 for two answers of one kind, 0 for a value beside words, 0.5 for a name beside words."""
    if one.kind == other.kind:
        return 1.0
    return 0.5 if {one.kind, other.kind} <= {"name", "words"} else 0.0


def _asked(answer: ReadAnswer, question: ReadQuestion) -> float:
    """Share of the words of an answer that the question says itself."""
    if not answer.words:
        return 0.0
    said = set(normalise(question.text).replace("?", " ").split())
    return sum(word in said for word in answer.words) / len(answer.words)
