"""How scores become hits: the same rounding and the same order of ties for every retriever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ragcheck.records.evidence import Chunk, Hit

SCORE_DIGITS = 6
"""Scores that agree to this many digits are tied: the rest is noise of the arithmetic."""


def ranked(
    scores: Iterable[tuple[str, float]], k: int, *, digits: int = SCORE_DIGITS
) -> tuple[Hit, ...]:
    """The best ``k`` of (chunk ID, score), ties in order of chunk ID."""
    ordered = sorted(
        ((round(score, digits), chunk_id) for chunk_id, score in scores),
        key=lambda pair: (-pair[0], pair[1]),
    )
    return tuple(
        Hit(chunk_id, score, rank) for rank, (score, chunk_id) in enumerate(ordered[:k], start=1)
    )


def distinct_contents(chunks: Sequence[Chunk]) -> tuple[list[str], list[list[str]]]:
    """Each content once, and the sorted chunk IDs that share it."""
    owners: dict[str, set[str]] = {}
    for chunk in chunks:
        owners.setdefault(chunk.content, set()).add(chunk.id)
    return list(owners), [sorted(ids) for ids in owners.values()]


def checked_k(k: int) -> int:
    """``k`` itself.

    Raises:
        ValueError: it is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be 1 or more, not {k}")
    return k
