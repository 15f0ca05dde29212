"""The judge with fitted weights: counts what differs between two texts and asks boosted trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.asked import question_of_each
from ragcheck.judges.explanations import explain
from ragcheck.judges.features import (
    FEATURES,
    PairReading,
    ReadQuestion,
    ReadText,
    measure,
    own_terms,
    read_question,
    read_text,
    same_text,
)
from ragcheck.judges.forest import Forest, load_forest
from ragcheck.judges.reading import ExtractiveReader, Reading, evidence
from ragcheck.judges.structural import (
    Candidate,
    best_candidate,
    conflict_relation,
    flipped,
    no_conflict_relation,
    state,
)
from ragcheck.judges.wording import wording_difference
from ragcheck.records.evidence import Judgement, Scope

CONFLICT = 0.5
READ_LANGUAGE = "en"
WEIGHTS = ("conflict", "d2da14fabe1d9126a3d51b3919f7c5db2e3d275c5b626fb62696cbbf14ee4384")


class Reader(Protocol):
    """Reads answers out of passages."""

    def read(self, asked: Sequence[tuple[str, str]]) -> list[Reading]:
        """The best answer of each (question, passage), in order."""
        ...


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair in a fixed order: ``turned`` says that it came the other way round."""

    left: ReadText
    right: ReadText
    question: ReadQuestion | None
    reading: PairReading
    turned: bool


class LearnedJudge:
    """Finds conflicts by what differs between two texts, weighed by boosted decision trees.

    No language model, no network, no randomness. Of two texts it measures which words, values
    and cues stand on one side alone (see :mod:`ragcheck.judges.features`); the trees were fitted
    on labelled pairs (``docs/models/conflict.md``) and give a calibrated probability. What the
    texts disagree about is said by the same rules as in the structural judge.

    Args:
        reader: where there is a question and both texts are English, what each of them answers
            is read and compared as well; without one no model is loaded.
    """

    def __init__(self, *, reader: Reader | None = None) -> None:
        self._forest = load_forest(*WEIGHTS)
        self._reader = reader

    @property
    def notation(self) -> str:
        return "learned" if self._reader is None else "reading"

    def judge(
        self,
        pairs: Sequence[tuple[str, str]],
        questions: Sequence[str | None] | None = None,
        scopes: Sequence[tuple[Scope, Scope]] | None = None,  # noqa: ARG002 - of the port
    ) -> list[Judgement]:
        """One judgement a pair, in order; each text is read once a call.

        Args:
            scopes: not used by this judge.

        Raises:
            ValueError: there are not as many questions as pairs.
        """
        asked = question_of_each(pairs, questions)
        texts = {text: read_text(text) for text in {text for pair in pairs for text in pair}}
        read = {question: read_question(question) for question in asked}
        measured = [
            _measured(texts[left], texts[right], read[question])
            for (left, right), question in zip(pairs, asked, strict=True)
        ]
        probabilities = _probabilities(self._forest, measured, self._reader)
        return [
            _judgement(pair, float(probability))
            for pair, probability in zip(measured, probabilities, strict=True)
        ]


def reading_judge() -> LearnedJudge:
    """The learned judge with the reader that ships with ragcheck.

    Raises:
        ModelError: the packaged encoder is not installed.
    """
    return LearnedJudge(reader=ExtractiveReader())


def _measured(left: ReadText, right: ReadText, question: ReadQuestion | None) -> _Pair:
    turned = left.analysed.text > right.analysed.text
    first, second = (right, left) if turned else (left, right)
    return _Pair(first, second, question, measure(first, second, question), turned)


def _probabilities(
    forest: Forest, pairs: Sequence[_Pair], reader: Reader | None
) -> NDArray[np.float64]:
    rows = np.array([pair.reading.vector for pair in pairs]).reshape(len(pairs), len(FEATURES))
    found = forest.probabilities(rows)
    asked = [i for i, pair in enumerate(pairs) if reader is not None and _readable(pair)]
    if reader is not None and asked:
        weighed = read_evidence([pairs[i] for i in asked], reader)
        found[asked] = forest.probabilities_read(rows[asked], weighed)
    for i, pair in enumerate(pairs):
        if _nothing_shared(pair) or same_text(pair.left, pair.right):
            found[i] = 0.0
    return found


def _nothing_shared(pair: _Pair) -> bool:
    """Whether two texts have no word in common but in sentences of both: about nothing alike."""
    left, right = own_terms(pair.left, pair.right)
    return not left.keys() & right.keys()


def _readable(pair: _Pair) -> bool:
    """Whether there is a question, and both passages are in the language of the reader."""
    return (
        pair.question is not None
        and pair.left.analysed.language == pair.right.analysed.language == READ_LANGUAGE
    )


def read_evidence(pairs: Sequence[_Pair], reader: Reader) -> NDArray[np.float64]:
    """(n, 2) whether the answers differ and whether they agree; a passage is read once."""
    wanted = [
        [(pair.question.text if pair.question else "", side.analysed.text)
         for side in (pair.left, pair.right)]
        for pair in pairs
    ]  # fmt: skip
    order = list(dict.fromkeys(each for sides in wanted for each in sides))
    readings = dict(zip(order, reader.read(order), strict=True))
    return np.array([evidence(readings[one], readings[other]) for one, other in wanted])


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
