"""``ragcheck rules``: the table of rules as text."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from ragcheck.triage.rules import PROBLEMS, RULES

WIDTH = 80


def rule_lines(language: str = "en") -> Iterator[str]:
    """A paragraph a rule, for a screen of 80 columns."""
    for rule in RULES.values():
        threshold = "" if rule.threshold is None else f", threshold {rule.threshold:g}"
        yield f"{rule.id} {rule.title[language]} ({PROBLEMS[rule.problem][language]}{threshold})"
        for text in (rule.why[language], f"To mend: {rule.mend[language]}."):
            yield from wrap(text, WIDTH, initial_indent="    ", subsequent_indent="    ")
