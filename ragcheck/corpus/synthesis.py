"""Questions made from the corpus itself, where none are given."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from ragcheck.corpus.facts import Fact, find_facts
from ragcheck.records.corpus import (
    Corpus,
    Document,
    GoldEvidence,
    Question,
    QuestionSet,
    RivalAnswer,
    content_id,
)
from ragcheck.text.tokens import normalise

_FORMS: Mapping[str, tuple[str, str]] = {
    "en": (
        'Complete with the exact value from the documents: "{statement}"',
        'Complete with the exact value that the documents give under "{context}": "{statement}"',
    ),
    "zh": ("请根据文件补全：“{statement}”", "请根据文件中“{context}”部分补全：“{statement}”"),
}
_DOCUMENTS_PER_QUESTION = 2
_MIN_DOCUMENTS = 100


def make_questions(corpus: Corpus, *, limit: int, rng: np.random.Generator) -> QuestionSet:
    """At most ``limit`` cloze questions on values that the documents state.

    The gold span is the stating sentence, row or setting, known by construction. Questions are
    spread over documents and kinds of value, the same for the same corpus and generator state.
    A statement that stands in the corpus twice with the same value is not asked, since its gold
    place would not be unique; one with another value elsewhere gets that as a rival answer.
    Of a large corpus a random part of the documents is read: two a question, at least 100.
    """
    order = [corpus.documents[i] for i in rng.permutation(len(corpus.documents))]
    read = order[: max(_MIN_DOCUMENTS, _DOCUMENTS_PER_QUESTION * limit)]
    facts = {document.path: find_facts(document) for document in read}
    rivals = _same_statements(fact for found in facts.values() for fact in found)
    askable = {
        path: [fact for fact in found if _is_unique(fact, rivals)] for path, found in facts.items()
    }
    picked = _spread(askable, limit, rng)
    questions = tuple(_question(fact, corpus, rivals) for fact in picked)
    return QuestionSet(questions, _warnings(len(questions), limit))


def _same_statements(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[normalise(fact.statement)].append(fact)
    return groups


def _is_unique(fact: Fact, groups: Mapping[str, list[Fact]]) -> bool:
    """Nowhere stated again with this value, nor with another under the same headings."""
    others = [other for other in groups[normalise(fact.statement)] if other is not fact]
    return all(other.context != fact.context and not _same_answer(fact, other) for other in others)


def _same_answer(left: Fact, right: Fact) -> bool:
    return bool({normalise(a) for a in left.answers} & {normalise(a) for a in right.answers})


def _spread(askable: Mapping[str, list[Fact]], limit: int, rng: np.random.Generator) -> list[Fact]:
    """Round by round one fact a document, each of the kind that was picked least so far."""
    waiting = {
        path: [facts[i] for i in rng.permutation(len(facts))]
        for path, facts in askable.items()
        if facts
    }
    used: Counter[str] = Counter()
    picked: list[Fact] = []
    while waiting and len(picked) < limit:
        for path in list(waiting):
            fact = min(waiting[path], key=lambda fact: used[fact.kind])
            picked.append(fact)
            used[fact.kind] += 1
            if len(picked) >= limit:
                break
            waiting[path] = [other for other in waiting[path] if not other.span.overlap(fact.span)]
            if not waiting[path]:
                del waiting[path]
    return picked


def _question(fact: Fact, corpus: Corpus, groups: Mapping[str, list[Fact]]) -> Question:
    others = [other for other in groups[normalise(fact.statement)] if other is not fact]
    alone, within = _FORMS[fact.language]
    form = within if fact.context and (fact.needs_context or others) else alone
    tags = ("synthetic", fact.kind, *(("rule",) if fact.is_rule else ()))
    return Question(
        id=content_id("synthetic", fact.document, str(fact.span), fact.statement),
        text=form.format(context=fact.context, statement=fact.statement),
        answers=fact.answers,
        evidence=(_gold(fact, corpus.by_path[fact.document]),),
        rivals=tuple(
            RivalAnswer(other.answers[0], _gold(other, corpus.by_path[other.document]))
            for other in others
        ),
        tags=tags,
        synthetic=True,
    )


def _gold(fact: Fact, document: Document) -> GoldEvidence:
    return GoldEvidence(document.path, fact.span, document.text[fact.span.start : fact.span.end])


def _warnings(made: int, limit: int) -> tuple[str, ...]:
    if made >= limit:
        return ()
    mend = "give a question file with --questions"
    if not made:
        return (f"no question could be made: no sentence of the corpus states a value; {mend}",)
    return (
        f"only {made} of {limit} questions could be made: too few sentences state a value; {mend}",
    )
