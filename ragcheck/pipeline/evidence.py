"""Corpus and questions to measured evidence: chunk, embed, retrieve, judge, measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from time import monotonic
from typing import TypeVar

from ragcheck import rng
from ragcheck.events import Listener, StageAdvanced, StageFinished, StageStarted
from ragcheck.experiment.store import RunStore
from ragcheck.judges.document_scope import scopes_of
from ragcheck.measures.conflict import RankedConflicts, candidate_pairs, ranked_conflicts
from ragcheck.measures.curves import MEASURES, evidence_curve, mean_value
from ragcheck.measures.redundancy import redundancy_curve
from ragcheck.measures.strategies import summarise_strategy
from ragcheck.measures.sufficiency import coverage_curve
from ragcheck.pipeline.claim_evidence import RetrievedClaims
from ragcheck.pipeline.inputs import Inputs
from ragcheck.pipeline.tools import Tools
from ragcheck.records.corpus import Document, Question, content_id
from ragcheck.records.evidence import Chunk, Judgement, Score
from ragcheck.records.results import Curve, StrategySummary
from ragcheck.retrieval.embedding import CachedEmbedder

Route = tuple[str, str]
"""A chunking strategy and a retriever, both as notations."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class RetrievedSet:
    """What one question got on one route: chunks by rank, and the judged pairs among them."""

    question: Question
    chunks: tuple[Chunk, ...]
    judgements: Mapping[tuple[int, int], Judgement]

    @cached_property
    def conflicts(self) -> RankedConflicts:
        return ranked_conflicts(self.judgements, len(self.chunks))


@dataclass(frozen=True)
class Evidence:
    """Everything measured before a model is asked."""

    chunks: Mapping[str, tuple[Chunk, ...]]
    scores: Mapping[str, Score]
    sets: Mapping[Route, tuple[RetrievedSet, ...]]
    curves: tuple[Curve, ...]
    strategies: tuple[StrategySummary, ...]

    def retrieved(self, route: Route, question_id: str) -> RetrievedSet:
        """The set of one question on one route."""
        return self._by_question[route][question_id]

    @cached_property
    def _by_question(self) -> Mapping[Route, Mapping[str, RetrievedSet]]:
        return {route: {s.question.id: s for s in sets} for route, sets in self.sets.items()}


def gather_evidence(inputs: Inputs, tools: Tools, store: RunStore, listen: Listener) -> Evidence:
    """Run the stages that need no language model. Dear ones are stored and reused."""
    chunks = staged(
        listen,
        "chunk",
        "strategies",
        all_strategies(inputs),
        lambda strategy: chunk_corpus(inputs, tools, strategy),
    )
    _embed_all(inputs, tools, chunks, listen)
    retrieved = staged(
        listen,
        "retrieve",
        "rankings",
        all_routes(inputs),
        lambda route: _retrieve(inputs, tools, chunks[route[0]], route),
    )
    seen = [chunk for own in retrieved.values() for top in own for chunk in top]
    claims = RetrievedClaims(seen, inputs.corpus.by_id, tools.embedder)
    sets = staged(
        listen,
        "judge",
        "rankings",
        list(retrieved),
        lambda route: _judge(inputs, tools, store, route, retrieved[route], claims),
    )
    scores = staged(
        listen,
        "measure",
        "strategies",
        list(chunks),
        lambda strategy: score_chunks(inputs, tools, store, strategy, chunks[strategy]),
    )
    by_chunk = {chunk_id: s for found in scores.values() for chunk_id, s in found.items()}
    return Evidence(
        chunks=chunks,
        scores=by_chunk,
        sets=sets,
        curves=tuple(_curve(inputs, by_chunk, route, sets[route]) for route in sets),
        strategies=summarise_strategies(inputs, chunks, by_chunk),
    )


def all_strategies(inputs: Inputs) -> list[str]:
    """The strategies of the comparison, then those that only the experiment names."""
    config = inputs.config
    return list(dict.fromkeys((*config.evidence.strategies, *config.experiment.strategies)))


