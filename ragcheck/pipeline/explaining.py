"""The chunks that stand alone worst: what they lack, where, and what each repair would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.pipeline.strategies import StrategyComparison
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk
from ragcheck.records.strategies import ExplainedChunk, RepairedChunk
from ragcheck.text.sections import PATH_SEPARATOR, heading_path, opening_sentence


def explain_worst(found: StrategyComparison, strategy: str, count: int) -> list[ExplainedChunk]:
    """The ``count`` chunks of a strategy with the lowest values, lowest first."""
    chunks = found.chunks[strategy]
    scored = [(found.scores[chunk.id], chunk) for chunk in chunks]
    known = [(score.value, chunk, score) for score, chunk in scored if score.value is not None]
    worst = sorted(known, key=lambda item: (item[0], item[1].document_id, item[1].start))[:count]
    documents = found.inputs.corpus.by_id
    measure = SelfContainedness()
    return [
        ExplainedChunk(
            chunk,
            score,
            documents[chunk.document_id],
            tuple(_repairs(chunk, chunks, documents[chunk.document_id], measure)),
        )
        for _, chunk, score in worst
    ]


def _repairs(
    chunk: Chunk, chunks: Sequence[Chunk], document: Document, measure: SelfContainedness
) -> Iterator[RepairedChunk]:
    for repair, added, repaired in _candidates(chunk, chunks, document):
        value = measure.score_chunks([repaired], document)[0].value
        if value is not None:
            yield RepairedChunk(repair, added, value)


def _candidates(
    chunk: Chunk, chunks: Sequence[Chunk], document: Document
) -> Iterator[tuple[str, str, Chunk]]:
    path = PATH_SEPARATOR.join(heading_path(document, chunk.start))
    if path and path not in chunk.content:
        yield "path", path, replace(chunk, prefix=_joined(path, chunk.prefix))
    opening = opening_sentence(document, chunk.start)
    if opening is not None:
        said = document.text[opening.start : opening.end]
        yield "subject", said, replace(chunk, prefix=_joined(said, chunk.prefix))
    before = [c for c in chunks if c.document_id == chunk.document_id and c.start < chunk.start]
    if before:
        start = before[-1].start
        grown = replace(chunk, start=start, text=document.text[start : chunk.end])
        yield "neighbours", document.text[start : chunk.start], grown


def _joined(first: str, second: str) -> str:
    return f"{first}\n{second}" if second else first
