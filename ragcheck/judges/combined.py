"""The judge that joins what differs between two texts with what each of them answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.answers import (
    UNANSWERED,
    ReadPassage,
    answer_features,
    read_passage,
)
from ragcheck.judges.boosting import load_mixture, logistic
from ragcheck.judges.chinese_reading import chinese_reader
from ragcheck.judges.explanations import explain
from ragcheck.judges.features import (
    FEATURES,
    PairReading,
    ReadQuestion,
    ReadText,
    measure,
    own_terms,
    read_question,
    read_text,
    same_text,
)
from ragcheck.judges.joining import house_features, joined_features, markup_share
from ragcheck.judges.learned import bounded_odds, learned_trees
from ragcheck.judges.reading import ExtractiveReader, Reading
from ragcheck.judges.showing import answers_apart, cause_of, nearest_difference, scopes_apart
from ragcheck.judges.structural import (
    Candidate,
    conflict_relation,
    flipped,
    no_conflict_relation,
    state,
)
from ragcheck.records.evidence import Judgement, Scope
from ragcheck.text.alignment import overlap

CONFLICT = 0.5
WEIGHTS = ("combined", "73a2f1da33db2c9044019aacc55dbdb9328d544f060651cbfe729ef749479ab7")
UNLIKE, UNRELATED = 0.12, 0.02
"""Passages that share less of their words, and of which one does not answer, are not compared."""
OTHER_SCOPE = 0.25
"""What is left of the probability where the documents speak of different products or places."""
TEXTS, READINGS, PAIRS = 4096, 8192, 32768
"""Results that a judge keeps."""

Scopes = tuple[Scope, Scope] | None


class Reader(Protocol):
    """Reads answers out of passages."""

    def read(self, asked: Sequence[tuple[str, str]]) -> list[Reading]:
        """The best answer of each (question, passage), in order."""
        ...


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair in a fixed order: ``turned`` says that it came the other way round."""

    left: ReadText
    right: ReadText
    question: ReadQuestion | None
    read: tuple[ReadPassage, ReadPassage] | None
    scopes: Scopes
    turned: bool


class CombinedJudge:
    """Joins a count of what differs between two texts with what a reader reads out of each.

    No language model, no network, no randomness. Without a question the trees of the ``learned``
    judge decide. With one, other trees weigh their log odds, how alike the passages are, and
    whether the answers that are read out of them are the same. There are two sets of these;
    which of them counts depends on whether the passages look like documentation of one house,
    with code and markup, or like texts of many authors (``docs/models/combined.md``). A passage
    is read once for a question, however many pairs it is part of, and the judge keeps what it
    read and judged, so that the same question costs little the second time.

    Args:
        readers: a reader for each language that is read; by default the ones that ship with
            ragcheck, which are loaded when a question is first asked.
        unlike: share of the words of the shorter passage below which two passages, of which one
            does not answer, are not compared; 0 compares every pair.
    """

    def __init__(
        self, *, readers: Mapping[str, Reader] | None = None, unlike: float = UNLIKE
    ) -> None:
        self._learned = learned_trees()
        self._trees = load_mixture(*WEIGHTS)
        self._unlike = unlike
        self._readers = dict(packaged_readers() if readers is None else readers)
        self._text = lru_cache(TEXTS)(read_text)
        self._question = lru_cache(TEXTS)(read_question)
        self._passage = lru_cache(READINGS)(self._read)
        self._known: dict[tuple[str, str, str | None, Scopes], Judgement] = {}

    @property
    def notation(self) -> str:
        return "combined"

    def judge(
        self,
        pairs: Sequence[tuple[str, str]],
        questions: Sequence[str | None] | None = None,
        scopes: Sequence[tuple[Scope, Scope]] | None = None,
    ) -> list[Judgement]:
        """One judgement a pair, in order.

        Args:
            questions: one a pair; ``None`` where there is none.
            scopes: what the documents say that the texts are about: where they name different
                products, platforms, regions or groups of people, both texts can be true.

        Raises:
            ModelError: there is a question, and the packaged encoder is not installed.
            ValueError: there are not as many questions or scopes as pairs.
        """
        asked = [None] * len(pairs) if questions is None else list(questions)
        scoped: list[Scopes] = [None] * len(pairs) if scopes is None else list(scopes)
        if len(asked) != len(pairs) or len(scoped) != len(pairs):
            raise ValueError(f"{len(asked)} questions, {len(scoped)} scopes for {len(pairs)} pairs")
        keys = [(*pair, q, s) for pair, q, s in zip(pairs, asked, scoped, strict=True)]
        found = {key: self._known[key] for key in keys if key in self._known}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        found |= zip(missing, self._judge([self._pair(*key) for key in missing]), strict=True)
        self._keep({key: found[key] for key in missing})
        return [found[key] for key in keys]

    def _keep(self, fresh: Mapping[tuple[str, str, str | None, Scopes], Judgement]) -> None:
        self._known |= fresh
        for key in list(self._known)[: max(0, len(self._known) - PAIRS)]:
            del self._known[key]

    def _pair(self, left: str, right: str, question: str | None, scopes: Scopes) -> _Pair:
        turned = left > right
        first, second = (right, left) if turned else (left, right)
        texts = self._text(first), self._text(second)
        asked = self._question(question)
        readable = asked is not None and self._readable(*texts)
        read = (
            (self._passage(asked.text, first), self._passage(asked.text, second))
            if asked is not None and readable
            else None
        )
        ordered = scopes[::-1] if scopes is not None and turned else scopes
        return _Pair(*texts, asked, read, ordered, turned)

    def _readable(self, left: ReadText, right: ReadText) -> bool:
        language = left.analysed.language
        return (
            language == right.analysed.language
            and language in self._readers
            and bool(left.sides and right.sides)
        )

    def _read(self, question: str, passage: str) -> ReadPassage:
        text = self._text(passage)
        (reading,) = self._readers[text.analysed.language].read([(question, passage)])
        return read_passage(text, reading)

    def _judge(self, pairs: Sequence[_Pair]) -> list[Judgement]:
        compared = [pair for pair in pairs if self._worth_comparing(pair)]
        measured = [measure(pair.left, pair.right, pair.question) for pair in compared]
        probabilities = self._probabilities(compared, measured)
        judged = {
            id(pair): _judgement(pair, each, float(probability))
            for pair, each, probability in zip(compared, measured, probabilities, strict=True)
        }
        return [judged.get(id(pair)) or _uncompared(pair) for pair in pairs]

    def _worth_comparing(self, pair: _Pair) -> bool:
        """Whether both passages answer, or are alike enough to disagree without a question."""
        if not pair.left.sides or not pair.right.sides or same_text(pair.left, pair.right):
            return False
        if pair.read and _both_answer(*pair.read):
            return True
        return overlap(*own_terms(pair.left, pair.right))[1] >= self._unlike

    def _probabilities(
        self, pairs: Sequence[_Pair], measured: Sequence[PairReading]
    ) -> NDArray[np.float64]:
        rows = np.array([each.vector for each in measured]).reshape(len(pairs), len(FEATURES))
        odds = bounded_odds(self._learned, rows)
        found = logistic(odds)
        asked = [i for i, pair in enumerate(pairs) if pair.read is not None]
        if asked:
            read = np.array([_answers(pairs[i]) for i in asked])
            shares = np.array([_markup(pairs[i]) for i in asked])
            found[asked] = self._trees.probabilities(
                joined_features(odds[asked], rows[asked], read), house_features(shares, rows[asked])
            )
        apart = [pair.scopes is not None and scopes_apart(*pair.scopes) is not None
                 for pair in pairs]  # fmt: skip
        return np.where(apart, OTHER_SCOPE * found, found)


