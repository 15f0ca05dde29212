"""``ragcheck conflicts``: in the top K of questions, or in the whole corpus."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from ragcheck.cli.conflict_view import print_scan
from ragcheck.cli.progress import progress_bars
from ragcheck.config import RunConfig
from ragcheck.pipeline import examine
from ragcheck.pipeline.examination import Examination
from ragcheck.pipeline.scan import scan
from ragcheck.reporting.terminal import show_curves, show_findings

SHOWN = 10


def show_conflicts(corpus: Path, questions: Path | None, config: RunConfig) -> None:
    """With questions: the conflicts in their top K; without: those of the whole corpus."""
    console = Console(highlight=False)
    if questions is None:
        _show_scan(corpus, config, console)
        return
    found = _examine(corpus, questions, config)
    language = found.inputs.language
    console.print(show_curves(found.evidence.curves, language))
    findings = found.conflicts(k=found.inputs.config.evidence.max_k)
    console.print(show_findings(findings, language, count=SHOWN))


def _show_scan(corpus: Path, config: RunConfig, console: Console) -> None:
    with progress_bars(Console(stderr=True)) as listen:
        found = scan(corpus, config=config, listen=listen)
    print_scan(found, console)


def _examine(corpus: Path, questions: Path | None, config: RunConfig) -> Examination:
    with progress_bars(Console(stderr=True)) as listen:
        return examine(corpus, questions, config=config, listen=listen)
