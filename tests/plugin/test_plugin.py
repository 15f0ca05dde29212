"""The pytest plugin: pytest run inside pytest, over a real small corpus."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import ragcheck.testing.building  # noqa: F401 - numpy cannot be loaded anew in each session
from tests.conftest import DOCUMENTS, QUESTIONS, write_config, write_corpus

WINDOW = "Within how many days of delivery can customers return a product?"
CARRIER = "Which carrier delivers parcels in the EU?"
PHONE = "What is the telephone number of the warehouse?"

TESTS = f"""
import pytest

def test_conflict(evidence):
    evidence.assert_no_conflicts({WINDOW!r}, k=4)

def test_conflicts_print_as_places(evidence):
    assert not evidence.at(k=4).conflicts({WINDOW!r})

def test_no_conflict_at_one(evidence):
    evidence.assert_no_conflicts({WINDOW!r}, k=1)
    assert not evidence.at(k=1).conflicts()

def test_beyond_what_was_measured(evidence):
    evidence.assert_no_conflicts(k=9)

def test_unknown_question(evidence):
    evidence.assert_no_conflicts("Which carrier delivers parcel in the EU?", k=4)

def test_sufficient(evidence):
    evidence.assert_sufficient({CARRIER!r}, k=4)

def test_not_sufficient(evidence):
    evidence.assert_sufficient({PHONE!r}, k=4)

def test_measure_fails(evidence):
    assert evidence.measure("conflict@1") >= 0.5

def test_measure_passes(evidence):
    assert evidence.measure("conflict@1") <= 0.9
    assert evidence.at(k=4).measure("conflict") >= 0.1

def test_measure_is_inconclusive_negated_too(evidence):
    assert not evidence.measure("conflict@1") <= 0.3

def test_too_few_questions(evidence):
    assert evidence.measure("conflict@1", min_questions=30) <= 0.9

def test_unknown_measure(evidence):
    assert evidence.measure("conflct@4") <= 0.9

def test_self_contained(evidence):
    evidence.assert_self_contained(min_share=0.99)

def test_refuses(evidence):
    evidence.assert_refuses(lambda question: "I do not know.")

def test_does_not_refuse(evidence):
    evidence.assert_refuses(lambda question: "030 123456", [{PHONE!r}, {CARRIER!r}])

def test_no_run(evidence):
    evidence.assert_follows_evidence("runs/nowhere")

def test_gates(evidence):
    evidence.assert_gates()

@pytest.mark.ragcheck_questions("docs/questions.jsonl")
def test_each(evidence, question):
    evidence.assert_no_conflicts(question, k=4 if question.id == "window" else 1)
