"""The command line as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LONGEST_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Ended:
    """Exit code, and standard output and error as one text."""

    code: int
    printed: str


def run_ragcheck(*arguments: str, cwd: Path, environment: Mapping[str, str] | None = None) -> Ended:
    """``ragcheck`` with these arguments; what is in ``environment`` is laid over this one's."""
    ended = subprocess.run(
        [sys.executable, "-m", "ragcheck.cli", *arguments],
        cwd=cwd,
        env={**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})},
        capture_output=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    printed = ended.stdout + ended.stderr
    return Ended(ended.returncode, printed.decode("utf-8", "replace"))
