"""The collaborators of a run, built from the configuration in this one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragcheck.config import RunConfig
from ragcheck.errors import ConfigError
from ragcheck.generation.client import Patience
from ragcheck.generation.connect import connect_endpoint
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.models import cache_home, default_encoder
from ragcheck.pipeline.fan_out import DistributedJudge, DistributedSelfContainedness
from ragcheck.pipeline.known import Known, known_judge, open_known
from ragcheck.ports import AnswerScorer, Chunker, Embedder, Judge, Reranker, Retriever
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import Notation, parse_notation
from ragcheck.registry import Registry
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import CachedEmbedder, load_embedder
from ragcheck.scoring.short_answers import ShortAnswerScorer
from ragcheck.workers import Workers

VECTORS = "vectors.sqlite"


@dataclass(frozen=True)
class Tools:
    """What the stages work with. Models are loaded when a stage first needs them.

    ``embedder`` is ``encoder`` behind the cache ``vectors``, and ``judge`` stands behind what is
    ``known`` already. Texts are encoded, pairs judged and chunks scored by ``workers``.
    """

    registry: Registry
    encoder: Embedder
    vectors: VectorCache
    known: Known
    embedder: Embedder
    judge: Judge
    self_containedness: DistributedSelfContainedness
    scorer: AnswerScorer
    workers: Workers

    def chunker(self, strategy: str) -> Chunker:
        """The chunker that a notation names."""
        chunker: Chunker = self.registry.create("chunker", strategy, embedder=self.embedder)
        return chunker

    def retriever(
        self, notation: str, chunks: Sequence[Chunk], documents: Mapping[str, Document]
    ) -> Retriever:
        """The retriever that a notation names, over these chunks of documents given by ID."""
        retriever: Retriever = self.registry.create(
            "retriever",
            notation,
            chunks=chunks,
            documents=documents,
            embedder=self.embedder,
            encoder=self.encoder,
        )
        return retriever

    def reranker(self, notation: str) -> Reranker:
        """The reranker that a notation names; there is none behind ``none``."""
        reranker: Reranker = self.registry.create("reranker", notation, embedder=self.embedder)
        return reranker


def build_tools(config: RunConfig, language: str) -> Tools:
    """Everything but the reader, which starts an engine and is built apart.

    Every strategy and retriever is built once, without chunks: a wrong name stops the run at
    its start, not after the stages before it.

    Raises:
        ConfigError: a name or a parameter in the configuration is unknown, or does not fit.
        ModelError: the encoder is not installed.
    """
    registry = Registry()
    name = config.evidence.encoder
    workers = config.workers.settled()
    encoder = load_embedder(
        default_encoder(language) if name == "auto" else name,
        threads=config.threads if workers.is_serial else 1,
    )
    vectors = VectorCache(cache_home() / VECTORS)
    embedder = CachedEmbedder(encoder, vectors, workers=workers)
    known = open_known()
    tools = Tools(
        registry=registry,
        encoder=encoder,
        vectors=vectors,
        known=known,
        embedder=embedder,
        judge=build_judge(registry, config, encoder, known),
        self_containedness=DistributedSelfContainedness(SelfContainedness(), workers),
        scorer=ShortAnswerScorer(),
        workers=workers,
    )
    for strategy in dict.fromkeys((*config.evidence.strategies, *config.experiment.strategies)):
        tools.chunker(strategy)
    for retriever in dict.fromkeys((config.evidence.retriever, *config.experiment.retrievers)):
        tools.retriever(retriever, (), {})
    for reranker in config.experiment.rerankers:
        if reranker != "none":
            tools.reranker(reranker)
    return tools


def build_judge(registry: Registry, config: RunConfig, encoder: Embedder, known: Known) -> Judge:
    """The judge that the configuration names; ``llm`` asks an endpoint, and nothing else does.

    ``llm(model="...", base_url="...")`` takes what it does not name from the section ``model``.

    Raises:
        ConfigError: the name or a parameter is unknown, or the judge needs an address.
    """
    notation = parse_notation(config.evidence.judge)
    if notation.name != "llm":
        judge: Judge = registry.create("judge", notation, embedder=encoder)
        shared = DistributedJudge(judge, str(notation), encoder, config.workers.settled())
        return known_judge(shared, known)
    named = dict(notation.parameters)
    base_url = named.pop("base_url", config.model.base_url)
    model = str(named.setdefault("model", config.model.name))
    if base_url is None:
        raise ConfigError(
            "a language model as judge needs an address",
            where=config.evidence.judge,
            mend='llm(base_url="http://127.0.0.1:8000/v1", model="name"), or model.base_url',
        )
    generator = connect_endpoint(
        str(base_url),
        model=model,
        chat=True,
        api_key_env=config.model.api_key_env,
        timeout=config.model.timeout,
        patience=Patience(tries=config.model.tries),
        concurrency=config.model.concurrency,
    )
    asked: Judge = registry.create("judge", Notation("llm", named), generator=generator)
    return known_judge(asked, known, generator=generator.key)
