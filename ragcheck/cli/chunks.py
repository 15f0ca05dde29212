"""``ragcheck chunks``: strategies side by side, which to choose, and the worst chunks explained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ragcheck.cli.profile import Profile, print_profile
from ragcheck.cli.progress import progress_bars
from ragcheck.config import RunConfig
from ragcheck.pipeline.explaining import explain_worst
from ragcheck.pipeline.strategies import compare_strategies
from ragcheck.reporting.chunk_view import show_choice, show_explained, show_strategy_table


def show_chunks(
    corpus: Path,
    questions: Path | None,
    config: RunConfig,
    *,
    strategies: Sequence[str] = (),
    explained: int = 0,
    profiled: bool = False,
) -> None:
    """Print the table, the choice and, where ``explained`` is above 0, so many of the worst."""
    with progress_bars(Console(stderr=True)) as bars:
        profile = Profile(bars)
        found = compare_strategies(
            corpus, questions, config=_with_strategies(config, strategies), listen=profile
        )
    console, language = Console(highlight=False), found.inputs.language
    console.print(show_strategy_table(found.strategies, language))
    choice = found.choice
    if choice is not None:
        console.print(show_choice(choice, found.strategies, language))
    chosen = choice.strategy if choice is not None else found.strategies[0].strategy
    for item in explain_worst(found, chosen, explained):
        console.print(show_explained(item, language))
    if profiled:
        print_profile(profile, language)


def _with_strategies(config: RunConfig, strategies: Sequence[str]) -> RunConfig:
    """The configuration with these strategies compared, and no others."""
    if not strategies:
        return config
    evidence = config.evidence.model_copy(update={"strategies": tuple(strategies)})
    experiment = config.experiment.model_copy(update={"strategies": tuple(strategies[:1])})
    return config.model_copy(update={"evidence": evidence, "experiment": experiment})
