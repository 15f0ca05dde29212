"""Documents, the places in them, and the questions asked of them."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


def content_id(*parts: str) -> str:
    """A 16-digit hexadecimal ID of the parts, the same on every machine."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of code points ``[start, end)`` in a document's text."""

    start: int
    end: int

    def overlap(self, other: Span) -> int:
        """Number of characters that both spans hold."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span is in its source file. Lines and columns count from 1; the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Document:
    """The text of one source, and how its characters map to the source's lines.

    ``source_lines[i]`` is the 1-based line of the source file on which line ``i`` of ``text``
    began; ``None`` means that the text is the source, line for line.
    """

    path: str
    text: str
    source_lines: tuple[int, ...] | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def id(self) -> str:
        """Hash of path and text."""
        return content_id(self.path, self.text)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Offset of the first character of each line; lines end with LF."""
        return (0, *(i + 1 for i, char in enumerate(self.text) if char == "\n"))

    def place(self, span: Span) -> Place:
        """The source position of a span of this document's text."""
        line, column = self._position(span.start)
        end_line, end_column = self._position(max(span.start, span.end))
        return Place(self.path, line, column, end_line, end_column, span.start, span.end)

    def _position(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self.line_starts, offset) - 1
        column = offset - self.line_starts[row] + 1
        if self.source_lines is None:
            return row + 1, column
        return self.source_lines[min(row, len(self.source_lines) - 1)], column


@dataclass(frozen=True, slots=True)
class SkippedSource:
    """A file that could not be read, or only in part, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Corpus:
    """All documents of one corpus, in path order, with what could not be read."""

    name: str
    documents: tuple[Document, ...]
    skipped: tuple[SkippedSource, ...] = ()
    language: str = "en"

    @cached_property
    def by_path(self) -> Mapping[str, Document]:
        return {document.path: document for document in self.documents}

    @cached_property
    def by_id(self) -> Mapping[str, Document]:
        return {document.id: document for document in self.documents}

    @cached_property
    def fingerprint(self) -> str:
        """Hash of every document's path and text."""
        return content_id(*(document.id for document in self.documents))


@dataclass(frozen=True, slots=True)
class GoldEvidence:
    """A quoted anchor, or a span, of a document that supports the answer."""

    document: str
    span: Span
    quote: str


@dataclass(frozen=True, slots=True)
class RivalAnswer:
    """Another answer that the corpus also gives, with its place."""

    answer: str
    evidence: GoldEvidence


@dataclass(frozen=True, slots=True)
class Question:
    """One question, its accepted answers (the first is canonical) and its gold evidence.

    ``synthetic`` questions were made from the corpus by ragcheck itself.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    evidence: tuple[GoldEvidence, ...] = ()
    rivals: tuple[RivalAnswer, ...] = ()
    unanswerable: bool = False
    tags: tuple[str, ...] = ()
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions with their anchors resolved, and a warning for each thing that was left out."""

    questions: tuple[Question, ...]
    warnings: tuple[str, ...] = ()

    @property
    def synthetic(self) -> bool:
        return any(question.synthetic for question in self.questions)

    @property
    def fingerprint(self) -> str:
        """Hash of everything that the questions say."""
        return content_id(*(repr(question) for question in self.questions))
