"""Planned trials to scored trials, through the store: each request is sent once, ever."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Protocol

from ragcheck.events import Listener, StageAdvanced
from ragcheck.experiment.design import Plan, PlannedTrial
from ragcheck.experiment.passages import Passage
from ragcheck.ports import AnswerScorer, Generator
from ragcheck.records.corpus import Document
from ragcheck.records.trials import Answer, Trial

STAGE = "generate"


class AnswerStore(Protocol):
    """Keeps answers by the trials' keys."""

    def answers(self, keys: Sequence[str]) -> dict[str, Answer]:
        """The known answers among ``keys``."""
        ...

    def keep_answers(self, answers: Mapping[str, Answer]) -> None:
        """Store answers: all of them or, when the process dies, none."""
        ...


def missing_calls(plan: Plan, store: AnswerStore) -> int:
    """How many of the plan's distinct requests have no stored answer."""
    keys = list(dict.fromkeys(trial.key for trial in plan.trials))
    return len(keys) - len(store.answers(keys))


def answer_all(
    plan: Plan,
    store: AnswerStore,
    connect: Callable[[str], Generator],
    listen: Listener,
    *,
    together: Mapping[str, int] | None = None,
) -> dict[str, Answer]:
    """Answers by the trials' keys for the whole plan; only what the store lacks is sent.

    A request that stands in several groups belongs to the first. Groups are sent one by one, so
    that requests which share a context follow each other, and stored as soon as they are
    answered. Failures are not stored: the next run tries again.

    Args:
        connect: gives the generator of a trial's ``model``; called when it is first needed.
        together: for a ``model`` that answers several requests at a time, how many are sent in
            one call: groups are then put together until there are so many.
    """
    answers = store.answers(list(dict.fromkeys(trial.key for trial in plan.trials)))
    generators: dict[str, Generator] = {}
    for model, trials in _calls(plan, answers.keys(), together or {}):
        if model not in generators:
            generators[model] = connect(model)
        replies = generators[model].generate([trial.request for trial in trials.values()])
        fresh = dict(zip(trials, replies, strict=True))
        store.keep_answers({key: a for key, a in fresh.items() if a.failure is None})
        answers.update(fresh)
        listen(StageAdvanced(STAGE, len(fresh)))
    return answers


def _calls(
    plan: Plan, known: Collection[str], together: Mapping[str, int]
) -> Iterator[tuple[str, dict[str, PlannedTrial]]]:
    """The model and the trials, by key, of each call; what is known is in none of them."""
    seen = set(known)
    waiting: dict[str, dict[str, PlannedTrial]] = defaultdict(dict)
    for group in plan.groups:
        for trial in group:
            if trial.key not in seen:
                seen.add(trial.key)
                waiting[trial.model][trial.key] = trial
        for model in [m for m, own in waiting.items() if len(own) >= together.get(m, 1)]:
            yield model, waiting.pop(model)
    yield from waiting.items()


def score_all(
    plan: Plan,
    answers: Mapping[str, Answer],
    scorer: AnswerScorer,
    describe: Callable[[PlannedTrial], Mapping[str, float | None]],
) -> list[Trial]:
    """One trial a planned trial, scored, with the measured properties of its evidence."""
    return [
        Trial(
            question_id=planned.question.id,
            cell=planned.cell,
            answer=answers[planned.key],
            score=scorer.score(planned.question, answers[planned.key]),
            chunk_ids=tuple(passage.chunk.id for passage in planned.passages),
            properties=describe(planned),
            intervention=planned.intervention,
            context=planned.context,
        )
        for planned in plan.trials
    ]


def trial_rows(trials: Sequence[Trial]) -> list[dict[str, object]]:
    """One flat row a trial: factors, intervention, answer, score and evidence properties."""
    return [
        {
            "question": trial.question_id,
            "intervention": trial.intervention,
            **trial.cell.evidence,
            **trial.cell.generation,
            "replicate": trial.cell.replicate,
            "answer": trial.answer.text,
            "failure": trial.answer.failure,
            "verdict": trial.score.verdict,
            "correctness": trial.score.correctness,
            "completeness": trial.score.completeness,
            "overall": trial.score.overall,
            "abstained": trial.score.abstained,
            "token_f1": trial.score.token_f1,
            **trial.properties,
            "chunks": " ".join(trial.chunk_ids),
            "context": trial.context,
        }
        for trial in trials
    ]


def context_rows(plan: Plan, documents: Mapping[str, Document]) -> list[dict[str, object]]:
    """One flat row for each passage that a reader was given: its rank, its place, its text.

    ``context`` is that of the trials. ``text`` is what the reader saw; where an intervention
    edited it, ``edited_from`` and ``edited_to`` say what stood there and what stands there now.

    Args:
        documents: the corpus's documents by ID.
    """
    rows: dict[tuple[str, int], dict[str, object]] = {}
    for trial in plan.trials:
        for rank, passage in enumerate(trial.passages, start=1):
            key = trial.context, rank
            if key not in rows:
                rows[key] = {
                    "context": trial.context,
                    "question": trial.question.id,
                    "rank": rank,
                    **_passage_row(passage, documents[passage.chunk.document_id]),
                }
    return list(rows.values())


def _passage_row(passage: Passage, document: Document) -> dict[str, object]:
    chunk, edit = passage.chunk, passage.edit
    before = None if edit is None else chunk.text[edit.span.start : edit.span.end]
    return {
        "chunk": chunk.id,
        "document": document.path,
        "line": document.place(chunk.span).line,
        "start": chunk.start,
        "end": chunk.end,
        "prefix": chunk.prefix,
        "text": passage.text,
        "supports": passage.supports,
        "contradicts": passage.contradicts,
        "edited_from": before,
        "edited_to": None if edit is None else edit.replacement,
    }
