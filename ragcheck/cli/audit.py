"""``ragcheck audit``: recorded questions, passages and answers of any framework."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ragcheck.cli.progress import progress_bars
from ragcheck.config import RunConfig
from ragcheck.errors import StoreError
from ragcheck.pipeline.audit import audit
from ragcheck.pipeline.outputs import REPORT_HTML, write_outputs
from ragcheck.reporting.terminal import summarise
from ragcheck.traces.columns import parse_columns


def audit_file(
    traces: Path, columns: Sequence[str], config: RunConfig, output: Path | None
) -> None:
    """Audit and print; with an output folder, write the report there too."""
    chosen = parse_columns(columns) if columns else None
    with progress_bars(Console(stderr=True)) as listen:
        report = audit(traces, columns=chosen, config=config, listen=listen)
    console = Console(highlight=False, soft_wrap=False)
    console.print(summarise(report))
    if output is None:
        return
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StoreError(
            f"cannot make the folder: {problem.strerror}", where=str(output)
        ) from problem
    write_outputs(output, report, ())
    console.print(f"report: {output / REPORT_HTML}", markup=False)
