"""Lexical retrieval: BM25 over the words of both languages."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ragcheck.records.evidence import Chunk, Hit
from ragcheck.retrieval.ranking import SCORE_DIGITS, checked_k, distinct_chunks, ranked
from ragcheck.text.tokens import words


class LexicalRetriever:
    """Ranks chunks by BM25 (Lucene's variant, k1 = 1.5, b = 0.75; Kamphuis et al. 2020, ECIR).

    Words are those of :func:`ragcheck.text.tokens.words`, so Chinese is matched by character
    bigrams. A chunk that shares no word with the query is never a hit: a query may get fewer
    than ``k``, or none.

    Args:
        chunks: what is searched. Identical contents are indexed once, so that copies neither
            change the weight of their words nor each other's scores.
    """

    def __init__(self, *, chunks: Sequence[Chunk]) -> None:
        firsts, self._owners = distinct_chunks(chunks)
        self._index = _build(chunk.content for chunk in firsts)

    @property
    def notation(self) -> str:
        return "bm25"

    def search(self, queries: Sequence[str], k: int) -> list[tuple[Hit, ...]]:
        """At most ``k`` hits a query; the score is BM25's, above 0, to six digits.

        Raises:
            ValueError: ``k`` is below 1.
        """
        checked_k(k)
        return [self._search(query, k) for query in queries]

    def _search(self, query: str, k: int) -> tuple[Hit, ...]:
        if self._index is None:
            return ()
        tokens = [word for word in words(query) if word in self._index.vocab_dict]
        if not tokens:
            return ()
        scores = np.round(self._index.get_scores(tokens).astype(np.float64), SCORE_DIGITS)
        rows = np.flatnonzero(scores > 0)
        if len(rows) > k:
            bar = np.partition(scores[rows], -k)[-k]
            rows = rows[scores[rows] >= bar]
        return ranked(
            ((chunk_id, float(scores[row])) for row in rows for chunk_id in self._owners[row]), k
        )


def _build(contents: Iterable[str]) -> Any:
    """The index, or ``None`` where no chunk holds a word.

    Of the words only numbers of four bytes are held while it is built, not texts.
    """
    import bm25s

    numbers: dict[str, int] = {}
    tokens = [
        array("i", [numbers.setdefault(word, len(numbers)) for word in words(content)])
        for content in contents
    ]
    if not numbers:
        return None
    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75, dtype="float64")
    index.index((tokens, numbers), create_empty_token=False, show_progress=False)
    return index
