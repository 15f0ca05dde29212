"""Scores short answers against accepted answers, without a model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragcheck.records.corpus import Question
from ragcheck.records.trials import Answer, AnswerScore
from ragcheck.scoring.abstention import is_abstention
from ragcheck.scoring.first_answer import first_answer
from ragcheck.scoring.overlap import (
    answer_tokens,
    contains_run,
    exact_match,
    overlap_f1,
    token_recall,
)
from ragcheck.text.polarity import find_cues
from ragcheck.text.tokens import normalise
from ragcheck.text.values import TypedValue, find_values, same_value

# An answer in other words is taken for the same where this much of the tokens agrees.
ENOUGH_F1 = 0.75
_ITEMS = re.compile(r"\s*(?:[,，、;；]\s*(?:and |以及|和|及)?|\s+and\s+|以及|和(?=\S{2}))\s*")
_YES = re.compile(r"(?:yes|yeah|true|correct)\b|(?:是的?|可以|能|会|对|有|需要|要)(?=$|[\W])", re.I)
_NO = re.compile(
    r"(?:no|nope|false|incorrect)\b(?!\.? ?\d)"
    r"|(?:不是|不可以|不能|不会|不需要|不用|不要|没有|否|不|不行|不得|无需|不必)(?=$|[\W]|.)",
    re.I,
)
_NEGATIVE = frozenset({"negation", "prohibition", "exemption"})
_REACH = 4


@dataclass(frozen=True, slots=True)
class Match:
    """How one accepted answer compares; ``rival`` is a value that contradicts it."""

    accepted: str
    found: bool
    completeness: float
    token_f1: float
    rival: str | None = None


class ShortAnswerScorer:
    """Compares an answer with its accepted answers: as texts, as values and as yes or no.

    Correct is an answer that equals an accepted one after normalisation, states the same values
    (number, date, money, unit, version: 1800 seconds is 30 minutes), has the same yes or no,
    contains the accepted words, or shares at least three quarters of the tokens (F1) with them.
    A list is correct when every item is there and no other.

    An answer that also states another value of the same kind is *not* correct: half of the
    correctness is left, the verdict is ``wrong`` and the reason names the other value. Values
    that the question itself states are no rivals.
    """

    @property
    def notation(self) -> str:
        return "short_answer"

    def score(self, question: Question, answer: Answer) -> AnswerScore:
        """Score one answer; only its first answering line counts (:func:`first_answer`)."""
        if answer.text is None:
            return _unscored(f"the model gave no answer: {answer.failure}")
        text = first_answer(answer.text)
        if question.unanswerable:
            return _score_unanswerable(text)
        if not question.answers:
            return _unscored("the question has no accepted answer")
        for accepted in question.answers:
            if exact_match(text, accepted) and answer_tokens(text):
                return AnswerScore("correct", 1.0, 1.0, 1.0, False, None, accepted, 1.0)
        if is_abstention(text):
            return AnswerScore("abstained", 0.0, 0.0, 0.0, True, None, None, 0.0)
        given = find_values(text)
        asked = find_values(question.text)
        matches = [_match(text, given, asked, accepted) for accepted in question.answers]
        return _verdict(matches)


def _unscored(reason: str) -> AnswerScore:
    return AnswerScore("unscored", None, None, None, False, reason)


def _score_unanswerable(text: str) -> AnswerScore:
    if is_abstention(text):
        return AnswerScore("correct", 1.0, 1.0, 1.0, True)
    return AnswerScore(
        "wrong", 0.0, 0.0, 0.0, False, "the question cannot be answered from the corpus"
    )


def _verdict(matches: list[Match]) -> AnswerScore:
    best_f1 = max(match.token_f1 for match in matches)
    found = [match for match in matches if match.found]
    clean = [match for match in found if match.rival is None]
    if clean:
        best = max(clean, key=lambda match: match.token_f1)
        return AnswerScore("correct", 1.0, 1.0, 1.0, False, None, best.accepted, best_f1)
    if found:
        reason = f"the answer also states {found[0].rival}"
        return AnswerScore("wrong", 0.5, 1.0, 0.5, False, reason, found[0].accepted, best_f1)
    complete = max(match.completeness for match in matches)
    return AnswerScore("wrong", 0.0, complete, 0.0, False, None, None, best_f1)


def _match(text: str, given: list[TypedValue], asked: list[TypedValue], accepted: str) -> Match:
    tokens, wanted = answer_tokens(text), answer_tokens(accepted)
    f1 = overlap_f1(tokens, wanted)
    polarity = polarity_of(accepted)
    if polarity is not None and polarity_of(text) not in (polarity, None):
        return Match(accepted, False, 0.0, f1)
    gold = [value for value in find_values(accepted) if value.kind != "identifier"]
    if gold:
        return _match_values(text, given, asked, accepted, gold, f1)
    if polarity is not None and len(wanted) <= _REACH:
        spelled_out = len(wanted) > 1 and _contains(tokens, text, accepted)
        return Match(accepted, polarity_of(text) == polarity or spelled_out, 0.0, f1)
    items = list_items(accepted)
    if len(items) > 1:
        share = sum(_contains(tokens, text, item) for item in items) / len(items)
        return Match(accepted, share == 1.0, share, f1, _item_too_many(text, items))
    found = _contains(tokens, text, accepted) or (f1 >= ENOUGH_F1 and not _denies(text, accepted))
    return Match(accepted, found, token_recall(text, accepted), f1)


def _match_values(
    text: str,
    given: list[TypedValue],
    asked: list[TypedValue],
    accepted: str,
    gold: list[TypedValue],
    f1: float,
) -> Match:
    hit = [any(states(value, wanted) for value in given) for wanted in gold]
    share = sum(hit) / len(hit)
    if share < 1.0:
        bare = all(value.kind == "number" for value in gold)
        inside = bare and contains_run(answer_tokens(text), answer_tokens(accepted)) is not None
        if not inside:
            return Match(accepted, False, share, f1)
    rest = _words_beside(accepted, gold)
    if rest and token_recall(text, rest) < 0.5:
        return Match(accepted, False, share * 0.5, f1)
    rival = next(
        (
            value.text
            for value in given
            if any(same_value(value, wanted) is False for wanted in gold)
            and not any(states(value, wanted) for wanted in gold)
            and not any(same_value(value, known) for known in asked)
        ),
        None,
    )
    if _denies(text, accepted):
        return Match(accepted, False, share, f1)
    return Match(accepted, True, 1.0, f1, rival)


def holds_answer(passage: str, accepted: str) -> bool:
    """Whether a passage says an accepted answer, word for word or as the same values.

    A weak sign of support: a passage can say the same words about something else.
    """
    if contains_run(answer_tokens(passage), answer_tokens(accepted)) is not None:
        return True
    wanted = find_values(accepted)
    rest = _words_beside(accepted, wanted)
    if not wanted or (rest and token_recall(passage, rest) < 1.0):
        return False
    given = find_values(passage)
    return all(any(states(value, each) for value in given) for each in wanted)


def states(given: TypedValue, wanted: TypedValue) -> bool:
    """Whether a value gives the wanted one, or the wanted date more precisely."""
    if same_value(given, wanted):
        return True
    if (
        given.date is None
        or wanted.date is None
        or (given.date_end is None) != (wanted.date_end is None)
    ):
        return False
    return all(w is None or w == g for g, w in zip(given.date, wanted.date, strict=True))


def polarity_of(text: str) -> bool | None:
    """``True`` for yes, ``False`` for no, ``None`` where the text starts with neither."""
    head = normalise(text).lstrip("\"'“‘ ")
    if _NO.match(head):
        return False
    return True if _YES.match(head) else None


def list_items(accepted: str) -> list[str]:
    """The items of an accepted answer that is a list; one item where it is none."""
    if not re.search(r"[,，、;；]", accepted):
        return [accepted]
    return [item for item in _ITEMS.split(accepted) if item.strip()]


def _item_too_many(text: str, items: list[str]) -> str | None:
    """An item of an answered list that is none of the accepted ones.

    Longer pieces between commas are words around the list, not items of it.
    """
    longest = max(len(answer_tokens(item)) for item in items)
    for given in list_items(text):
        tokens = answer_tokens(given)
        known = any(_contains(tokens, given, item) for item in items)
        if not known and 0 < len(tokens) <= longest:
            return given.strip()
    return None


def _contains(tokens: list[str], text: str, accepted: str) -> bool:
    run = answer_tokens(accepted)
    start = contains_run(tokens, run)
    return start is not None and not _denies(text, accepted)


def _denies(text: str, accepted: str) -> bool:
    """Whether the answer negates what the accepted answer affirms, close in front of it."""
    if any(cue.kind in _NEGATIVE for cue in find_cues(accepted)):
        return False
    words = normalise(accepted)
    folded = normalise(text)
    place = folded.find(words)
    cues = [cue for cue in find_cues(folded) if cue.kind in _NEGATIVE]
    if place < 0:
        return bool(cues) and cues[0].span.start < 12
    return any(0 <= place - cue.span.end <= 3 * _REACH for cue in cues)


def _words_beside(accepted: str, values: list[TypedValue]) -> str:
    """The accepted answer without its values, bounds and filler: what must be said besides."""
    kept = list(accepted)
    for value in values:
        kept[value.span.start : value.span.end] = " " * len(value.span)
    tokens = [token for token in answer_tokens("".join(kept)) if token not in _FILLER]
    return " ".join(tokens) if len(tokens) >= 2 else ""


_FILLER = frozenset(
    (
        "at", "least", "most", "up", "to", "within", "about", "more", "less", "than", "or", "and",
        "of", "in", "on", "for", "by", "after", "before", "from", "is", "are", "it", "only", "per",
        "next", "over", "under", "maximum", "minimum", "each", "every", "day", "time", "later",
        "至", "少", "多", "最", "不", "超", "过", "约", "以", "内", "上", "下", "的", "为", "是",
        "起", "后", "前", "每", "个", "在", "满", "达", "须", "共", "仅", "等", "及", "和", "可",
    )
)  # fmt: skip
