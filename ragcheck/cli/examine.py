"""``ragcheck chunks`` and ``ragcheck conflicts``: what no language model is needed for."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from ragcheck.cli.progress import progress_bars
from ragcheck.config import RunConfig
from ragcheck.pipeline import examine
from ragcheck.pipeline.examination import Examination
from ragcheck.reporting.terminal import show_curves, show_findings, show_strategies

SHOWN = 10


def show_chunks(corpus: Path, questions: Path | None, config: RunConfig) -> None:
    """Print the table of strategies, with the defects of each."""
    found = _examine(corpus, questions, config)
    language = found.inputs.language
    Console(highlight=False).print(show_strategies(found.evidence.strategies, language))


def show_conflicts(corpus: Path, questions: Path | None, config: RunConfig) -> None:
    """Print the share of questions with a conflict at each K, and the worst places."""
    found = _examine(corpus, questions, config)
    language = found.inputs.language
    console = Console(highlight=False)
    console.print(show_curves(found.evidence.curves, language))
    findings = found.conflicts(k=found.inputs.config.evidence.max_k)
    console.print(show_findings(findings, language, count=SHOWN))


def _examine(corpus: Path, questions: Path | None, config: RunConfig) -> Examination:
    with progress_bars(Console(stderr=True)) as listen:
        return examine(corpus, questions, config=config, listen=listen)
