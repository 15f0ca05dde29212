"""From scores of first and last pieces to a reading: which spans may be an answer at all.

The scores of beginning and end know nothing of each other, and the fitting was short. Three
rules of the language are added to them, each worth so many log odds (chosen on held-out
documents): an answer is of the kind that the question asks for, it does not run on over a comma
or a full stop, and it is not what the question says itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.readers.light import Asked
from ragcheck.judges.reading import NOTHING, Answer, Reading
from ragcheck.records.corpus import Span

LONGEST_ANSWER = 12
MOST_SPANS, MOST_ANSWERS = 40, 5
TEMPERATURE = 2.0
"""As in :mod:`ragcheck.judges.reading`."""
WRONG_KIND, BREAK, ECHO = 4.0, 4.0, 4.0
_BREAK = re.compile(r"[，。；：！？,;!?\n](?!\d)")
_OTHER_UNIT = re.compile(r"(?:[元块%％斤克米吨]|块钱|公里)\s*\Z")
"""What no moment and no duration ends in."""
_NUMBER = re.compile(r"[\d零〇一二两三四五六七八九十百千万亿半½]")
_VALUE = re.compile(
    r"[第约近超]?[\d零〇一二两三四五六七八九十百千万亿半½][\d零〇一二两三四五六七八九十百千万亿半½.,，:：/~–—%％-]*"
    r"\s?[年月日号岁个人次条种位名米秒分天周届场支部亿万元%％]{0,3}"
)


def read_spans(
    scores: NDArray[np.float32],
    none: float,
    places: Sequence[Span],
    passage: str,
    asked: Asked,
) -> Reading:
    """The reading of a passage.

    Args:
        scores: (pieces, 2) of "begins here" and "ends here" of the pieces of the passage.
        none: the score of "no answer".
        places: where each piece stands in the passage.
    """
    if not places:
        return NOTHING
    listed = _best_spans(scores, places)
    values = np.array(
        [score - penalty(passage[s.start : s.end], asked) for s, score in listed], dtype=np.float64
    )
    order = np.argsort(-values, kind="stable")
    top = max(none, float(values.max()))
    weights = np.exp((values - top) / TEMPERATURE)
    shares = weights / (weights.sum() + np.exp((none - top) / TEMPERATURE))
    found: list[tuple[Span, float]] = []
    for i in order:
        _add(found, listed[i][0], float(shares[i]))
    answers = [Answer(passage[s.start : s.end], s, share) for s, share in found]
    ranked = tuple(sorted(answers, key=lambda answer: -answer.share))[:MOST_ANSWERS]
    return Reading(answers[0].text, answers[0].span, float(values.max()) - none, ranked)


def _best_spans(scores: NDArray[np.float32], places: Sequence[Span]) -> list[tuple[Span, float]]:
    """The spans with the best scores, each once."""
    table = scores[:, 0][:, None] + scores[:, 1][None, :]
    allowed = np.triu(np.ones_like(table, dtype=bool))
    allowed &= ~np.triu(allowed, LONGEST_ANSWER)
    ranked = np.argsort(-np.where(allowed, table, -np.inf), axis=None, kind="stable")
    found: dict[Span, float] = {}
    for index in ranked[: min(MOST_SPANS * 3, int(allowed.sum()))]:
        first, last = divmod(int(index), len(places))
        span = Span(places[first].start, max(places[first].start, places[last].end))
        found.setdefault(span, float(table[first, last]))
    return list(found.items())


def penalty(said: str, asked: Asked) -> float:
    """Log odds that speak against this being the answer, in the words alone."""
    found = BREAK if _BREAK.search(said) else 0.0
    bare = said.strip()
    if bare and bare in asked.text:
        found += ECHO
    return found + (WRONG_KIND if _wrong_kind(bare, asked.wants) else 0.0)


@lru_cache(maxsize=4096)
def _wrong_kind(said: str, wants: tuple[str, ...]) -> bool:
    if "time" in wants and "amount" not in wants and _OTHER_UNIT.search(said):
        return True
    if "amount" in wants or "time" in wants:
        return not _NUMBER.search(said)
    if {"who", "place"} & set(wants):
        return bool(_VALUE.fullmatch(said))
    return False


def _add(found: list[tuple[Span, float]], span: Span, share: float) -> None:
    """Adds a place, or its share to that of a better place that it overlaps."""
    for number, (better, own) in enumerate(found):
        if better.overlap(span) > 0:
            found[number] = better, own + share
            return
    found.append((span, share))
