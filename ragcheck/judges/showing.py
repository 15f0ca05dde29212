"""What a found conflict is shown by: two sentences, two values, a kind and a cause."""

from __future__ import annotations

from ragcheck.judges.analysis import Sentence
from ragcheck.judges.answers import ReadPassage
from ragcheck.judges.differences import Difference
from ragcheck.judges.features import PairReading, ReadText
from ragcheck.judges.sameness import read_answer, sameness
from ragcheck.judges.scope import one_sided
from ragcheck.judges.structural import Candidate, best_candidate
from ragcheck.judges.wording import wording_difference
from ragcheck.records.evidence import Scope

ANSWERED = 0.0
"""Margin above "no answer" from which a reading is shown."""
DIFFERENT = 0.5
LONGEST_ANSWER = 60
LIKELY = 0.5
"""A difference between two sentences that is at least so probable is shown, whatever was read."""
_KINDS = {"number": "number", "identifier": "number", "date": "date", "version": "version"}
_SCOPED = ("products", "platforms", "regions", "audiences")


def answers_apart(
    read: tuple[ReadPassage, ReadPassage] | None, measured: PairReading, probability: float
) -> Candidate | None:
    """The two answers that were read, where both passages answer and not the same."""
    if read is None or min(side.reading.margin for side in read) < ANSWERED:
        return None
    left, right = read
    if (
        left.sentence is None
        or right.sentence is None
        or sameness(left.best, right.best) > DIFFERENT
    ):
        return None
    best = best_candidate(measured.comparison.candidates)
    if best is not None and best.probability >= LIKELY:
        return None
    values = (_short(left.reading.text), _short(right.reading.text))
    kind = _kind_of(*values)
    difference = Difference(kind, left.sentence, right.sentence, values, probability)
    return Candidate(difference, probability, None)


def nearest_difference(
    left: ReadText, right: ReadText, measured: PairReading, probability: float
) -> Candidate:
    """The best difference that has a kind, else the one of the nearest sentences."""
    best = best_candidate(measured.comparison.candidates)
    if best is not None:
        return best
    i, j = measured.answers or measured.nearest or (0, 0)
    one, other = left.analysed.sentences[i], right.analysed.sentences[j]
    return Candidate(wording_difference(one, other, probability), probability, None)


def _kind_of(one: str, other: str) -> str:
    """The kind of two answers that differ."""
    left, right = read_answer(one), read_answer(other)
    if left.values and right.values:
        return _KINDS.get(left.kind, "number") if left.kind == right.kind else "number"
    if left.negative != right.negative:
        return "negation"
    return "name" if "name" in (left.kind, right.kind) else "procedure"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_ANSWER else flat[: LONGEST_ANSWER - 1] + "…"


def scopes_apart(left: Scope, right: Scope) -> str | None:
    """The first field in which two documents name different things and share none."""
    for field in _SCOPED:
        one, other = set(getattr(left, field)), set(getattr(right, field))
        if one and other and not one & other:
            return field
    return None


def cause_of(relation: str, candidate: Candidate, scopes: tuple[Scope, Scope] | None) -> str | None:
    """Why a conflict may exist; ``None`` where there is none."""
    if relation not in ("conflict", "supersedes"):
        return None
    difference = candidate.difference
    if relation == "supersedes" or _dated_apart(scopes):
        return "stale version"
    if ("exception" in difference.left.cue_kinds) != ("exception" in difference.right.cue_kinds):
        return "general rule against exception"
    if _years(difference.left) != _years(difference.right) and difference.kind != "date":
        return "stale version"
    return "region or product variant" if one_sided(difference) else "source disagreement"


def _dated_apart(scopes: tuple[Scope, Scope] | None) -> bool:
    if scopes is None:
        return False
    left, right = scopes
    return any(
        one and other and one != other
        for one, other in (
            (left.effective, right.effective), (left.until, right.until),
            (left.versions, right.versions),
        )
    )  # fmt: skip


def _years(sentence: Sentence) -> frozenset[int]:
    return frozenset(
        value.date[0] for value in sentence.values if value.date is not None and value.date[0]
    )
