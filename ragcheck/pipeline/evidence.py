"""Corpus and questions to measured evidence: chunk, embed, retrieve, judge, measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import monotonic
from typing import Any, Generic, TypeVar

from ragcheck import rng
from ragcheck.events import Listener, StageAdvanced, StageFinished, StageStarted
from ragcheck.experiment.known import KnownResults
from ragcheck.experiment.store import RunStore
from ragcheck.judges.document_scope import scopes_of
from ragcheck.measures.conflict import RankedConflicts, candidate_pairs, ranked_conflicts
from ragcheck.measures.curves import MEASURES, evidence_curve, mean_value
from ragcheck.measures.redundancy import redundancy_curve
from ragcheck.measures.strategies import summarise_strategy
from ragcheck.measures.sufficiency import coverage_curve
from ragcheck.pipeline.claim_evidence import RetrievedClaims
from ragcheck.pipeline.inputs import Inputs
from ragcheck.pipeline.known import score_key
from ragcheck.pipeline.retrieving import embed_all, recall_warnings, retrieve
from ragcheck.pipeline.tools import Tools
from ragcheck.ports import Embedder, EncodingChunker
from ragcheck.records.corpus import Document, Question, content_id
from ragcheck.records.evidence import Chunk, Judgement, Score
from ragcheck.records.results import Curve, StrategySummary

Route = tuple[str, str]
"""A chunking strategy and a retriever, both as notations."""

ENCODED_AHEAD = 4096
"""Texts that are encoded in one call before a corpus is cut."""

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
    warnings: tuple[str, ...] = ()

    def retrieved(self, route: Route, question_id: str) -> RetrievedSet:
        """The set of one question on one route."""
        return self._by_question[route][question_id]

    @cached_property
    def _by_question(self) -> Mapping[Route, Mapping[str, RetrievedSet]]:
        return {route: {s.question.id: s for s in sets} for route, sets in self.sets.items()}


def gather_evidence(inputs: Inputs, tools: Tools, store: RunStore, listen: Listener) -> Evidence:
    """Run the stages that need no language model. Dear ones are stored and reused."""
    chunks = chunk_all(inputs, tools, listen)
    embed_all(inputs, tools, chunks, listen)
    asked, k = len(inputs.questions.questions), largest_k(inputs)
    found = staged(
        listen,
        Stage("retrieve", "rankings", dict.fromkeys(all_routes(inputs), asked)),
        lambda route: retrieve(inputs, tools, chunks[route[0]], route[1], k),
    )
    retrieved = {route: own.passages for route, own in found.items()}
    seen = [chunk for own in retrieved.values() for top in own for chunk in top]
    claims = RetrievedClaims(seen, inputs.corpus.by_id, tools.embedder)
    pairs = {route: _judgeable(own) for route, own in retrieved.items()}
    sets = staged(
        listen,
        Stage("judge", "pairs", {route: sum(map(len, own)) for route, own in pairs.items()}),
        lambda route: _judge(inputs, tools, store, route, retrieved[route], pairs[route], claims),
        tools.known.judgements,
    )
    scores = score_all_chunks(inputs, tools, chunks, listen)
    return Evidence(
        chunks=chunks,
        scores=scores,
        sets=sets,
        curves=tuple(_curve(inputs, scores, route, sets[route]) for route in sets),
        strategies=summarise_strategies(inputs, chunks, scores),
        warnings=recall_warnings(found, inputs.language, listen),
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


def chunk_all(inputs: Inputs, tools: Tools, listen: Listener) -> dict[str, tuple[Chunk, ...]]:
    """Every chunk of every strategy."""
    documents = len(inputs.corpus.documents)
    return staged(
        listen,
        Stage("chunk", "documents", dict.fromkeys(all_strategies(inputs), documents)),
        lambda strategy: chunk_corpus(inputs, tools, strategy),
    )


def chunk_corpus(inputs: Inputs, tools: Tools, strategy: str) -> tuple[Chunk, ...]:
    """Every chunk of one strategy, document by document."""
    chunker = tools.chunker(strategy)
    if isinstance(chunker, EncodingChunker):
        _encode_ahead(chunker, inputs.corpus.documents, tools.embedder)
    return tuple(
        replace(chunk, strategy=strategy)
        for document in inputs.corpus.documents
        for chunk in chunker.chunk(document)
    )


def _encode_ahead(
    chunker: EncodingChunker, documents: Sequence[Document], embedder: Embedder
) -> None:
    """Fill the cache in large calls: those of single documents would leave batches half empty."""
    waiting: dict[str, None] = {}
    for document in documents:
        waiting.update(dict.fromkeys(chunker.encoded_parts(document)))
        if len(waiting) >= ENCODED_AHEAD:
            embedder.encode(list(waiting))
            waiting.clear()
    if waiting:
        embedder.encode(list(waiting))


@dataclass(frozen=True)
class Stage(Generic[K]):
    """A stage's name, its unit, and how many units each of its parts has."""

    name: str
    unit: str
    parts: Mapping[K, int]


def staged(
    listen: Listener,
    stage: Stage[K],
    work: Callable[[K], V],
    known: KnownResults[Any] | None = None,
) -> dict[K, V]:
    """Work on each part in turn and tell the listener.

    Args:
        known: counts what is computed, where the stage may find units done already.
    """
    total = sum(stage.parts.values())
    listen(StageStarted(stage.name, total, stage.unit))
    begun, before = monotonic(), 0 if known is None else known.computed
    done: dict[K, V] = {}
    for part, units in stage.parts.items():
        done[part] = work(part)
        listen(StageAdvanced(stage.name, units))
    reused = 0 if known is None else total - (known.computed - before)
    listen(StageFinished(stage.name, monotonic() - begun, reused))
    return done


def _judgeable(retrieved: Sequence[tuple[Chunk, ...]]) -> list[list[tuple[int, int]]]:
    return [candidate_pairs([c.text for c in chunks], chunks=chunks) for chunks in retrieved]


def _judge(
    inputs: Inputs,
    tools: Tools,
    store: RunStore,
    route: Route,
    retrieved: Sequence[tuple[Chunk, ...]],
    pairs: Sequence[Sequence[tuple[int, int]]],
    claims: RetrievedClaims,
) -> tuple[RetrievedSet, ...]:
    """Judge the pairs of the largest K once; they hold the pairs of every smaller K."""
    questions = inputs.questions.questions
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


def score_all_chunks(
    inputs: Inputs, tools: Tools, chunks: Mapping[str, Sequence[Chunk]], listen: Listener
) -> dict[str, Score]:
    """The self-containedness of every chunk, by chunk ID."""
    scores = staged(
        listen,
        Stage("measure", "chunks", {strategy: len(own) for strategy, own in chunks.items()}),
        lambda strategy: score_chunks(inputs, tools, chunks[strategy]),
        tools.known.scores,
    )
    return {chunk_id: score for found in scores.values() for chunk_id, score in found.items()}


def score_chunks(inputs: Inputs, tools: Tools, chunks: Sequence[Chunk]) -> dict[str, Score]:
    """The self-containedness of each chunk in its document, by chunk ID.

    A span that several strategies cut alike is measured once, ever.
    """

    def compute(positions: Sequence[int]) -> list[Score]:
        wanted = [chunks[i] for i in positions]
        return tools.self_containedness.score_in_documents(wanted, inputs.corpus.by_id)

    measure = tools.self_containedness.notation
    keys = [score_key(measure, chunk) for chunk in chunks]
    scores = tools.known.scores.complete(keys, compute)
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
