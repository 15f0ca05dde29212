"""How much of one text another text says too, word by word, by form or by meaning.

The words of a text are credited in full where the other text has the same word, else by the
likeness of the nearest token of the other text in context, which is the greedy matching of
BERTScore with its rescaling (Zhang et al. 2020, arXiv:1904.09675, sections 3 and 3.1). Without
token vectors only words of the same form count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragcheck.text.alignment import Word, read_words, term_weight
from ragcheck.text.language import CJK
from ragcheck.token_vectors import TokenVectors

UNRELATED = 0.27
"""Mean cosine of a token of MiniLM to the nearest of 130 tokens of a text about another subject
(1,560 pairs of passages of an encyclopaedia); likeness is counted from there."""

_IS_CJK = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class Term:
    """A word's stem, or two neighbouring Chinese characters, with what it weighs."""

    form: str
    start: int
    end: int
    weight: float


def read_terms(text: str) -> list[Term]:
    """The terms of a text that say something, in order."""
    words = read_words(text)
    found = []
    for i, word in enumerate(words):
        term = _bigram(word, words[i + 1]) if i + 1 < len(words) else None
        if not _IS_CJK.match(word.stem):
            term = Term(word.stem, word.start, word.end, term_weight(word.stem))
        if term is not None and term.weight > 0:
            found.append(term)
    return found


def _bigram(word: Word, following: Word) -> Term | None:
    if following.start != word.end or not _IS_CJK.match(following.stem):
        return None
    form = word.stem + following.stem
    return Term(form, word.start, following.end, term_weight(form))


def said_by(
    terms: list[Term],
    others: list[Term],
    vectors: TokenVectors | None,
    other_vectors: TokenVectors | None,
) -> NDArray[np.float64]:
    """(len(terms),) in [0, 1]: how surely the other text says each term."""
    forms = {term.form for term in others}
    by_form = np.array([term.form in forms for term in terms], dtype=np.float64)
    if vectors is None or other_vectors is None or not others or not len(vectors.vectors):
        return by_form
    cosines = (_unit(vectors) @ _unit(other_vectors).T).max(axis=1)
    likeness = np.clip((cosines - UNRELATED) / (1 - UNRELATED), 0.0, 1.0)
    starts = np.array([span.start for span in vectors.spans])
    ends = np.array([span.end for span in vectors.spans])
    by_meaning = [
        float(likeness[inside].mean())
        if (inside := (starts < term.end) & (ends > term.start)).any()
        else 0.0
        for term in terms
    ]
    return np.maximum(by_form, np.array(by_meaning, dtype=np.float64))


def likeness(one: TokenVectors | None, other: TokenVectors | None) -> float | None:
    """Cosine of the mean token vectors, cut to [0, 1]; ``None`` where a side has no vectors."""
    if one is None or other is None or not len(one.vectors) or not len(other.vectors):
        return None
    left, right = one.vectors.mean(axis=0), other.vectors.mean(axis=0)
    size = float(np.linalg.norm(left) * np.linalg.norm(right))
    return min(1.0, max(0.0, float(left @ right) / size)) if size else None


def _unit(found: TokenVectors) -> NDArray[np.float32]:
    lengths = np.linalg.norm(found.vectors, axis=1, keepdims=True)
    return np.asarray(found.vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
