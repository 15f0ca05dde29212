"""What the end of a session says: the figures, and the three worst findings."""

from __future__ import annotations

from ragcheck.pipeline.figures import headline
from ragcheck.reporting.check_wording import head, tell
from ragcheck.reporting.numbers import estimate_text
from ragcheck.reporting.plain import finding_lines, wrapped
from ragcheck.testing.building import Built
from ragcheck.text.display import one_line

WORST = 3


def summary_lines(built: Built) -> list[str]:
    """Plain lines that a worker can send to the process that prints them."""
    report, language = built.report, built.report.language
    lines = wrapped(head(report, one_line(report.corpus, 60)))
    for name, estimate in figures(built).items():
        lines += wrapped(f"{name}: {estimate}", indent=2)
    comparison = report.comparison
    if comparison is not None and comparison.accepted:
        lines.append("  " + tell(language, "known", count=comparison.accepted))
    if comparison is not None and comparison.gone:
        lines.append("  " + tell(language, "gone", count=len(comparison.gone)))
    if report.warnings or report.skipped:
        lines += wrapped(tell(language, "notes", count=len(report.warnings) + len(report.skipped)))
    for finding in report.fix_first(WORST):
        lines += ["", *finding_lines(finding, language)]
    return lines


def figures(built: Built) -> dict[str, str]:
    """The headline figures as text, by notation."""
    examination = built.health.examination
    found = headline(examination.inputs, examination.evidence)
    language = examination.inputs.language
    return {name: estimate_text(estimate, language) for name, estimate in found.items()}
