"""What a failing assertion says: readable in 80 columns, with places that an editor follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import pytest

from ragcheck.records.corpus import Question
from ragcheck.records.results import Finding
from ragcheck.reporting.plain import finding_lines, wrapped
from ragcheck.text.display import one_line

SHOWN = 5
"""Findings that a failure spells out; it says how many more there are."""
LONGEST = 200


class Conflicts(tuple[Finding, ...]):
    """Findings that print as places, so that ``assert not ...conflicts(...)`` stays readable."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self:
            return "no conflicts"
        sides = [
            " against ".join(str(quote.place) for quote in (f.quote, f.related) if quote)
            for f in self[:SHOWN]
        ]
        more = f" and {len(self) - SHOWN} more" if len(self) > SHOWN else ""
        return f"{len(self)} conflicts: {', '.join(sides)}{more}"


def fail_with(headline: str, lines: Sequence[str] = ()) -> NoReturn:
    """Fail the test with a text alone: the assertion's own code is of no interest."""
    __tracebackhide__ = True
    pytest.fail("\n".join([*wrapped(headline), *lines]), pytrace=False)


def listed(findings: Sequence[Finding], language: str) -> list[str]:
    """The first findings as paragraphs, and how many more there are."""
    lines: list[str] = []
    for finding in findings[:SHOWN]:
        lines += ["", *finding_lines(finding, language)]
    if len(findings) > SHOWN:
        lines += ["", f"and {len(findings) - SHOWN} more"]
    return lines


def about(question: Question | str | None) -> str:
    """The question in a headline."""
    if question is None:
        return ""
    text = question if isinstance(question, str) else question.text
    return f" for “{one_line(text, LONGEST)}”"
