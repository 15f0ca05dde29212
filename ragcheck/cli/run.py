"""``ragcheck run``: progress while it works, then the summary on one screen."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from ragcheck.cli.profile import Profile, print_profile
from ragcheck.cli.progress import progress_bars
from ragcheck.config import RunConfig
from ragcheck.pipeline import diagnose, forecast
from ragcheck.pipeline.outputs import REPORT_HTML
from ragcheck.pipeline.storage import Place, local_copy, local_corpus
from ragcheck.reporting.terminal import summarise


def run_corpus(
    corpus: Place,
    questions: Path | None,
    config: RunConfig,
    output: Place | None,
    *,
    profiled: bool = False,
) -> None:
    """Diagnose and print; progress goes to standard error, the summary to standard output."""
    with progress_bars(Console(stderr=True)) as bars:
        profile = Profile(bars)
        report = diagnose(corpus, questions, config=config, output=output, listen=profile)
    place = str(report.provenance["run"])
    console = Console(highlight=False, soft_wrap=False)
    console.print(summarise(report))
    console.print(f"report: {place}/{REPORT_HTML}\nrun:    {place}", markup=False)
    if profiled:
        print_profile(profile, report.language)


def dry_run_corpus(
    corpus: Place, questions: Path | None, config: RunConfig, output: Place | None = None
) -> None:
    """Print what a run would do, before anything is spent."""
    console = Console(highlight=False)
    with local_corpus(corpus) as folder, local_copy(output or "") as run:
        expected = forecast(folder, questions, config=config, output=run if output else None)
    for line in expected.lines():
        console.print(line, markup=False)
