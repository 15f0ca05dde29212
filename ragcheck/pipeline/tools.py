"""The collaborators of a run, built from the configuration in this one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragcheck.config import RunConfig
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.models import cache_home, find_encoder
from ragcheck.ports import AnswerScorer, Chunker, Judge, Retriever
from ragcheck.records.evidence import Chunk
from ragcheck.registry import Registry
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import CachedEmbedder, build_embedder
from ragcheck.scoring.short_answers import ShortAnswerScorer

DEFAULT_ENCODERS = {"en": "packaged:minilm", "zh": "packaged:use"}


@dataclass(frozen=True)
class Tools:
    """What the stages work with. Models are loaded when a stage first needs them."""

    registry: Registry
    embedder: CachedEmbedder
    judge: Judge
    self_containedness: SelfContainedness
    scorer: AnswerScorer

    def chunker(self, strategy: str) -> Chunker:
        """The chunker that a notation names."""
        chunker: Chunker = self.registry.create("chunker", strategy, embedder=self.embedder)
        return chunker

    def retriever(self, notation: str, chunks: Sequence[Chunk]) -> Retriever:
        """The retriever that a notation names, over these chunks."""
        retriever: Retriever = self.registry.create(
            "retriever", notation, chunks=chunks, embedder=self.embedder
        )
        return retriever


def build_tools(config: RunConfig, language: str) -> Tools:
    """Everything but the generator, which starts an engine and is built when it is needed.

    Raises:
        ConfigError: a name in the configuration is unknown.
        ModelError: the encoder is not installed.
    """
    registry = Registry()
    name = config.evidence.encoder
    encoder = find_encoder(DEFAULT_ENCODERS[language] if name == "auto" else name)
    embedder = CachedEmbedder(
        build_embedder(encoder, threads=config.threads),
        VectorCache(cache_home() / "vectors.sqlite"),
    )
    return Tools(
        registry=registry,
        embedder=embedder,
        judge=registry.create("judge", config.evidence.judge),
        self_containedness=SelfContainedness(),
        scorer=ShortAnswerScorer(),
    )
