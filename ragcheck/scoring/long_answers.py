"""Scores long answers against a reference, claim by claim: words, meaning, values and polarity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ragcheck.records.corpus import Span
from ragcheck.records.trials import AnswerScore
from ragcheck.scoring.abstention import is_abstention
from ragcheck.scoring.overlap import token_f1
from ragcheck.scoring.short_answers import states
from ragcheck.scoring.soft_overlap import Term, likeness, read_terms, said_by
from ragcheck.text.language import detect_language
from ragcheck.text.polarity import find_cues
from ragcheck.text.sentences import sentence_spans
from ragcheck.text.values import TypedValue, find_values, same_value
from ragcheck.token_vectors import TokenVectors

ENOUGH = 0.6
WITHOUT_VALUE = 0.4
"""What is left of a claim's support where one of its values is missing on the other side."""
LIKENESS_SHARE = 0.25
"""Share of the likeness of the whole texts, as in the answer correctness of ragas."""
KEPT = 256
CHARACTERS_READ = 20_000
"""Only the beginning of an answer gets token vectors."""
ALIGNED = 0.5
_NEGATIVE = frozenset({"negation", "prohibition"})


class TokenReader(Protocol):
    """Gives a vector for each token."""

    def encode(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The token vectors of each text, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence: its terms (as a range of those of the text), values and whether it denies."""

    span: Span
    terms: slice
    forms: frozenset[str]
    values: tuple[TypedValue, ...]
    negative: bool


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """A text cut into claims."""

    claims: tuple[Claim, ...]
    terms: list[Term]
    weights: NDArray[np.float64]
    vectors: TokenVectors | None

    @property
    def values(self) -> list[TypedValue]:
        return [value for claim in self.claims for value in claim.values]


class LongAnswerScorer:
    """Compares a long answer with a reference, without a language model.

    Both texts are cut into claims (sentences). A claim is supported by the share of its words
    that the other text says, by form or by meaning (:mod:`ragcheck.scoring.soft_overlap`); words
    of the question count for nothing. A claim whose value (number, date, name with digits) is
    missing there keeps 40 %; a value or a negation that contradicts the aligned sentence leaves
    0. With P the supported share of the answer and R that of the reference, each figure is a
    Tversky index (Tversky 1977, Features of similarity, eq. 1), 1 / (1 + a (1/P - 1) +
    b (1/R - 1)): correctness with a = 0.75, b = 0.25, because what a reference leaves out is
    not all wrong and an answer that says next to nothing is hardly right; completeness with
    a = 0, b = 1; overall with a = b = 0.5, which is F1. Where there are token vectors, a quarter
    of each is the likeness of the two texts as wholes.

    Args:
        tokens: what reads token vectors, a language each; in a language without one, words of
            the same form alone are counted.
    """

    def __init__(self, tokens: Mapping[str, TokenReader] | None = None) -> None:
        self._tokens = dict(tokens or {})
        self._vectors: dict[str, TokenVectors] = {}

    def score(self, answer: str, reference: str, question: str | None = None) -> AnswerScore:
        """Correctness, completeness and overall in [0, 1].

        A contradicted claim never makes an answer ``correct``; an answer that declines while the
        reference does not scores 0.
        """
        if not reference.strip():
            return AnswerScore(
                "unscored", None, None, None, False, "the question has no accepted answer"
            )
        f1 = token_f1(answer, reference)
        if is_abstention(answer) and not is_abstention(reference):
            return AnswerScore("abstained", 0.0, 0.0, 0.0, True, token_f1=f1)
        known = frozenset(term.form for term in read_terms(question or ""))
        tokens = self._tokens.get(detect_language(reference))
        given, wanted = (self._read(text, known, tokens) for text in (answer, reference))
        if not given.claims:
            return AnswerScore("wrong", 0.0, 0.0, 0.0, False, token_f1=f1)
        right, contradicted = _supported_share(given, wanted)
        complete, missed = _supported_share(wanted, given)
        alike = likeness(given.vectors, wanted.vectors)
        correctness, completeness, overall = (
            _blended(_tversky(right, complete, a, b), alike)
            for a, b in ((0.75, 0.25), (0.0, 1.0), (0.5, 0.5))
        )
        reason = contradicted or missed
        verdict = "correct" if overall >= ENOUGH and reason is None else "wrong"
        return AnswerScore(verdict, correctness, completeness, overall, False, reason, token_f1=f1)

    def _read(self, text: str, known: frozenset[str], tokens: TokenReader | None) -> ReadAnswer:
        terms = read_terms(text)
        weights = np.array([0.0 if term.form in known else term.weight for term in terms])
        if not weights.any():
            weights = np.array([term.weight for term in terms])
        vectors = None if tokens is None else self._encoded(text, tokens)
        return ReadAnswer(_claims(text, terms), terms, weights, vectors)

    def _encoded(self, text: str, tokens: TokenReader) -> TokenVectors:
        """Vectors of a text, kept while many answers are compared with one reference."""
        if text not in self._vectors:
            while len(self._vectors) >= KEPT:
                self._vectors.pop(next(iter(self._vectors)))
            self._vectors[text] = tokens.encode([text[:CHARACTERS_READ]])[0]
        return self._vectors[text]


def _claims(text: str, terms: list[Term]) -> tuple[Claim, ...]:
    claims, first = [], 0
    for span in sentence_spans(text):
        while first < len(terms) and terms[first].start < span.start:
            first += 1
        last = first
        while last < len(terms) and terms[last].end <= span.end:
            last += 1
        sentence = text[span.start : span.end]
        if last > first:
            claims.append(
                Claim(
                    span,
                    slice(first, last),
                    frozenset(term.form for term in terms[first:last]),
                    tuple(find_values(sentence)),
                    any(cue.kind in _NEGATIVE for cue in find_cues(sentence)),
                )
            )
        first = last
    return tuple(claims)


def _supported_share(text: ReadAnswer, other: ReadAnswer) -> tuple[float, str | None]:
    """Share of the text's weight that the other supports, and the first contradiction."""
    if not text.claims or not other.claims:
        return 0.0, None
    credited = said_by(text.terms, other.terms, text.vectors, other.vectors)
    values = other.values
    supported, total, contradiction = 0.0, 0.0, None
    for claim in text.claims:
        weights = text.weights[claim.terms]
        support = float(weights @ credited[claim.terms])
        against = _against(claim, _nearest(claim, other), values)
        if against is not None:
            contradiction, support = contradiction or against, 0.0
        elif any(not any(states(v, w) for v in values) for w in claim.values):
            support *= WITHOUT_VALUE
        supported += support
        total += float(weights.sum())
    return supported / total if total else 0.0, contradiction


def _nearest(claim: Claim, other: ReadAnswer) -> Claim | None:
    """The sentence of the other text that shares most words, if it shares half of them."""
    best = max(other.claims, key=lambda rival: len(claim.forms & rival.forms))
    return best if len(claim.forms & best.forms) >= ALIGNED * len(claim.forms) else None


def _against(claim: Claim, other: Claim | None, values: list[TypedValue]) -> str | None:
    if other is None:
        return None
    for value in claim.values:
        if any(states(v, value) or states(value, v) for v in values):
            continue
        for rival in other.values:
            if same_value(value, rival) is False and value.kind == rival.kind:
                return f"{value.text} stands against {rival.text}"
    if claim.negative != other.negative and not claim.values:
        shared = len(claim.forms & other.forms) / max(len(claim.forms), len(other.forms))
        if shared >= ALIGNED:
            return "one side denies what the other affirms"
    return None


def _tversky(right: float, complete: float, a: float, b: float) -> float:
    if right <= 0 or complete <= 0:
        return 0.0
    return 1 / (1 + a * (1 / right - 1) + b * (1 / complete - 1))


def _blended(share: float, alike: float | None) -> float:
    return share if alike is None else (1 - LIKENESS_SHARE) * share + LIKENESS_SHARE * alike