"""
PASSING = {
    "test_no_conflict_at_one",
    "test_sufficient",
    "test_measure_passes",
    "test_refuses",
    "test_each[carrier]",
    "test_each[refund]",
    "test_each[phone]",
}


def _project(pytester: pytest.Pytester, tests: str = TESTS) -> None:
    write_corpus(pytester.path / "docs")
    config = write_config(pytester.path)  # found by its name
    gate = '[gate]\nfindings = "warning"\n"conflict@1" = "<= 0.9"\n'
    config.write_text(config.read_text(encoding="utf-8") + gate, encoding="utf-8")
    pytester.makeini("[pytest]\nragcheck_corpus = docs\n")
    pytester.makepyfile(test_evidence=tests)


def _cases(path: Path) -> dict[str, ElementTree.Element]:
    root = ElementTree.parse(path).getroot()
    return {case.get("name", ""): case for case in root.iter("testcase")}


def _failure(cases: dict[str, ElementTree.Element], name: str) -> str:
    failure = cases[name].find("failure")
    assert failure is not None, name
    return failure.text or ""


@pytest.fixture
def finished(pytester: pytest.Pytester) -> tuple[str, dict[str, ElementTree.Element]]:
    _project(pytester)
    result = pytester.runpytest_subprocess("--junit-xml=out.xml")
    return result.stdout.str(), _cases(pytester.path / "out.xml")


@pytest.mark.model
def test_a_session_over_a_small_corpus(
    finished: tuple[str, dict[str, ElementTree.Element]],
) -> None:
    output, cases = finished
    passed = {
        name
        for name, case in cases.items()
        if case.find("failure") is None and case.find("skipped") is None
    }
    assert passed == PASSING
    _check_messages(cases)
    _check_summary(output)
    skipped = cases["test_not_sufficient"].find("skipped")
    assert skipped is not None and "unanswerable" in (skipped.get("message") or "")
    properties = {
        name: {p.get("name"): p.get("value") for p in case.iter("property")}
        for name, case in cases.items()
    }
    assert properties["test_measure_fails"] == {"ragcheck.conflict@1": "0 % [0, 49], n = 4"}
    assert properties["test_refuses"] == {"ragcheck.refused": "1 of 1"}
    assert properties["test_conflict"] == {"ragcheck.conflicts@4": "1"}


def _check_messages(cases: dict[str, ElementTree.Element]) -> None:
    conflict = _failure(cases, "test_conflict")
    lines = [line.strip() for line in conflict.splitlines()]
    old, new = lines.index("docs/returns-2021.md:7"), lines.index("docs/returns-2024.md:7")
    assert lines[old + 1].startswith("Customers can return a product within >>30")
    assert lines[new + 1].startswith("Customers can return a product within >>45")
    assert max(map(len, lines)) <= 80
    assert "returns-2021.md:7 against" in _failure(cases, "test_conflicts_print_as_places")
    assert len(_failure(cases, "test_measure_fails")) < 600  # no dump of all documents
    for name, words in {
        "test_beyond_what_was_measured": ("not measured", "up to 4", "evidence.max_k"),
        "test_unknown_question": ("did you mean", CARRIER),
        "test_measure_fails": ("conflict@1: 0 % [0, 49], n = 4", ">= 0.5"),
        "test_measure_is_inconclusive_negated_too": ("inconclusive", "neither kept nor broken"),
        "test_too_few_questions": ("not measured", "measured on 4, the gate asks for 30"),
        "test_unknown_measure": ("did you mean 'conflict'?",),
        "test_does_not_refuse": ("2 of 2 questions were not refused", PHONE, "030 123456"),
        "test_no_run": ("there is no finished run here",),
        "test_gates": (
            "failed: findings: warning",
            "passed: conflict@1 <= 0.9",
            "docs/returns-2021.md:7",
        ),
        "test_each[window]": ("conflicting evidence in the top 4", WINDOW[:30]),
    }.items():
        text = _failure(cases, name)
        assert "site-packages" not in text, name
        assert "ragcheck/testing" not in text, name
        for word in words:
            assert word in " ".join(text.split()), (name, text)


def _check_summary(output: str) -> None:
    summary = output[output.index("= ragcheck =") :]
    assert "docs, 3 documents, 4 questions" in summary
    assert "conflict@4: " in summary
    assert "RC401" in summary
    assert "processes that measured 1, reused 0" in summary


@pytest.mark.model
@pytest.mark.slow
def test_workers_measure_once_and_the_next_session_not_at_all(pytester: pytest.Pytester) -> None:
    _project(pytester)
    workers = pytester.runpytest_subprocess("-n", "4", "--junit-xml=out.xml")
    text = workers.stdout.str()
    measured, reused = text.split("processes that measured ")[1].split(", reused ")
    assert measured == "1"
    assert 1 <= int(reused.split()[0]) <= 3
    cases = _cases(pytester.path / "out.xml")
    properties = [p.get("name") for p in cases["test_measure_fails"].iter("property")]
    assert properties == ["ragcheck.conflict@1"]
    again = pytester.runpytest_subprocess("-k", "test_conflict")
    again.stdout.fnmatch_lines(["*processes that measured 0, reused 1*"])


@pytest.mark.model
@pytest.mark.slow
def test_only_new_findings_fail_after_the_baseline_was_updated(pytester: pytest.Pytester) -> None:
    tests = f"def test_c(evidence):\n    evidence.assert_no_conflicts({WINDOW!r}, k=4)\n"
    _project(pytester, tests)
    pytester.runpytest_subprocess().assert_outcomes(failed=1)
    pytester.runpytest_subprocess("--ragcheck-update-baseline").assert_outcomes(passed=1)
    written = json.loads((pytester.path / "ragcheck-baseline.json").read_bytes())
    assert {finding["rule"] for finding in written["findings"]} >= {"RC401"}
    accepted = pytester.runpytest_subprocess()
    accepted.assert_outcomes(passed=1)
    accepted.stdout.fnmatch_lines(["*accepted by the baseline: *"])
    # A paragraph in front moves the conflict; a third number is another conflict.
    old = pytester.path / "docs" / "returns-2021.md"
    old.write_text("A new preface.\n\n" + DOCUMENTS["returns-2021.md"], encoding="utf-8")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
    changed = DOCUMENTS["returns-2021.md"].replace("30 days", "60 days")
    old.write_text(changed, encoding="utf-8")
    failed = pytester.runpytest_subprocess()
    failed.assert_outcomes(failed=1)
    failed.stdout.fnmatch_lines(["*>>60*"])


@pytest.mark.model
@pytest.mark.slow
def test_a_unittest_style_project(pytester: pytest.Pytester) -> None:
    _project(
        pytester,
        f"""
