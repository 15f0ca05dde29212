"""Rules as test cases in JUnit's XML, so that any CI shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from ragcheck.records.results import ChecklistItem, Estimate, Finding, Report
from ragcheck.reporting import views
from ragcheck.reporting.numbers import estimate_text
from ragcheck.reporting.plain import gate_figure
from ragcheck.reporting.rule_texts import RuleText, known_rules
from ragcheck.reporting.wording import known_language, say
from ragcheck.text.display import make_visible, one_line

MOST_LISTED = 50
LONGEST = 300


class JunitReporter:
    """One test case a rule, or for a check one a gate.

    A rule fails when it has an error finding that is not silenced, or when the checklist answers
    yes because of it; it is skipped, with the reason, where it was not measured. Other findings
    are listed in the output of their case. A gate that failed is a failure, one that is
    inconclusive or was not measured an error: both stop a build, as the check's exit code does.

    Args:
        rules: what each rule means, by rule ID. Rules that nothing names are then listed too.
    """

    def __init__(self, rules: Mapping[str, RuleText] | None = None) -> None:
        self._rules = dict(rules or {})

    def render(self, report: Report, trials: Sequence[Mapping[str, object]]) -> bytes:  # noqa: ARG002
        """UTF-8 XML with the figures of the report as properties of the suite."""
        cases = _gate_cases(report) if report.gates else _cases(report, self._rules)
        counts = {"tests": str(len(cases))} | {
            plural: str(sum(case.find(kind) is not None for case in cases))
            for plural, kind in (
                ("failures", "failure"),
                ("errors", "error"),
                ("skipped", "skipped"),
            )
        }
        root = ElementTree.Element("testsuites", {"name": "ragcheck", **counts})
        name = one_line(report.corpus, LONGEST)
        suite = ElementTree.SubElement(root, "testsuite", {"name": name, **counts, "time": "0"})
        suite.append(_properties(report))
        suite.extend(cases)
        ElementTree.indent(root)
        raw = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
        return bytes(raw) + b"\n"


def figures(report: Report) -> dict[str, str]:
    """The report's main figures by name, each with interval and n, or why it was not measured."""
    language = known_language(report.language)
    rows: dict[str, Estimate] = {}
    found = {"triage": report.triage.verdict, "questions": str(report.questions)}
    if report.attribution is not None:
        found["attribution"] = report.attribution.verdict
        rows |= {f"share.{name}": e for name, e in report.attribution.shares.items()}
    chosen = views.chosen_curve(report.curves)
    if chosen is not None:
        last = max(chosen.points, key=lambda point: point.k)
        rows |= {f"{name}@{last.k}": estimate for name, estimate in last.measures.items()}
    for point in report.quality:
        for name in ("correctness", "wrong", "abstained"):
            rows[f"{name}@{point.k}"] = getattr(point, name)
    if report.reader is not None:
        rows["reader with evidence"] = report.reader.with_evidence
        rows["reader without evidence"] = report.reader.without_evidence
    rows |= {f"standalone {row.strategy}": row.standalone for row in report.strategies}
    return found | {name: estimate_text(estimate, language) for name, estimate in rows.items()}


def _properties(report: Report) -> ElementTree.Element:
    block = ElementTree.Element("properties")
    for name, value in figures(report).items():
        pair = {"name": one_line(name, LONGEST), "value": one_line(value, LONGEST)}
        ElementTree.SubElement(block, "property", pair)
    return block


def _gate_cases(report: Report) -> list[ElementTree.Element]:
    language = known_language(report.language)
    told = views.unsilenced(report.findings)
    cases = []
    for gate in report.gates:
        name = one_line(gate.gate, LONGEST)
        case = ElementTree.Element(
            "testcase", {"classname": "ragcheck.gate", "name": name, "time": "0"}
        )
        figure = one_line(gate_figure(gate, language), LONGEST)
        if gate.outcome == "passed":
            ElementTree.SubElement(case, "system-out").text = figure
        else:
            kind = "failure" if gate.outcome == "failed" else "error"
            found = {"type": gate.outcome, "message": figure}
            element = ElementTree.SubElement(case, kind, found)
            element.text = _listed(told, language) if gate.estimate is None else figure
        cases.append(case)
    return cases


def _cases(report: Report, rules: Mapping[str, RuleText]) -> list[ElementTree.Element]:
    items = (*report.triage.checklist, *report.triage.signals)
    signals = {rule: item for item in items for rule in item.rules}
    known = known_rules(rules, report.findings)
    known |= {rule: RuleText(rule) for rule in signals if rule not in known}
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        findings[finding.rule].append(finding)
    return [
        _case(rule, text, findings[rule], signals.get(rule), report)
        for rule, text in sorted(known.items())
    ]


def _case(
    rule: str,
    text: RuleText,
    findings: Sequence[Finding],
    signal: ChecklistItem | None,
    report: Report,
) -> ElementTree.Element:
    title = rule if text.title == rule else f"{rule} {text.title}"
    case = ElementTree.Element(
        "testcase",
        {"classname": "ragcheck", "name": one_line(title, LONGEST), "time": "0"},
    )
    failing = [finding for finding in findings if _fails(finding)]
    others = [finding for finding in findings if not _fails(finding)]
    answer = signal.answer if signal else None
    language = known_language(report.language)
    if failing or answer == "yes":
        reasons = [f"{say(language, 's_findings')}: {len(failing)}"] if failing else []
        if signal and answer == "yes":
            reasons.append(signal.figure)
        message = one_line("; ".join(reasons), LONGEST)
        failure = ElementTree.SubElement(
            case, "failure", {"type": one_line(rule, LONGEST), "message": message}
        )
        failure.text = _listed(failing, language)
    elif signal and answer == "not measured":
        reason = say(language, "not_measured", reason=signal.figure)
        ElementTree.SubElement(case, "skipped", {"message": one_line(reason, LONGEST)})
    elif not findings and signal is None and not (report.curves and report.questions):
        ElementTree.SubElement(case, "skipped", {"message": say(language, "no_curves")})
    if others:
        ElementTree.SubElement(case, "system-out").text = _listed(others, language)
    return case


def _fails(finding: Finding) -> bool:
    return finding.severity == "error" and not finding.silenced


def _listed(findings: Sequence[Finding], language: str) -> str:
    lines = [_line(finding) for finding in findings[:MOST_LISTED]]
    if len(findings) > MOST_LISTED:
        lines.append(say(language, "more_ids", n=len(findings) - MOST_LISTED))
    return make_visible("\n".join(lines))


def _line(finding: Finding) -> str:
    message = one_line(finding.message, LONGEST)
    place = one_line(str(finding.quote.place), LONGEST)
    quotes = [f"  {one_line(finding.quote.text, LONGEST)}"]
    if finding.related is not None:
        other = one_line(str(finding.related.place), LONGEST)
        quotes.append(f"  {other}: {one_line(finding.related.text, LONGEST)}")
    return "\n".join([f"{place}: {finding.severity}: {message}", *quotes])
