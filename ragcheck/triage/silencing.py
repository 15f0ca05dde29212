"""Findings that someone has looked at and left: they stay in the report, marked as silenced.

Two ways lead there. The configuration lists ``RULE:GLOB`` (every finding of the rule with a side
in such a document) and ``RULE@FINGERPRINT`` (one finding). A comment in a document,
``<!-- ragcheck: ignore RC402 -->`` or ``.. ragcheck: ignore RC402`` alone on its line, silences
the rules that it names in the block below it, up to the next empty line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ragcheck.errors import ConfigError
from ragcheck.records.corpus import Document
from ragcheck.records.results import Finding, Quote
from ragcheck.registry import suggest
from ragcheck.triage.rules import RULES

BY_CONFIGURATION = "configuration"
BY_COMMENT = "comment"
WHERE = "[triage] silence"
_ENTRY = re.compile(r"(\w{1,20})([:@])(\S.{0,500})")
_IDS = r"(RC\d{3}(?:[ \t]{0,4},?[ \t]{0,4}RC\d{3}){0,20})"
_COMMENT = re.compile(
    rf"[ \t]{{0,20}}(?:<!--[ \t]{{0,4}}ragcheck:[ \t]{{0,4}}ignore[ \t]{{1,4}}{_IDS}[ \t]{{0,4}}-->"
    rf"|\.\.[ \t]{{1,4}}ragcheck:[ \t]{{0,4}}ignore[ \t]{{1,4}}{_IDS})[ \t\r]{{0,20}}"
)


@dataclass(frozen=True, slots=True)
class Silence:
    """One entry of the configuration: a rule, and a glob of paths or one fingerprint."""

    rule: str
    paths: str = ""
    fingerprint: str = ""

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is of this rule and one of its sides, or itself, is named."""
        if finding.rule != self.rule:
            return False
        if self.fingerprint:
            return finding.fingerprint == self.fingerprint
        return any(matches(self.paths, quote.place.path) for quote in _sides(finding))


def read_silences(entries: Sequence[str]) -> tuple[Silence, ...]:
    """The entries of the configuration.

    Raises:
        ConfigError: an entry has neither shape, or names no rule that there is.
    """
    return tuple(_silence(entry) for entry in entries)


def silence(
    findings: Iterable[Finding], silences: Sequence[Silence], documents: Iterable[Document]
) -> tuple[Finding, ...]:
    """The findings in their order, with those marked that are silenced, and by what."""
    commented = {document.path: found for document in documents if (found := _commented(document))}
    return tuple(_marked(finding, silences, commented) for finding in findings)


def _marked(
    finding: Finding,
    silences: Sequence[Silence],
    commented: Mapping[str, Mapping[str, set[int]]],
) -> Finding:
    if any(entry.covers(finding) for entry in silences):
        return replace(finding, silenced=True, silenced_by=BY_CONFIGURATION)
    for quote in _sides(finding):
        if quote.place.line in commented.get(quote.place.path, {}).get(finding.rule, ()):
            return replace(finding, silenced=True, silenced_by=BY_COMMENT)
    return finding


def _silence(entry: str) -> Silence:
    shape = _ENTRY.fullmatch(entry.strip())
    if shape is None:
        raise ConfigError(
            f"cannot read {entry!r}",
            where=WHERE,
            mend='write "RC402:docs/old/**" or "RC401@<fingerprint>"',
        )
    rule, kind, what = shape.groups()
    if rule not in RULES:
        raise ConfigError(
            f"there is no rule {rule!r}", where=f"{WHERE}: {entry}", mend=suggest(rule, list(RULES))
        )
    if kind == "@":
        return Silence(rule, fingerprint=what.strip())
    return Silence(rule, paths=what.strip())


def matches(glob: str, path: str) -> bool:
    """Whether the glob takes the whole path, in time that grows with the product of the two.

    ``**`` takes any folders, ``*`` and ``?`` stay within one name.
    """
    reached = {0}
    for token in re.findall(r"\*\*/?|\*|\?|[^*?]{1,500}", glob):
        reached = {end for start in reached for end in _steps(token, path, start)}
    return len(path) in reached


def _steps(token: str, path: str, start: int) -> Iterable[int]:
    """Where a token that begins at ``start`` can end."""
    if token == "**":
        return range(start, len(path) + 1)
    if token == "**/":
        return [start, *(i for i in range(start + 1, len(path) + 1) if path[i - 1] == "/")]
    if token == "*":
        stop = path.find("/", start)
        return range(start, (len(path) if stop < 0 else stop) + 1)
    if token == "?":
        return [start + 1] if path[start : start + 1] not in ("", "/") else []
    return [start + len(token)] if path.startswith(token, start) else []


def _commented(document: Document) -> dict[str, set[int]]:
    """Rules to the lines of the source on which comments of the document silence them.

    Only where the text is the source, line for line: elsewhere comments are no part of it.
    """
    if document.source_lines is not None or "ragcheck:" not in document.text:
        return {}
    found: dict[str, set[int]] = {}
    rules: set[str] = set()
    for number, line in enumerate(document.text.split("\n"), start=1):
        comment = _COMMENT.fullmatch(line)
        if comment is not None:
            rules |= set(re.findall(r"RC\d{3}", line))
        elif not line.strip():
            rules = set()
        for rule in rules:
            found.setdefault(rule, set()).add(number)
    return found


def _sides(finding: Finding) -> list[Quote]:
    return [quote for quote in (finding.quote, finding.related) if quote is not None]
