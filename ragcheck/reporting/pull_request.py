"""A check as Markdown for a pull request: the gates, what is new, what is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ragcheck.records.results import AcceptedFinding, Finding, Report
from ragcheck.reporting.check_wording import ending, head, tell
from ragcheck.reporting.differences import marked_sides
from ragcheck.reporting.markdown import code, figure, prose, table
from ragcheck.reporting.plain import gate_figure
from ragcheck.reporting.views import FIRST_MEASURES, chosen_curve, unsilenced
from ragcheck.reporting.wording import known_language

SHOWN = 20
LONGEST = 300


class PullRequestReporter:
    """GitHub-flavoured Markdown; no text of a document can make a link, a mention or markup."""

    def render(self, report: Report, trials: Sequence[Mapping[str, object]]) -> bytes:  # noqa: ARG002
        """A comment of some dozen lines, in English or Chinese, with one trailing newline."""
        language = known_language(report.language)
        blocks = [
            f"## ragcheck: {prose(ending(report))}",
            prose(head(report, report.corpus)),
            _gates(report, language),
            *_new(report, language),
            *_gone(report, language),
            *_figures(report, language),
        ]
        return ("\n\n".join(block for block in blocks if block) + "\n").encode("utf-8", "replace")


def _gates(report: Report, language: str) -> str:
    rows = [
        [
            code(result.gate),
            prose(tell(language, result.outcome)),
            prose(gate_figure(result, language)),
        ]
        for result in report.gates
    ]
    return table([tell(language, name) for name in ("gate", "outcome", "figure")], rows)


def _new(report: Report, language: str) -> list[str]:
    comparison = report.comparison
    known = comparison is not None and comparison.against_baseline
    told = unsilenced(report.findings)
    lines = [f"### {prose(tell(language, 'new' if known else 'all', count=len(told)))}"]
    if comparison is not None and comparison.changed is not None:
        lines.append(prose(tell(language, "changed", count=len(comparison.changed))))
    if not told:
        lines.append(prose(tell(language, "none_new" if known else "none")))
    lines += [_finding(finding, language) for finding in told[:SHOWN]]
    if len(told) > SHOWN:
        lines.append(prose(tell(language, "more", count=len(told) - SHOWN)))
    if comparison is not None and comparison.accepted:
        lines.append(prose(tell(language, "known", count=comparison.accepted)))
    return lines


def _finding(finding: Finding, language: str) -> str:
    lines = [f"- **{prose(finding.rule)}** {prose(finding.message)}"]
    lines += [f"  - {code(place)} {code(text)}" for place, text in marked_sides(finding, LONGEST)]
    if finding.mend:
        lines.append(f"  - {tell(language, 'mend')}: {prose(finding.mend)}")
    return "\n".join(lines)


def _gone(report: Report, language: str) -> list[str]:
    gone: Sequence[AcceptedFinding] = report.comparison.gone if report.comparison else ()
    if not gone:
        return []
    lines = [f"- **{prose(one.rule)}** {code(one.place)} {prose(one.message)}" for one in gone]
    more = [prose(tell(language, "more", count=len(gone) - SHOWN))] if len(gone) > SHOWN else []
    title = f"### {prose(tell(language, 'gone', count=len(gone)))}"
    return [title, "\n".join(lines[:SHOWN]), *more]


def _figures(report: Report, language: str) -> list[str]:
    curve = chosen_curve(report.curves)
    if curve is None:
        return []
    last = max(curve.points, key=lambda point: point.k)
    rows = [
        [code(f"{name}@{last.k}"), figure(last.measures[name], language)]
        for name in FIRST_MEASURES
        if name in last.measures
    ]
    rows += [
        [f"{code('standalone')} {code(row.strategy)}", figure(row.standalone, language)]
        for row in report.strategies
    ]
    head_row = [tell(language, "measure"), tell(language, "figure")]
    return [f"### {tell(language, 'figures')}", table(head_row, rows)]
