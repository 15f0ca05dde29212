"""How two claims differ: typed values, polarity, who or how many, names, lists.

Each difference comes with figures that say how surely both claims are about the same thing. They
are weighed in :mod:`ragcheck.judges.claim_weights`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ragcheck.judges.claims import Claim
from ragcheck.judges.scope_words import scope_marks
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Scope
from ragcheck.text.alignment import coverage, is_code, overlap, read_frame, read_words
from ragcheck.text.polarity import OPPOSED
from ragcheck.text.typed import TypedValue
from ragcheck.text.values import same_value

NEAR = 48
"""Characters on each side of a value that say what it is the value of."""
_NEGATIVE = frozenset({"negation", "prohibition", "exemption", "off"})
_MODAL = frozenset({"obligation", "prohibition", "permission", "exemption"})
_KINDS: Mapping[str, str] = {
    "date": "date", "time": "date", "weekday": "date", "version": "version",
}  # fmt: skip
_WORD = re.compile(r"[a-z]{3,21}")
_PERSON = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][a-z]{1,15} (?:[A-Z]\. )?[A-Z][a-z]{1,20}\b")
_PROPER = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z]{2,20}(?: [A-Z][A-Za-z]{1,20}){0,3}")
_CALENDAR = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|"
    r"Sun)days?"
)
_ROLE = re.compile(r"\b(?:by|with|to|is|are|from|uses|called|contact|ask|write to) \Z")
_BODY = re.compile(
    r"(?:(?<=由)|(?<=为)|(?<=向)|(?<=：)|(?<=是))[\u4e00-\u9fff]{2,20}?"
    r"(?:公司|中心|委员会|医院|部门|部|局|处|办公室|小组|组|科)"
)
_BEARER = re.compile(
    r"(?:负责人|联系人|经理|主管|总监|主任|会长|董事长|药师)(?:为|是|：|:|由)\s?([\u4e00-\u9fff]{2,4})"
    r"(?![\u4e00-\u9fff])"
)
_ITEMS = re.compile(r"、|,\s|，|;\s|；|\band\b|\bor\b|以及")
_PAST = re.compile(
    r"\b(?:until|up to|before|previously|formerly|used to|former|in the past|at that time|was|"
    r"were|old)\b|(?:以前|之前|此前|原先|旧版|曾|截至)",
    re.IGNORECASE,
)


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


def read_claim(claim: Claim, scope: Scope, names: frozenset[str] = frozenset()) -> ReadClaim:
    """Read a claim once.

    Args:
        names: proper names of the corpus, in lower case.
    """
    own = _blanked(claim)
    context = " . ".join((*claim.headings[-2:], *claim.about))
    frame, around = read_frame(read_words(own)), read_frame(read_words(context))
    marks = dict(scope_marks(f"{claim.text} {context}"))
    words = {term for term in (*frame, *around) if is_code(term)}
    return ReadClaim(
        claim, frame, {**around, **frame}, marks, frozenset(words), scope,
        bool(_PAST.search(claim.text)), _named(f"{scope.title} {context} {claim.text}", names),
        _named(claim.text, names),
    )  # fmt: skip


def _named(text: str, names: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.lower()) if word in names)


def _blanked(claim: Claim) -> str:
    text = list(claim.text)
    for value in claim.values:
        if value.kind != "identifier":
            start, end = value.span.start - claim.span.start, value.span.end - claim.span.start
            text[max(0, start) : end] = " " * (min(end, len(text)) - max(0, start))
    return "".join(text)


def claim_differences(a: ReadClaim, b: ReadClaim) -> list[ClaimDifference]:
    """Every difference of two claims that has a form; empty where none is seen."""
    found = [*_values(a, b), *_polarity(a, b), *_extent(a, b), *_names(a, b), *_lists(a, b)]
    return sorted(found, key=lambda d: (d.form != "value", -d.near))


def _values(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    left, right = _comparable(a.claim), _comparable(b.claim)
    if not left or not right:
        return
    equal_left = [v for v in left if any(same_value(v, w) for w in right)]
    equal_right = [w for w in right if any(same_value(v, w) for v in left)]
    for v in left:
        for w in right:
            if v in equal_left or w in equal_right or same_value(v, w) is not False:
                continue
            if not _one_dimension(v, w):
                continue
            near = overlap(_window(a.claim, v), _window(b.claim, w))[1]
            kind = _KINDS.get(v.kind, "number")
            if v.amount and w.amount and _digits(v.text) == _digits(w.text):
                kind = "unit"
            yield ClaimDifference("value", kind, (v.text, w.text), (v.span, w.span), (v, w), near)


def _comparable(claim: Claim) -> list[TypedValue]:
    return [v for v in claim.values if v.kind not in ("identifier", "ordinal")][:12]


def _one_dimension(v: TypedValue, w: TypedValue) -> bool:
    if {v.kind, w.kind} <= {"date", "time", "weekday", "version"}:
        return v.kind == w.kind
    if v.noun and w.noun and v.kind == w.kind == "number":
        return bool(set(v.noun.split()) & set(w.noun.split())) or v.noun[:3] == w.noun[:3]
    return True


def _digits(text: str) -> str:
    match = re.search(r"[\d.,]{1,20}|[一二三四五六七八九十百千万两]{1,10}", text)
    return match.group() if match else text


@lru_cache(maxsize=65_536)
def _window_of(before: str, after: str) -> tuple[tuple[str, float], ...]:
    return tuple(read_frame([*read_words(before), *read_words(after)]).items())


def _window(claim: Claim, value: TypedValue) -> dict[str, float]:
    start, end = value.span.start - claim.span.start, value.span.end - claim.span.start
    before = claim.text[max(0, start - NEAR) : start]
    after = claim.text[end : end + NEAR]
    if len(claim.text) < NEAR:
        before = " . ".join((*claim.about, before))
    return dict(_window_of(before, after))


def _polarity(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    one = {cue.kind for cue in a.claim.cues} | set(a.claim.inherited)
    other = {cue.kind for cue in b.claim.cues} | set(b.claim.inherited)
    opposed = any(
        (first in one and second in other and first not in other and second not in one)
        or (second in one and first in other and second not in other and first not in one)
        for first, second in map(sorted, OPPOSED)
    )
    lone = bool(one & _NEGATIVE) != bool(other & _NEGATIVE)
    if not opposed and not lone:
        return
    kind = "permission" if one & _MODAL and other & _MODAL else "negation"
    yield _whole(a, b, "polarity", kind, (1.0 if opposed else 0.5) * _governed(a, b))


def _governed(a: ReadClaim, b: ReadClaim) -> float:
    """How much of what negations and modal words of one claim govern the other one speaks of."""
    shares = []
    for one, other in ((a, b), (b, a)):
        for cue in one.claim.cues:
            if cue.kind in _NEGATIVE | _MODAL:
                end = cue.span.end - one.claim.span.start
                shares.append(
                    coverage(dict(_window_of("", one.claim.text[end : end + NEAR])), other.around)
                )
    return max(shares, default=0.3)


def _extent(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    one, other = ({cue.kind for cue in side.claim.cues} for side in (a, b))
    for first, second in ((one, other), (other, one)):
        if "only" in first and "only" not in second and "all" in second:
            yield _whole(a, b, "extent", "scope", 1.0)


def _names(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    left, right = _bearers(a.claim), _bearers(b.claim)
    only_left = [(n, s) for n, s in left if n not in b.claim.text]
    only_right = [(n, s) for n, s in right if n not in a.claim.text]
    if only_left and only_right and not {n for n, _ in left} & {n for n, _ in right}:
        (one, first), (other, second) = only_left[0], only_right[0]
        yield ClaimDifference("name", "name", (one, other), (first, second), near=1.0)


def _bearers(claim: Claim) -> list[tuple[str, Span]]:
    """People, companies and departments that the claim names, with their places."""
    base = claim.span.start
    text = claim.text[:600]
    found = [
        (match.group(), Span(base + match.start(), base + match.end()))
        for pattern in (_PERSON, _BODY)
        for match in pattern.finditer(text)
    ]
    found += [
        (match.group(), Span(base + match.start(), base + match.end()))
        for match in _PROPER.finditer(text)
        if _ROLE.search(text[: match.start()])
    ]
    found += [
        (match[1], Span(base + match.start(1), base + match.end(1)))
        for match in _BEARER.finditer(text)
    ]
    return [(name, span) for name, span in found if not _CALENDAR.match(name)]


def _lists(a: ReadClaim, b: ReadClaim) -> Iterator[ClaimDifference]:
    left, right = _items(a.claim.text), _items(b.claim.text)
    if len(left) < 2 or len(right) < 2 or max(len(left), len(right)) < 3:
        return
    shared = left & right
    if shared and (left - shared) and (right - shared or len(shared) < len(left)):
        yield _whole(a, b, "list", "list", len(shared) / min(len(left), len(right)))


def _items(text: str) -> frozenset[str]:
    tail = re.split(r"[:：]", text[:600])[-1]
    parts = (part.strip(" .。;；").lower() for part in _ITEMS.split(tail))
    return frozenset(part for part in parts if 1 < len(part) <= 24)


def _whole(a: ReadClaim, b: ReadClaim, form: str, kind: str, near: float) -> ClaimDifference:
    said = tuple(" ".join(side.claim.text.split())[:120] for side in (a, b))
    return ClaimDifference(form, kind, (said[0], said[1]), (a.claim.span, b.claim.span), near=near)


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
    "dates differ", "other subject", "one subject",
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
    exceptions = [any(cue.kind == "exception" for cue in side.claim.cues) for side in (a, b)]
    kinds = {value.kind for value in typed or ()}
    return (
        likeness, max(0.0, likeness - 0.5), own, 1 / (1 + rank),
        d.near if d.form == "value" else 0.0, d.near if d.form == "polarity" else 0.0,
        shared_share(a, b), similarity, containment, _headings(a, b), same,
        same and a.claim.headings == b.claim.headings,
        cells and a.claim.about[:1] != b.claim.about[:1],
        bool(one and other and not one & other),
        sum(apart(a, b, category) for category in _CATEGORIES),
        sum(bool(a.marks.get(c)) != bool(b.marks.get(c)) for c in _CATEGORIES),
        regions[0] != regions[1] and not regions[0] & regions[1],
        bool(a.codes and b.codes and not a.codes & b.codes), exceptions[0] != exceptions[1],
        a.past != b.past, _nouns(typed), _units(typed),
        min(8, len(a.claim.values) + len(b.claim.values)) / 8, d.kind == "date",
        d.kind == "version", "number" in kinds, "money" in kinds, "duration" in kinds,
        d.form == "value", d.form == "polarity", d.form == "name", d.form == "list",
        d.form == "extent",
        bool(a.scope.effective and b.scope.effective) and a.scope.effective != b.scope.effective,
        bool(a.subjects and b.subjects and not a.subjects & b.subjects),
        bool(a.own_subjects - b.subjects) or bool(b.own_subjects - a.subjects),
    )  # fmt: skip


def _headings(a: ReadClaim, b: ReadClaim) -> float:
    frames = [dict(_window_of("", " ".join(side.claim.headings[-1:]))) for side in (a, b)]
    return overlap(frames[0], frames[1])[1]


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


def incomparable(a: ReadClaim, b: ReadClaim) -> bool:
    """Whether two claims need no look: one text twice, two rows or two records of one list."""
    if a.claim.text.strip() == b.claim.text.strip() and a.claim.about == b.claim.about:
        return True
    if a.scope.path == b.scope.path and a.claim.span.overlap(b.claim.span):
        return True
    listed = a.claim.kind == b.claim.kind and a.claim.kind in ("cell", "field")
    if not listed:
        return False
    one, other = a.claim.about, b.claim.about
    if one[:1] == other[:1]:
        # the same row of the same table, but another column
        return a.scope.path == b.scope.path and one[1:2] != other[1:2]
    return a.scope.path == b.scope.path or (one[1:2] != other[1:2])
