"""How two claims that differ relate: contradiction, another case, or one in the other's place."""

from __future__ import annotations

import re

from ragcheck.judges.claim_differences import ClaimDifference
from ragcheck.judges.claim_features import apart
from ragcheck.judges.claim_reading import ReadClaim
from ragcheck.judges.explanations import CAUSES, explain
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Judgement, Scope
from ragcheck.text.alignment import overlap, read_frame, read_words
from ragcheck.text.language import detect_language

SAME_TITLE = 0.5
_CATEGORIES = ("region", "platform", "audience", "named")
_SINCE = re.compile(
    r"\b(?:from|as of|since|effective|starting|with effect from) (?:the )?(?:\d|[A-Z][a-z]{2,8} \d)"
    r"|\b(?:now|no longer|in future|replaces|is changed|has been changed|put back|moved to)\b"
    r"|自[^。，；]{0,14}起|即日起|不再|改为|改由|调整为|缩短为|延长为|升级为|取代|现已",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\d+(?:[._]\d+){0,4}")
_UNTIL = re.compile(
    r"\b(?:until|up to|before|prior to) (?:the )?(?:end of )?(?:[A-Z][a-z]{2,8} )?(?:19|20)\d\d\b"
    r"|\b(?:previously|formerly|used to be|the former)\b"
    r"|(?:19|20)\d\d年[^。，；]{0,10}(?:前|以前|之前)|此前|原先|旧版",
    re.IGNORECASE,
)


def relate(
    a: ReadClaim, b: ReadClaim, difference: ClaimDifference, probability: float
) -> Judgement:
    """The judgement that a difference of two claims founds; spans are relative to the claims."""
    language = detect_language(a.claim.text + b.claim.text)
    why = _other_case(a, b, difference)
    if why is not None:
        text = explain("different scope", language, difference.values, why)
        return Judgement(
            "different scope", probability, None, None, difference.kind, difference.values,
            text, CAUSES[why],
        )  # fmt: skip
    relation = "supersedes" if replaces(a, b) else "conflict"
    return Judgement(
        relation,
        probability,
        Span(0, len(a.claim.text)),
        Span(0, len(b.claim.text)),
        difference.kind,
        difference.values,
        explain(relation, language, difference.values),
        cause(a, b, relation),
    )


def _other_case(a: ReadClaim, b: ReadClaim, difference: ClaimDifference) -> str | None:
    for category in _CATEGORIES:
        if apart(a, b, category):
            return category
    regions = set(a.scope.regions), set(b.scope.regions)
    if regions[0] and regions[1] and not regions[0] & regions[1]:
        return "region"
    if a.subjects and b.subjects and not a.subjects & b.subjects and difference.form != "name":
        return "product"
    if a.codes and b.codes and not a.codes & b.codes and difference.form in ("value", "polarity"):
        return "product"
    if difference.kind != "date" and bool(_UNTIL.search(a.claim.text)) != bool(
        _UNTIL.search(b.claim.text)
    ):
        return "year"
    return None


def replaces(a: ReadClaim, b: ReadClaim) -> bool:
    """Whether one claim says since when it holds, or its document is a newer one of one title."""
    if bool(_SINCE.search(a.claim.text)) != bool(_SINCE.search(b.claim.text)):
        return True
    if _one_file_of_two_versions(a.scope, b.scope):
        return True
    dated = a.scope.effective and b.scope.effective and a.scope.effective != b.scope.effective
    titles = [read_frame(read_words(side.scope.title)) for side in (a, b)]
    other_file = a.scope.path != b.scope.path
    return bool(dated and other_file and overlap(titles[0], titles[1])[0] >= SAME_TITLE)


def _one_file_of_two_versions(one: Scope, other: Scope) -> bool:
    """Whether two paths differ in numbers alone, as those of two versions of one document do."""
    if one.path == other.path or one.versions == other.versions:
        return False
    plain = [_NUMBERS.sub("#", scope.path.lower()) for scope in (one, other)]
    return plain[0] == plain[1]


def cause(a: ReadClaim, b: ReadClaim, relation: str) -> str:
    """Why the conflict may be there."""
    if (a.claim.kind == "cell") != (b.claim.kind == "cell") and a.scope.path == b.scope.path:
        return "table against text"
    if relation == "supersedes":
        return "stale version"
    exceptions = [any(cue.kind == "exception" for cue in side.claim.cues) for side in (a, b)]
    if exceptions[0] != exceptions[1]:
        return "general rule against exception"
    if bool(a.scope.regions) != bool(b.scope.regions):
        return "region or product variant"
    one, other = a.scope.effective[:4], b.scope.effective[:4]
    return "stale version" if one and other and one != other else "source disagreement"
