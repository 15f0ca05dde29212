"""Whether two sentences that differ speak of different cases."""

from __future__ import annotations

from collections.abc import Mapping, Set

from ragcheck.judges.analysis import Sentence
from ragcheck.judges.differences import Difference
from ragcheck.text.alignment import Frame, is_code, overlap

# Below this the headings above two sentences are different headings.
SAME_HEADING = 0.3


def different_scope(difference: Difference, question: Frame) -> str | None:
    """Why both sentences can be true: a key of ``SCOPE_REASONS``, or ``None``.

    Only what the sentences or their headings name counts: two regions, platforms, groups,
    products, years or versions, or an exception beside its rule.
    """
    left, right = difference.left, difference.right
    for category in ("region", "platform", "audience", "named"):
        if _apart(left.scope, right.scope, category):
            return category
    if difference.kind != "name" and _disjoint(_codes(left), _codes(right)):
        return "product"
    if difference.kind != "date" and _disjoint(_years(left), _years(right)):
        return "year"
    if difference.kind != "version" and _disjoint(_versions(left), _versions(right)):
        return "version"
    if left.heading and right.heading and overlap(left.heading, right.heading)[1] < SAME_HEADING:
        return "heading"
    if difference.kind == "name" and _asked_for_one(difference, question):
        return "question"
    return None


def one_sided(difference: Difference) -> bool:
    """Whether only one of the sentences names a region, platform, group or product."""
    left, right = difference.left, difference.right
    categories = ("region", "platform", "audience", "named")
    return (
        any((category in left.scope) != (category in right.scope) for category in categories)
        or bool(_codes(left)) != bool(_codes(right))
        or ("exception" in left.cue_kinds) != ("exception" in right.cue_kinds)
        or (difference.kind != "date" and bool(_years(left)) != bool(_years(right)))
    )


def _apart(
    left: Mapping[str, frozenset[str]], right: Mapping[str, frozenset[str]], category: str
) -> bool:
    return _disjoint(left.get(category, frozenset()), right.get(category, frozenset()))


def _disjoint(left: Set[object], right: Set[object]) -> bool:
    return bool(left) and bool(right) and not left & right


def _years(sentence: Sentence) -> frozenset[object]:
    """Years that limit the sentence; the day on which a new rule starts does not."""
    if sentence.replaces:
        return frozenset()
    return frozenset(
        value.date[0] for value in sentence.values if value.date is not None and value.date[0]
    )


def _versions(sentence: Sentence) -> frozenset[object]:
    return frozenset(value.version for value in sentence.values if value.version is not None)


def _codes(sentence: Sentence) -> frozenset[str]:
    """Product codes and setting names: words with a digit or an underscore inside."""
    return frozenset(term for term in sentence.own if is_code(term))


def _asked_for_one(difference: Difference, question: Frame) -> bool:
    """Whether the question names one of the two, and so is not about the other."""
    if not question:
        return False
    named = [
        any(term in question for term in value.lower().replace("`", "").split())
        for value in difference.values
    ]
    return named[0] != named[1]
