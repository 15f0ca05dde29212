"""The judge with fitted weights: counts what differs between two texts and asks boosted trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.asked import question_of_each
from ragcheck.judges.boosting import BoostedTrees, logistic, read_arrays, trees_of
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
MOST = 4.0
"""Calibrated log odds stay within [-4, 4]: further out no labelled pair confirms them."""
WEIGHTS = ("conflict", "d59bb5c81aaad2fe98b2c1d57fffb38d324033fde2ef3274b0f7d2e8e6d47073")


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
    """

    def __init__(self) -> None:
        self._trees = learned_trees()

    @property
    def notation(self) -> str:
        return "learned"

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
        probabilities = _probabilities(self._trees, measured)
        return [
            _judgement(pair, float(probability))
            for pair, probability in zip(measured, probabilities, strict=True)
        ]


@lru_cache(maxsize=1)
def learned_trees() -> BoostedTrees:
    """The trees that were fitted on what differs between two texts.

    Raises:
        ModelError: the file of the trees is not what was trained.
    """
    return trees_of(read_arrays(*WEIGHTS, judge="learned"), "")


def bounded_odds(trees: BoostedTrees, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) calibrated log odds of rows of (n, features), not beyond ``MOST`` on either side."""
    return np.clip(trees.odds(rows), -MOST, MOST)


def _measured(left: ReadText, right: ReadText, question: ReadQuestion | None) -> _Pair:
    turned = left.analysed.text > right.analysed.text
    first, second = (right, left) if turned else (left, right)
    return _Pair(first, second, question, measure(first, second, question), turned)


def _probabilities(trees: BoostedTrees, pairs: Sequence[_Pair]) -> NDArray[np.float64]:
    rows = np.array([pair.reading.vector for pair in pairs]).reshape(len(pairs), len(FEATURES))
    found = logistic(bounded_odds(trees, rows))
    for i, pair in enumerate(pairs):
        if _nothing_shared(pair) or same_text(pair.left, pair.right):
            found[i] = 0.0
    return found


def _nothing_shared(pair: _Pair) -> bool:
    """Whether two texts have no word in common but in sentences of both: about nothing alike."""
    left, right = own_terms(pair.left, pair.right)
    return not left.keys() & right.keys()


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
