"""How two claims differ: typed values, polarity, who or how many, names, lists.

Each difference comes with figures that say how surely both claims are about the same thing. They
are weighed in :mod:`ragcheck.judges.claim_features`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ragcheck.judges import claim_patterns as patterns
from ragcheck.judges.claim_reading import ReadClaim, window_of
from ragcheck.judges.claims import Claim
from ragcheck.records.corpus import Span
from ragcheck.text.alignment import (
    coverage,
    overlap,
    term_weight,
)
from ragcheck.text.polarity import OPPOSED
from ragcheck.text.typed import TypedValue
from ragcheck.text.values import same_value


@dataclass(frozen=True, slots=True)
class ClaimDifference:
    """One difference of two claims: ``form`` is ``value``, ``polarity``, ``extent``, ``name``,
    ``list`` or ``wording``; ``kind`` one of ``KINDS``; spans are in the texts of the claims'
    passages and ``values`` what stands there.
    """

    form: str
    kind: str
    values: tuple[str, str]
    spans: tuple[Span, Span]
    typed: tuple[TypedValue, TypedValue] | None = None
    near: float = 0.0


def claim_differences(a: ReadClaim, b: ReadClaim) -> list[ClaimDifference]:
    """Every difference of two claims that has a form; empty where none is seen."""
    found = [
        *_values(a, b), *_polarity(a, b), *_extent(a, b), *_names(a, b), *_lists(a, b),
        *_words(a, b),
    ]  # fmt: skip
    return sorted(found, key=lambda d: (d.form != "value", -d.near))


def _values(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    left, right = a.comparable, b.comparable
    if not left or not right:
        return
    equal_left = [v for v in left if any(same_value(v, w) for w in right)]
    equal_right = [w for w in right if any(same_value(v, w) for v in left)]
    for v in left:
        for w in right:
            if v in equal_left or w in equal_right:
                continue
            verdict = same_value(v, w)
            if verdict is None and _bare_beside_unit(a, v, b, w):
                verdict = _digits(v.text) == _digits(w.text)
            if verdict is not False:
                continue
            if not _one_dimension(v, w) or _held(v, b.claim) or _held(w, a.claim):
                continue
            name = _name_before(a.claim, v)
            if _added(a.claim, v) != _added(b.claim, w) or name != _name_before(b.claim, w):
                continue
            near = overlap(_window(a.claim, v), _window(b.claim, w))[1]
            kind = "version" if name else patterns.KINDS.get(v.kind, "number")
            if v.amount and w.amount and _digits(v.text) == _digits(w.text):
                kind = "unit"
            yield ClaimDifference("value", kind, (v.text, w.text), (v.span, w.span), (v, w), near)


def _name_before(claim: Claim, value: TypedValue) -> str:
    """The capitalised word that a bare number belongs to, as in "Reader 3"; else empty."""
    if value.kind not in ("number", "version"):
        return ""
    before = claim.text[: max(0, value.span.start - claim.span.start)]
    match = re.search(r"(?:^|[\w,;:(] )(?:the )?([A-Za-z]*[A-Z][A-Za-z]{1,20}) \Z", before)
    return match[1] if match else ""


def _one_dimension(v: TypedValue, w: TypedValue) -> bool:
    if {v.kind, w.kind} <= {"date", "time", "weekday", "version"}:
        return v.kind == w.kind
    if v.noun and w.noun and v.kind == w.kind == "number":
        return bool(set(v.noun.split()) & set(w.noun.split())) or v.noun[:3] == w.noun[:3]
    return True


def _bare_beside_unit(a: ReadClaim, v: TypedValue, b: ReadClaim, w: TypedValue) -> bool:
    """Whether one is a bare number of a cell and the other has the unit that the row names."""
    for side, bare, value in ((a, v, w), (b, w, v)):
        unit = re.sub(r"[\d.,\s]", "", value.text).lower()
        if bare.kind == "number" and bare.noun is None and side.claim.kind in ("cell", "field"):
            named = " ".join(side.claim.about).lower()
            if value.kind in ("duration", "quantity", "money") and unit and unit in named:
                return True
    return False


def _added(claim: Claim, value: TypedValue) -> bool:
    """Whether a value comes on top of another one ("a further 14 days")."""
    start = value.span.start - claim.span.start
    return patterns.MORE.search(claim.text[max(0, start - 16) : max(0, start)]) is not None


def _held(value: TypedValue, other: Claim) -> bool:
    """Whether the other claim writes both ends of a range one by one."""
    if value.kind in ("date", "version"):
        return False
    figures = set(patterns.FIGURE.findall(value.text))
    return len(figures) > 1 and figures <= set(patterns.FIGURE.findall(other.text[:600]))


def _digits(text: str) -> str:
    match = re.search(r"[\d.,]{1,20}|[一二三四五六七八九十百千万两]{1,10}", text)
    return match.group() if match else text


def _window(claim: Claim, value: TypedValue) -> dict[str, float]:
    start, end = value.span.start - claim.span.start, value.span.end - claim.span.start
    before = claim.text[max(0, start - patterns.NEAR) : start]
    after = claim.text[end : end + patterns.NEAR]
    if len(claim.text) < patterns.NEAR:
        before = " . ".join((*claim.about, before))
    return dict(window_of(before, after))


def _polarity(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    one, other = a.cue_kinds, b.cue_kinds
    opposed = is_opposed(one, other)
    if not opposed and bool(one & patterns.NEGATIVE) == bool(other & patterns.NEGATIVE):
        return
    if not opposed and overlap(a.frame, b.frame)[0] < patterns.LONE:
        return
    kind = "permission" if one & patterns.MODAL and other & patterns.MODAL else "negation"
    yield _whole(a, b, "polarity", kind, _governed(a, b))


def is_opposed(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one side says what the other denies, and neither says both."""
    return any(
        (x in one and y in other and x not in other and y not in one)
        for first, second in map(sorted, OPPOSED)
        for x, y in ((first, second), (second, first))
    )