def packaged_readers() -> dict[str, Reader]:
    """The readers that ship with ragcheck, by language; each is loaded when it first reads."""
    return {"en": _LoadedLater(ExtractiveReader), "zh": _LoadedLater(chinese_reader)}


class _LoadedLater:
    """A reader that is built when it first reads."""

    def __init__(self, build: Callable[[], Reader]) -> None:
        self._build = build
        self._reader: Reader | None = None

    def read(self, asked: Sequence[tuple[str, str]]) -> list[Reading]:
        if self._reader is None:
            self._reader = self._build()
        return self._reader.read(asked)


def _both_answer(one: ReadPassage, other: ReadPassage) -> bool:
    """Whether each passage answers in a sentence that does not stand in the other."""
    if min(one.reading.margin, other.reading.margin) < UNANSWERED:
        return False
    said = [{s.plain for s in each.text.analysed.sentences} for each in (one, other)]
    own = [each.sentence is None or each.sentence.plain not in there
           for each, there in zip((one, other), said[::-1], strict=True)]  # fmt: skip
    return all(own)


def _uncompared(pair: _Pair) -> Judgement:
    same = bool(pair.left.sides) and same_text(pair.left, pair.right)
    probable = bool(pair.left.sides and pair.right.sides) and not same
    relation = "agree" if same else "unrelated"
    return Judgement(
        relation, UNRELATED if probable else 0.0, explanation=explain(relation, _language(pair))
    )


def _answers(pair: _Pair) -> NDArray[np.float64]:
    assert pair.read is not None and pair.question is not None
    return answer_features(*pair.read, pair.question)


def _markup(pair: _Pair) -> tuple[float, float]:
    return markup_share(pair.left.analysed.text), markup_share(pair.right.analysed.text)


def _language(pair: _Pair) -> str:
    left, right = pair.left.analysed, pair.right.analysed
    return left.language if left.language == right.language else "en"


def _judgement(pair: _Pair, measured: PairReading, probability: float) -> Judgement:
    compared = measured.comparison
    relation: str
    candidate: Candidate | None
    if probability >= CONFLICT:
        candidate = answers_apart(pair.read, measured, probability) or nearest_difference(
            pair.left, pair.right, measured, probability
        )
        relation = conflict_relation(candidate)
    else:
        relation, candidate = no_conflict_relation(
            compared.candidates, same_subject=compared.same_subject
        )
    if candidate is None:
        return Judgement(relation, probability, explanation=explain(relation, _language(pair)))
    said = state(
        relation, probability, flipped(candidate) if pair.turned else candidate, _language(pair)
    )
    return replace(said, cause=said.cause or cause_of(relation, candidate, pair.scopes))
