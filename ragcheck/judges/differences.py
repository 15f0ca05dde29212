"""How two aligned sentences differ: in a value, in what is allowed, in a name, in a list."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ragcheck.judges.analysis import Sentence
from ragcheck.text.alignment import (
    Alignment,
    Frame,
    Word,
    coverage,
    is_code,
    overlap,
    read_frame,
    term_weight,
)
from ragcheck.text.polarity import OPPOSED, Cue
from ragcheck.text.values import TypedValue, same_value

WINDOW_WORDS, WINDOW_CHARACTERS = 6, 12
WORDS_LOOKED_AT = 48
MOST_VALUES = 16
NEAR_COPY = 0.6
# Two values beside the same setting name are about the same thing, whatever else is said.
SHARED_CODE = 0.85
# A value of an example need not be the value of the rule.
EXAMPLE = 0.3
# Share of what a negation governs that another negative sentence must hold to say the same.
ECHO = 0.6
LONGEST_SUBSTITUTION = 6
# Steps of an alignment in which a single run differs: equal, replaced, equal.
ONE_EDIT = 3
_NEGATIVE = frozenset({"negation", "prohibition", "exemption", "off"})
_KINDS = {
    "number": "number", "quantity": "number", "percent": "number", "money": "number",
    "duration": "number", "ordinal": "number", "identifier": "number", "date": "date",
    "time": "date", "weekday": "date", "version": "version",
}  # fmt: skip
_CUE_KINDS = {
    frozenset({"on", "off"}): "negation",
    frozenset({"obligation", "exemption"}): "permission",
    frozenset({"obligation", "prohibition"}): "permission",
    frozenset({"permission", "prohibition"}): "permission",
}
_ITEMS = re.compile(r"[、,，;；]\s*(?:(?:and|or)\s)?|以及|或者")
_LIST_NUMBER = re.compile(r"[\s(（]*(?:\d{1,3}|[一二三四五六七八九十]{1,3})[.)、）]")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two sentences; ``strength`` in [0, 1] is how surely it is one."""

    kind: str
    left: Sentence
    right: Sentence
    values: tuple[str, str]
    strength: float
    typed: tuple[TypedValue, TypedValue] | None = None
    cue: Cue | None = None


def find_differences(left: Sentence, right: Sentence, aligned: Alignment) -> list[Difference]:
    """Every difference of two aligned sentences, the surest first.

    Two headings name topics and state nothing; two table rows are about what their first cells
    say.
    """
    if (left.is_heading and right.is_heading) or _other_rows(left, right):
        return []
    stated = list(_value_differences(left, right, aligned))
    if any(difference.kind != "date" for difference in stated):
        # beside another difference a date says when, and is for the scope to judge
        stated = [difference for difference in stated if difference.kind != "date"]
    found = [
        *stated,
        *_cue_differences(left, right, aligned),
        *_name_differences(left, right, aligned),
        *_list_differences(left, right, aligned),
    ]
    return sorted(found, key=lambda difference: -difference.strength)


def _other_rows(left: Sentence, right: Sentence) -> bool:
    one, other = left.row_key, right.row_key
    return bool(one and other) and not (one <= other or other <= one)


def _value_differences(a: Sentence, b: Sentence, aligned: Alignment) -> Iterator[Difference]:
    left, right = _comparable(a), _comparable(b)
    if not left or not right:
        return
    matched_left = {i for i, v in enumerate(left) if any(same_value(v, w) for w in right)}
    matched_right = {j for j, w in enumerate(right) if any(same_value(v, w) for v in left)}
    windows = [
        [_window(side, value.span.start, value.span.end) for value in values]
        for side, values in ((a, left), (b, right))
    ]
    for i, v in enumerate(left):
        for j, w in enumerate(right):
            if i in matched_left or j in matched_right or same_value(v, w) is not False:
                continue
            near = _context_likeness(a, windows[0][i], b, windows[1][j])
            if v.kind == w.kind == "number" and not _same_noun(v, w) and near < 0.8:
                continue
            if "example" in a.cue_kinds | b.cue_kinds:
                near *= EXAMPLE
            strength = 0.35 * aligned.similarity + 0.2 * aligned.containment + 0.45 * near
            kind = _KINDS[v.kind]
            if _leading_number(v.text) == _leading_number(w.text) and v.written_unit != (
                w.written_unit
            ):
                kind = "unit"
            yield Difference(kind, a, b, (v.text, w.text), strength, (v, w))


def _comparable(sentence: Sentence) -> list[TypedValue]:
    return [
        value
        for value in sentence.values
        if value.kind != "identifier"
        or (value.noun is not None and not _LIST_NUMBER.fullmatch(value.text))
    ][:MOST_VALUES]