def _governed(a: ReadClaim, b: ReadClaim) -> float:
    """How much of what negations and modal words of one claim govern the other one speaks of."""
    shares = []
    for one, other in ((a, b), (b, a)):
        for cue in one.claim.cues:
            if cue.kind in patterns.NEGATIVE | patterns.MODAL:
                end = cue.span.end - one.claim.span.start
                governed = dict(window_of("", one.claim.text[end : end + patterns.NEAR]))
                shares.append(coverage(governed, other.around))
    return max(shares, default=0.3)


def _extent(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    for one, other in ((a.signs, b.signs), (b.signs, a.signs)):
        if one[0] and not other[0] and other[1]:
            yield _whole(a, b, "extent", "scope", 1.0)
            return


def _names(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    left, right = a.bearers, b.bearers
    for sort in ("person", "body", "payer"):
        one = [item for item in left if item[0] == sort and item[1] not in b.claim.text]
        other = [item for item in right if item[0] == sort and item[1] not in a.claim.text]
        if one and other:
            values, spans = (one[0][1], other[0][1]), (one[0][2], other[0][2])
            yield ClaimDifference("name", "name", values, spans, near=1.0)
            return


def _lists(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    left, right = a.items, b.items
    limited = a.signs[0] or b.signs[0]
    if min(len(left), len(right)) < (2 if limited else 3) or max(len(left), len(right)) < 3:
        return
    shared = left & right
    extra = bool(left - shared), bool(right - shared)
    if shared and (all(extra) or (any(extra) and limited)):
        yield _whole(a, b, "list", "list", len(shared) / min(len(left), len(right)))


def _words(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    """The one run of words that stands for another in two near copies."""
    if overlap(a.frame, b.frame)[0] < patterns.NEAR_COPY or a.claim.kind != b.claim.kind:
        return
    left, right = a.words, b.words
    edits = [
        edit
        for edit in Levenshtein.opcodes([w.stem for w in left], [w.stem for w in right])
        if edit.tag != "equal"
    ]
    replaced = []
    for edit in edits:
        one, other = left[edit.src_start : edit.src_end], right[edit.dest_start : edit.dest_end]
        contents = [any(term_weight(word.stem) > 0 for word in run) for run in (one, other)]
        if all(contents):
            replaced.append((one, other))
        elif any(contents) and max(len(one), len(other)) > 1:
            return
    if len(replaced) != 1 or max(map(len, replaced[0])) > patterns.MOST_CHANGED:
        return
    one, other = replaced[0]
    stems = {w.stem for w in left}, {w.stem for w in right}
    if {w.stem for w in one} <= stems[1] or {w.stem for w in other} <= stems[0]:
        return
    said = (
        _said(a.claim, one[0].start, one[-1].end),
        _said(b.claim, other[0].start, other[-1].end),
    )
    named = all(patterns.LIKE_A_NAME.search(text) for text, _ in said)
    if any(
        span.start == side.claim.span.start
        or _is_its_subject(text, side)
        or any(span.overlap(v.span) for v in side.claim.values if v.kind != "identifier")
        for side, (text, span) in zip((a, b), said, strict=True)
    ):
        return
    if named and fuzz.ratio(said[0][0].lower(), said[1][0].lower()) < patterns.LIKE_SPELLED:
        values, spans = (said[0][0], said[1][0]), (said[0][1], said[1][1])
        yield ClaimDifference("word", "name", values, spans, near=1.0)


def _is_its_subject(text: str, side: ReadClaim) -> bool:
    """Whether words stand in the title, a heading or the entry over the claim as well."""
    claim = side.claim
    over = " ".join((side.scope.title, *claim.headings, *claim.about, side.scope.path)).lower()
    return text.lower().strip(" `*_.") in over


def _said(claim: Claim, start: int, end: int) -> tuple[str, Span]:
    return claim.text[start:end], Span(claim.span.start + start, claim.span.start + end)


def _whole(a: ReadClaim, b: ReadClaim, form: str, kind: str, near: float) -> ClaimDifference:
    said = tuple(" ".join(side.claim.text.split())[:120] for side in (a, b))
    return ClaimDifference(form, kind, (said[0], said[1]), (a.claim.span, b.claim.span), near=near)
