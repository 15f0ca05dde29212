"""The pytest plugin: a session fixture ``evidence`` over the configured corpus.

Nothing heavy is imported before a test asks for it: hooks here are thin, and
:mod:`ragcheck.testing` does the work.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from ragcheck.testing.settings import add_options, read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from ragcheck.testing.health import EvidenceHealth

MARK = "ragcheck_questions"
ARGUMENT = "question"
WORKER_KEY = "ragcheck"


@dataclass
class _Session:
    """The test that runs now, and what the end of the session will say."""

    item: pytest.Item | None = None
    summary: list[str] = field(default_factory=list)
    measured: int = 0
    reused: int = 0

    def record(self, name: str, figure: str) -> None:
        """Attach a figure to the running test; JUnit shows it as a property."""
        entry = (f"ragcheck.{name}", figure)
        if self.item is not None and entry not in self.item.user_properties:
            self.item.user_properties.append(entry)


_SESSION = pytest.StashKey[_Session]()


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_SESSION] = _Session()
    config.addinivalue_line(
        "markers", f"{MARK}(path): a test for each question of a file; takes {ARGUMENT}"
    )
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(_FromWorkers(config))


@pytest.fixture(scope="session")
def evidence(request: pytest.FixtureRequest) -> EvidenceHealth:
    """The evidence of the configured corpus, measured without a language model."""
    from ragcheck.testing.building import build
    from ragcheck.testing.telling import summary_lines

    session = request.config.stash[_SESSION]
    built = build(read_settings(request.config), _folder(request), session.record)
    session.summary = summary_lines(built)
    session.measured, session.reused = int(not built.reused), int(built.reused)
    output = getattr(request.config, "workeroutput", None)
    if output is not None:
        output[WORKER_KEY] = [session.summary, session.measured, session.reused]
    return built.health


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker(MARK)
    if marker is None:
        return
    from ragcheck.errors import RagcheckError
    from ragcheck.testing.question_files import find_file, marked_questions

    if ARGUMENT not in metafunc.fixturenames or len(marker.args) != 1:
        raise pytest.Collector.CollectError(
            f"{MARK} takes the path of a question file, and its test an argument `{ARGUMENT}`"
        )
    try:
        folders = [metafunc.definition.path.parent, metafunc.config.rootpath]
        path = find_file(str(marker.args[0]), folders)
        questions, lost = marked_questions(path)
    except RagcheckError as problem:
        raise pytest.Collector.CollectError(f"ragcheck: {problem}") from problem
    for warning in lost:
        warnings.warn(pytest.PytestWarning(f"ragcheck: {warning}"), stacklevel=1)
    metafunc.parametrize(ARGUMENT, questions, ids=[question.id for question in questions])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.config.stash[_SESSION].item = item


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    session = config.stash[_SESSION]
    if not session.summary:
        return
    terminalreporter.section("ragcheck")
    times = f"evidence: processes that measured {session.measured}, reused {session.reused}"
    for line in [*session.summary, "", times]:
        terminalreporter.write_line(line)


class _FromWorkers:
    """Takes over what xdist's workers found; registered only where xdist is there."""

    def __init__(self, config: pytest.Config) -> None:
        self._session = config.stash[_SESSION]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ARG002
        found = getattr(node, "workeroutput", {}).get(WORKER_KEY)
        if found is not None:
            summary, measured, reused = found
            self._session.summary = self._session.summary or summary
            self._session.measured += measured
            self._session.reused += reused


def _folder(request: pytest.FixtureRequest) -> Path:
    """Where evidence is kept: pytest's cache, or the session's own folder where that is off."""
    config = request.config
    cache = getattr(config, "cache", None)
    if cache is not None:
        found: Path = cache.mkdir("ragcheck")
        return found
    base = request.getfixturevalue("tmp_path_factory").getbasetemp()
    shared: Path = base.parent if hasattr(config, "workerinput") else base
    return shared / "ragcheck"
