"""How two sentences differ in their words, where no value, cue, name or list tells it."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

from ragcheck.judges.analysis import Sentence
from ragcheck.judges.differences import Difference, list_items
from ragcheck.text.alignment import is_code, term_weight

LONGEST = 60
_NEGATIVE = frozenset({"negation", "prohibition", "exemption", "off"})
_MODAL = frozenset({"obligation", "prohibition", "permission", "exemption"})


def wording_difference(left: Sentence, right: Sentence, strength: float) -> Difference:
    """The longest words that differ, said to be a list, negation, name or procedure.

    Args:
        strength: how surely they differ, in [0, 1].
    """
    return Difference(_kind(left, right), left, right, _said(left, right), strength)


def _kind(left: Sentence, right: Sentence) -> str:
    cues = left.cue_kinds ^ right.cue_kinds
    if cues & _MODAL and left.cue_kinds & _MODAL and right.cue_kinds & _MODAL:
        return "permission"
    if cues & _NEGATIVE:
        return "negation"
    if len(list_items(left)) >= 3 and len(list_items(right)) >= 3:
        return "list"
    codes = [{term for term in side.own if is_code(term)} for side in (left, right)]
    return "name" if codes[0] != codes[1] and all(codes) else "procedure"


def _said(left: Sentence, right: Sentence) -> tuple[str, str]:
    runs = list(_replaced(left, right))
    if not runs:
        return _short(left.text), _short(right.text)
    weight, one, other = max(runs)
    if not weight:
        return _short(left.text), _short(right.text)
    return (
        _short(left.text[one[0] : one[1]]) if one[0] < one[1] else _short(left.text),
        _short(right.text[other[0] : other[1]]) if other[0] < other[1] else _short(right.text),
    )


def _replaced(
    left: Sentence, right: Sentence
) -> Iterator[tuple[float, tuple[int, int], tuple[int, int]]]:
    """(weight, place on the left, place on the right) of each run that stands for another."""
    stems = [word.stem for word in left.words], [word.stem for word in right.words]
    for edit in Levenshtein.opcodes(*stems):
        if edit.tag == "replace":
            one = left.words[edit.src_start : edit.src_end]
            other = right.words[edit.dest_start : edit.dest_end]
            weight = min(sum(term_weight(word.stem) or 0.3 for word in run) for run in (one, other))
            yield (
                weight,
                (one[0].start - left.span.start, one[-1].end - left.span.start),
                (other[0].start - right.span.start, other[-1].end - right.span.start),
            )


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"