def all_routes(inputs: Inputs) -> list[Route]:
    """Every strategy with the retriever of the curves, and the routes of the experiment."""
    config = inputs.config
    curves = [(strategy, config.evidence.retriever) for strategy in all_strategies(inputs)]
    crossed = [
        (strategy, retriever)
        for strategy in config.experiment.strategies
        for retriever in config.experiment.retrievers
    ]
    return list(dict.fromkeys((*curves, *crossed)))


def largest_k(inputs: Inputs) -> int:
    """The K up to which passages are retrieved and judged."""
    return max(inputs.config.evidence.max_k, *inputs.config.experiment.k)


def chunk_corpus(inputs: Inputs, tools: Tools, strategy: str) -> tuple[Chunk, ...]:
    """Every chunk of one strategy, document by document."""
    chunker = tools.chunker(strategy)
    return tuple(
        replace(chunk, strategy=strategy)
        for document in inputs.corpus.documents
        for chunk in chunker.chunk(document)
    )


def staged(
    listen: Listener, stage: str, unit: str, keys: Sequence[K], work: Callable[[K], V]
) -> dict[K, V]:
    """Work on each key in turn and tell the listener."""
    listen(StageStarted(stage, len(keys), unit))
    begun = monotonic()
    done: dict[K, V] = {}
    for key in keys:
        done[key] = work(key)
        listen(StageAdvanced(stage))
    listen(StageFinished(stage, monotonic() - begun))
    return done


def _embed_all(
    inputs: Inputs, tools: Tools, chunks: Mapping[str, Sequence[Chunk]], listen: Listener
) -> None:
    """Encode every distinct text in one sorted pass; the retrievers then find it in the cache."""
    contents = {chunk.content for per in chunks.values() for chunk in per}
    texts = sorted(contents | {question.text for question in inputs.questions.questions})
    listen(StageStarted("embed", len(texts), "texts"))
    begun = monotonic()
    told = CachedEmbedder(
        tools.encoder, tools.vectors, advance=lambda done: listen(StageAdvanced("embed", done))
    )
    told.encode(texts)
    listen(StageFinished("embed", monotonic() - begun))


def _retrieve(
    inputs: Inputs, tools: Tools, chunks: Sequence[Chunk], route: Route
) -> list[tuple[Chunk, ...]]:
    retriever = tools.retriever(route[1], chunks, inputs.corpus.by_id)
    by_id = {chunk.id: chunk for chunk in chunks}
    queries = [question.text for question in inputs.questions.questions]
    found = retriever.search(queries, largest_k(inputs)) if queries else []
    return [tuple(by_id[hit.chunk_id] for hit in hits) for hits in found]


def _judge(
    inputs: Inputs,
    tools: Tools,
    store: RunStore,
    route: Route,
    retrieved: Sequence[tuple[Chunk, ...]],
    claims: RetrievedClaims,
) -> tuple[RetrievedSet, ...]:
    """Judge the pairs of the largest K once; they hold the pairs of every smaller K."""
    questions = inputs.questions.questions
    pairs = [candidate_pairs([c.text for c in chunks], chunks=chunks) for chunks in retrieved]
    texts = [
        (chunks[i].text, chunks[j].text)
        for chunks, own in zip(retrieved, pairs, strict=True)
        for i, j in own
    ]
    asked: list[str | None] = [q.text for q, own in zip(questions, pairs, strict=True) for _ in own]
    documents = inputs.corpus.by_id
    about = [scopes_of(chunks, documents) for chunks in retrieved]
    scopes = [(own[i], own[j]) for own, those in zip(about, pairs, strict=True) for i, j in those]
    sides = [(cs[i], cs[j]) for cs, own in zip(retrieved, pairs, strict=True) for i, j in own]
    key = content_id(inputs.key, tools.judge.notation, *(c.id for cs in retrieved for c in cs))

    def compute() -> list[Judgement]:
        judged = tools.judge.judge(texts, asked, scopes)
        return claims.join(sides, judged, tools.judge.notation)

    judged = iter(store.remember(f"judge {route[0]} {route[1]}", key, list[Judgement], compute))
    return tuple(
        RetrievedSet(question, chunks, {pair: next(judged) for pair in own})
        for question, chunks, own in zip(questions, retrieved, pairs, strict=True)
    )


