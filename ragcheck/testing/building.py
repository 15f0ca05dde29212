"""From settings to examined evidence, once for every worker of a session."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from ragcheck.config import read_config
from ragcheck.errors import RagcheckError
from ragcheck.events import Event, StageFinished
from ragcheck.pipeline.checking import Scope, hold, placed, read_check_inputs
from ragcheck.pipeline.examination import STAGE, Examination, examine_inputs
from ragcheck.records.results import Report
from ragcheck.testing.health import EvidenceHealth
from ragcheck.testing.settings import Settings
from ragcheck.text.display import make_visible

LOCK = "session.lock"
LONGEST_WAIT = 3600.0
"""Seconds that a worker waits for the one that measures."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a session works with; ``reused`` where nothing had to be measured."""

    health: EvidenceHealth
    report: Report
    reused: bool


def build(settings: Settings, folder: Path, record: Callable[[str, str], None]) -> Built:
    """Read, measure or recall, and hold against the baseline.

    Args:
        folder: keeps the evidence; workers that share it measure once.
        record: takes the name and the figure of what a test asked for.

    What the user has to mend ends the test with its message and no traceback.
    """
    if settings.corpus is None:
        pytest.fail(
            "the evidence fixture needs a corpus: set ragcheck_corpus in the ini file "
            "or give --ragcheck-corpus",
            pytrace=False,
        )
    try:
        found, report, reused = _examine(settings, settings.corpus, folder)
    except RagcheckError as problem:
        pytest.fail(f"ragcheck: {make_visible(str(problem))}", pytrace=False)
    prefix = _prefix(settings.corpus, settings.root)
    shown = placed(report, prefix)
    known = frozenset(f.fingerprint for f in report.findings if f.silenced)
    return Built(EvidenceHealth(found, shown, known, prefix, record), shown, reused)


def _examine(settings: Settings, corpus: Path, folder: Path) -> tuple[Examination, Report, bool]:
    config = read_config(settings.config, _overrides(os.environ))
    finished: list[StageFinished] = []

    def listen(event: Event) -> None:
        if isinstance(event, StageFinished) and event.stage == STAGE:
            finished.append(event)

    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / LOCK, timeout=LONGEST_WAIT):
        inputs = read_check_inputs(corpus, settings.questions, config)
        found = examine_inputs(inputs, output=folder, listen=listen)
        # Every worker sees the same findings, so the first one that writes them is enough.
        scope = Scope(settings.baseline, settings.update_baseline)
        report = hold(found, corpus, scope)
    return found, report, any(event.reused for event in finished)


def _overrides(environment: Mapping[str, str]) -> dict[str, object]:
    """Beside other processes of pytest-xdist this one starts none of its own."""
    return {"workers.backend": "serial"} if "PYTEST_XDIST_WORKER" in environment else {}


def _prefix(corpus: Path, root: Path) -> str:
    folder = (corpus if corpus.is_dir() else corpus.parent).resolve()
    top = root.resolve()
    return folder.relative_to(top).as_posix() if folder.is_relative_to(top) else folder.as_posix()
