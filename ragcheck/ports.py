"""The roles. A stage takes its collaborators as arguments of these types and never builds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ragcheck.records.corpus import Document, Question
from ragcheck.records.evidence import Chunk, Hit, Judgement, Scope, Score
from ragcheck.records.results import Report
from ragcheck.records.trials import Answer, AnswerScore, GenerationRequest

Vectors = NDArray[np.float32]


@runtime_checkable
class Chunker(Protocol):
    """Cuts a document into chunks. ``notation`` names it in tables and reads back."""

    @property
    def notation(self) -> str: ...

    def chunk(self, document: Document) -> list[Chunk]:
        """Chunks in order of their start; whitespace-only chunks are left out."""
        ...


@runtime_checkable
class EncodingChunker(Chunker, Protocol):
    """A chunker that encodes parts of a document to decide where to cut."""

    def encoded_parts(self, document: Document) -> list[str]:
        """The texts that :meth:`chunk` will ask its embedder for."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def key(self) -> str:
        """Names model, weights hash and number format: equal keys give equal vectors."""
        ...

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) float32, each row of length 1, in the order of ``texts``."""
        ...


@runtime_checkable
class Retriever(Protocol):
    """Ranks the chunks of one index for a query."""

    @property
    def notation(self) -> str: ...

    def search(self, queries: Sequence[str], k: int) -> list[tuple[Hit, ...]]:
        """At most ``k`` hits a query, best first; ties are broken by chunk ID."""
        ...


@runtime_checkable
class Reranker(Protocol):
    """Puts the passages that were found for a query into another order."""

    @property
    def notation(self) -> str: ...

    def rerank(self, query: str, texts: Sequence[str]) -> tuple[int, ...]:
        """Positions in ``texts``, best first: a permutation of all of them."""
        ...


@runtime_checkable
class Judge(Protocol):
    """Says how two texts relate."""

    @property
    def notation(self) -> str: ...

    def judge(
        self,
        pairs: Sequence[tuple[str, str]],
        questions: Sequence[str | None] | None = None,
        scopes: Sequence[tuple[Scope, Scope]] | None = None,
    ) -> list[Judgement]:
        """One judgement a pair, in order. Symmetric in the two texts, but for the sides.

        Args:
            questions: one a pair; ``None`` where there is none.
            scopes: what the documents say that the two texts of each pair are about, where
                that is known.
        """
        ...


@runtime_checkable
class Generator(Protocol):
    """Answers prompts."""

    @property
    def key(self) -> str:
        """Names the model and everything that changes its answers, but for the request."""
        ...

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Answer]:
        """One answer a request, in order; failures are answers with a reason.

        The requests of one call share a context; a call starts from the same state of the
        engine, so that its answers do not depend on the calls before it.
        """
        ...


@runtime_checkable
class Measure(Protocol):
    """Scores texts."""

    @property
    def notation(self) -> str: ...

    def score(self, texts: Sequence[str]) -> list[Score]: ...


@runtime_checkable
class AnswerScorer(Protocol):
    """Compares an answer with the accepted answers of its question."""

    @property
    def notation(self) -> str: ...

    def score(self, question: Question, answer: Answer) -> AnswerScore: ...


@runtime_checkable
class Reporter(Protocol):
    """Writes a report in one format."""

    def render(self, report: Report, trials: Sequence[Mapping[str, object]]) -> bytes: ...
