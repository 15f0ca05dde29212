"""Chunking strategies side by side: cut and measured, nothing retrieved and nothing judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ragcheck import rng
from ragcheck.config import RunConfig
from ragcheck.events import Listener, ignore
from ragcheck.measures.strategy_choice import choose_strategy
from ragcheck.pipeline.evidence import (
    chunk_all,
    score_all_chunks,
    summarise_strategies,
)
from ragcheck.pipeline.inputs import Inputs, optional_path, read_inputs
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
    listen: Listener = ignore,
) -> StrategyComparison:
    """Cut the corpus by each strategy and measure the chunks; errors as for :func:`diagnose`.

    Questions only tell which evidence a strategy keeps in one piece.
    """
    inputs = read_inputs(Path(corpus), optional_path(questions), config)
    tools = build_tools(inputs.config, inputs.language)
    chunks = chunk_all(inputs, tools, listen)
    scores = score_all_chunks(inputs, tools, chunks, listen)
    summaries = summarise_strategies(inputs, chunks, scores)
    generator = rng.generator(inputs.config.seed, "choice")
    return StrategyComparison(
        inputs, chunks, scores, summaries, choose_strategy(summaries, chunks, scores, generator)
    )
