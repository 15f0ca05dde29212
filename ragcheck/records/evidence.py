"""Chunks, what a retriever returned, and what judges and measures said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ragcheck.records.corpus import Span, content_id


@dataclass(frozen=True)
class Chunk:
    """A span of a document. ``document.text[start:end] == text``, always.

    ``prefix`` (a heading path, a contextual sentence) is what a strategy adds in front; it is
    never part of the span. ``aligned`` is false only where a foreign splitter rewrote the text
    so that no exact span exists; ``text`` is then the nearest span of the document.
    """

    document_id: str
    start: int
    end: int
    text: str
    strategy: str
    prefix: str = ""
    aligned: bool = True

    @cached_property
    def id(self) -> str:
        """Hash of document, span, strategy and prefix."""
        return content_id(
            self.document_id, str(self.start), str(self.end), self.strategy, self.prefix
        )

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def content(self) -> str:
        """What encoder and model read: prefix and text."""
        return f"{self.prefix}\n{self.text}" if self.prefix else self.text


@dataclass(frozen=True, slots=True)
class Hit:
    """One retrieved chunk. ``rank`` counts from 1; a higher ``score`` is better."""

    chunk_id: str
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one retriever returned for one question under one chunking strategy."""

    question_id: str
    strategy: str
    retriever: str
    hits: tuple[Hit, ...]

    def at(self, k: int) -> tuple[Hit, ...]:
        """The best ``k`` hits, or all where there are fewer."""
        return self.hits[:k]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a passage is about, as its document says: nothing here is read from the passage.

    ``path`` is the document's, ``headings`` the titles over the passage, outermost first.
    ``products``, ``platforms``, ``versions``, ``regions`` and ``audiences`` are the names found
    in title, headings, path and front matter, in lower case, each once. ``dates`` are the dates
    there as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; ``effective`` is the one from which the
    document holds (or was last changed) and ``until`` the one up to which it does, else empty.
    """

    path: str = ""
    title: str = ""
    headings: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    effective: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge says of two texts.

    ``relation`` is one of ``agree``, ``conflict``, ``different scope``, ``supersedes`` and
    ``unrelated``; ``probability`` in [0, 1] is that the two give conflicting answers. Spans are
    relative to the texts that were judged and are ``None`` unless the relation is a conflict or
    supersedes. ``kind`` is one of ``KINDS``. A judge that could not judge says ``not judged``
    with a ``reason``; the probability then means nothing.
    """

    relation: str
    probability: float
    left_span: Span | None = None
    right_span: Span | None = None
    kind: str | None = None
    values: tuple[str, str] | None = None
    explanation: str = ""
    cause: str | None = None
    reason: str | None = None


RELATIONS = ("agree", "conflict", "different scope", "supersedes", "unrelated")
NOT_JUDGED = "not judged"
KINDS = (
    "number", "unit", "date", "version", "negation", "permission", "name", "list", "scope",
    "procedure",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two passages of one set that give conflicting answers.

    ``left`` and ``right`` index the passages that were given; the spans are in their texts.
    """

    left: int
    right: int
    left_span: Span
    right_span: Span
    kind: str
    probability: float
    explanation: str
    values: tuple[str, str] | None = None
    relation: str = "conflict"
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Defect:
    """One reason why a chunk cannot be understood alone; the span is relative to the text."""

    kind: str
    span: Span
    message: str
    mend: str


DEFECT_KINDS = (
    "truncated_start", "truncated_end", "dangling_reference", "missing_subject",
    "missing_heading", "orphan_list_item", "table_row_without_header", "code_without_context",
    "outside_pointer", "undefined_abbreviation", "broken_markup", "mixed_topics",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """One value for one unit. ``value`` is ``None`` exactly where ``reason`` says why."""

    value: float | None
    reason: str | None = None
    defects: tuple[Defect, ...] = ()
    span: Span | None = None
    passage: int | None = None
    details: Mapping[str, float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            raise ValueError("a score without a value needs a reason")
        if self.value is not None and self.value != self.value:
            raise ValueError("a score is never NaN: use None with a reason")
