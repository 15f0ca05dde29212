"""What comparing needs of one claim: its words, values, names, cues and scope, each read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ragcheck.judges import claim_patterns as patterns
from ragcheck.judges.claims import Claim
from ragcheck.judges.scope_words import scope_marks
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Scope
from ragcheck.text.alignment import STOP_WORDS, Word, is_code, read_frame, read_words
from ragcheck.text.typed import TypedValue


@dataclass(frozen=True)
class ReadClaim:
    """A claim with what comparing needs of it: its words, its scope and its names."""

    claim: Claim
    frame: Mapping[str, float]
    around: Mapping[str, float]
    marks: Mapping[str, frozenset[str]]
    codes: frozenset[str]
    scope: Scope
    past: bool
    subjects: frozenset[str]
    own_subjects: frozenset[str]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(read_words(without_links(self.claim.text[:600])))

    @cached_property
    def comparable(self) -> tuple[TypedValue, ...]:
        return tuple(_comparable(self.claim))

    @cached_property
    def bearers(self) -> tuple[tuple[str, str, Span], ...]:
        return tuple(_bearers(self.claim))

    @cached_property
    def items(self) -> frozenset[str]:
        return _items(self.claim.text)

    @cached_property
    def cue_kinds(self) -> frozenset[str]:
        return _cues(self.claim)

    @cached_property
    def signs(self) -> tuple[bool, bool, bool, bool]:
        """Whether it says "only", "all", "if" and "more"."""
        text = self.claim.text[:600]
        return (
            bool(patterns.RESERVED.search(text)),
            bool(patterns.OPEN.search(text)),
            bool(patterns.CONDITION.search(text)),
            bool(patterns.MORE.search(text)),
        )

    @cached_property
    def exception(self) -> bool:
        return any(cue.kind == "exception" for cue in self.claim.cues)

    @cached_property
    def about_itself(self) -> bool:
        """Whether it is about its document, or about a fault that was mended."""
        mended = any(patterns.FIXED.search(heading) for heading in self.claim.headings[-1:])
        return mended or bool(patterns.ABOUT_ITSELF.search(self.claim.text[:600]))

    @cached_property
    def heading(self) -> Mapping[str, float]:
        return dict(window_of("", " ".join(self.claim.headings[-1:])))


def read_claim(claim: Claim, scope: Scope, names: frozenset[str] = frozenset()) -> ReadClaim:
    """Read a claim once.

    Args:
        names: proper names of the corpus, in lower case.
    """
    own = without_links(_blanked(claim))
    context = " . ".join((*claim.headings[-2:], *claim.about))
    frame, around = read_frame(read_words(own)), read_frame(read_words(context))
    marks = dict(scope_marks(f"{claim.text} {context}"))
    words = {term for term in (*frame, *around) if is_code(term) or patterns.MODEL.fullmatch(term)}
    words |= _literals(claim.text)
    return ReadClaim(
        claim, frame, {**around, **frame}, marks, frozenset(words), scope,
        bool(patterns.PAST.search(claim.text)),
        _named(f"{scope.title} {context} {claim.text}", names),
        _named(claim.text, names),
    )  # fmt: skip


def without_links(text: str) -> str:
    """The text with the targets of links blanked; every offset stays."""
    return patterns.LINK.sub(lambda match: " " * len(match.group()), text)


def _literals(text: str) -> set[str]:
    """Names between back quotes; what looks like a value is none."""
    return {
        name.lower()
        for name in patterns.QUOTED.findall(text[:600])
        if not re.fullmatch(r"true|false|none|null|yes|no|on|off|[\d.,\s'\"-]*", name.lower())
    }


def _named(text: str, names: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in patterns.WORD.findall(text.lower()) if word in names)


def _blanked(claim: Claim) -> str:
    text = list(claim.text)
    for value in claim.values:
        if value.kind != "identifier":
            start, end = value.span.start - claim.span.start, value.span.end - claim.span.start
            text[max(0, start) : end] = " " * (min(end, len(text)) - max(0, start))
    return "".join(text)


def _comparable(claim: Claim) -> list[TypedValue]:
    return [
        value
        for value in claim.values
        if value.kind not in ("identifier", "ordinal") and not _is_former(claim, value)
    ][:12]


def _is_former(claim: Claim, value: TypedValue) -> bool:
    """Whether a claim gives a value as the one that was replaced ("from 24 hours to 4 hours")."""
    start, end = value.span.start - claim.span.start, value.span.end - claim.span.start
    return bool(
        patterns.FORMER_BEFORE.search(claim.text[max(0, start - 40) : max(0, start)])
        or (
            patterns.FROM_BEFORE.search(claim.text[max(0, start - 8) : max(0, start)])
            and patterns.TO_AFTER.match(claim.text[end : end + 12])
        )
    )


@lru_cache(maxsize=65_536)
def window_of(before: str, after: str) -> tuple[tuple[str, float], ...]:
    return tuple(read_frame([*read_words(before), *read_words(after)]).items())


def _cues(claim: Claim) -> frozenset[str]:
    refused = {"prohibition"} if patterns.REFUSED.search(claim.text) else set()
    return frozenset({*(cue.kind for cue in claim.cues), *claim.inherited, *refused})


def _bearers(claim: Claim) -> list[tuple[str, str, Span]]:
    """(sort, name, place) of the people, companies, departments and payers that a claim names."""
    base = claim.span.start
    text = without_links(claim.text[:600])
    found = []
    for sort, pattern in (
        ("person", patterns.PERSON), ("person", patterns.BEARER),
        ("body", patterns.BODY), ("payer", patterns.PAYS),
    ):  # fmt: skip
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            span = Span(base + match.start(group), base + match.end(group))
            found.append((sort, match[group], span))
    for match in patterns.PROPER.finditer(text):
        if patterns.ROLE.search(text[: match.start()]):
            span = Span(base + match.start(), base + match.end())
            found.append(("body", match.group(), span))
    return [
        (sort, name, span)
        for sort, name, span in found
        if not patterns.CALENDAR.match(name) and name.split()[0].lower() not in STOP_WORDS
    ]


def _items(text: str) -> frozenset[str]:
    tail = re.split(r"[:：]", text[:600])[-1]
    parts = (part.strip(" .。;；").lower() for part in patterns.ITEMS.split(tail))
    return frozenset(part for part in parts if 1 < len(part) <= 24)
