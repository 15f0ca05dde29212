"""How much of a set of passages its better-ranked members already say."""

from __future__ import annotations

from collections.abc import Sequence

from ragcheck.records.evidence import Score
from ragcheck.text.tokens import words

SHINGLE = 4
"""Words a shingle (Chinese: overlapping character pairs, so five characters)."""


def redundancy(texts: Sequence[str]) -> Score:
    """Share of what the set says that an earlier member of it already says, in [0, 1].

    Every text is the set of its runs of four words (a shorter text is one run); with ``S_i`` the
    runs of text ``i``, the value is ``1 - |S_1 ∪ ... ∪ S_n| / (|S_1| + ... + |S_n|)``: the runs
    of each text that a better-ranked one holds, over all runs (shingling after Broder 1997, "On
    the resemblance and containment of documents"). The order of the texts does not matter, a
    duplicate never lowers the value, and ``n`` copies of one text give ``1 - 1/n``. A changed
    number breaks the runs around it, so a contradiction does not pass for a repetition.

    One text has value 0; no words at all have none.
    """
    return redundancy_curve(texts, (len(texts),))[0]


def redundancy_curve(texts: Sequence[str], ks: Sequence[int]) -> list[Score]:
    """:func:`redundancy` of the best ``k`` texts for each ``k`` of ``ks``, in one pass."""
    said: set[tuple[str, ...]] = set()
    total = 0
    at: list[tuple[int, int]] = [(0, 0)]
    for text in texts:
        runs = _shingles(text)
        total += len(runs)
        said |= runs
        at.append((len(said), total))
    return [_score(*at[min(max(k, 0), len(texts))]) for k in ks]


def _score(distinct: int, total: int) -> Score:
    if total == 0:
        return Score(None, reason="the passages hold no words")
    return Score(1.0 - distinct / total)


def _shingles(text: str) -> set[tuple[str, ...]]:
    tokens = words(text)
    if not tokens:
        return set()
    last = max(1, len(tokens) - SHINGLE + 1)
    return {tuple(tokens[i : i + SHINGLE]) for i in range(last)}
