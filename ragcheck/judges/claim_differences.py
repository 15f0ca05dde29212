"""How two claims differ: typed values, polarity, who or how many, names, lists.

Each difference comes with figures that say how surely both claims are about the same thing. They
are weighed in :mod:`ragcheck.judges.claim_weights`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ragcheck.judges.claims import Claim
from ragcheck.judges.scope_words import scope_marks
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Scope
from ragcheck.text.alignment import (
    Word,
    coverage,
    is_code,
    overlap,
    read_frame,
    read_words,
    term_weight,
)
from ragcheck.text.polarity import OPPOSED
from ragcheck.text.typed import TypedValue
from ragcheck.text.values import same_value

LONE = 0.6
"""How alike the words of two claims must be of which one alone holds a negation."""
NEAR_COPY, MOST_CHANGED, LIKE_SPELLED = 0.6, 4, 65
NEAR = 48
"""Characters on each side of a value that say what it is the value of."""
_NEGATIVE = frozenset({"negation", "prohibition", "exemption", "off"})
_MODAL = frozenset({"obligation", "prohibition", "permission", "exemption"})
_KINDS: Mapping[str, str] = {
    "date": "date", "time": "date", "weekday": "date", "version": "version",
}  # fmt: skip
_WORD = re.compile(r"[a-z]{3,21}")
_PERSON = re.compile(r"\b[A-Z][a-z]{1,15} (?:[A-Z]\. )?[A-Z][a-z]{1,20}\b")
_PROPER = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z]{2,20}(?: [A-Z][A-Za-z]{1,20}){0,3}")
_REFUSED = re.compile(
    r"\b(?:refused|rejected|excluded|ruled out|impossible|forbids?|declined|not possible)\b"
    r"|拒绝|不受理|不接受|不支持|排除",
    re.IGNORECASE,
)
_RESERVED = re.compile(
    r"\b(?:reserved for|restricted to|limited to|only|solely|exclusively|none but)\b"
    r"|仅|只限|只有|只能|专享|专供|专属",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:all|every|everyone|anyone|any|each|whole|everything|regardless)\b|全部|所有|任何|一律|均|都",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|when|unless|provided|in case|once|without|during|except|while|where)\b"
    r"|如果|若|如需|的情况下|情形|未经|期间|除非|的，",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:adds?|extra|further|additional|additionally|another|plus|on top|extended?|longer)\b"
    r"|另加|另行|额外|延长|追加",
    re.IGNORECASE,
)
_FORMER_BEFORE = re.compile(
    r"\b(?:former(?:ly)?|previous(?:ly)?|old|used to be)\b[^.;]{0,24}\Z"
    r"|(?:原|此前|原来|以前)[^。；，]{0,8}\Z",
    re.IGNORECASE,
)
_FROM_BEFORE = re.compile(r"\bfrom \Z|[由从]\Z", re.IGNORECASE)
_TO_AFTER = re.compile(
    r"\s?(?:to\b|(?:缩短|延长|调整|修改|改|提高|降低|变更|上调|下调|增加|减少)[为到至])",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d{1,9}(?:[.,:]\d{1,9}){0,4}")
_FIXED = re.compile(
    r"\A\W{0,3}(?:fixed|fixes|bug ?fixes|bugs|resolved|known (?:problems|issues))\b"
    r"|\A\W{0,3}(?:问题)?修复|已知问题|已解决",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"\b(?:this|the present) (?:policy|document|page|guide|agreement|notice|plan|edition|version|"
    r"addendum|appendix)\b.{0,60}\b(?:replaces|supersedes|prevails?|amends|takes the place)\b"
    r"|本(?:政策|规则|规程|规定|条款|手册|协议|说明|办法|制度).{0,40}(?:取代|废止|为准|解释|替代)",
    re.IGNORECASE | re.DOTALL,
)
_PAYS = re.compile(
    r"\b(?:the |our |your |an? )?([A-Za-z]{3,20}) (?:pays?|bears?|must pay|has to pay|covers the)\b"
    r"|\b(?:paid|borne|covered|approved|decided) by (?:the |your |an? )?([A-Za-z]{3,20})\b"
    r"|由([\u4e00-\u9fff]{2,8}?)(?:承担|支付|负担|承保|批准|审批|归口|负责|制作|签发)"
)
_MODEL = re.compile(r"[a-z]{1,5}-?\d{1,6}[a-z]?")
_LIKE_A_NAME = re.compile(r"[_.][a-z]|[a-z][A-Z]|^[A-Z]|\d|[\u4e00-\u9fff]{2}")
_QUOTED = re.compile(r"`{1,2}~?([^`\n]{2,60})`{1,2}")
_LINK = re.compile(r"https?://[^\s>)\]]{1,300}|<[^<>\s]{1,200}>|\]\([^()\s]{1,300}\)")
_CALENDAR = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)\b"
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
        patterns = (_RESERVED, _OPEN, _CONDITION, _MORE)
        return tuple(bool(pattern.search(text)) for pattern in patterns)  # type: ignore[return-value]

    @cached_property
    def exception(self) -> bool:
        return any(cue.kind == "exception" for cue in self.claim.cues)

    @cached_property
    def about_itself(self) -> bool:
        """Whether it is about its document, or about a fault that was mended."""
        mended = any(_FIXED.search(heading) for heading in self.claim.headings[-1:])
        return mended or bool(_ABOUT_ITSELF.search(self.claim.text[:600]))

    @cached_property
    def heading(self) -> Mapping[str, float]:
        return dict(_window_of("", " ".join(self.claim.headings[-1:])))


def read_claim(claim: Claim, scope: Scope, names: frozenset[str] = frozenset()) -> ReadClaim:
    """Read a claim once.

    Args:
        names: proper names of the corpus, in lower case.
    """
    own = without_links(_blanked(claim))
    context = " . ".join((*claim.headings[-2:], *claim.about))
    frame, around = read_frame(read_words(own)), read_frame(read_words(context))
    marks = dict(scope_marks(f"{claim.text} {context}"))
    words = {term for term in (*frame, *around) if is_code(term) or _MODEL.fullmatch(term)}
    words |= _literals(claim.text)
    return ReadClaim(
        claim, frame, {**around, **frame}, marks, frozenset(words), scope,
        bool(_PAST.search(claim.text)) or any(_FIXED.search(h) for h in claim.headings[-1:]),
        _named(f"{scope.title} {context} {claim.text}", names),
        _named(claim.text, names),
    )  # fmt: skip


def without_links(text: str) -> str:
    """The text with the targets of links blanked; every offset stays."""
    return _LINK.sub(lambda match: " " * len(match.group()), text)


def _literals(text: str) -> set[str]:
    """Names between back quotes; what looks like a value is none."""
    return {
        name.lower()
        for name in _QUOTED.findall(text[:600])
        if not re.fullmatch(r"true|false|none|null|yes|no|on|off|[\d.,\s'\"-]*", name.lower())
    }


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
            kind = "version" if name else _KINDS.get(v.kind, "number")
            if v.amount and w.amount and _digits(v.text) == _digits(w.text):
                kind = "unit"
            yield ClaimDifference("value", kind, (v.text, w.text), (v.span, w.span), (v, w), near)


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
        _FORMER_BEFORE.search(claim.text[max(0, start - 40) : max(0, start)])
        or (
            _FROM_BEFORE.search(claim.text[max(0, start - 8) : max(0, start)])
            and _TO_AFTER.match(claim.text[end : end + 12])
        )
    )


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
    return _MORE.search(claim.text[max(0, start - 16) : max(0, start)]) is not None


def _held(value: TypedValue, other: Claim) -> bool:
    """Whether the other claim writes both ends of a range one by one."""
    if value.kind in ("date", "version"):
        return False
    figures = set(_FIGURE.findall(value.text))
    return len(figures) > 1 and figures <= set(_FIGURE.findall(other.text[:600]))


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
    one, other = a.cue_kinds, b.cue_kinds
    opposed = is_opposed(one, other)
    if not opposed and bool(one & _NEGATIVE) == bool(other & _NEGATIVE):
        return
    if not opposed and overlap(a.frame, b.frame)[0] < LONE:
        return
    kind = "permission" if one & _MODAL and other & _MODAL else "negation"
    yield _whole(a, b, "polarity", kind, _governed(a, b))


def _cues(claim: Claim) -> frozenset[str]:
    refused = {"prohibition"} if _REFUSED.search(claim.text) else set()
    return frozenset({*(cue.kind for cue in claim.cues), *claim.inherited, *refused})


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
            if cue.kind in _NEGATIVE | _MODAL:
                end = cue.span.end - one.claim.span.start
                shares.append(
                    coverage(dict(_window_of("", one.claim.text[end : end + NEAR])), other.around)
                )
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


def _bearers(claim: Claim) -> list[tuple[str, str, Span]]:
    """(sort, name, place) of the people, companies, departments and payers that a claim names."""
    base = claim.span.start
    text = without_links(claim.text[:600])
    found = []
    for sort, pattern in (
        ("person", _PERSON), ("person", _BEARER), ("body", _BODY), ("payer", _PAYS),
    ):  # fmt: skip
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            span = Span(base + match.start(group), base + match.end(group))
            found.append((sort, match[group], span))
    for match in _PROPER.finditer(text):
        if _ROLE.search(text[: match.start()]):
            span = Span(base + match.start(), base + match.end())
            found.append(("body", match.group(), span))
    return [(sort, name, span) for sort, name, span in found if not _CALENDAR.match(name)]


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
    if overlap(a.frame, b.frame)[0] < NEAR_COPY or a.claim.kind != b.claim.kind:
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
    if len(replaced) != 1 or max(map(len, replaced[0])) > MOST_CHANGED:
        return
    one, other = replaced[0]
    stems = {w.stem for w in left}, {w.stem for w in right}
    if {w.stem for w in one} <= stems[1] or {w.stem for w in other} <= stems[0]:
        return
    said = (
        _said(a.claim, one[0].start, one[-1].end),
        _said(b.claim, other[0].start, other[-1].end),
    )
    named = all(_LIKE_A_NAME.search(text) for text, _ in said)
    if any(
        span.start == side.claim.span.start
        or _is_its_subject(text, side)
        or any(span.overlap(v.span) for v in side.claim.values if v.kind != "identifier")
        for side, (text, span) in zip((a, b), said, strict=True)
    ):
        return
    if named and fuzz.ratio(said[0][0].lower(), said[1][0].lower()) < LIKE_SPELLED:
        values, spans = (said[0][0], said[1][0]), (said[0][1], said[1][1])
        yield ClaimDifference("word", "name", values, spans, near=1.0)


def _is_its_subject(text: str, side: ReadClaim) -> bool:
    """Whether words stand in the title, a heading or the entry over the claim as well."""
    claim = side.claim
    over = " ".join((side.scope.title, *claim.headings, *claim.about, side.scope.path)).lower()
    return text.lower().strip(" `*_.") in over


def _said(claim: Claim, start: int, end: int) -> tuple[str, Span]:
    return claim.text[start:end], Span(claim.span.start + start, claim.span.start + end)


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
        or _ABOUT_ITSELF.search(a.claim.text)
        or _ABOUT_ITSELF.search(b.claim.text)
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
