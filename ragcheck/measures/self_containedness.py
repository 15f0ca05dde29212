"""Can a text be understood alone? Rules that find defects, and a fitted model that weighs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragcheck.errors import ModelError
from ragcheck.measures.attention import AttentionHead
from ragcheck.measures.defects import find_defects
from ragcheck.measures.defects.reading import Reading
from ragcheck.measures.features import FEATURES, features
from ragcheck.measures.in_document import Surroundings, is_cut
from ragcheck.measures.token_states import TokenReader, token_reader
from ragcheck.measures.topic_features import TOPIC_FEATURES, topic_features, topic_languages
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk, Defect, Score
from ragcheck.text.language import detect_language

READERS = ("full", "fast")
_SAMPLE = 2000
"""Characters from which the language is told."""


@cache
def packaged_weights() -> Mapping[str, NDArray[Any]]:
    """The arrays in the package; the training script is ``training/self_containedness.py``."""
    source = files("ragcheck.measures") / "self_containedness.npz"
    with np.load(BytesIO(source.read_bytes()), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


class SelfContainedness:
    """Probability that a reader who sees only the text would quote its main statements right.

    English and Chinese rules find the defects. A logistic model weighs them together with what
    the text names (:data:`ragcheck.measures.features.FEATURES`,
    :data:`ragcheck.measures.topic_features.TOPIC_FEATURES`); in English, an attention head over
    the token states of the packaged encoder weighs the words too. Deterministic and local.
    """

    def __init__(self, *, language: str | None = None, reader: str = "fast") -> None:
        """Take each text's own language unless told otherwise.

        Args:
            language: ``en`` or ``zh`` for all texts; ``None`` tells it from each text.
            reader: ``fast`` uses no encoder; ``full`` reads English with the packaged one where
                it is installed, and is ``fast`` elsewhere (``details["reader"]`` says which).

        Raises:
            ValueError: ``reader`` is neither.
        """
        if reader not in READERS:
            raise ValueError(f"reader is one of {', '.join(READERS)}, not {reader!r}")
        self._language = language
        self._reader = reader

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
        return self._weighed(reading, defects, defects)

    def _score_in_document(self, chunk: Chunk, surroundings: Surroundings) -> Score:
        if not any(char.isalnum() for char in chunk.text):
            return Score(None, reason=_why_blank(chunk.text))
        reading = Reading(chunk.text, self._language_of(chunk.text), lead=chunk.prefix)
        defects = find_defects(
            reading,
            cut_start=is_cut(surroundings.document.text, chunk.start),
            cut_end=is_cut(surroundings.document.text, chunk.end),
        )
        return self._weighed(reading, defects, surroundings.explain(reading, defects, chunk))

    def _weighed(
        self, reading: Reading, defects: Sequence[Defect], shown: tuple[Defect, ...]
    ) -> Score:
        language = reading.language if reading.language in topic_languages() else "en"
        found = np.concatenate([features(reading, defects), topic_features(reading)])
        weights = packaged_weights()
        tokens = _tokens(language) if self._reader == "full" else None
        if tokens is None:
            fast = weights[f"{language}_fast"]
            logit = float(fast[0] + found @ fast[1:])
            slope, shift = weights[f"{language}_fast_calibration"]
        else:
            text = f"{reading.lead.strip()}\n{reading.text}" if reading.lead else reading.text
            logit = _head(language).logit(tokens.states(text), found)
            slope, shift = weights[f"{language}_calibration"]
        value = 1.0 / (1.0 + exp(-max(-50.0, min(50.0, float(slope) * logit + float(shift)))))
        used = "fast" if tokens is None else "full"
        return Score(value, defects=shown, details={"reader": used})

    def _language_of(self, text: str) -> str:
        if self._language is not None:
            return self._language
        return "en" if text.isascii() else detect_language(text[:_SAMPLE])


@cache
def _tokens(language: str) -> TokenReader | None:
    """The encoder of a language, ``None`` where there is none or it is not installed."""
    try:
        return token_reader(language)
    except ModelError:
        return None


@cache
def _head(language: str) -> AttentionHead:
    return AttentionHead.from_arrays(packaged_weights(), f"{language}_")


def feature_names() -> tuple[str, ...]:
    """What the weights stand for, in order."""
    return (*FEATURES, *TOPIC_FEATURES)


def _why_blank(text: str) -> str:
    return "the text holds no letter or digit" if text.strip() else "the text is empty"