def score_chunks(
    inputs: Inputs, tools: Tools, store: RunStore, strategy: str, chunks: Sequence[Chunk]
) -> dict[str, Score]:
    """The self-containedness of each chunk in its document, by chunk ID; stored and reused."""

    def compute() -> list[Score]:
        scores: list[Score] = []
        for document_id, own in groupby(chunks, key=lambda chunk: chunk.document_id):
            document = inputs.corpus.by_id[document_id]
            scores.extend(tools.self_containedness.score_chunks(list(own), document))
        return scores

    key = content_id(inputs.key, *(chunk.id for chunk in chunks))
    scores = store.remember(f"measure {strategy}", key, list[Score], compute)
    return {chunk.id: score for chunk, score in zip(chunks, scores, strict=True)}


def _curve(
    inputs: Inputs, scores: Mapping[str, Score], route: Route, sets: Sequence[RetrievedSet]
) -> Curve:
    ks = range(1, largest_k(inputs) + 1)
    values: dict[int, dict[str, list[Score | float | bool | None]]] = {
        k: {name: [] for name in MEASURES} for k in ks
    }
    documents = inputs.corpus.by_path
    for found in sets:
        texts = [chunk.text for chunk in found.chunks]
        alone = [scores[chunk.id] for chunk in found.chunks]
        bears = bears_answer(found, documents)
        coverage = coverage_curve(found.question, found.chunks, documents, ks)
        redundant = redundancy_curve(texts, ks)
        for k, covered, repeated in zip(ks, coverage, redundant, strict=True):
            row = values[k]
            row["conflict"].append(found.conflicts.has_conflict(k))
            row["sufficiency"].append(covered)
            row["contradicted_support"].append(found.conflicts.contradicted_support(k, bears))
            row["self_containedness"].append(mean_value(alone[:k]))
            row["redundancy"].append(repeated)
    return evidence_curve(
        values,
        [found.conflicts.first_conflict_rank for found in sets],
        rng.generator(inputs.config.seed, "curve", *route),
        strategy=route[0],
        retriever=route[1],
        language=inputs.language,
    )


def bears_answer(found: RetrievedSet, documents: Mapping[str, Document]) -> list[bool]:
    """For each chunk by rank, whether it holds more than half of some gold span."""
    return [
        any(
            documents[gold.document].id == chunk.document_id
            and 2 * gold.span.overlap(chunk.span) > len(gold.span)
            for gold in found.question.evidence
            if gold.document in documents
        )
        for chunk in found.chunks
    ]


def summarise_strategies(
    inputs: Inputs, chunks: Mapping[str, Sequence[Chunk]], scores: Mapping[str, Score]
) -> tuple[StrategySummary, ...]:
    """One summary a strategy; one that cuts as an earlier one does says so."""
    seen: dict[tuple[tuple[str, int, int, str], ...], str] = {}
    summaries = []
    for strategy, own in chunks.items():
        summary = summarise_strategy(
            strategy,
            own,
            [scores[chunk.id] for chunk in own],
            inputs.corpus.by_path,
            inputs.questions.questions,
            rng.generator(inputs.config.seed, "strategy", strategy),
            language=inputs.language,
        )
        cuts = tuple((c.document_id, c.start, c.end, c.prefix) for c in own)
        first = seen.setdefault(cuts, strategy)
        summaries.append(summary if first == strategy else replace(summary, same_as=first))
    return tuple(summaries)
