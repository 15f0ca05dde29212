"""The summary on a screen: what it says, and that it fits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from ragcheck.records.results import Report
from ragcheck.reporting.terminal import show_attribution, show_findings, summarise
from tests.reporting.conftest import (
    make_bare,
    make_hostile,
    make_inconclusive,
    make_report,
    quote,
)


def printed(what: RenderableType, width: int = 80) -> list[str]:
    console = Console(width=width, highlight=False)
    with console.capture() as captured:
        console.print(what)
    return captured.get().splitlines()


@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_is_wider_than_the_screen(language: str, width: int) -> None:
    for make in (make_report, make_bare, make_hostile, make_inconclusive):
        assert max(map(cell_len, printed(summarise(make(language)), width))) <= width


@pytest.mark.parametrize(
    ("language", "opening"), [("en", "Decision: inconclusive. "), ("zh", "决定：尚无结论。")]
)
def test_an_open_decision_is_called_one(language: str, opening: str) -> None:
    report = make_report(language)
    report = replace(report, triage=replace(report.triage, verdict="inconclusive"))
    assert any(line.strip().startswith(opening.strip()) for line in printed(summarise(report), 200))


def test_an_inconclusive_attribution_says_why() -> None:
    attribution = make_inconclusive("en").attribution
    assert attribution is not None
    assert attribution.reason in " ".join(printed(show_attribution(attribution, "en"), 400))


def _with_long_quotes(report: Report) -> Report:
    text = "顾客可以在签收之后的四十五天之内申请退货，" * 4
    first = next(finding for finding in report.findings if finding.related)
    both = {"quote": quote("新.md", 3, text), "related": quote("旧.md", 5, text)}
    return replace(report, findings=(replace(first, **both),))


def test_wrapped_quotes_keep_their_indentation() -> None:
    report = _with_long_quotes(make_report("zh"))
    lines = printed(show_findings(report.findings, "zh", count=1))
    assert len(lines) == 1 + 2 * 2
    assert all(line.startswith("     ") for line in lines[1:])


def test_markup_of_documents_is_text() -> None:
    finding = make_report("en").findings[0]
    hostile = replace(finding, quote=quote("[red]a[/red].md", 1, "[bold]x[/bold] [/] \x1b[31m"))
    shown = "\n".join(printed(show_findings([hostile], "en", count=1), 200))
    assert "[red]a[/red].md:1" in shown
    assert "[bold]x[/bold] [/] <U+001B>[31m" in shown


@pytest.mark.parametrize(("language", "label"), [("en", "Measure next: "), ("zh", "接着测量：")])
def test_an_open_decision_says_what_to_measure_next(language: str, label: str) -> None:
    report = make_report(language)
    triage = replace(report.triage, verdict="inconclusive", measure_next="ZZZ")
    text = "\n".join(printed(summarise(replace(report, triage=triage))))
    assert f"{label}ZZZ" in text


@pytest.mark.parametrize(
    ("language", "ending"), [("en", "missing evidence costs more."), ("zh", "缺证据的代价更大。")]
)
def test_one_line_says_whether_a_conflict_or_missing_evidence_costs_more(
    language: str, ending: str
) -> None:
    shown = printed(summarise(make_report(language)), 200)
    line = next(line for line in shown if line.rstrip().endswith(ending))
    assert line.index("-17 % [-28, -7]") < line.index("-52 % [-63, -42]")


def test_a_contrast_that_was_not_measured_says_why() -> None:
    report = make_report("en")
    assert report.conflict_or_missing is not None
    open_ = replace(report.conflict_or_missing, verdict="not measured", reason="too few questions")
    shown = " ".join(printed(summarise(replace(report, conflict_or_missing=open_)), 200))
    assert "not measured, too few questions" in shown
