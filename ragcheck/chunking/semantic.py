"""Cuts where neighbouring sentences are about different things."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragcheck.chunking.options import check_size, check_whole
from ragcheck.chunking.recursive import recursive_spans
from ragcheck.chunking.spans import make_chunks, pack, sentence_units
from ragcheck.ports import Embedder, Vectors
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import Notation
from ragcheck.text.sentences import trim

_FEWEST_SENTENCES = 4


class SemanticChunker:
    """``semantic``: cuts between two sentences where the topic changes.

    For each joint, the mean vector of the ``window`` sentences before it is compared with that
    of the ``window`` sentences after it; joints whose cosine distance is above the document's
    ``percentile`` are cuts (the breakpoint method of LlamaIndex' ``SemanticSplitterNodeParser``,
    after G. Kamradt, "5 levels of text splitting", 2023). A piece above ``size`` characters is
    packed from whole sentences, and a sentence above it is split recursively. A document of
    fewer than four sentences that fits is one chunk.

    Raises:
        ValueError: a number does not fit.
    """

    def __init__(
        self, *, embedder: Embedder, size: int = 1200, percentile: float = 90, window: int = 2
    ) -> None:
        check_size(size)
        check_whole("window", window, least=1)
        if isinstance(percentile, bool) or not 0 <= percentile <= 100:
            raise ValueError(f"percentile must be in [0, 100], not {percentile!r}")
        self._embedder = embedder
        self._size = size
        self._percentile = percentile
        self._window = window

    @property
    def notation(self) -> str:
        parameters = {"size": self._size, "percentile": self._percentile, "window": self._window}
        return str(Notation("semantic", parameters))

    def chunk(self, document: Document) -> list[Chunk]:
        text = document.text
        spans: list[Span] = []
        for topic in self._topics(text):
            if len(trim(text, Span(topic[0].start, topic[-1].end))) <= self._size:
                spans.append(Span(topic[0].start, topic[-1].end))
                continue
            for part in pack(topic, self._size):
                spans.extend(recursive_spans(text, trim(text, part), size=self._size))
        return make_chunks(document, spans, strategy=self.notation)

    def encoded_parts(self, document: Document) -> list[str]:
        """The sentences of a document that is not one chunk anyway."""
        units = sentence_units(document.text)
        return [] if len(units) < _FEWEST_SENTENCES else _texts(document.text, units)

    def _topics(self, text: str) -> list[list[Span]]:
        units = sentence_units(text)
        if len(units) < _FEWEST_SENTENCES:
            return [units] if units else []
        vectors = self._embedder.encode(_texts(text, units))
        distances = joint_distances(vectors, self._window)
        threshold = float(np.percentile(distances, self._percentile))
        topics: list[list[Span]] = [[units[0]]]
        for unit, distance in zip(units[1:], distances, strict=True):
            if distance > threshold:
                topics.append([])
            topics[-1].append(unit)
        return topics


def _texts(text: str, units: Sequence[Span]) -> list[str]:
    return [text[unit.start : unit.end].strip() for unit in units]


def joint_distances(vectors: Vectors, window: int) -> NDArray[np.float64]:
    """(n - 1,) cosine distances in [0, 2] between the means before and after each joint.

    Vectors: (n, dimension). Where one of the two means is zero the distance is 1.
    """
    count = len(vectors)
    sums = np.vstack([np.zeros((1, vectors.shape[1])), np.cumsum(vectors, axis=0, dtype=float)])
    joints = np.arange(1, count)
    before = sums[joints] - sums[np.maximum(joints - window, 0)]
    after = sums[np.minimum(joints + window, count)] - sums[joints]
    norms = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    dots = np.einsum("ij,ij->i", before, after)
    cosine = np.divide(dots, norms, out=np.zeros_like(dots), where=norms > 1e-12)
    # Rounding keeps the last bits, which differ between machines, from deciding a tie.
    distances: NDArray[np.float64] = np.round(1.0 - cosine, 6)
    return distances
