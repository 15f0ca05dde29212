"""Rerankers: the passages that a retriever found, in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragcheck.errors import ModelError
from ragcheck.ports import Embedder
from ragcheck.records.notation import Notation, Value

SCORE_DIGITS = 6
"""Scores that agree to this many digits are tied; of tied passages the better ranked is first."""
WEIGHT = 0.5


class MmrReranker:
    """Maximal marginal relevance (Carbonell and Goldstein 1998, SIGIR): relevant and not repeated.

    The next passage is the one with the largest
    ``weight * sim(query, passage) - (1 - weight) * max sim(passage, chosen)``, cosines of the
    embedder's vectors. It needs no model of its own.

    Args:
        embedder: the one behind the retriever, so that its vectors are known already.
        weight: 1 keeps to the query alone, 0 to what is not said yet.
    """

    def __init__(self, *, embedder: Embedder, weight: float = WEIGHT) -> None:
        if not 0 <= weight <= 1:
            raise ValueError("weight must be between 0 and 1")
        self._embedder = embedder
        self._weight = weight

    @property
    def notation(self) -> str:
        given: dict[str, Value] = {} if self._weight == WEIGHT else {"weight": self._weight}
        return str(Notation("mmr", given))

    def rerank(self, query: str, texts: Sequence[str]) -> tuple[int, ...]:
        """Positions in ``texts``, best first: a permutation of all of them."""
        if not texts:
            return ()
        vectors = self._embedder.encode([query, *texts]).astype(np.float64)
        return _mmr(vectors[1:] @ vectors[0], vectors[1:] @ vectors[1:].T, self._weight)


def _mmr(
    relevance: NDArray[np.float64], similarity: NDArray[np.float64], weight: float
) -> tuple[int, ...]:
    left = list(range(len(relevance)))
    chosen: list[int] = []
    while left:
        repeated = similarity[np.ix_(left, chosen)].max(axis=1) if chosen else np.zeros(len(left))
        worth = np.round(weight * relevance[left] - (1 - weight) * repeated, SCORE_DIGITS)
        chosen.append(left.pop(int(np.argmax(worth))))
    return tuple(chosen)


class CrossEncoderReranker:
    """Scores each pair of query and passage with a cross-encoder, by name or path.

    Args:
        model: a folder, or a name of the Hugging Face hub whose files are on this machine or can
            be fetched; its repository may not hold code.
        maker: builds the scorer from the model's name; sentence-transformers where not given.
    """

    def __init__(self, *, model: str, maker: Any = None) -> None:
        self._model = model
        self._maker = maker or _cross_encoder
        self._scorer: Any = None

    @property
    def notation(self) -> str:
        return str(Notation("cross_encoder", {"model": self._model}))

    def rerank(self, query: str, texts: Sequence[str]) -> tuple[int, ...]:
        """Positions in ``texts``, best first: a permutation of all of them.

        Raises:
            ModelError: the model cannot be loaded.
        """
        if not texts:
            return ()
        if self._scorer is None:
            self._scorer = self._maker(self._model)
        scores = np.asarray(self._scorer.predict([(query, text) for text in texts]), dtype=float)
        if scores.ndim > 1:  # several classes: the last one is the relevant one
            scores = scores[:, -1]
        return tuple(int(i) for i in np.argsort(-np.round(scores, SCORE_DIGITS), kind="stable"))


def _cross_encoder(model: str) -> Any:
    from sentence_transformers import CrossEncoder

    try:
        return CrossEncoder(model, device="cpu", trust_remote_code=False)
    except (OSError, ValueError) as problem:
        raise ModelError(
            f"the reranker cannot be loaded: {problem}",
            where=model,
            mend="give a folder with a sentence-transformers cross-encoder, or use mmr",
        ) from problem
