"""The judge with fitted weights: counts what differs between two texts and asks a forest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.explanations import explain
from ragcheck.judges.features import (
    FEATURES,
    PairReading,
    ReadQuestion,
    ReadText,
    measure,
    read_question,
    read_text,
    same_text,
)
from ragcheck.judges.forest import Forest, load_forest
from ragcheck.judges.structural import (
    Candidate,
    best_candidate,
    conflict_relation,
    flipped,
    no_conflict_relation,
    state,
)
from ragcheck.judges.wording import wording_difference
from ragcheck.records.evidence import Judgement

CONFLICT = 0.5
WEIGHTS = ("conflict", "65b4b98451eda21a9acbe1bc93278b8feb1a6cdd920157eaee22c01678338726")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair in a fixed order: ``turned`` says that it came the other way round."""

    left: ReadText
    right: ReadText
    question: ReadQuestion | None
    reading: PairReading
    turned: bool


class LearnedJudge:
    """Finds conflicts by what differs between two texts, weighed by a forest of decision trees.

    No language model, no network, no randomness. Of two texts it measures which words, values
    and cues stand on one side alone (see :mod:`ragcheck.judges.features`); the forest was fitted
    on labelled pairs (``docs/models/conflict.md``) and gives a calibrated probability. What the
    texts disagree about is said by the same rules as in the structural judge.
    """

    def __init__(self) -> None:
        self._forest = load_forest(*WEIGHTS)

    @property
    def notation(self) -> str:
        return "learned"

    def judge(
        self, pairs: Sequence[tuple[str, str]], questions: Sequence[str | None] | None = None
    ) -> list[Judgement]:
        """One judgement a pair, in order; each text is read once a call.

        Raises:
            ValueError: there are not as many questions as pairs.
        """
        asked = [None] * len(pairs) if questions is None else list(questions)
        if len(asked) != len(pairs):
            raise ValueError(f"{len(asked)} questions for {len(pairs)} pairs")
        texts = {text: read_text(text) for text in {text for pair in pairs for text in pair}}
        read = {question: read_question(question) for question in asked}
        measured = [
            _measured(texts[left], texts[right], read[question])
            for (left, right), question in zip(pairs, asked, strict=True)
        ]
        probabilities = _probabilities(self._forest, measured)
        return [
            _judgement(pair, float(probability))
            for pair, probability in zip(measured, probabilities, strict=True)
        ]


def _measured(left: ReadText, right: ReadText, question: ReadQuestion | None) -> _Pair:
    turned = left.analysed.text > right.analysed.text
    first, second = (right, left) if turned else (left, right)
    return _Pair(first, second, question, measure(first, second, question), turned)


def _probabilities(forest: Forest, pairs: Sequence[_Pair]) -> NDArray[np.float64]:
    rows = np.array([pair.reading.vector for pair in pairs]).reshape(len(pairs), len(FEATURES))
    found = forest.probabilities(rows)
    for i, pair in enumerate(pairs):
        if not pair.left.sides or not pair.right.sides or same_text(pair.left, pair.right):
            found[i] = 0.0
    return found


def _judgement(pair: _Pair, probability: float) -> Judgement:
    compared = pair.reading.comparison
    left, right = pair.left.analysed, pair.right.analysed
    language = left.language if left.language == right.language else "en"
    relation: str
    candidate: Candidate | None
    if probability >= CONFLICT:
        candidate = _founding(pair, probability)
        relation = conflict_relation(candidate)
    else:
        relation, candidate = no_conflict_relation(
            compared.candidates, same_subject=compared.same_subject
        )
    if candidate is None:
        return Judgement(relation, probability, explanation=explain(relation, language))
    turned = flipped(candidate) if pair.turned else candidate
    return state(relation, probability, turned, language)


def _founding(pair: _Pair, probability: float) -> Candidate:
    """The difference to show: the best that has a kind, else that of the nearest sentences."""
    best = best_candidate(pair.reading.comparison.candidates)
    if best is not None:
        return best
    i, j = pair.reading.answers or pair.reading.nearest or (0, 0)
    left, right = pair.left.analysed.sentences[i], pair.right.analysed.sentences[j]
    return Candidate(wording_difference(left, right, probability), probability, None)
