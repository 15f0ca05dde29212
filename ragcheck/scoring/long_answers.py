"""Scores long answers against a reference, claim by claim: words, values and polarity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragcheck.ports import Embedder
from ragcheck.records.trials import AnswerScore
from ragcheck.scoring.abstention import is_abstention
from ragcheck.scoring.overlap import answer_tokens, token_f1
from ragcheck.scoring.short_answers import states
from ragcheck.text.polarity import find_cues
from ragcheck.text.sentences import sentence_spans
from ragcheck.text.values import TypedValue, find_values, same_value

ENOUGH = 0.6
# What is left of a claim's support where one of its values is missing on the other side.
WITHOUT_VALUE = 0.4
_ALIGNED = 0.5
_NEGATIVE = frozenset({"negation", "prohibition"})


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence: its content words, its values and whether it denies."""

    text: str
    words: frozenset[str]
    values: tuple[TypedValue, ...]
    negative: bool


def score_long_answer(
    answer: str, reference: str, question: str | None = None, *, embedder: Embedder | None = None
) -> AnswerScore:
    """Correctness, completeness and their harmonic mean, each in [0, 1].

    Correctness is the share of the answer's claims that the reference supports, completeness the
    share of the reference's claims that the answer supports. A claim (a sentence) is supported by
    the best sentence of the other side, by the share of its words that stand there; words of the
    question count for nothing. A claim whose value (number, date, name with digits) is missing
    there keeps 40 %; a value or a negation that contradicts the aligned sentence leaves 0. An
    answer with a contradicted claim is never ``correct``.

    Args:
        embedder: adds meaning to words: the support is the larger of the share of words and the
            cosine between the sentences.
    """
    if not reference.strip():
        return AnswerScore(
            "unscored", None, None, None, False, "the question has no accepted answer"
        )
    f1 = token_f1(answer, reference)
    if is_abstention(answer) and not is_abstention(reference):
        return AnswerScore("abstained", 0.0, 0.0, 0.0, True, token_f1=f1)
    known = frozenset(answer_tokens(question or ""))
    given, wanted = _claims(answer, known), _claims(reference, known)
    if not given:
        return AnswerScore("wrong", 0.0, 0.0, 0.0, False, token_f1=f1)
    likeness = _likeness(given, wanted, embedder)
    right, contradicted = _support(given, wanted, likeness)
    complete, missed = _support(wanted, given, likeness.T)
    overall = 2 * right * complete / (right + complete) if right + complete else 0.0
    reason = contradicted or missed
    correct = overall >= ENOUGH and reason is None
    return AnswerScore(
        "correct" if correct else "wrong", right, complete, overall, False, reason, token_f1=f1
    )


def _claims(text: str, known: frozenset[str]) -> list[Claim]:
    claims = []
    for span in sentence_spans(text):
        sentence = text[span.start : span.end]
        words = frozenset(answer_tokens(sentence))
        if not words:
            continue
        claims.append(
            Claim(
                sentence,
                words - known or words,
                tuple(find_values(sentence)),
                any(cue.kind in _NEGATIVE for cue in find_cues(sentence)),
            )
        )
    return claims


def _likeness(
    given: list[Claim], wanted: list[Claim], embedder: Embedder | None
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """(len(given), len(wanted)) cosines of the sentences; zeros without an embedder."""
    if embedder is None:
        return np.zeros((len(given), len(wanted)))
    vectors = embedder.encode([claim.text for claim in (*given, *wanted)]).astype(np.float64)
    cosines: np.ndarray[tuple[int, int], np.dtype[np.float64]] = (
        vectors[: len(given)] @ vectors[len(given) :].T
    )
    return np.clip(cosines, 0.0, 1.0)


def _support(
    claims: list[Claim],
    others: list[Claim],
    likeness: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> tuple[float, str | None]:
    """Mean support of the claims by the other side, and the first contradiction."""
    if not claims or not others:
        return 0.0, None
    every = frozenset().union(*(other.words for other in others))
    values = [value for other in others for value in other.values]
    shares, contradiction = [], None
    for row, claim in enumerate(claims):
        overlaps = [len(claim.words & other.words) / len(claim.words) for other in others]
        supports = np.maximum(overlaps, likeness[row])
        best = int(np.argmax(supports))
        # a claim may be spread over several sentences of the other side
        spread = len(claim.words & every) / len(claim.words)
        support = max(float(supports[best]), 0.8 * spread)
        against = _against(claim, others[best], values) if supports[best] >= _ALIGNED else None
        if against is not None:
            contradiction, support = contradiction or against, 0.0
        elif any(not any(states(v, w) for v in values) for w in claim.values):
            support *= WITHOUT_VALUE
        shares.append(support)
    return float(np.mean(shares)), contradiction


def _against(claim: Claim, other: Claim, values: list[TypedValue]) -> str | None:
    for value in claim.values:
        if any(states(v, value) or states(value, v) for v in values):
            continue
        for rival in other.values:
            if same_value(value, rival) is False and value.kind == rival.kind:
                return f"{value.text} stands against {rival.text}"
    if claim.negative != other.negative and not claim.values:
        shared = len(claim.words & other.words) / max(len(claim.words), len(other.words))
        if shared >= _ALIGNED:
            return "one side denies what the other affirms"
    return None
