"""A check as text, as GitHub annotations, as JUnit and as Markdown for a pull request."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from ragcheck.records.results import AcceptedFinding, Comparison, Estimate, GateResult
from ragcheck.reporting.check_wording import WORDS
from ragcheck.reporting.formats import CHECK_FORMATS, reporter
from ragcheck.reporting.github import command

GATES = (
    GateResult("findings: error", "failed", "2 new"),
    GateResult("conflict@10 <= 0.05", "inconclusive", "open", Estimate(0.02, 0.0, 0.1, n=40)),
    GateResult("standalone >= 0.9", "passed", "kept", Estimate(0.97, 0.95, 0.99, n=40)),
)
GONE = AcceptedFinding("0123", "RC401", "old.md:1 / new.md:2", "it *was* here @someone")


def _check(report):
    new = tuple(finding.fingerprint for finding in report.findings if not finding.silenced)
    return replace(report, gates=GATES, comparison=Comparison(new, (GONE,), 1, True))


def _render(report, name: str) -> str:
    return reporter(name, formats=CHECK_FORMATS).render(report, ()).decode()


@pytest.mark.parametrize("kind", ["make_report", "make_bare", "make_inconclusive", "make_hostile"])
@pytest.mark.parametrize("name", list(CHECK_FORMATS))
def test_every_report_renders_in_every_format(kind, name, language, samples) -> None:
    text = _render(_check(getattr(samples, kind)(language)), name)
    assert "conflict@10" in text
    if name == "json":
        return  # data, not a text to be shown
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_the_text_has_gates_new_and_gone_in_80_columns(language, samples) -> None:
    lines = _render(_check(samples.make_report(language)), "text").splitlines()
    words = WORDS[language]
    assert f"{words['failed']}: findings: error" in lines
    assert f"{words['inconclusive']}: conflict@10 <= 0.05" in lines
    assert words["new"].format(count=4) in lines
    assert words["gone"].format(count=1) in lines
    assert lines[-1] == words["failed"]
    assert max(cell_len(line) for line in lines) <= 80


def test_annotations_name_file_line_and_columns(samples) -> None:
    lines = _render(_check(samples.make_report("en")), "github").splitlines()
    assert lines[0] == "::error title=ragcheck failed%3A findings%3A error::2 new"
    first = next(line for line in lines if "file=faq/returns.md,line=12" in line)
    assert first.startswith("::error file=faq/returns.md,line=12,endLine=12,col=34,endColumn=41,")
    assert "title=ragcheck RC401::" in first
    assert "%0Apolicies/returns-2025.md:48: " in first
    assert not any("standalone" in line for line in lines)


def test_no_text_begins_a_command_of_its_own() -> None:
    told = command("error", "a\n::set-output name=x::y%", file="a:b,c\n.md")
    assert told == "::error file=a%3Ab%2Cc%0A.md::a%0A::set-output name=x::y%25"


def test_junit_has_a_case_a_gate(samples) -> None:
    root = ElementTree.fromstring(_render(_check(samples.make_report("en")), "junit"))
    (suite,) = list(root)
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "3", "failures": "1", "errors": "1", "skipped": "0"}
    failed, open_, passed = suite.iter("testcase")
    assert "faq/returns.md:12" in (failed.findtext("failure") or "")
    assert open_.find("error") is not None
    assert passed.find("failure") is None and passed.find("error") is None


def test_the_pull_request_says_what_is_new_and_what_is_gone(language, samples) -> None:
    page = _render(_check(samples.make_report(language)), "markdown")
    words = WORDS[language]
    assert f"| `conflict@10 <= 0.05` | {words['inconclusive']} | 2" in page
    assert f"### {words['gone'].format(count=1)}" in page
    assert r"it \*was\* here @" in page
    assert "@someone" not in page  # nobody is mentioned
    nothing = replace(_check(samples.make_report(language)), findings=())
    assert words["none_new"] in _render(nothing, "markdown")


def test_both_languages_say_the_same() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    for key, text in WORDS["en"].items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", WORDS["zh"][key]))
