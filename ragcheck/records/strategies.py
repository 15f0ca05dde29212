"""Which chunking strategy to choose, and single chunks explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk, Score
from ragcheck.records.results import Estimate


@dataclass(frozen=True, slots=True)
class StrategyChoice:
    """The strategy to choose, against the others.

    ``ahead`` holds, for each other strategy, by how much larger the share of chunks that stand
    alone is under the chosen one; ``tied`` names those whose interval holds 0. ``differs`` is
    false where all of them are tied: then gold coverage and size decided.
    """

    strategy: str
    ahead: Mapping[str, Estimate]
    tied: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(self.tied) < len(self.ahead)


REPAIRS = ("path", "subject", "neighbours")


@dataclass(frozen=True, slots=True)
class RepairedChunk:
    """What a repair, one of ``REPAIRS``, would add to a chunk, and its value then."""

    repair: str
    added: str
    value: float


@dataclass(frozen=True, slots=True)
class ExplainedChunk:
    """One chunk with its score, its document, and what each repair that fits would do."""

    chunk: Chunk
    score: Score
    document: Document
    repairs: tuple[RepairedChunk, ...]
