"""What a rule means, in words; the rules themselves live with the triage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragcheck.records.results import Finding


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule's title, why it matters and how to mend what it finds, in one language."""

    title: str
    why: str = ""
    mend: str = ""


def known_rules(rules: Mapping[str, RuleText], findings: Sequence[Finding]) -> dict[str, RuleText]:
    """The given rules and those that only findings name, sorted by ID.

    A rule without a text is titled with its ID and mended as its first finding says.
    """
    found = dict(rules)
    for finding in findings:
        found.setdefault(finding.rule, RuleText(finding.rule, mend=finding.mend))
    return dict(sorted(found.items()))
