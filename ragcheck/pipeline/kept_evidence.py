"""Measured evidence as one small value that a run folder keeps, and back.

Chunks are kept as spans: their text is in the documents, which are read anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

from ragcheck.pipeline.evidence import Evidence, RetrievedSet
from ragcheck.pipeline.inputs import Inputs
from ragcheck.records.evidence import Chunk, Judgement, Score
from ragcheck.records.results import Curve, StrategySummary


@dataclass(frozen=True, slots=True)
class KeptChunk:
    """A chunk without its text, and its score."""

    document_id: str
    start: int
    end: int
    prefix: str
    aligned: bool
    score: Score


@dataclass(frozen=True, slots=True)
class KeptPair:
    """Two ranks of one set, and what was judged of them."""

    left: int
    right: int
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class KeptSet:
    """What one question got: indices of chunks by rank, and the judged pairs."""

    chunks: tuple[int, ...]
    pairs: tuple[KeptPair, ...]


@dataclass(frozen=True, slots=True)
class KeptEvidence:
    """All of :class:`Evidence`; the sets of a route stand in the order of the questions."""

    chunks: dict[str, tuple[KeptChunk, ...]]
    sets: tuple[tuple[str, str, tuple[KeptSet, ...]], ...]
    curves: tuple[Curve, ...]
    strategies: tuple[StrategySummary, ...]
    warnings: tuple[str, ...]


def pack(evidence: Evidence) -> KeptEvidence:
    """The evidence without texts."""
    position = {
        strategy: {chunk.id: index for index, chunk in enumerate(own)}
        for strategy, own in evidence.chunks.items()
    }
    return KeptEvidence(
        chunks={
            strategy: tuple(
                KeptChunk(c.document_id, c.start, c.end, c.prefix, c.aligned, evidence.scores[c.id])
                for c in own
            )
            for strategy, own in evidence.chunks.items()
        },
        sets=tuple(
            (*route, tuple(_pack_set(found, position[route[0]]) for found in sets))
            for route, sets in evidence.sets.items()
        ),
        curves=evidence.curves,
        strategies=evidence.strategies,
        warnings=evidence.warnings,
    )


def unpack(kept: KeptEvidence, inputs: Inputs) -> Evidence:
    """The evidence that :func:`pack` was given, over the inputs that it was measured on."""
    chunks = {
        strategy: tuple(_chunk(one, strategy, inputs) for one in own)
        for strategy, own in kept.chunks.items()
    }
    scores = {
        chunk.id: one.score
        for strategy, own in kept.chunks.items()
        for chunk, one in zip(chunks[strategy], own, strict=True)
    }
    questions = inputs.questions.questions
    sets = {
        (strategy, retriever): tuple(
            RetrievedSet(
                question,
                tuple(chunks[strategy][index] for index in one.chunks),
                {(pair.left, pair.right): pair.judgement for pair in one.pairs},
            )
            for question, one in zip(questions, own, strict=True)
        )
        for strategy, retriever, own in kept.sets
    }
    return Evidence(chunks, scores, sets, kept.curves, kept.strategies, kept.warnings)


def _pack_set(found: RetrievedSet, position: dict[str, int]) -> KeptSet:
    return KeptSet(
        tuple(position[chunk.id] for chunk in found.chunks),
        tuple(KeptPair(i, j, judgement) for (i, j), judgement in found.judgements.items()),
    )


def _chunk(kept: KeptChunk, strategy: str, inputs: Inputs) -> Chunk:
    text = inputs.corpus.by_id[kept.document_id].text[kept.start : kept.end]
    return Chunk(kept.document_id, kept.start, kept.end, text, strategy, kept.prefix, kept.aligned)
