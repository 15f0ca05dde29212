"""Chunking strategies side by side: cut and measured, nothing retrieved and nothing judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ragcheck import rng
from ragcheck.config import RunConfig
from ragcheck.events import Listener, ignore
from ragcheck.experiment.store import RunStore
from ragcheck.measures.strategy_choice import choose_strategy
from ragcheck.pipeline.evidence import (
    all_strategies,
    chunk_corpus,
    score_chunks,
    staged,
    summarise_strategies,
)
from ragcheck.pipeline.inputs import Inputs, default_folder, optional_path, read_inputs
from ragcheck.pipeline.tools import build_tools
from ragcheck.records.evidence import Chunk, Score
from ragcheck.records.results import StrategySummary
from ragcheck.records.strategies import StrategyChoice


@dataclass(frozen=True)
class StrategyComparison:
    """Every strategy with its chunks, their scores by chunk ID, and which to choose."""

    inputs: Inputs
    chunks: Mapping[str, tuple[Chunk, ...]]
    scores: Mapping[str, Score]
    strategies: tuple[StrategySummary, ...]
    choice: StrategyChoice | None


def compare_strategies(
    corpus: Path | str,
    questions: Path | str | None = None,
    *,
    config: RunConfig,
    output: Path | str | None = None,
    listen: Listener = ignore,
) -> StrategyComparison:
    """Cut the corpus by each strategy and measure the chunks; errors as for :func:`diagnose`.

    Questions only tell which evidence a strategy keeps in one piece.
    """
    inputs = read_inputs(Path(corpus), optional_path(questions), config)
    tools = build_tools(inputs.config, inputs.language)
    chunks = staged(
        listen,
        "chunk",
        "strategies",
        all_strategies(inputs),
        lambda strategy: chunk_corpus(inputs, tools, strategy),
    )
    with RunStore(optional_path(output) or default_folder(inputs)) as store:
        measured = staged(
            listen,
            "measure",
            "strategies",
            list(chunks),
            lambda strategy: score_chunks(inputs, tools, store, strategy, chunks[strategy]),
        )
    scores = {chunk_id: score for own in measured.values() for chunk_id, score in own.items()}
    summaries = summarise_strategies(inputs, chunks, scores)
    generator = rng.generator(inputs.config.seed, "choice")
    return StrategyComparison(
        inputs, chunks, scores, summaries, choose_strategy(summaries, chunks, scores, generator)
    )
