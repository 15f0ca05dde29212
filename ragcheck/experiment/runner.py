"""Planned trials to scored trials, through the store: each request is sent once, ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ragcheck.events import Listener, StageAdvanced
from ragcheck.experiment.design import Plan, PlannedTrial
from ragcheck.experiment.store import RunStore
from ragcheck.ports import AnswerScorer, Generator
from ragcheck.records.corpus import content_id
from ragcheck.records.trials import Answer, GenerationRequest, Trial

STAGE = "generate"


def missing_calls(plan: Plan, store: RunStore, generator_key: str) -> int:
    """How many of the plan's distinct requests have no stored answer."""
    keys = {_stored_key(generator_key, trial) for trial in plan.trials}
    return len(keys - store.answers(keys).keys())


def answer_all(
    plan: Plan,
    store: RunStore,
    generator_key: str,
    connect: Callable[[], Generator],
    listen: Listener,
) -> dict[str, Answer]:
    """Answers by stored key for the whole plan; only what the store lacks is sent.

    A request that stands in several groups belongs to the first. A group whose answers are not
    all stored is sent as a whole: its answers then come from one state of the engine whether or
    not an earlier run was killed in the middle. Failures are not stored: the next run tries again.

    Args:
        connect: gives the generator; called at the first group that needs it.
    """
    groups = _owned_requests(plan, generator_key)
    answers = store.answers(key for group in groups for key in group)
    generator: Generator | None = None
    for group in groups:
        missing = group.keys() - answers.keys()
        if missing:
            generator = generator or connect()
            replies = dict(zip(group, generator.generate(list(group.values())), strict=True))
            fresh = {key: reply for key, reply in replies.items() if key in missing}
            store.keep_answers({key: a for key, a in fresh.items() if a.failure is None})
            answers.update(fresh)
            listen(StageAdvanced(STAGE, len(missing)))
    return answers


def _owned_requests(plan: Plan, generator_key: str) -> list[dict[str, GenerationRequest]]:
    seen: set[str] = set()
    groups = []
    for group in plan.groups:
        requests = {_stored_key(generator_key, trial): trial.request for trial in group}
        groups.append({key: request for key, request in requests.items() if key not in seen})
        seen.update(requests)
    return groups


def score_all(
    plan: Plan,
    answers: Mapping[str, Answer],
    generator_key: str,
    scorer: AnswerScorer,
    describe: Callable[[PlannedTrial], Mapping[str, float | None]],
) -> list[Trial]:
    """One trial a planned trial, scored, with the measured properties of its evidence."""
    trials = []
    for planned in plan.trials:
        answer = answers[_stored_key(generator_key, planned)]
        trials.append(
            Trial(
                question_id=planned.question.id,
                cell=planned.cell,
                answer=answer,
                score=scorer.score(planned.question, answer),
                chunk_ids=planned.chunk_ids,
                properties=describe(planned),
            )
        )
    return trials


def trial_rows(trials: Sequence[Trial]) -> list[dict[str, object]]:
    """One flat row a trial: factors, answer, score and evidence properties."""
    return [
        {
            "question": trial.question_id,
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
        }
        for trial in trials
    ]


def _stored_key(generator_key: str, trial: PlannedTrial) -> str:
    return content_id(generator_key, trial.request.key)
