"""Findings as GitHub annotations: workflow commands that mark the lines of a pull request.

Source of the format: GitHub Docs, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ragcheck.records.results import Finding, GateResult, Report
from ragcheck.reporting.check_wording import tell
from ragcheck.reporting.differences import marked_sides
from ragcheck.reporting.plain import gate_figure
from ragcheck.reporting.views import unsilenced
from ragcheck.reporting.wording import known_language
from ragcheck.text.display import make_visible, one_line

LEVELS: Mapping[str, str] = {"error": "error", "warning": "warning", "note": "notice"}
MOST = 10
"""Annotations of one level that GitHub shows for a step."""
LONGEST = 300


class GithubReporter:
    """One command a finding that is not silenced, the heaviest first, then the gates that fail."""

    def render(self, report: Report, trials: Sequence[Mapping[str, object]]) -> bytes:  # noqa: ARG002
        """UTF-8 lines; no text of a document can begin a command of its own."""
        language = known_language(report.language)
        lines = [_gate(gate, language) for gate in report.gates if gate.outcome != "passed"]
        for severity, level in LEVELS.items():
            own = [f for f in unsilenced(report.findings) if f.severity == severity]
            room = MOST - (len(lines) if level == "error" else 0)
            lines += [_finding(finding, level) for finding in own[: max(0, room)]]
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def command(level: str, message: str, **properties: object) -> str:
    """``::level key=value,...::message``, with everything escaped that would end a part."""
    named = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{level} {named}::{_data(message)}"


def _finding(finding: Finding, level: str) -> str:
    place = finding.quote.place
    where: dict[str, object] = {"file": place.path, "line": max(1, place.line)}
    where["endLine"] = max(place.line, place.end_line, 1)
    if place.end_line == place.line:  # GitHub takes columns only within one line
        where |= {"col": max(1, place.column), "endColumn": max(1, place.column, place.end_column)}
    lines = [one_line(finding.message, LONGEST)]
    lines += [f"{side}: {text}" for side, text in marked_sides(finding, LONGEST)]
    if finding.mend:
        lines.append(one_line(finding.mend, LONGEST))
    return command(level, "\n".join(lines), **where, title=f"ragcheck {finding.rule}")


def _gate(gate: GateResult, language: str) -> str:
    outcome = tell(language, gate.outcome)
    return command("error", gate_figure(gate, language), title=f"ragcheck {outcome}: {gate.gate}")


def _data(text: str) -> str:
    visible = make_visible(text)
    return visible.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
