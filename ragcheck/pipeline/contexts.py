"""What the reader is given for a question in a cell: retrieved, reranked, cut, edited, ordered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from ragcheck import rng
from ragcheck.config import ExperimentConfig
from ragcheck.errors import ConfigError
from ragcheck.experiment.interventions import INTERVENTIONS
from ragcheck.experiment.passages import Edited, EvidenceSet, Passage, Pool
from ragcheck.measures.conflict import is_conflict
from ragcheck.pipeline.evidence import Evidence, RetrievedSet, Route
from ragcheck.pipeline.inputs import Inputs
from ragcheck.pipeline.tools import Tools
from ragcheck.records.corpus import GoldEvidence, Question, Span
from ragcheck.records.evidence import Chunk
from ragcheck.records.trials import Cell
from ragcheck.registry import suggest
from ragcheck.text.edits import contradicting_edit

OTHERS = 32
"""Passages of the rest of the corpus that an intervention may draw from, for each question."""
LONGEST_NAME = 40
_SHORTEST_STATED = 3
"""Characters of an answer below which its letters in a passage say nothing."""


def check_interventions(config: ExperimentConfig) -> None:
    """Refuse names that are not in the table.

    Raises:
        ConfigError: names the nearest one that there is.
    """
    for key, names in (("edits", config.edits), ("interventions", config.interventions)):
        for name in names:
            if name not in INTERVENTIONS:
                raise ConfigError(
                    f"there is no intervention called {name!r}",
                    where=f"experiment.{key}",
                    mend=suggest(name, list(INTERVENTIONS)),
                )


def route_of(cell: Cell) -> Route:
    """The cell's chunking strategy and retriever."""
    return str(cell.evidence["strategy"]), str(cell.evidence["retriever"])


