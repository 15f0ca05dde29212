"""``ragcheck report``: a finished run in another format."""

from __future__ import annotations

import sys
from pathlib import Path

from ragcheck.files import write_whole
from ragcheck.pipeline.outputs import read_run, render


def write_report(run: Path, name: str, output: Path | None) -> None:
    """Write the run's report to a file, or to standard output."""
    raw = render(*read_run(run), name)
    if output is None:
        sys.stdout.buffer.write(raw)
    else:
        print(write_whole(output, raw))
