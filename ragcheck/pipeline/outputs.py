"""The files of a run folder, each written whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from ragcheck.files import write_whole
from ragcheck.records.results import Report
from ragcheck.reporting.html import HtmlReporter
from ragcheck.reporting.json import JsonReporter

REPORT_HTML = "report.html"
REPORT_JSON = "report.json"
TRIALS = "trials.parquet"
MANIFEST = "manifest.json"


def write_outputs(
    folder: Path, report: Report, trials: Sequence[Mapping[str, object]]
) -> tuple[Path, ...]:
    """Write report and tables into the run folder; gives the paths.

    Raises:
        StoreError: the folder cannot be written.
    """
    contents = {
        REPORT_JSON: JsonReporter().render(report, trials),
        REPORT_HTML: HtmlReporter().render(report, trials),
    }
    if trials:
        contents[TRIALS] = _parquet(trials)
    return tuple(write_whole(folder / name, raw) for name, raw in contents.items())


def _parquet(rows: Sequence[Mapping[str, object]]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([dict(r) for r in rows]), buffer)
    return buffer.getvalue()
