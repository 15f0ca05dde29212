"""Statements with their answer left out, beside what other sources say instead.

Of the written articles and handbooks: the sentence that answers a question in one passage asks
for what another passage says. So a reader learns to read without a
question what two statements say of one thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from articles import Example, Group, Passage, article_groups, is_read, windowed
from handbook import page_of, reader_groups

from ragcheck.records.corpus import Span
from ragcheck.text.sentences import sentence_spans

PAIRS_A_GROUP = 5
SENTENCES_BESIDE = 2
Language = Literal["en", "zh"]
BLANKS = {"en": "what", "zh": "什么"}
"""Stands in the place of the value: a word that the readers know from questions."""
MARKS = {"en": "?", "zh": "？"}
LONGEST = 200
"""Characters of a question that the readers take; they are kept around the value."""
_ENDS = " \t\n.;:,!?。；：，！？|"


def pseudo_question(statement: str, value: Span, language: Language) -> str:
    """The statement with its value asked for.

    ``"The refund is issued within 7 days."`` with the span of ``"7 days"`` gives ``"The refund is
    issued within what?"``. Of a long statement what is nearest to the value is kept.
    """
    room = LONGEST - len(BLANKS[language]) - 1
    before, after = statement[: value.start], statement[value.end :].rstrip(_ENDS)
    kept = min(len(after), max(room // 2, room - len(before)))
    before = before[max(0, len(before) - (room - kept)) :]
    return (before + BLANKS[language] + after[:kept]).strip() + MARKS[language]


def cloze_examples(language: Language, rng: np.random.Generator) -> Iterator[Example]:
    """Pseudo-questions of everything that the readers are fitted on."""
    for group in article_groups(language):
        if is_read(group):
            yield from _of_articles(group, language, rng)
    yield from _of_handbooks(language, rng)


def _of_articles(group: Group, language: Language, rng: np.random.Generator) -> Iterator[Example]:
    asking = [passage for passage in group.passages if passage.answer]
    pairs = [(one, other) for one in asking for other in group.passages if one is not other]
    for i in rng.permutation(len(pairs))[:PAIRS_A_GROUP]:
        one, other = pairs[i]
        yield _question(one, language), *_sentences(other, language, rng)


def _question(passage: Passage, language: Language) -> str:
    place = _place(passage.text, passage.answer or "")
    own = next(s for s in _spans(passage.text, language) if s.start <= place.start < s.end)
    inside = Span(place.start - own.start, min(place.end, own.end) - own.start)
    return pseudo_question(passage.text[own.start : own.end], inside, language)


def _place(text: str, answer: str) -> Span:
    at = text.index(answer)
    return Span(at, at + len(answer))


def _spans(text: str, language: Language) -> Sequence[Span]:
    """The sentences, each up to where the next begins."""
    starts = [0, *(s.start for s in sentence_spans(text, language)[1:]), len(text)]
    return [Span(a, b) for a, b in pairwise(starts) if a < b]


def _sentences(
    passage: Passage, language: Language, rng: np.random.Generator
) -> tuple[str, int, int]:
    """The sentence with the answer and some beside it, or the whole passage."""
    if passage.answer is None or rng.random() < 0.4:
        return windowed(passage)
    place, spans = _place(passage.text, passage.answer), _spans(passage.text, language)
    own = next(i for i, s in enumerate(spans) if s.start <= place.start < s.end)
    before, after = rng.integers(0, SENTENCES_BESIDE + 1, 2)
    start = spans[max(0, own - int(before))].start
    end = max(spans[min(len(spans) - 1, own + int(after))].end, place.end)
    return passage.text[start:end].rstrip(), place.start - start, place.end - start


def _of_handbooks(language: Language, rng: np.random.Generator) -> Iterator[Example]:
    groups = reader_groups(language)
    for group in groups:
        stated = (group.stated, group.contradicting, group.agreeing)
        for one, other in ((0, 1), (2, 1), (1, 2), (0, 2), (0, 3), (1, 3)):
            asking, read = stated[one], (*stated, group.beside)[other]
            if not asking.answer:
                continue
            question = pseudo_question(asking.text, _place(asking.text, asking.answer), language)
            page, start = page_of(read, group, groups, int(rng.integers(0, 3)), rng)
            at = start + read.text.index(read.answer) if read.answer else -1
            yield question, page, at, at + len(read.answer or "") if at >= 0 else -1
