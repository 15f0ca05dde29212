"""How scores become hits: the same rounding and the same order of ties for every retriever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from ragcheck.records.evidence import Chunk, Hit

SCORE_DIGITS = 6
"""Scores that agree to this many digits are tied: the rest is noise of the arithmetic."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Mean share of the exact best ``k`` that an approximate search found, over some queries."""

    value: float
    k: int
    queries: int


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


def distinct_chunks(chunks: Iterable[Chunk]) -> tuple[list[Chunk], list[tuple[str, ...]]]:
    """The first chunk of each content, and the sorted chunk IDs that share the content.

    Contents with a prefix are made when they are asked for, so that only hashes of them are held.
    """
    rows: dict[bytes, int] = {}
    firsts: list[Chunk] = []
    copies: dict[int, set[str]] = {}
    for chunk in chunks:
        content = chunk.content.encode("utf-8", "surrogatepass")
        row = rows.setdefault(blake2b(content, digest_size=16).digest(), len(firsts))
        if row == len(firsts):
            firsts.append(chunk)
        else:
            copies.setdefault(row, {firsts[row].id}).add(chunk.id)
    owners = [tuple(sorted(copies.get(row, {first.id}))) for row, first in enumerate(firsts)]
    return firsts, owners


def distinct_contents(chunks: Sequence[Chunk]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Each content once, and the sorted chunk IDs that share it."""
    firsts, owners = distinct_chunks(chunks)
    return [chunk.content for chunk in firsts], owners


def checked_k(k: int) -> int:
    """``k`` itself.

    Raises:
        ValueError: it is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be 1 or more, not {k}")
    return k