def _leading_number(text: str) -> str:
    match = re.search(r"[\d.,]+|[一二三四五六七八九十百千万两]+", text)
    return match.group() if match else text


def _same_noun(v: TypedValue, w: TypedValue) -> bool:
    if v.noun is None or w.noun is None:
        return True
    return bool(set(v.noun.split()) & set(w.noun.split())) or v.noun in w.noun or w.noun in v.noun


def _context_likeness(a: Sentence, near_a: Frame, b: Sentence, near_b: Frame) -> float:
    """How much of the words around one value stands around the other; 1 where both are bare."""
    if not near_a and not near_b:
        return 1.0
    codes = {term for term in a.own if is_code(term)} & {term for term in b.own if is_code(term)}
    if codes:
        return max(SHARED_CODE, overlap(near_a, near_b)[1])
    return overlap(near_a, near_b)[1]


def _window(sentence: Sentence, start: int, end: int) -> dict[str, float]:
    first = bisect_left(sentence.words, start, key=lambda word: word.start)
    last = bisect_left(sentence.words, end, key=lambda word: word.start)
    near = sentence.words[max(0, first - WORDS_LOOKED_AT) : last + WORDS_LOOKED_AT]
    values = [v for v in sentence.values if v.kind != "identifier"]
    outside = [
        word for word in near if not any(v.span.start <= word.start < v.span.end for v in values)
    ]
    before = [word for word in outside if word.end <= start]
    after = [word for word in outside if word.start >= end]
    return read_frame(_nearest(before[::-1])[::-1]) | read_frame(_nearest(after))


def _nearest(words: Sequence[Word]) -> list[Word]:
    """The first words with six words' or twelve Chinese characters' worth of content."""
    taken: list[Word] = []
    budget = float(WINDOW_WORDS)
    for word in words:
        if budget <= 0:
            break
        taken.append(word)
        chinese = "\u3400" <= word.stem[0] <= "\u9fff"
        budget -= WINDOW_WORDS / WINDOW_CHARACTERS if chinese else float(term_weight(word.stem) > 0)
    return taken


def _cue_differences(a: Sentence, b: Sentence, aligned: Alignment) -> Iterator[Difference]:
    for first in a.cues:
        for second in b.cues:
            pair = frozenset({first.kind, second.kind})
            if pair not in OPPOSED or _has(a, second.kind) or _has(b, first.kind):
                continue
            near = _cue_likeness(a, first, b, second)
            strength = 0.45 * aligned.similarity + 0.15 * aligned.containment + 0.4 * near
            yield Difference(
                _CUE_KINDS[pair], a, b, (_phrase(a, first), _phrase(b, second)), strength
            )
    for one, other, flipped in ((a, b, False), (b, a, True)):
        lone = [cue for cue in one.cues if cue.kind in ("negation", "prohibition")]
        if len(lone) != 1 or other.cue_kinds & _NEGATIVE:
            continue
        near = coverage(_after(one, lone[0]), other.frame.keys())
        strength = 0.6 * aligned.similarity + 0.4 * near - 0.1
        said = (_phrase(one, lone[0]), other.text.strip()[:60])
        said = said[::-1] if flipped else said
        yield Difference("negation", a, b, said, strength, cue=lone[0])


def echoes(difference: Difference, left: Sequence[Sentence], right: Sequence[Sentence]) -> bool:
    """Whether elsewhere one text says what only the other seemed to say."""
    if difference.typed is not None:
        v, w = difference.typed
        return any(same_value(v, x) for s in right for x in s.values) or any(
            same_value(w, x) for s in left for x in s.values
        )
    if difference.cue is None:
        return False
    own, others = (difference.left, right)
    if difference.cue not in own.cues:
        own, others = (difference.right, left)
    governed = _after(own, difference.cue)
    return any(
        coverage(governed, other.frame.keys()) >= ECHO and other.cue_kinds & _NEGATIVE
        for other in others
    )


def _has(sentence: Sentence, kind: str) -> bool:
    return any(cue.kind == kind for cue in sentence.cues)


def _cue_likeness(a: Sentence, first: Cue, b: Sentence, second: Cue) -> float:
    """How much of what one cue governs the other cue governs too."""
    left, right = _after(a, first), _after(b, second)
    if not left and not right:
        return 1.0
    return overlap(left, right)[1]


def _after(sentence: Sentence, cue: Cue) -> dict[str, float]:
    end = sentence.span.start + cue.span.end
    return read_frame(_nearest([word for word in sentence.words if word.start >= end]))


