"""Can a text be understood alone? Rules that find defects, and a small model that weighs them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

import numpy as np
from numpy.typing import NDArray

from ragcheck.measures.defects import find_defects
from ragcheck.measures.defects.reading import Reading
from ragcheck.measures.features import FEATURES, features
from ragcheck.measures.in_document import Surroundings, is_cut
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk, Score
from ragcheck.text.language import detect_language

_SAMPLE = 2000
"""Characters from which the language is told."""


@dataclass(frozen=True)
class Weights:
    """A logistic model: ``1 / (1 + exp(-(intercept + features @ coefficients)))``."""

    intercept: float
    coefficients: NDArray[np.float64]

    def probability(self, values: NDArray[np.float64]) -> float:
        return 1.0 / (1.0 + exp(-(self.intercept + float(values @ self.coefficients))))


@cache
def packaged_weights() -> Weights:
    """The weights in the package; the training script is ``training/self_containedness.py``."""
    source = files("ragcheck.measures") / "self_containedness.json"
    table = json.loads(source.read_text("utf-8"))
    coefficients = np.array([table["coefficients"][name] for name in FEATURES])
    return Weights(float(table["intercept"]), coefficients)


class SelfContainedness:
    """Probability that a reader who sees only the text would quote its main statements right.

    English and Chinese rules find the defects; a logistic model over
    :data:`ragcheck.measures.features.FEATURES` weighs them. Deterministic, local, no model file.
    """

    def __init__(self, *, language: str | None = None, weights: Weights | None = None) -> None:
        """Take the packaged weights and each text's own language unless told otherwise."""
        self._language = language
        self._weights = weights or packaged_weights()

    @property
    def notation(self) -> str:
        return "self_containedness"

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score a text: ``value`` in [0, 1] and the defects, with spans in the text.

        A text without a letter or digit has no value.
        """
        return [self._score(Reading(text, self._language_of(text))) for text in texts]

    def score_chunks(self, chunks: Sequence[Chunk], document: Document) -> list[Score]:
        """The same for chunks of one document, with what the document shows.

        A prefix counts as present. An edge is cut only where the document goes on within the
        sentence. A dangling reference names its likely referent and the line of it; a chunk
        that needs its section's heading says which. Spans are relative to ``chunk.text``.
        """
        surroundings = Surroundings(document)
        return [self._score_in_document(chunk, surroundings) for chunk in chunks]

    def _score(self, reading: Reading) -> Score:
        if not any(char.isalnum() for char in reading.text):
            return Score(None, reason=_why_blank(reading.text))
        defects = find_defects(reading)
        return Score(self._weights.probability(features(reading, defects)), defects=defects)

    def _score_in_document(self, chunk: Chunk, surroundings: Surroundings) -> Score:
        if not any(char.isalnum() for char in chunk.text):
            return Score(None, reason=_why_blank(chunk.text))
        reading = Reading(chunk.text, self._language_of(chunk.text), lead=chunk.prefix)
        defects = find_defects(
            reading,
            cut_start=is_cut(surroundings.document.text, chunk.start),
            cut_end=is_cut(surroundings.document.text, chunk.end),
        )
        value = self._weights.probability(features(reading, defects))
        return Score(value, defects=surroundings.explain(reading, defects, chunk))

    def _language_of(self, text: str) -> str:
        if self._language is not None:
            return self._language
        return "en" if text.isascii() else detect_language(text[:_SAMPLE])


def _why_blank(text: str) -> str:
    return "the text holds no letter or digit" if text.strip() else "the text is empty"
