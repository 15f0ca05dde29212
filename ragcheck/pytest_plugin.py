"""The pytest plugin: a session fixture ``evidence`` over the configured corpus.

Nothing heavy is imported before the fixture is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ragcheck.pipeline.examination import Examination
    from ragcheck.records.results import Finding

SHOWN = 5
"""Findings that a failing assertion spells out; it says how many more there are."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ragcheck", "evidence health of a document corpus")
    for name, what in (
        ("corpus", "file or folder of documents"),
        ("questions", "questions as JSON lines; made from the corpus if not given"),
        ("config", "a ragcheck.toml"),
    ):
        group.addoption(f"--ragcheck-{name}", metavar="PATH", help=what)
        parser.addini(f"ragcheck_{name}", what, default="")


@pytest.fixture(scope="session")
def evidence(request: pytest.FixtureRequest) -> EvidenceHealth:
    """The evidence of the configured corpus, measured without a language model."""
    corpus = _setting(request.config, "corpus")
    if corpus is None:
        raise pytest.UsageError(
            "the evidence fixture needs a corpus: set ragcheck_corpus in the ini file "
            "or give --ragcheck-corpus"
        )
    from ragcheck.pipeline.examination import examine

    found = examine(
        corpus,
        _setting(request.config, "questions"),
        config=_setting(request.config, "config"),
        output=request.config.cache.mkdir("ragcheck") if request.config.cache else None,
    )
    return EvidenceHealth(found)


class EvidenceHealth:
    """Assertions over measured evidence; a failure points at the places."""

    def __init__(self, examination: Examination) -> None:
        self.examination = examination

    def assert_no_conflicts(self, question: str | None = None, *, k: int = 5) -> None:
        """Fail where two passages among the top ``k`` contradict each other.

        Args:
            question: the text or ID of one question; all of them by default.
        """
        __tracebackhide__ = True
        findings = self.examination.conflicts(question, k=k)
        if findings:
            about = f" for {question!r}" if question else ""
            pytest.fail(_explain(f"conflicting evidence in the top {k}{about}", findings), False)


def _setting(config: pytest.Config, name: str) -> Path | None:
    """The option if it is given, else the ini value relative to the ini file's folder."""
    option = config.getoption(f"--ragcheck-{name}")
    if option:
        return Path(option)
    value = config.getini(f"ragcheck_{name}")
    return (config.inipath.parent if config.inipath else Path()) / value if value else None


def _explain(what: str, findings: Sequence[Finding]) -> str:
    lines = [f"{what}: {len(findings)} places"]
    for finding in findings[:SHOWN]:
        lines.append(f"{finding.rule} {finding.message}")
        for quote in (finding.quote, finding.related):
            if quote is not None:
                lines.append(f"    {quote.place}: {' '.join(quote.text.split())}")
    if len(findings) > SHOWN:
        lines.append(f"and {len(findings) - SHOWN} more")
    return "\n".join(lines)
