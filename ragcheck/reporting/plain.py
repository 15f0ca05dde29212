"""Findings, gates and a whole check as plain lines, for 80 columns and for assertion messages."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from ragcheck.records.results import AcceptedFinding, Finding, GateResult, Report
from ragcheck.reporting.check_wording import ending, head, tell
from ragcheck.reporting.differences import marked_sides
from ragcheck.reporting.numbers import estimate_text
from ragcheck.reporting.views import unsilenced
from ragcheck.reporting.wording import known_language
from ragcheck.text.display import one_line

WIDTH = 78
LONGEST = 300
SHOWN = 10


class TextReporter:
    """What a person reads after ``ragcheck check``: gates, new findings, what is gone."""

    def render(self, report: Report, trials: Sequence[Mapping[str, object]]) -> bytes:  # noqa: ARG002
        """UTF-8 lines of at most 78 columns, but for paths that are longer."""
        language = known_language(report.language)
        lines = wrapped(head(report, one_line(report.corpus, 60)))
        comparison = report.comparison
        if comparison is not None and comparison.changed is not None:
            lines.append(tell(language, "changed", count=len(comparison.changed)))
        lines += ["", *gate_lines(report.gates, language)]
        lines += _findings(report, language)
        if comparison is not None and comparison.gone:
            lines += ["", tell(language, "gone", count=len(comparison.gone))]
            lines += _gone(comparison.gone, language)
        notes = len(report.warnings) + len(report.left_out) + len(report.skipped)
        if notes:
            lines += ["", *wrapped(tell(language, "notes", count=notes))]
        return ("\n".join([*lines, "", ending(report)]) + "\n").encode("utf-8", "replace")


def finding_lines(finding: Finding, language: str, *, width: int = WIDTH) -> list[str]:
    """Rule and message, then each side under its ``file:line``, then how to mend it."""
    lines = wrapped(f"{finding.rule} {one_line(finding.message, LONGEST)}", width)
    for place, text in marked_sides(finding, LONGEST):
        lines.append(f"  {place}")
        lines += wrapped(text, width, indent=4)
    if finding.mend:
        mend = one_line(finding.mend, LONGEST)
        lines += wrapped(f"{tell(language, 'mend')}: {mend}", width, indent=2)
    return lines


def gate_lines(gates: Sequence[GateResult], language: str, *, width: int = WIDTH) -> list[str]:
    """Each gate's outcome, its figure with interval and n, and why."""
    lines = []
    for result in gates:
        gate = one_line(result.gate, LONGEST)
        lines += wrapped(f"{tell(language, result.outcome)}: {gate}", width)
        lines += wrapped(gate_figure(result, language), width, indent=2)
    return lines


def gate_figure(result: GateResult, language: str) -> str:
    """Figure and reason of one gate on one line."""
    reason = one_line(result.reason, LONGEST)
    if result.estimate is None or result.estimate.value is None:
        return reason
    return f"{estimate_text(result.estimate, language)}; {reason}"


def wrapped(text: str, width: int = WIDTH, *, indent: int = 0) -> list[str]:
    """Lines of at most ``width`` columns, a Chinese character counted as two."""
    room = max(20, width - indent)
    console = Console(width=room, file=io.StringIO(), legacy_windows=False)
    return [" " * indent + line.plain.rstrip() for line in Text(text).wrap(console, room)]


def _findings(report: Report, language: str) -> list[str]:
    comparison = report.comparison
    known = comparison is not None and comparison.against_baseline
    told = unsilenced(report.findings)
    lines = ["", tell(language, "new" if known else "all", count=len(told))]
    for finding in told[:SHOWN]:
        lines += ["", *finding_lines(finding, language)]
    if len(told) > SHOWN:
        lines += ["", tell(language, "more", count=len(told) - SHOWN)]
    if comparison is not None and comparison.accepted:
        lines += ["", tell(language, "known", count=comparison.accepted)]
    return lines


def _gone(gone: Sequence[AcceptedFinding], language: str) -> list[str]:
    lines = []
    for accepted in gone[:SHOWN]:
        text = f"{accepted.rule} {accepted.place}: {accepted.message}"
        lines += wrapped(one_line(text, LONGEST), indent=2)
    if len(gone) > SHOWN:
        lines.append("  " + tell(language, "more", count=len(gone) - SHOWN))
    return lines
