"""Findings as SARIF 2.1.0, for code hosts and editors that mark the lines of a file.

Source of the format: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0",
2020; the numbers in comments are its sections.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePosixPath
from urllib.parse import quote as percent_encode

from ragcheck.records.corpus import Place
from ragcheck.records.results import SEVERITIES, Finding, Quote, Report
from ragcheck.reporting.rule_texts import RuleText, known_rules
from ragcheck.text.display import make_visible, one_line

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "ragcheck/v1"
LONGEST_LINK = 300
DISTRIBUTION = "ragcheck-evidence"
_BRACKET = re.compile(r"([\\\[\]])")
_ESCAPED = r"\\\1"
LINE_FOR_LINE = {"", ".md", ".markdown", ".txt", ".rst"}
"""Sources whose text is the file, so that an offset in one is an offset in the other."""


class SarifReporter:
    """One run with one result a finding.

    Args:
        rules: what each rule means, by rule ID.
    """

    def __init__(self, rules: Mapping[str, RuleText] | None = None) -> None:
        self._rules = dict(rules or {})

    def render(self, report: Report, trials: Sequence[Mapping[str, object]]) -> bytes:  # noqa: ARG002
        """UTF-8 JSON, indented, one trailing newline."""
        rules = known_rules(self._rules, report.findings)
        index = {rule: position for position, rule in enumerate(rules)}
        run = {
            "tool": {"driver": _driver(rules)},
            "columnKind": "unicodeCodePoints",
            "invocations": [_invocation(report)],
            "results": [
                _result(finding, index) | _state(finding, report) for finding in report.findings
            ],
            "properties": {
                "corpus": make_visible(report.corpus),
                "attribution": report.attribution.verdict if report.attribution else None,
                "triage": make_visible(report.triage.verdict),
                "gates": {make_visible(gate.gate): gate.outcome for gate in report.gates},
            },
        }
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
        return json.dumps(log, ensure_ascii=False, indent=2, allow_nan=False).encode() + b"\n"


def _result(finding: Finding, index: Mapping[str, int]) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": make_visible(finding.rule),
        "ruleIndex": index[finding.rule],
        "level": finding.severity if finding.severity in SEVERITIES else "note",
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": _physical(finding.quote)}],
        "partialFingerprints": {FINGERPRINT: make_visible(finding.fingerprint)},
        "rank": round(100 * max(0.0, min(1.0, finding.weight)), 3),
        "properties": {"questions": [make_visible(name) for name in finding.questions]},
    }
    if finding.related is not None:
        related = {"id": 1, "physicalLocation": _physical(finding.related)}
        related["message"] = {"text": make_visible(finding.related.text)}
        result["relatedLocations"] = [related]
    if finding.silenced:
        kind = "inSource" if finding.silenced_by == "comment" else "external"
        result["suppressions"] = [{"kind": kind}]
    return result


def _physical(quote: Quote) -> dict[str, object]:
    return {"artifactLocation": _artifact(quote.place.path), "region": _region(quote)}


def _artifact(path: str) -> dict[str, str]:
    """3.4: relative to the root of the sources, but for a file outside of it."""
    if path.startswith("/"):
        return {"uri": f"file://{relative_uri(path)}"}
    return {"uri": relative_uri(path), "uriBaseId": "%SRCROOT%"}


def _state(finding: Finding, report: Report) -> dict[str, object]:
    """3.27.24: whether the baseline knows the result, where the report was held against one."""
    comparison = report.comparison
    if comparison is None or not comparison.against_baseline:
        return {}
    known = finding.fingerprint not in comparison.new
    return {"baselineState": "unchanged" if known else "new"}


def relative_uri(path: str) -> str:
    """A relative path as a URI reference: everything but letters, digits and ``-._~/`` encoded.

    Bytes of a file name that are no UTF-8 keep their value (they reach Python as surrogates).
    """
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "replace")
    return percent_encode(raw, safe="/-._~")


def _region(quote: Quote) -> dict[str, object]:
    """3.30: lines and columns from 1, the end column exclusive."""
    place = quote.place
    region: dict[str, object] = {
        "startLine": max(1, place.line),
        "startColumn": max(1, place.column),
        **_end(place),
        "snippet": {"text": make_visible(_placed_text(quote))},
    }
    if PurePosixPath(place.path).suffix.lower() in LINE_FOR_LINE:
        region["charOffset"] = max(0, place.start)
        region["charLength"] = max(0, place.end - place.start)
    return region


def _end(place: Place) -> dict[str, int]:
    line, column = max(1, place.line), max(1, place.column)
    end_line, end_column = max(line, place.end_line), max(1, place.end_column)
    return {
        "endLine": end_line,
        "endColumn": max(column, end_column) if end_line == line else end_column,
    }


def _placed_text(quote: Quote) -> str:
    """The text at the place: the marked words where there are some."""
    if quote.mark is None:
        return quote.text
    return quote.text[slice(*quote.mark)] or quote.text


def _message(finding: Finding) -> str:
    """3.11.6: ``[text](1)`` links to the related location; documents cannot add a link."""
    message, mend = (_unlinked(text) for text in (finding.message, finding.mend))
    parts = [message, mend]
    if finding.related is not None:
        place = one_line(str(finding.related.place), LONGEST_LINK)
        parts.insert(1, f"[{_BRACKET.sub(_ESCAPED, place)}](1)")
    return "\n".join(part for part in parts if part) or make_visible(finding.rule)


def _unlinked(text: str) -> str:
    return make_visible(text).replace("](", "] (")


def _driver(rules: Mapping[str, RuleText]) -> dict[str, object]:
    driver: dict[str, object] = {"name": "ragcheck", "rules": [_rule(*it) for it in rules.items()]}
    with suppress(PackageNotFoundError):
        driver["version"] = version(DISTRIBUTION)
    return driver


def _rule(name: str, text: RuleText) -> dict[str, object]:
    rule: dict[str, object] = {
        "id": make_visible(name),
        "shortDescription": {"text": make_visible(text.title) or name},
    }
    if text.why:
        rule["fullDescription"] = {"text": make_visible(text.why)}
    if text.mend:
        rule["help"] = {"text": make_visible(text.mend)}
    return rule


def _invocation(report: Report) -> dict[str, object]:
    """3.20: what the run could not look at is a notification, not a result."""
    notes = [*report.warnings, *report.left_out]
    notes += [f"{source.path}: {source.reason}" for source in report.skipped]
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [
            {"level": "warning", "message": {"text": make_visible(note) or "–"}} for note in notes
        ],
    }
