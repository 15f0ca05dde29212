"""Chunks to vectors and questions to passages, with what an approximate search may have missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from ragcheck.events import Listener, StageAdvanced, StageFinished, StageStarted, Warned
from ragcheck.pipeline.inputs import Inputs
from ragcheck.pipeline.tools import Tools
from ragcheck.pipeline.wording import say
from ragcheck.records.evidence import Chunk
from ragcheck.retrieval.embedding import CachedEmbedder
from ragcheck.retrieval.ranking import Recall, distinct_chunks

TEXTS_AT_ONCE = 4096
"""Texts whose vectors are in memory at once while the cache is filled."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The chunks that each question got, by rank; ``recall`` where the ranking is not exact."""

    passages: list[tuple[Chunk, ...]]
    recall: Recall | None


def embed_all(
    inputs: Inputs, tools: Tools, chunks: Mapping[str, Sequence[Chunk]], listen: Listener
) -> None:
    """Encode every distinct text, those of about one length together and a bounded number at
    once; the retrievers then find the vectors in the cache."""
    firsts, _ = distinct_chunks(chunk for own in chunks.values() for chunk in own)
    firsts.sort(key=lambda chunk: len(chunk.prefix) + len(chunk.text))
    questions = sorted({question.text for question in inputs.questions.questions})
    total = len(firsts) + len(questions)
    listen(StageStarted("embed", total, "texts"))
    begun = monotonic()
    told = CachedEmbedder(
        tools.encoder,
        tools.vectors,
        advance=lambda done: listen(StageAdvanced("embed", done)),
        workers=tools.workers,
    )
    told.encode(questions)
    for first in range(0, len(firsts), TEXTS_AT_ONCE):
        told.encode([chunk.content for chunk in firsts[first : first + TEXTS_AT_ONCE]])
    listen(StageFinished("embed", monotonic() - begun, total - told.computed))


def retrieve(
    inputs: Inputs, tools: Tools, chunks: Sequence[Chunk], notation: str, k: int
) -> Retrieved:
    """The best ``k`` chunks of every question."""
    retriever = tools.retriever(notation, chunks, inputs.corpus.by_id)
    by_id = {chunk.id: chunk for chunk in chunks}
    queries = [question.text for question in inputs.questions.questions]
    found = retriever.search(queries, k) if queries else []
    recall = getattr(retriever, "recall", None)
    return Retrieved(
        [tuple(by_id[hit.chunk_id] for hit in hits) for hits in found],
        recall if isinstance(recall, Recall) else None,
    )


def recall_warnings(
    found: Mapping[tuple[str, str], Retrieved], language: str, listen: Listener
) -> tuple[str, ...]:
    """A sentence for each strategy and retriever whose ranking is not exact; they are told too."""
    warnings = tuple(
        say(
            language,
            "approximate",
            route=f"{strategy}, {retriever}",
            recall=own.recall.value,
            k=own.recall.k,
            count=own.recall.queries,
        )
        for (strategy, retriever), own in found.items()
        if own.recall is not None
    )
    for warning in warnings:
        listen(Warned(warning))
    return warnings
