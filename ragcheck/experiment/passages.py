"""What one question's reader is given: passages by rank, and what is known of each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ragcheck.records.corpus import Document, content_id
from ragcheck.records.evidence import Chunk
from ragcheck.text.edits import TextEdit


@dataclass(frozen=True)
class Passage:
    """A chunk as the reader sees it, with an edit of its text where there is one.

    ``chunk`` keeps its exact span of the document whatever was edited. ``supports`` tells that it
    bears gold evidence, ``contradicts`` that it contradicts the gold evidence. ``edit`` is
    relative to the chunk's text.
    """

    chunk: Chunk
    supports: bool = False
    contradicts: bool = False
    edit: TextEdit | None = None

    @property
    def text(self) -> str:
        """The chunk's text with the edit in it."""
        return self.chunk.text if self.edit is None else self.edit.apply(self.chunk.text)

    @property
    def content(self) -> str:
        """What the reader reads: prefix and text."""
        return f"{self.chunk.prefix}\n{self.text}" if self.chunk.prefix else self.text

    @property
    def id(self) -> str:
        """The chunk's ID, or one of its own where the text was edited."""
        return self.chunk.id if self.edit is None else content_id(self.chunk.id, self.text)


@dataclass(frozen=True)
class Pool:
    """What an intervention may draw on for one question.

    Args:
        gold: the chunks that hold the question's gold evidence together, in document order.
        rivals: passages that contradict the gold evidence, those of the corpus first; the last
            ones may be edited copies of gold.
        near: passages that were retrieved below the cut and neither support nor contradict.
        others: passages of the corpus that neither support nor contradict and were not retrieved.
        documents: every document of the corpus by ID.
        cuts: every chunk of the strategy by document ID, in order of their start.
    """

    gold: tuple[Passage, ...] = ()
    rivals: tuple[Passage, ...] = ()
    near: tuple[Passage, ...] = ()
    others: tuple[Passage, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    cuts: Mapping[str, tuple[Chunk, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class EvidenceSet:
    """One question's passages, best first, and what they may be edited with."""

    passages: tuple[Passage, ...]
    pool: Pool = field(default_factory=Pool)


@dataclass(frozen=True)
class Edited:
    """What an intervention made of a set: its passages, or ``None`` exactly where ``reason`` says
    why it is not defined there (a key of :data:`ragcheck.experiment.wording.REASONS`).
    """

    passages: tuple[Passage, ...] | None
    reason: str | None = None

    def __post_init__(self) -> None:
        if (self.passages is None) == (self.reason is None):
            raise ValueError("an intervention gives either passages or a reason")
