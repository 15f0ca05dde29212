"""How much of what differs between two texts stands where the question is answered.

Every word of a text has a relevance: high near the words of the question, falling off by half
every six words, the same everywhere where there is no question. What is measured is which share
of a text's relevance lies on words that differ, by the kind of word, and how much of the question
and of its names each side mentions at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.edits import Edits, Sequenced, Token

_KINDS = ("value", "code", "cue", "word")
RELEVANCE_FEATURES = (
    *(f"{how}_{kind}_{side}" for how in ("moved", "new")
      for kind in (*_KINDS, "all") for side in ("low", "high")),
    "peak_changed_low", "peak_changed_high", "peak_hard_low", "peak_hard_high",
    "opening_alike", "opening_codes_equal", "opening_codes_apart", "opening_code_unknown",
    "question_both", "question_one", "question_codes_both", "question_codes_one",
    "opening_asked_low", "opening_asked_high",
)  # fmt: skip
HALF = 6
"""Words within which relevance falls by half."""

FLOOR = 0.02
PEAK = 6
OPENING = 8
_HARD = frozenset({"value", "code", "cue"})


def relevance_features(
    left: Sequenced, right: Sequenced, edits: Edits, asked: frozenset[str]
) -> list[float]:
    """The numbers of ``RELEVANCE_FEATURES``; 0 where a side has no words."""
    sides = (
        _Side(left, right, [run[0] for run in edits.runs], asked),
        _Side(right, left, [run[1] for run in edits.runs], asked),
    )
    shares = [
        value
        for how in ("moved", "new")
        for kind in (*_KINDS, "all")
        for value in sorted(side.share(how, kind) for side in sides)
    ]
    peaks = [
        *sorted(side.peak(None) for side in sides),
        *sorted(side.peak(_HARD) for side in sides),
    ]
    return [*shares, *peaks, *_openings(left, right), *_question(left, right, asked)]


class _Side:
    """One text beside another: relevance of its words, which of them differ, which are new."""

    def __init__(
        self, own: Sequenced, other: Sequenced, runs: Sequence[tuple[int, int]],
        asked: frozenset[str],
    ) -> None:  # fmt: skip
        self.tokens = own.tokens
        self.weight = relevance(own.tokens, asked)
        known = {token.key for token in other.tokens}
        self.moved = np.zeros(len(own.tokens), dtype=bool)
        for start, end in runs:
            self.moved[start:end] = True
        self.new = np.array(
            [moved and token.key not in known
             for token, moved in zip(own.tokens, self.moved, strict=True)], dtype=bool,
        )  # fmt: skip
        self.kinds = np.array([token.kind for token in own.tokens], dtype=object)

    def share(self, how: str, kind: str) -> float:
        if not self.tokens:
            return 0.0
        chosen = self.moved if how == "moved" else self.new
        of_kind = self.kinds != "trifle" if kind == "all" else self.kinds == kind
        return math.sqrt(float(self.weight[chosen & of_kind].sum()))

    def peak(self, kinds: frozenset[str] | None) -> float:
        """Share of the words around the most relevant one that are new here."""
        if not self.tokens:
            return 0.0
        at = int(self.weight.argmax())
        window = slice(max(0, at - PEAK), at + PEAK + 1)
        counted = self.new[window]
        if kinds is not None:
            counted = counted & np.array([kind in kinds for kind in self.kinds[window]], dtype=bool)
        return float(counted.mean())


def relevance(tokens: Sequence[Token], asked: frozenset[str]) -> NDArray[np.float64]:
    """(n,) weights that sum to 1: near words of the question high, elsewhere low."""
    place = np.arange(len(tokens), dtype=np.float64)
    weight = np.full(len(tokens), FLOOR)
    if not asked:
        return np.asarray(weight / max(1e-12, weight.sum()))
    places: dict[str, list[int]] = {}
    for i, token in enumerate(tokens):
        if token.key in asked:
            places.setdefault(token.key, []).append(i)
    for at in places.values():
        # a word that stands everywhere says little about where the answer is
        near = np.abs(place[:, None] - np.array(at, dtype=np.float64)[None, :]).min(axis=1)
        weight += np.exp2(-near / HALF) / math.sqrt(len(at))
    return np.asarray(weight / max(1e-12, weight.sum()))


def _openings(left: Sequenced, right: Sequenced) -> list[float]:
    """Whether both texts begin with the same words and the same names: are about one thing."""
    one, other = left.tokens[:OPENING], right.tokens[:OPENING]
    keys = {t.key for t in one if t.kind != "trifle"}, {t.key for t in other if t.kind != "trifle"}
    codes = {t.key for t in one if t.kind == "code"}, {t.key for t in other if t.kind == "code"}
    everywhere = {t.key for t in left.tokens}, {t.key for t in right.tokens}
    unknown = len(codes[0] - everywhere[1]), len(codes[1] - everywhere[0])
    return [
        len(keys[0] & keys[1]) / max(1, min(len(keys[0]), len(keys[1]))),
        float(bool(codes[0] & codes[1])),
        float(bool(codes[0]) and bool(codes[1]) and not codes[0] & codes[1]),
        float(min(unknown) > 0),
    ]


def _question(left: Sequenced, right: Sequenced, asked: frozenset[str]) -> list[float]:
    """Which share of the question, and of its names, both sides mention, and one side alone."""
    if not asked:
        return [-1.0] * 6
    said = {t.key for t in left.tokens}, {t.key for t in right.tokens}
    names = frozenset(
        t.key for t in (*left.tokens, *right.tokens) if t.kind == "code" and t.key in asked
    )
    opening = [
        len({t.key for t in side.tokens[:OPENING]} & asked) / len(asked) for side in (left, right)
    ]
    both, one = said[0] & said[1], said[0] ^ said[1]
    return [
        len(asked & both) / len(asked),
        len(asked & one) / len(asked),
        float(min(3, len(names & both))),
        float(min(3, len(names & one))),
        *sorted(opening),
    ]
