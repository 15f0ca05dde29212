"""Which runs of words differ between two texts, and what stands in them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ragcheck.judges.analysis import AnalysedText
from ragcheck.text.alignment import STOP_CHARACTERS, is_code, term_weight
from ragcheck.text.typed import TypedValue
from ragcheck.text.values import same_value

MOST_WORDS = 400
MOST_MATCHED = 40
EDIT_FEATURES = (
    "runs", "replaced", "lone", "longest_low", "longest_high", "equal_share", "value_for_value",
    "code_for_code", "content_for_content", "trifles", "lone_value", "lone_code", "lone_cue",
    "cue_for_cue", "replaced_near_question", "lone_near_question", "asked_in_runs",
    "changed_low", "changed_high", "alike", "hard_near_question", "hard", "asked_lost",
)  # fmt: skip
NEAR = 12
"""Words between a run and a word of the question, up to which the run is near the question."""

HARD = frozenset({"value", "code", "cue"})
ALIKE = 80
_DIGITS = re.compile(r"\d+")
_DOTTED = re.compile(r"[^\W\d]\w{0,60}(?:\.[^\W\d]\w{0,60}){0,6}\.[^\W\d]\w{4,60}")
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a value. ``kind`` is ``value``, ``cue``, ``code``, ``word`` or ``trifle``."""

    key: str
    kind: str


Run = tuple[Sequence[Token], Sequence[Token], bool]
"""The words on either side that differ, and whether they stand near a word of the question."""


@dataclass(frozen=True, slots=True)
class Sequenced:
    """The tokens of a text in order, with the values among them by position."""

    tokens: tuple[Token, ...]
    values: Mapping[int, TypedValue]


def sequence(text: AnalysedText) -> Sequenced:
    """The first 400 words of a text; a value or a cue counts as one word."""
    tokens: list[Token] = []
    values: dict[int, TypedValue] = {}
    for sentence in text.sentences:
        base = sentence.span.start
        stated = [v for v in sentence.values if v.kind != "identifier"]
        places = [(v.span.start, v.span.end, i) for i, v in enumerate(stated)]
        cued = [(base + c.span.start, base + c.span.end, c.kind) for c in sentence.cues]
        last: object = None
        for word in sentence.words:
            value = next((i for start, end, i in places if start < word.end and word.start < end),
                         None)  # fmt: skip
            cue = next((c for c in cued if c[0] < word.end and word.start < c[1]), None)
            unit = value if value is not None else cue
            if unit is not None and unit == last:
                continue
            last = unit
            if value is not None:
                values[len(tokens)] = stated[value]
                tokens.append(Token(stated[value].text.lower(), "value"))
            elif cue is not None:
                tokens.append(Token(f"<{cue[2]}>", "cue"))
            else:
                tokens.append(Token(name_of(word.stem), _kind(word.stem)))
        if len(tokens) >= MOST_WORDS:
            break
    return Sequenced(tuple(tokens[:MOST_WORDS]), values)


def name_of(stem: str) -> str:
    """The last part of a dotted name, which is what it is called whatever module it is in.

    A short last part may be the ending of a file, and stays with what is before it.
    """
    return stem.rsplit(".", 1)[1] if _DOTTED.fullmatch(stem) else stem


def _kind(stem: str) -> str:
    if is_code(stem) or any(char.isdigit() for char in stem):
        return "code"
    return "word" if content_word(stem) else "trifle"


def content_word(stem: str) -> bool:
    """Whether a stem is no function word; of Chinese characters all but the commonest are."""
    if "\u3400" <= stem[0] <= "\u9fff":
        return stem not in STOP_CHARACTERS
    return term_weight(stem) > 0


@dataclass(frozen=True, slots=True)
class Edits:
    """``runs`` are the places (first, behind the last word) on either side of what differs.

    ``equal`` counts the words of one side that the other has in the same order, ``alike`` the
    runs that only spell the same thing differently and are not among ``runs``.
    """

    runs: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    equal: int
    alike: int


def find_edits(left: Sequenced, right: Sequenced) -> Edits:
    """What differs between two texts word by word; equal values count as the same word."""
    a, b = _keys(left, right)
    equal = alike = 0
    runs = []
    for code in Levenshtein.opcodes(a, b):
        if code.tag == "equal":
            equal += code.src_end - code.src_start
            continue
        one = left.tokens[code.src_start : code.src_end]
        other = right.tokens[code.dest_start : code.dest_end]
        if one and other and _alike(one, other):
            alike += 1
        else:
            runs.append(((code.src_start, code.src_end), (code.dest_start, code.dest_end)))
    return Edits(tuple(runs), equal, alike)


