"""Which sentences of two texts are about the same thing.

Sentences are compared by the words that are left when values and cues are taken out: two
sentences that differ in nothing but a number have the same frame.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ragcheck.text.language import CJK

STOP_WORDS = frozenset(
    (
        "a", "an", "the", "and", "or", "but", "if", "of", "to", "in", "on", "at", "by", "for",
        "with", "from", "as", "is", "are", "was", "were", "be", "been", "being", "it", "its",
        "this", "that", "these", "those", "which", "who", "whom", "whose", "what", "when", "where",
        "how", "why", "do", "does", "did", "has", "have", "had", "will", "would", "there", "then",
        "than", "so", "also", "into", "about", "you", "your", "we", "our", "they", "their", "he",
        "she", "his", "her", "i", "my", "me", "us", "them", "some", "such", "other", "more",
        "most", "very", "just", "via", "per", "up", "out", "use", "used", "using", "make", "made",
    )
)  # fmt: skip
STOP_CHARACTERS = frozenset(
    "的了在是和与及或其之于以为对把被将由从到后前中上下时者所等并且则而也就该此本各每一个"
)

_PIECE = re.compile(rf"[{CJK}]|[^\W_{CJK}]+(?:['’._-]+[^\W_{CJK}]+){{0,20}}")
_CJK_CHAR = re.compile(f"[{CJK}]")
_NAME_LIKE = re.compile(r"[\d_.]|[a-z][A-Z]")
_SUFFIXES = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""))


@dataclass(frozen=True, slots=True)
class Word:
    """One word (or one Chinese character) with its stem and its place."""

    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two sentences and how alike their frames are.

    ``similarity`` is Dice's coefficient of the weighted terms and ``containment`` the share of
    the smaller frame that the larger one holds, both in [0, 1].
    """

    left: int
    right: int
    similarity: float
    containment: float


Frame = Mapping[str, float]


def stem(word: str) -> str:
    """A word without possessive and without the commonest endings, in lower case."""
    folded = word.lower().replace("’", "'").removesuffix("'s").strip("'")
    if len(folded) > 4 and not _NAME_LIKE.search(folded):
        for suffix, instead in _SUFFIXES:
            if folded.endswith(suffix) and len(folded) - len(suffix) >= 3:
                return folded[: -len(suffix)] + instead
    return folded


def read_words(text: str, offset: int = 0) -> list[Word]:
    """The words in order; every Chinese character is one. Places are shifted by ``offset``."""
    return [
        Word(stem(match.group()), offset + match.start(), offset + match.end())
        for match in _PIECE.finditer(text)
    ]


def term_weight(term: str) -> float:
    """How much a shared term says: function words nothing, names and identifiers most."""
    if _CJK_CHAR.match(term):
        functional = sum(char in STOP_CHARACTERS for char in term)
        return 0.6 if functional == 0 else 0.15 if functional < len(term) else 0.0
    if term in STOP_WORDS or (len(term) < 2 and term.isalpha()):
        return 0.0
    if _NAME_LIKE.search(term):
        return 3.0 if is_code(term) else 2.0
    return 1.3 if len(term) >= 8 else 1.0


def is_code(term: str) -> bool:
    """Whether a term is a setting name, a product code or a dotted path."""
    if not term.isascii():
        return False
    return (
        "_" in term
        or ("-" in term and any(char.isdigit() for char in term))
        or bool(re.search(r"[a-z]\.[a-z]", term))
    )


def read_frame(words: Sequence[Word]) -> dict[str, float]:
    """Terms with their weights: stems of words, and bigrams of neighbouring Chinese characters."""
    frame: dict[str, float] = {}
    for i, word in enumerate(words):
        if not _CJK_CHAR.match(word.stem):
            _add(frame, word.stem)
            continue
        following = words[i + 1] if i + 1 < len(words) else None
        if (
            following is not None
            and following.start == word.end
            and _CJK_CHAR.match(following.stem)
        ):
            _add(frame, word.stem + following.stem)
    return frame


def _add(frame: dict[str, float], term: str) -> None:
    weight = term_weight(term)
    if weight:
        frame[term] = weight


def overlap(left: Frame, right: Frame) -> tuple[float, float]:
    """Similarity and containment of two frames; 0 where one of them is empty."""
    if not left or not right:
        return 0.0, 0.0
    small, large = (left, right) if len(left) <= len(right) else (right, left)
    shared = sum(weight for term, weight in small.items() if term in large)
    if not shared:
        return 0.0, 0.0
    total, other = sum(left.values()), sum(right.values())
    return 2 * shared / (total + other), shared / min(total, other)


def coverage(terms: Frame, within: Collection[str]) -> float:
    """Share of the weight of ``terms`` that stands in ``within``; 0 where there are none."""
    total = sum(terms.values())
    return sum(w for term, w in terms.items() if term in within) / total if total else 0.0


def align(left: Sequence[Frame], right: Sequence[Frame], *, least: float = 0.25) -> list[Alignment]:
    """Pairs of sentences whose similarity or containment reaches ``least``, best first."""
    found = []
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            similarity, containment = overlap(a, b)
            if similarity >= least or containment >= 2 * least:
                found.append(Alignment(i, j, similarity, containment))
    found.sort(key=lambda pair: (-pair.similarity, pair.left, pair.right))
    return found
