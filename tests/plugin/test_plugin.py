"""The pytest plugin: pytest run inside pytest, over a real small corpus."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import write_config, write_corpus

TEST = """
def test_sources_agree(evidence):
    evidence.assert_no_conflicts({question!r}, k=4)
"""
WINDOW = "Within how many days of delivery can customers return a product?"
CARRIER = "Which carrier delivers parcels in the EU?"


def _project(pytester: pytest.Pytester, question: str | None) -> None:
    write_corpus(pytester.path / "docs")
    write_config(pytester.path)
    pytester.makeini("[pytest]\nragcheck_corpus = docs\nragcheck_config = ragcheck.toml\n")
    pytester.makepyfile(TEST.format(question=question))


@pytest.mark.model
def test_a_conflict_fails_the_test_and_points_at_both_places(pytester: pytest.Pytester) -> None:
    _project(pytester, WINDOW)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*returns-2021.md:7: *30 days*", "*returns-2024.md:7: *45 days*"])
    assert "pytest_plugin.py" not in result.stdout.str()


@pytest.mark.model
def test_agreeing_sources_pass(pytester: pytest.Pytester) -> None:
    _project(pytester, CARRIER)
    (pytester.path / "docs" / "returns-2021.md").unlink()
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.model
def test_an_unknown_question_is_named(pytester: pytest.Pytester) -> None:
    _project(pytester, "Which carrier delivers parcel in the EU?")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*did you mean*{CARRIER}*"])


def test_no_corpus_is_a_usage_error(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TEST.format(question=None))
    result = pytester.runpytest_subprocess()
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*ragcheck_corpus*"])


def test_a_corpus_that_is_not_there_is_named(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nragcheck_corpus = nowhere\n")
    pytester.makepyfile(TEST.format(question=None))
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*nowhere*"])


def test_options_are_listed(pytester: pytest.Pytester) -> None:
    pytester.runpytest_subprocess("--help").stdout.fnmatch_lines(["*--ragcheck-corpus=PATH*"])


def test_being_installed_loads_nothing_heavy() -> None:
    code = (
        "import sys, ragcheck.pytest_plugin; "
        "heavy = {'torch', 'llama_index', 'numpy', 'pydantic'} & set(sys.modules); "
        "sys.exit(','.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path("/")
    )
    assert (done.returncode, done.stderr) == (0, "")