def edit_features(
    left: Sequenced, right: Sequenced, edits: Edits, asked: frozenset[str]
) -> list[float]:
    """The numbers of ``EDIT_FEATURES``."""
    equal, alike = edits.equal, edits.alike
    replaced: list[Run] = []
    lone: list[Run] = []
    for (start, end), (other_start, other_end) in edits.runs:
        one, other = left.tokens[start:end], right.tokens[other_start:other_end]
        near = _near(left, start, end, asked) or _near(right, other_start, other_end, asked)
        (replaced if one and other else lone).append((one, other, near))
    runs = [*replaced, *lone]
    hard = [(_kinds(one, other) & HARD, near) for one, other, near in runs]
    lost = asked & ({t.key for t in left.tokens} ^ {t.key for t in right.tokens})
    sizes = [(len(one), len(other)) for one, other, _ in runs]
    longest = sorted(max((size[side] for size in sizes), default=0) for side in (0, 1))
    changed = sorted(sum(size[side] for size in sizes) for side in (0, 1))
    touched = {token.key for one, other, _ in runs for token in (*one, *other)}
    return [
        _count(len(runs)),
        _count(len(replaced)),
        _count(len(lone)),
        *(math.log1p(x) for x in longest),
        2 * equal / max(1, len(left.tokens) + len(right.tokens)),
        _count(_both(replaced, "value")),
        _count(_both(replaced, "code")),
        _count(_both(replaced, "word")),
        _count(sum(_kinds(one, other) <= {"trifle"} for one, other, _ in runs)),
        *(_count(sum(kind in _kinds(o, p) for o, p, _ in lone)) for kind in
          ("value", "code", "cue")),
        _count(sum("cue" in _kinds(one, other) for one, other, _ in replaced)),
        _count(sum(near for _, _, near in replaced)),
        _count(sum(near for _, _, near in lone)),
        len(touched & asked) / max(1, len(asked)),
        *(math.log1p(x) for x in changed),
        _count(alike),
        _count(sum(near for kinds, near in hard if kinds)),
        _count(sum(bool(kinds) for kinds, _ in hard)),
        len(lost) / max(1, len(asked)),
    ]  # fmt: skip


def _keys(left: Sequenced, right: Sequenced) -> tuple[list[str], list[str]]:
    """The tokens' keys, where values of the right that equal one of the left take its key."""
    a, b = [t.key for t in left.tokens], [t.key for t in right.tokens]
    for j, w in list(right.values.items())[:MOST_MATCHED]:
        for i, v in list(left.values.items())[:MOST_MATCHED]:
            if j < len(b) and i < len(a) and a[i] != b[j] and same_value(v, w):
                b[j] = a[i]
                break
    return a, b


def _alike(one: Sequence[Token], other: Sequence[Token]) -> bool:
    """Whether two runs are spellings of one thing: ``ie`` and ``i.e``, a name and its path."""
    a, b = ("".join(token.key for token in run) for run in (one, other))
    if _DIGITS.findall(a) != _DIGITS.findall(b) or {"cue", "value"} & _kinds(one, other):
        return False
    plain_a, plain_b = _MARKS.sub("", a), _MARKS.sub("", b)
    if plain_a == plain_b:
        return True
    short, long_ = sorted((plain_a, plain_b), key=len)
    return len(short) >= 4 and (
        (short in long_ and len(short) > 0.4 * len(long_)) or fuzz.ratio(plain_a, plain_b) >= ALIKE
    )


def _count(number: int) -> float:
    return math.log1p(number)


def _kinds(one: Sequence[Token], other: Sequence[Token]) -> set[str]:
    return {token.kind for token in (*one, *other)}


def _both(replaced: Sequence[Run], kind: str) -> int:
    return sum(
        any(t.kind == kind for t in one) and any(t.kind == kind for t in other)
        for one, other, _ in replaced
    )


def _near(text: Sequenced, start: int, end: int, asked: frozenset[str]) -> bool:
    around = text.tokens[max(0, start - NEAR) : end + NEAR]
    return any(token.key in asked for token in around)
