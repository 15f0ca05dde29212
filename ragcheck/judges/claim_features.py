"""What speaks for and against a conflict of two claims that differ, as numbers."""

from __future__ import annotations

import re

from ragcheck.judges import claim_patterns as patterns
from ragcheck.judges.claim_differences import ClaimDifference, is_opposed
from ragcheck.judges.claim_reading import ReadClaim
from ragcheck.judges.claims import Claim
from ragcheck.text.alignment import coverage, overlap
from ragcheck.text.typed import TypedValue


def apart(a: ReadClaim, b: ReadClaim, category: str) -> bool:
    """Whether both name scopes of a category, and no scope in common."""
    one, other = a.marks.get(category, frozenset()), b.marks.get(category, frozenset())
    return bool(one) and bool(other) and not one & other


def shared_share(a: ReadClaim, b: ReadClaim) -> float:
    """Share of the smaller claim's words, its context included, that the other holds."""
    return min(coverage(a.frame, b.around), 1.0) / 2 + min(coverage(b.frame, a.around), 1.0) / 2


FEATURES = (
    "likeness", "close", "own", "rank", "near", "governed", "words", "frames", "contained",
    "heading", "same document", "same section", "other row", "other products", "apart",
    "one-sided", "other region", "codes", "exception", "past", "noun", "unit", "values", "date",
    "version", "bare", "money", "duration", "value", "polarity", "name", "list", "extent",
    "dates differ", "other subject", "one subject", "opposed", "condition", "increment",
    "question", "word", "shared code", "row",
)  # fmt: skip
_CATEGORIES = ("region", "platform", "audience", "named")


def features(
    a: ReadClaim,
    b: ReadClaim,
    difference: ClaimDifference,
    *,
    likeness: float,
    own: float,
    rank: int,
) -> tuple[float, ...]:
    """What speaks for and against a conflict, in the order of ``FEATURES``.

    Args:
        likeness: cosine of the two claims with their context.
        own: cosine of the claims alone, their values masked.
        rank: of one among the nearest of the other, counted from 0.
    """
    d, typed = difference, difference.typed
    same = a.scope.path == b.scope.path
    cells = a.claim.kind == b.claim.kind and a.claim.kind in ("cell", "field")
    similarity, containment = overlap(a.frame, b.frame)
    one, other = set(a.scope.products), set(b.scope.products)
    regions = set(a.scope.regions), set(b.scope.regions)
    kinds = {value.kind for value in typed or ()}
    return (
        likeness, max(0.0, likeness - 0.5), own, 1 / (1 + rank),
        d.near if d.form == "value" else 0.0, d.near if d.form == "polarity" else 0.0,
        shared_share(a, b), similarity, containment, overlap(a.heading, b.heading)[1], same,
        same and a.claim.headings == b.claim.headings,
        cells and a.claim.about[:1] != b.claim.about[:1],
        bool(one and other and not one & other),
        sum(apart(a, b, category) for category in _CATEGORIES),
        sum(bool(a.marks.get(c)) != bool(b.marks.get(c)) for c in _CATEGORIES),
        regions[0] != regions[1] and not regions[0] & regions[1],
        bool(a.codes and b.codes and not a.codes & b.codes), a.exception != b.exception,
        a.past != b.past, _nouns(typed), _units(typed),
        min(8, len(a.claim.values) + len(b.claim.values)) / 8, d.kind == "date",
        d.kind == "version", "number" in kinds, "money" in kinds, "duration" in kinds,
        d.form == "value", d.form == "polarity", d.form == "name", d.form == "list",
        d.form == "extent",
        bool(a.scope.effective and b.scope.effective) and a.scope.effective != b.scope.effective,
        bool(a.subjects and b.subjects and not a.subjects & b.subjects),
        bool(a.own_subjects - b.subjects) or bool(b.own_subjects - a.subjects),
        d.form == "polarity" and is_opposed(a.cue_kinds, b.cue_kinds),
        a.signs[2] != b.signs[2], a.signs[3] != b.signs[3],
        any(side.claim.headings[-1:] and side.claim.headings[-1].endswith(("?", "？"))
            for side in (a, b)),
        d.form == "word", bool(a.codes & b.codes),
        (a.claim.kind == "cell") != (b.claim.kind == "cell"),
    )  # fmt: skip


def _nouns(typed: tuple[TypedValue, TypedValue] | None) -> float:
    if typed is None or typed[0].noun is None or typed[1].noun is None:
        return 0.0
    return 1.0 if typed[0].noun == typed[1].noun else -0.5


def _units(typed: tuple[TypedValue, TypedValue] | None) -> float:
    if typed is None or typed[0].written_unit is None:
        return 0.0
    return float(typed[0].written_unit == typed[1].written_unit)


def masked(claim: Claim) -> str:
    """The claim alone, each of its values as ``_``."""
    text = list(claim.text)
    for value in claim.values:
        if value.kind != "identifier":
            start = max(0, value.span.start - claim.span.start)
            end = min(len(text), value.span.end - claim.span.start)
            text[start:end] = ["\x00"] * max(0, end - start)
    return re.sub("\x00+", "_", "".join(text))


def _same_statement(a: ReadClaim, b: ReadClaim) -> bool:
    """Whether two claims differ in function words, spelling and marks alone."""
    if a.frame.keys() != b.frame.keys() or a.cue_kinds != b.cue_kinds:
        return False
    figures = [re.findall(r"\d[\d.,]*", side.claim.text) for side in (a, b)]
    return figures[0] == figures[1] and len(a.claim.values) == len(b.claim.values) and bool(a.frame)


def incomparable(a: ReadClaim, b: ReadClaim) -> bool:
    """Whether two claims need no look: one text twice, two rows or two records of one list."""
    if a.claim.text.strip() == b.claim.text.strip() and a.claim.about == b.claim.about:
        return True
    if a.scope.path == b.scope.path and a.claim.span.overlap(b.claim.span):
        return True
    if a.claim.entry and b.claim.entry and a.claim.entry != b.claim.entry:
        return True
    if (
        _same_statement(a, b)
        or patterns.ABOUT_ITSELF.search(a.claim.text)
        or patterns.ABOUT_ITSELF.search(b.claim.text)
    ):
        return True
    one_list = a.claim.kind == b.claim.kind == "item" and a.claim.headings == b.claim.headings
    if one_list and a.scope.path == b.scope.path:
        return True
    listed = a.claim.kind == b.claim.kind and a.claim.kind in ("cell", "field")
    if not listed:
        return False
    one, other = a.claim.about, b.claim.about
    if one[:1] == other[:1]:
        # the same row of the same table, but another column
        return a.scope.path == b.scope.path and one[1:2] != other[1:2]
    return a.scope.path == b.scope.path or (one[1:2] != other[1:2])
