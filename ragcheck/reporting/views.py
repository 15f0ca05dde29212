"""What a page shows of a report: choices and small tables, without any markup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragcheck.records.results import (
    SEVERITIES,
    Contrast,
    Curve,
    Estimate,
    Finding,
    Quote,
    Report,
)

SHARES = ("evidence", "generation", "interaction", "noise", "unit")
CURVE_MEASURES = (
    "conflict", "sufficiency", "contradicted_support", "redundancy", "self_containedness",
)  # fmt: skip
FIRST_MEASURES = CURVE_MEASURES[:3]
EVIDENCE_COLUMNS = ("strategy", "retriever", "k")
MOST_FINDINGS = 100
MOST_QUESTIONS = 200


@dataclass(frozen=True, slots=True)
class FindingList:
    """Findings in three parts: worth fixing first, others to show, and how many are not shown."""

    first: tuple[Finding, ...]
    rest: tuple[Finding, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers of one question at one level: how many, how many scored, how many correct."""

    trials: int = 0
    scored: int = 0
    correct: int = 0

    @property
    def share(self) -> float | None:
        """Share of the scored answers that are correct."""
        return self.correct / self.scored if self.scored else None

    def with_trial(self, verdict: object) -> Tally:
        """The tally with one more answer."""
        return Tally(
            self.trials + 1,
            self.scored + (verdict in ("correct", "wrong", "abstained")),
            self.correct + (verdict == "correct"),
        )


@dataclass(frozen=True, slots=True)
class TrialTable:
    """Correct answers per question: overall, and at each level of each evidence factor."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, Tally, tuple[Tally, ...]], ...]
    hidden: int
    total: Tally


def split_findings(
    findings: Sequence[Finding], most: int = MOST_FINDINGS, first: int = 3
) -> FindingList:
    """The first findings that touch no place twice, then the rest, in the report's order."""
    chosen: list[Finding] = []
    places: set[tuple[str, int, str]] = set()
    for finding in findings:
        sides = {_side(quote) for quote in (finding.quote, finding.related) if quote is not None}
        if len(chosen) < first and not finding.silenced and not sides & places:
            chosen.append(finding)
            places |= sides
    taken = {id(finding) for finding in chosen}
    others = [finding for finding in findings if id(finding) not in taken]
    shown = others[: max(0, most - len(chosen))]
    return FindingList(tuple(chosen), tuple(shown), len(others) - len(shown))


def unsilenced(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that nobody has accepted, in their order."""
    return [finding for finding in findings if not finding.silenced]


def count_severities(findings: Sequence[Finding]) -> dict[str, int]:
    """Number of findings of each severity, the gravest first; silenced ones do not count."""
    return {
        name: sum(finding.severity == name and not finding.silenced for finding in findings)
        for name in SEVERITIES
    }


def chosen_curve(curves: Sequence[Curve]) -> Curve | None:
    """The curve with the most sufficiency at its largest K; the first of equals."""

    def sufficiency(curve: Curve) -> float:
        last = max(curve.points, key=lambda point: point.k)
        found = last.measures.get("sufficiency")
        return -1.0 if found is None or found.value is None else found.value

    return max((curve for curve in curves if curve.points), key=sufficiency, default=None)


def reach(contrasts: Sequence[Contrast]) -> float:
    """The largest absolute end of any interval: half the width of a common scale."""
    ends = [
        abs(end)
        for contrast in contrasts
        for end in (contrast.difference.value, contrast.difference.low, contrast.difference.high)
        if end is not None
    ]
    return max(ends, default=0.0)


def drawable_shares(shares: Mapping[str, Estimate]) -> list[tuple[str, float]]:
    """Shares as parts of one bar, or nothing where one of them has no value."""
    parts = [(name, shares[name].value) for name in SHARES if name in shares]
    known = [(name, value) for name, value in parts if value is not None]
    return known if len(known) == len(parts) else []


def evidence_factors(report: Report, trials: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    """Columns of the trials that are evidence factors with more than one level."""
    known = (
        [name for name, role in report.attribution.roles.items() if role == "evidence"]
        if report.attribution is not None
        else list(EVIDENCE_COLUMNS)
    )
    return tuple(
        name for name in known if len({str(row[name]) for row in trials if name in row}) > 1
    )


def trial_table(
    report: Report, trials: Sequence[Mapping[str, object]], most: int = MOST_QUESTIONS
) -> TrialTable:
    """Crossed trials condensed to one row a question, the worst answered first."""
    trials = [row for row in trials if row.get("intervention", "none") == "none"]
    factors = evidence_factors(report, trials)
    levels = {
        name: sorted({_level(row[name]) for row in trials if name in row}) for name in factors
    }
    columns = tuple((name, level) for name in factors for _, level in levels[name])
    tallies: dict[str, dict[tuple[str, str], Tally]] = defaultdict(dict)
    for row in trials:
        own = tallies[str(row.get("question"))]
        cells = [(name, _level(row[name])[1]) for name in factors if name in row]
        for cell in [("", ""), *cells]:
            own[cell] = own.get(cell, Tally()).with_trial(row.get("verdict"))
    rows = [
        (name, own[("", "")], tuple(own.get(column, Tally()) for column in columns))
        for name, own in tallies.items()
    ]
    rows.sort(key=lambda row: (2.0 if row[1].share is None else row[1].share, row[0]))
    total = Tally(
        sum(row[1].trials for row in rows),
        sum(row[1].scored for row in rows),
        sum(row[1].correct for row in rows),
    )
    return TrialTable(columns, tuple(rows[:most]), max(0, len(rows) - most), total)


def flatten(block: Mapping[str, object], above: str = "") -> list[tuple[str, str]]:
    """A nested block as dotted names and values in words, sorted by name."""
    rows: list[tuple[str, str]] = []
    for key, value in sorted(block.items(), key=lambda item: str(item[0])):
        name = f"{above}.{key}" if above else str(key)
        if isinstance(value, Mapping):
            rows.extend(flatten(value, name) if value else [(name, "–")])
        elif isinstance(value, list | tuple):
            rows.append((name, " · ".join(str(item) for item in value) or "–"))
        else:
            rows.append((name, "–" if value is None else str(value)))
    return rows


def _level(value: object) -> tuple[float, str]:
    """A sort key that puts numbers in their order, and the level as text."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (float(value) if number else float("inf"), str(value))  # type: ignore[arg-type]


def _side(quote: Quote) -> tuple[str, int, str]:
    return quote.place.path, quote.place.start, quote.text
