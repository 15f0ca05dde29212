"""What a pipeline retrieved and answered, as it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ragcheck.records.trials import Level


@dataclass(frozen=True, slots=True)
class RecordedContext:
    """One passage that the pipeline retrieved.

    ``source`` names its document where the recording does. ``supports`` says whether the
    recording takes it to hold the answer; ``None`` where it does not say.
    """

    text: str
    source: str | None = None
    score: float | None = None
    supports: bool | None = None


@dataclass(frozen=True)
class TraceRecord:
    """One question with what was retrieved for it, in rank order, and what was answered.

    ``line`` is where the record starts in its file, counted from 1. ``correctness`` in [0, 1] is
    what the recording itself says of the answer. ``parameters`` are those of the request, by name.
    """

    id: str
    question: str
    contexts: tuple[RecordedContext, ...]
    answer: str | None = None
    references: tuple[str, ...] = ()
    correctness: float | None = None
    parameters: Mapping[str, Level] = field(default_factory=dict)
    line: int = 1


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """A record that cannot be audited, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class RecordedTraces:
    """The records of one file, in order, and those that were left out."""

    path: str
    format: str
    records: tuple[TraceRecord, ...]
    skipped: tuple[SkippedRecord, ...] = ()


@dataclass(frozen=True)
class Observation:
    """One record, measured.

    ``support_rank`` is the rank of the first passage that holds the answer, counted from 1, and 0
    where none does; ``None`` where neither the recording nor a reference tells. ``conflict`` says
    whether two passages contradict each other, ``standalone`` is the share of passages that can
    be understood alone. ``correctness`` and ``abstained`` are ``None`` where nothing tells.
    """

    record: TraceRecord
    support_rank: int | None
    conflict: bool
    standalone: float | None
    correctness: float | None
    abstained: bool | None

    @property
    def supported(self) -> bool | None:
        """Whether some passage holds the answer."""
        return None if self.support_rank is None else self.support_rank > 0
