"""Which side of a conflict a guard prefers: the exception, the newer one, or the better ranked."""

from __future__ import annotations

from dataclasses import replace

from ragcheck.judges.analysis import Sentence, analyse
from ragcheck.judges.document_scope import scope_at
from ragcheck.measures.sufficiency import sufficiency
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Conflict, Scope
from ragcheck.records.guarding import RetrievedPassage, SettledConflict
from ragcheck.triage.conflict_wording import by_date

RULE_AGAINST_EXCEPTION = "general rule against exception"
HEAD = 8_000
"""Characters of a passage in which it can say since when it holds."""


def settle(
    conflict: Conflict, left: RetrievedPassage, right: RetrievedPassage, *, question: str | None
) -> SettledConflict:
    """Prefer the exception where the judge says that rule and exception conflict, then the newer.

    Newer is the side that alone says since when it holds or that it replaces something, else
    the one whose document has the later date: in its metadata, its path, or the passage itself.
    Where none of that tells, the better ranked is preferred.
    """
    stated = (left.text[_range(conflict.left_span)], right.text[_range(conflict.right_span)])
    side, why = _preferred(conflict, (left, right), stated)
    positions = (conflict.left, conflict.right)
    if side is None:
        side, why = (0 if conflict.left < conflict.right else 1), "better ranked"
    return SettledConflict(
        conflict, positions[side], positions[1 - side], why, _asked(question, stated)
    )


def _preferred(
    conflict: Conflict, passages: tuple[RetrievedPassage, RetrievedPassage], stated: tuple[str, str]
) -> tuple[int | None, str]:
    read = tuple(analyse(text).sentences for text in stated)
    if conflict.cause == RULE_AGAINST_EXCEPTION:
        exception = _only_one(*(any(map(_is_exception, each)) for each in read))
        if exception is not None:
            return exception, "exception"
    replacing = _only_one(*(any(sentence.replaces for sentence in each) for each in read))
    if replacing is not None:
        return replacing, "newer"
    dated = (
        replace(_dated(passages[0], conflict.left_span), path="0"),
        replace(_dated(passages[1], conflict.right_span), path="1"),
    )
    order = by_date(dated)
    return (None, "") if order is None else (int(order[1].path), "newer")


def _only_one(left: bool, right: bool) -> int | None:
    return None if left == right else int(right)


def _is_exception(sentence: Sentence) -> bool:
    return "exception" in sentence.cue_kinds


def _dated(passage: RetrievedPassage, span: Span) -> Scope:
    """The passage's own scope, or what its text and path say of its date."""
    if passage.scope.effective:
        return passage.scope
    document = Document(passage.source or "", passage.text[:HEAD])
    return scope_at(document, min(span.start, HEAD))


def _range(span: Span) -> slice:
    return slice(span.start, span.end)


def _asked(question: str | None, stated: tuple[str, str]) -> float | None:
    """How much of the question the side that speaks less of it speaks of."""
    if question is None:
        return None
    shares = [sufficiency(question, [text]).value for text in stated]
    known = [share for share in shares if share is not None]
    return min(known) if len(known) == len(shares) else None