import unittest
import pytest

class EvidenceTest(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _take(self, evidence):
        self.evidence = evidence

    def test_carrier(self):
        self.evidence.assert_no_conflicts({CARRIER!r}, k=1)

    def test_window(self):
        self.evidence.assert_no_conflicts({WINDOW!r}, k=4)

class OtherTest(unittest.TestCase):
    def test_nothing_of_ragcheck(self):
        self.assertEqual(1 + 1, 2)
""",
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*docs/returns-2024.md:7*"])


def test_without_a_corpus_the_fixture_says_what_to_set(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_a(evidence): pass\ndef test_b(): pass\n")
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*set ragcheck_corpus in the ini file*"])
    result.stdout.no_fnmatch_line("*= ragcheck =*")


@pytest.mark.parametrize(
    ("ini", "files", "told"),
    [
        ("ragcheck_corpus = nowhere", {}, "*nowhere*"),
        ("ragcheck_corpus = docs", {"docs/a.png": b"\x00"}, "*holds no readable text*"),
        (
            "ragcheck_corpus = docs\nragcheck_questions = q.jsonl",
            {"docs/a.md": b"# A\n\nB.\n", "q.jsonl": b"{broken\n"},
            "*no valid question*",
        ),
        (
            "ragcheck_corpus = docs\nragcheck_baseline = none.json",
            {"docs/a.md": b"# A\n\nOne rule holds.\n", "ragcheck.toml": b"[gate]\nx = 1\n"},
            "*gate.x: a bound is a text, not 1*",
        ),
    ],
)
def test_a_broken_project_is_told_in_words(
    pytester: pytest.Pytester, ini: str, files: dict[str, bytes], told: str
) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    (pytester.path / "docs").mkdir()
    for name, raw in files.items():
        (pytester.path / name).write_bytes(raw)
    pytester.makepyfile("def test_a(evidence): pass\n")
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ('@pytest.mark.ragcheck_questions("q.jsonl")\ndef test_a(): pass', "*argument*question*"),
        (
            '@pytest.mark.ragcheck_questions("none.jsonl")\ndef test_a(question): pass',
            "*there is no such question file*",
        ),
        (
            '@pytest.mark.ragcheck_questions("empty.jsonl")\ndef test_a(question): pass',
            "*no valid question*",
        ),
    ],
)
def test_a_marker_without_questions_is_an_error_not_a_skip(
    pytester: pytest.Pytester, test: str, told: str
) -> None:
    (pytester.path / "q.jsonl").write_text(json.dumps(QUESTIONS[0]) + "\n", encoding="utf-8")
    (pytester.path / "empty.jsonl").write_text("", encoding="utf-8")
    pytester.makepyfile(f"import pytest\n{test}\n")
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])


def test_each_question_is_a_test_with_its_id(pytester: pytest.Pytester) -> None:
    lines = [json.dumps(question) for question in QUESTIONS]
    lines.insert(1, '{"id": "lost"}')
    (pytester.path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    pytester.makepyfile(
        "import pytest\n"
        '@pytest.mark.ragcheck_questions("q.jsonl")\n'
        "def test_a(question): assert question.text and question.answers\n"
    )
    result = pytester.runpytest_inprocess("-v", "--strict-markers")
    result.assert_outcomes(passed=3, failed=1, warnings=1)
    result.stdout.fnmatch_lines(["*test_a?window? PASSED*", "*test_a?phone? FAILED*"])
    result.stdout.fnmatch_lines(["*q.jsonl*line was left out*"])


def test_options_are_listed(pytester: pytest.Pytester) -> None:
    listed = pytester.runpytest_inprocess("--help").stdout
    listed.fnmatch_lines(["*--ragcheck-corpus=PATH*", "*--ragcheck-update-baseline*"])
    listed.fnmatch_lines(["*ragcheck_baseline (string)*"])


def test_being_installed_loads_nothing_heavy(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_a(): pass\n")
    code = (
        "import sys, pytest; code = pytest.main(['-p', 'ragcheck.pytest_plugin']); "
        "own = [m for m in sys.modules if m.split('.')[0] == 'ragcheck']; "
        "heavy = {'torch', 'llama_index', 'numpy', 'pydantic', 'rich'} & set(sys.modules); "
        "print('LOADED', sorted(own), sorted(heavy)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=pytester.path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    assert done.returncode == 0
    loaded = done.stdout[done.stdout.index("LOADED") :].strip()
    assert loaded == (
        "LOADED ['ragcheck', 'ragcheck.pytest_plugin', 'ragcheck.testing', "
        "'ragcheck.testing.settings', 'ragcheck.version'] []"
    )