def _phrase(sentence: Sentence, cue: Cue) -> str:
    """The cue and the few words behind it."""
    tail = sentence.text[cue.span.start : cue.span.start + 48]
    cut = re.search(r"[,.;:，。；：\n]", tail[len(cue.text) :])
    return tail[: len(cue.text) + cut.start()].strip() if cut else tail.strip()


def _name_differences(a: Sentence, b: Sentence, aligned: Alignment) -> Iterator[Difference]:
    if aligned.similarity < NEAR_COPY or a.is_heading != b.is_heading:
        return
    left, right = [word.stem for word in a.words], [word.stem for word in b.words]
    edits = Levenshtein.opcodes(left, right)
    replaced = [edit for edit in edits if edit.tag == "replace"]
    changed = sum(
        max(e.src_end - e.src_start, e.dest_end - e.dest_start) for e in edits if e.tag != "equal"
    )
    for edit in replaced:
        one, other = (
            a.words[edit.src_start : edit.src_end],
            b.words[edit.dest_start : edit.dest_end],
        )
        if max(len(one), len(other)) > LONGEST_SUBSTITUTION:
            continue
        said = (_between(a, one), _between(b, other))
        if not _is_substitution(a, one, b, other, said):
            continue
        if len(edits) > ONE_EDIT and _moved(a, one, b, other):
            continue
        alone = 1.0 / (1.0 + 0.35 * (changed - max(len(one), len(other))))
        sure = 1.0 if _like_a_name(said[0]) and _like_a_name(said[1]) else 0.7
        strength = sure * aligned.similarity * (0.4 + 0.6 * alone)
        yield Difference("name", a, b, said, strength)


def _between(sentence: Sentence, words: Sequence[Word]) -> str:
    start, end = words[0].start - sentence.span.start, words[-1].end - sentence.span.start
    return sentence.text[start:end]


def _is_substitution(
    a: Sentence, one: Sequence[Word], b: Sentence, other: Sequence[Word], said: tuple[str, str]
) -> bool:
    """Whether two replaced runs are two contents, not two spellings, values or function words."""
    if not _content(a, one) or not _content(b, other):
        return False
    if any(char.isdigit() for text in said for char in text):
        return _like_a_name(said[0]) and _like_a_name(said[1])
    plain_a, plain_b = (re.sub(r"[\W_]", "", text).lower() for text in said)
    if plain_a in plain_b or plain_b in plain_a:
        return False
    likeness = fuzz.ratio(said[0].lower(), said[1].lower())
    return likeness < (90 if "_" in said[0] or "." in said[0] else 65)


def _moved(a: Sentence, one: Sequence[Word], b: Sentence, other: Sequence[Word]) -> bool:
    """Whether one of the runs stands elsewhere in the other sentence."""
    stems_a, stems_b = {word.stem for word in a.words}, {word.stem for word in b.words}
    return {w.stem for w in one} <= stems_b or {w.stem for w in other} <= stems_a


def _content(sentence: Sentence, words: Sequence[Word]) -> bool:
    first, last = words[0].start, words[-1].end
    if any(
        v.kind != "identifier" and v.span.start < last and first < v.span.end
        for v in sentence.values
    ):
        return False
    base = sentence.span.start
    if any(base + c.span.start < last and first < base + c.span.end for c in sentence.cues):
        return False
    if "\u3400" <= words[0].stem[0] <= "\u9fff":
        return len(words) >= 2
    return any(term_weight(word.stem) > 0 for word in words)


def _like_a_name(text: str) -> bool:
    return bool(re.search(r"[_.\d]|[a-z][A-Z]|(?:^|\s)[A-Z]", text))


def _list_differences(a: Sentence, b: Sentence, aligned: Alignment) -> Iterator[Difference]:
    left, right = list_items(a), list_items(b)
    if len(left) < 3 or len(right) < 3 or aligned.containment < 0.4:
        return
    shared = left & right
    extra, missing = left - shared, right - shared
    if len(shared) >= 1 and extra and missing:
        share = len(shared) / min(len(left), len(right))
        strength = 0.4 * aligned.containment + 0.35 * share + 0.1
        yield Difference(
            "list", a, b, (", ".join(sorted(extra)), ", ".join(sorted(missing))), strength
        )


def list_items(sentence: Sentence) -> set[str]:
    """Items of an enumeration inside a sentence: short pieces between its separators."""
    head, colon, tail = sentence.text.partition("：")
    if not colon:
        head, colon, tail = sentence.text.partition(": ")
    listed = colon and tail.strip()
    # without a colon the first item hangs on the words before it
    pieces = _ITEMS.split(tail) if listed else _ITEMS.split(head)[1:]
    return {
        " ".join(piece.lower().split()).strip(" .。;；")
        for piece in pieces
        if 0 < len(piece.strip()) <= 24
    }
