"""``ragcheck conflicts``: in the top K of questions, or in the whole corpus."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from ragcheck.cli.conflict_view import print_scan
from ragcheck.cli.profile import Profile, print_profile
from ragcheck.cli.progress import progress_bars
from ragcheck.config import RunConfig
from ragcheck.pipeline import examine
from ragcheck.pipeline.examination import Examination
from ragcheck.pipeline.scan import Scan, scan
from ragcheck.reporting.terminal import show_curves, show_findings

SHOWN = 10


def show_conflicts(
    corpus: Path, questions: Path | None, config: RunConfig, *, profiled: bool = False
) -> None:
    """With questions: the conflicts in their top K; without: those of the whole corpus."""
    with progress_bars(Console(stderr=True)) as bars:
        profile = Profile(bars)
        found = (
            scan(corpus, config=config, listen=profile)
            if questions is None
            else examine(corpus, questions, config=config, listen=profile)
        )
    console = Console(highlight=False)
    if isinstance(found, Scan):
        print_scan(found, console)
        language = found.corpus.language
    else:
        language = found.inputs.language
        _print_examination(found, console)
    if profiled:
        print_profile(profile, language)


def _print_examination(found: Examination, console: Console) -> None:
    language = found.inputs.language
    console.print(show_curves(found.evidence.curves, language))
    findings = found.conflicts(k=found.inputs.config.evidence.max_k)
    console.print(show_findings(findings, language, count=SHOWN))