class Contexts:
    """Passages for the reader, and what is known of them. Equal settings are made once."""

    def __init__(self, inputs: Inputs, evidence: Evidence, tools: Tools) -> None:
        self._inputs = inputs
        self._evidence = evidence
        self._tools = tools
        self._sets = cache(self._make_set)
        self._reranked = cache(self._rerank)
        self._cuts = cache(self._group_by_document)
        self._names = [
            question.answers[0]
            for question in inputs.questions.questions
            if question.answers and len(question.answers[0]) <= LONGEST_NAME
        ]
        self._questions = {question.id: question for question in inputs.questions.questions}

    def of(self, question: Question, cell: Cell, intervention: str | None = None) -> Edited:
        """The passages in the cell's order, or why its edit is not defined for the question.

        Args:
            intervention: an edit that stands for the cell's own.
        """
        setting = cell.evidence
        given = self._sets(question.id, route_of(cell), str(setting["reranker"]), int(setting["k"]))
        edit = INTERVENTIONS[intervention or str(setting["edit"])]
        edited = edit.apply(given, self._generator("intervention", question))
        if edited.passages is None:
            return edited
        return Edited(self._ordered(question, edited.passages, str(setting["order"])))

    def conflicting(self, route: Route, question: Question) -> frozenset[frozenset[str]]:
        """Pairs of chunk IDs among the retrieved ones that were judged to conflict."""
        found = self._evidence.retrieved(route, question.id)
        return frozenset(
            frozenset((found.chunks[i].id, found.chunks[j].id)) for i, j in found.conflicts.pairs
        )

    def _generator(self, stage: str, question: Question) -> np.random.Generator:
        return rng.generator(self._inputs.config.seed, stage, question.id)

    def _ordered(
        self, question: Question, passages: tuple[Passage, ...], order: str
    ) -> tuple[Passage, ...]:
        """As ranked, the worst first, or in an order that knows nothing of the gold evidence."""
        if order == "reversed":
            return passages[::-1]
        if order == "shuffled":
            shuffled = self._generator("order", question).permutation(len(passages))
            return tuple(passages[int(i)] for i in shuffled)
        return passages

    def _make_set(self, question_id: str, route: Route, reranker: str, k: int) -> EvidenceSet:
        question = self._questions[question_id]
        found = self._evidence.retrieved(route, question_id)
        chunks = [found.chunks[i] for i in self._reranked(question_id, route, reranker)]
        against = self._judged_against(question, found)
        known = [self._passage(question, chunk, against) for chunk in chunks]
        neither = [p for p in known[k:] if not p.supports and not p.contradicts]
        gold = self._gold(question, route[0])
        return EvidenceSet(
            tuple(known[:k]),
            Pool(
                gold=gold,
                rivals=self._rivals(question, route[0], known, gold),
                near=tuple(neither),
                others=self._others(question, route[0], {chunk.id for chunk in chunks}),
                documents=self._inputs.corpus.by_id,
                cuts=self._cuts(route[0]),
            ),
        )

    def _rerank(self, question_id: str, route: Route, reranker: str) -> tuple[int, ...]:
        chunks = self._evidence.retrieved(route, question_id).chunks
        if reranker == "none":
            return tuple(range(len(chunks)))
        question = self._questions[question_id]
        texts = [chunk.content for chunk in chunks]
        return self._tools.reranker(reranker).rerank(question.text, texts)

    def _group_by_document(self, strategy: str) -> Mapping[str, tuple[Chunk, ...]]:
        grouped: dict[str, list[Chunk]] = defaultdict(list)
        for chunk in self._evidence.chunks[strategy]:
            grouped[chunk.document_id].append(chunk)
        return {name: tuple(own) for name, own in grouped.items()}

    def _judged_against(self, question: Question, found: RetrievedSet) -> frozenset[str]:
        """Chunks that were judged to conflict with gold evidence that another one bears."""
        bears = [self._bears(question, chunk) for chunk in found.chunks]
        against = set()
        for (left, right), judgement in found.judgements.items():
            if is_conflict(judgement):
                sides = (left, judgement.left_span, right), (right, judgement.right_span, left)
                for one, span, other in sides:
                    if bears[one] and not bears[other]:
                        touched = self._touches_gold(question, found.chunks[one], span)
                        against |= {found.chunks[other].id} if touched else set()
        return frozenset(against)

    def _touches_gold(self, question: Question, chunk: Chunk, span: Span | None) -> bool:
        """Whether the part of a chunk that a conflict is about is gold; unknown parts may be."""
        if span is None:
            return True
        part = replace(chunk, start=chunk.start + span.start, end=chunk.start + span.end)
        return self._bears(question, part)

    def _passage(self, question: Question, chunk: Chunk, against: frozenset[str]) -> Passage:
        """A chunk that bears gold evidence, or states an accepted answer word for word, supports.

        One that holds a rival answer's evidence, or was judged to conflict with one that bears
        gold evidence, contradicts, unless it supports.
        """
        if self._bears(question, chunk):
            return Passage(chunk, supports=True)
        if chunk.id in against or any(self._holds(r.evidence, chunk) for r in question.rivals):
            return Passage(chunk, contradicts=True)
        return Passage(chunk, supports=_states_answer(question, chunk.text))

    def _bears(self, question: Question, chunk: Chunk) -> bool:
        return any(self._holds(gold, chunk) for gold in question.evidence)

    def _holds(self, evidence: GoldEvidence, chunk: Chunk) -> bool:
        document = self._inputs.corpus.by_path.get(evidence.document)
        return (
            document is not None
            and document.id == chunk.document_id
            and chunk.span.overlap(evidence.span) > 0
        )

    def _gold(self, question: Question, strategy: str) -> tuple[Passage, ...]:
        """The fewest chunks, greedily, that together hold every gold span."""
        chosen: list[Chunk] = []
        for gold in question.evidence:
            document = self._inputs.corpus.by_path.get(gold.document)
            own = self._cuts(strategy).get(document.id, ()) if document is not None else ()
            chosen += [c for c in _cover(own, gold.span) if c not in chosen]
        place = {c.id: n for n, c in enumerate(self._evidence.chunks[strategy])}
        ordered = sorted(chosen, key=lambda chunk: place[chunk.id])
        return tuple(Passage(chunk, supports=True) for chunk in ordered)

    def _rivals(
        self,
        question: Question,
        strategy: str,
        retrieved: Sequence[Passage],
        gold: Sequence[Passage],
    ) -> tuple[Passage, ...]:
        """What contradicts the gold evidence: named by the question, judged, made by an edit."""
        documents = self._inputs.corpus.by_path
        named = []
        for rival in question.rivals:
            document = documents.get(rival.evidence.document)
            own = self._cuts(strategy).get(document.id, ()) if document is not None else ()
            named += _cover(own, rival.evidence.span)[:1]
        real = [Passage(c, contradicts=True) for c in named if not self._bears(question, c)]
        real += [passage for passage in retrieved if passage.contradicts]
        edited = [made for p in gold if (made := self._edited(question, p)) is not None]
        by_id = {passage.id: passage for passage in (*real, *edited)}
        return tuple(by_id.values())

    def _edited(self, question: Question, gold: Passage) -> Passage | None:
        for evidence in question.evidence:
            if self._holds(evidence, gold.chunk):
                start = max(evidence.span.start - gold.chunk.start, 0)
                end = min(evidence.span.end - gold.chunk.start, len(gold.chunk.text))
                edit = contradicting_edit(
                    gold.chunk.text,
                    Span(start, end),
                    self._generator("edit", question),
                    answers=question.answers,
                    names=self._names,
                )
                if edit is not None:
                    return Passage(gold.chunk, contradicts=True, edit=edit)
        return None

    def _others(
        self, question: Question, strategy: str, retrieved: set[str]
    ) -> tuple[Passage, ...]:
        chunks = self._evidence.chunks[strategy]
        drawn = self._generator("others", question).permutation(len(chunks))[: 2 * OTHERS]
        known = [
            self._passage(question, chunks[int(i)], frozenset())
            for i in drawn
            if chunks[int(i)].id not in retrieved
        ]
        return tuple(p for p in known if not p.supports and not p.contradicts)[:OTHERS]


def _cover(chunks: Sequence[Chunk], span: Span) -> list[Chunk]:
    """Chunks that hold the span together, the one that holds most of it first."""
    left = set(range(span.start, span.end))
    chosen: list[Chunk] = []
    overlapping = [chunk for chunk in chunks if chunk.span.overlap(span) > 0]
    while left and overlapping:
        best = max(overlapping, key=lambda c: len(left & set(range(c.start, c.end))))
        gained = left & set(range(best.start, best.end))
        if not gained:
            break
        chosen.append(best)
        left -= gained
        overlapping.remove(best)
    return chosen


def _states_answer(question: Question, text: str) -> bool:
    """Whether an answer of some length, more than a bare number, stands in the text."""
    folded = text.casefold()
    return any(
        len(answer) >= _SHORTEST_STATED
        and not answer.replace(".", "").replace(",", "").isdigit()
        and (len(answer) > _SHORTEST_STATED or not answer.isascii())
        and answer.casefold() in folded
        for answer in question.answers
    )
