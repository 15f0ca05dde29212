"""Overlap of an answer with a reference: the metrics that leaderboards use, for comparison."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz.distance import LCSseq

from ragcheck.text.language import CJK
from ragcheck.text.tokens import normalise

_TOKEN = re.compile(rf"[{CJK}]|[^\W_{CJK}]+(?:[.,:'’/-][^\W_{CJK}]+)*|[%£€$¥°]")
_ARTICLES = frozenset({"a", "an", "the"})
_GROUPED = re.compile(r"(?<=\d),(?=\d{3})")
LONGEST = 5_000


def answer_tokens(text: str) -> list[str]:
    """Words without case, punctuation and articles; each Chinese character is one token.

    This is SQuAD's normalisation (Rajpurkar et al. 2016, arXiv:1606.05250) with Chinese text
    cut by character, as CMRC 2018 does (Cui et al., arXiv:1810.07366).
    """
    plain = _GROUPED.sub("", normalise(text))
    return [token for token in _TOKEN.findall(plain) if token not in _ARTICLES]


def exact_match(answer: str, reference: str) -> bool:
    """Whether both have the same tokens in the same order."""
    return answer_tokens(answer) == answer_tokens(reference)


def token_f1(answer: str, reference: str) -> float:
    """Harmonic mean of token precision and recall, in [0, 1]; 1 where both are empty."""
    return overlap_f1(answer_tokens(answer), answer_tokens(reference))


def overlap_f1(answer: Sequence[str], reference: Sequence[str]) -> float:
    """:func:`token_f1` of token lists."""
    if not answer or not reference:
        return float(list(answer) == list(reference))
    shared = sum((Counter(answer) & Counter(reference)).values())
    return 2 * shared / (len(answer) + len(reference))


def token_recall(answer: str, reference: str) -> float:
    """Share of the reference's tokens that the answer has, in [0, 1]."""
    wanted, given = answer_tokens(reference), answer_tokens(answer)
    if not wanted:
        return 1.0
    return sum((Counter(given) & Counter(wanted)).values()) / len(wanted)


def rouge_l(answer: str, reference: str) -> float:
    """ROUGE-L F1 (Lin 2004, W04-1013): the longest common subsequence of tokens, in [0, 1].

    Only the first 5,000 tokens of each text count.
    """
    a, b = answer_tokens(answer)[:LONGEST], answer_tokens(reference)[:LONGEST]
    if not a or not b:
        return float(a == b)
    return 2 * LCSseq.similarity(a, b) / (len(a) + len(b))


def contains_run(tokens: Sequence[str], run: Sequence[str]) -> int | None:
    """Where ``run`` starts inside ``tokens``, or ``None``."""
    if not run:
        return None
    first = run[0]
    for i, token in enumerate(tokens[: len(tokens) - len(run) + 1]):
        if token == first and list(tokens[i : i + len(run)]) == list(run):
            return i
    return None
