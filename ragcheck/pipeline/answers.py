"""Measured evidence to answers, and answers to an attribution."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from time import monotonic

from ragcheck import rng
from ragcheck.attribution import attribute
from ragcheck.errors import TableError
from ragcheck.events import Listener, StageFinished, StageStarted
from ragcheck.experiment.design import (
    EVIDENCE_FACTORS,
    GENERATION_FACTORS,
    Plan,
    PlannedTrial,
    choose_questions,
    factor_levels,
    full_factorial,
    sampling_parameters,
    within_budget,
)
from ragcheck.experiment.runner import STAGE, answer_all, missing_calls, score_all, trial_rows
from ragcheck.experiment.store import RunStore
from ragcheck.generation.prompts import stop_sequences
from ragcheck.measures.curves import mean_value
from ragcheck.measures.redundancy import redundancy
from ragcheck.measures.sufficiency import gold_coverage
from ragcheck.pipeline.evidence import Evidence, Route
from ragcheck.pipeline.inputs import Inputs
from ragcheck.pipeline.reader import Reader
from ragcheck.pipeline.tools import Tools
from ragcheck.pipeline.wording import say
from ragcheck.records.corpus import Question
from ragcheck.records.evidence import Chunk
from ragcheck.records.results import Attribution, Estimate, QualityPoint, ReaderCheck
from ragcheck.records.trials import Cell, GenerationRequest, Trial
from ragcheck.stats import mean_estimate


@dataclass(frozen=True, slots=True)
class Answers:
    """The experiment's trials and what they add up to."""

    trials: tuple[Trial, ...]
    attribution: Attribution | None
    quality: tuple[QualityPoint, ...]
    reader: ReaderCheck | None
    warnings: tuple[str, ...]
    left_out: tuple[str, ...]


NO_ANSWERS = Answers((), None, (), None, (), ())
"""Where no model was asked."""


def questions_to_ask(inputs: Inputs) -> tuple[Question, ...]:
    """The experiment's questions: answers to those without an accepted one cannot be scored."""
    config = inputs.config
    return choose_questions(
        scorable_questions(inputs.questions.questions),
        config.experiment.questions,
        rng.generator(config.seed, "questions of the experiment"),
    )


def scorable_questions(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Those with an accepted answer, and those to which abstaining is the right answer."""
    return tuple(question for question in questions if question.answers or question.unanswerable)


def plan_trials(inputs: Inputs, evidence: Evidence, reader: Reader) -> Plan:
    """Every chosen question in every cell, in groups that share a context, within the budget."""
    config = inputs.config
    cells_by_route: dict[Route, list[Cell]] = defaultdict(list)
    for cell in full_factorial(config.experiment):
        route = (str(cell.evidence["strategy"]), str(cell.evidence["retriever"]))
        cells_by_route[route].append(cell)
    groups = tuple(
        tuple(_planned(inputs, evidence, reader, question, route, cell) for cell in cells)
        for question in questions_to_ask(inputs)
        for route, cells in cells_by_route.items()
    )
    return within_budget(Plan(groups), config.budget)


def run_experiment(
    inputs: Inputs,
    evidence: Evidence,
    tools: Tools,
    reader: Reader,
    store: RunStore,
    listen: Listener,
) -> Answers:
    """Ask what the store lacks, score every answer, and attribute the quality."""
    plan = plan_trials(inputs, evidence, reader)
    listen(StageStarted(STAGE, missing_calls(plan, store, reader.key), "model calls"))
    begun = monotonic()
    with ExitStack() as stack:
        answers = answer_all(
            plan, store, reader.key, lambda: stack.enter_context(reader.connected()), listen
        )
    listen(StageFinished(STAGE, monotonic() - begun))
    describe = _EvidenceProperties(inputs, evidence).of
    trials = tuple(score_all(plan, answers, reader.key, tools.scorer, describe))
    attribution, warnings = _attribute(inputs, trials)
    return Answers(
        trials=trials,
        attribution=attribution,
        quality=_quality(inputs, trials),
        reader=_reader_check(inputs, trials),
        warnings=(*_failures(inputs, trials), *warnings),
        left_out=tuple(_left_out(inputs, plan)),
    )


def request_of(
    inputs: Inputs, reader: Reader, question: Question, top: Sequence[Chunk], cell: Cell
) -> GenerationRequest:
    """What is sent for a question with these chunks in one cell."""
    config = inputs.config
    prompt = reader.prompt(
        question.text,
        [chunk.content for chunk in top],
        template=str(cell.generation["prompt"]),
        language=inputs.language,
    )
    sampling = sampling_parameters(cell, seed=config.seed, max_tokens=config.model.max_tokens)
    return GenerationRequest(prompt, sampling, stop_sequences(inputs.language))


def _left_out(inputs: Inputs, plan: Plan) -> list[str]:
    """What was not asked: what cannot be scored, and what the limits removed."""
    questions = inputs.questions.questions
    limit, total = inputs.config.experiment.questions, len(scorable_questions(questions))
    notes = []
    if total < len(questions):
        notes.append(say(inputs.language, "unscorable", count=len(questions) - total))
    if limit < total:
        notes.append(say(inputs.language, "sampled", asked=limit, questions=total))
    if plan.cut is not None:
        notes.append(say(inputs.language, "budget", **asdict(plan.cut)))
    return notes


def _planned(
    inputs: Inputs,
    evidence: Evidence,
    reader: Reader,
    question: Question,
    route: Route,
    cell: Cell,
) -> PlannedTrial:
    top = evidence.retrieved(route, question.id).chunks[: int(cell.evidence["k"])]
    request = request_of(inputs, reader, question, top, cell)
    return PlannedTrial(question, cell, request, tuple(chunk.id for chunk in top))


class _EvidenceProperties:
    """What was measured of the evidence of one trial; equal contexts are measured once."""

    def __init__(self, inputs: Inputs, evidence: Evidence) -> None:
        self._inputs = inputs
        self._evidence = evidence
        self._known: dict[tuple[Route, str, int], Mapping[str, float | None]] = {}

    def of(self, planned: PlannedTrial) -> Mapping[str, float | None]:
        setting = planned.cell.evidence
        route = (str(setting["strategy"]), str(setting["retriever"]))
        key = (route, planned.question.id, int(setting["k"]))
        if key not in self._known:
            self._known[key] = self._measure(*key)
        return self._known[key]

    def _measure(self, route: Route, question_id: str, k: int) -> Mapping[str, float | None]:
        found = self._evidence.retrieved(route, question_id)
        top = found.chunks[:k]
        alone = mean_value([self._evidence.scores[chunk.id] for chunk in top])
        return {
            "sufficiency": gold_coverage(found.question, top, self._inputs.corpus.by_path).value,
            "conflict": float(found.conflicts.has_conflict(k)),
            "self_containedness": alone.value,
            "redundancy": redundancy([chunk.text for chunk in top]).value,
        }


def _attribute(
    inputs: Inputs, trials: Sequence[Trial]
) -> tuple[Attribution | None, tuple[str, ...]]:
    varied = [
        name for name, levels in factor_levels(inputs.config.experiment).items() if len(levels) > 1
    ]
    evidence = [name for name in EVIDENCE_FACTORS if name in varied]
    generation = [name for name in GENERATION_FACTORS if name in varied]
    if not varied or all(trial.score.correctness is None for trial in trials):
        return None, (say(inputs.language, "nothing_scored" if varied else "nothing_varied"),)
    try:
        found = attribute(
            trial_rows(trials),
            response="correctness",
            unit="question",
            evidence=evidence,
            generation=generation,
            replicate="replicate",
            rng=rng.generator(inputs.config.seed, "attribution"),
            language=inputs.language,
        )
    except TableError as problem:
        return None, (say(inputs.language, "no_attribution", problem=problem.what),)
    return found, found.warnings


def _quality(inputs: Inputs, trials: Sequence[Trial]) -> tuple[QualityPoint, ...]:
    """A point for every K of the experiment, also where no answer was scored."""
    by_k: dict[int, dict[str, list[Trial]]] = {
        k: defaultdict(list) for k in inputs.config.experiment.k
    }
    for trial in trials:
        if trial.score.verdict != "unscored":
            by_k[int(trial.cell.evidence["k"])][trial.question_id].append(trial)
    points = []
    reason = say(inputs.language, "no_scored_answer")
    for k, by_question in sorted(by_k.items()):
        groups = list(by_question.values())
        generator = rng.generator(inputs.config.seed, "quality", str(k))
        columns = {
            "correctness": [_mean([t.score.correctness for t in g]) for g in groups],
            "wrong": [_mean([float(t.score.verdict == "wrong") for t in g]) for g in groups],
            "abstained": [_mean([float(t.score.abstained) for t in g]) for g in groups],
        }
        estimates = {n: mean_estimate(v, generator, reason=reason) for n, v in columns.items()}
        points.append(QualityPoint(k, **estimates))
    return tuple(points)


def _reader_check(inputs: Inputs, trials: Sequence[Trial]) -> ReaderCheck | None:
    """Right answers with all and with none of the evidence, at the lowest temperature."""
    answerable = {q.id for q in inputs.questions.questions if not q.unanswerable}
    scored = [t for t in trials if t.question_id in answerable and t.score.correctness is not None]
    if not scored:
        return None
    coolest = min(float(trial.cell.generation["temperature"]) for trial in scored)
    careful = [t for t in scored if float(t.cell.generation["temperature"]) == coolest]
    return ReaderCheck(
        with_evidence=_right(inputs, careful, sufficiency=1.0),
        without_evidence=_right(inputs, careful, sufficiency=0.0),
    )


def _right(inputs: Inputs, trials: Sequence[Trial], *, sufficiency: float) -> Estimate:
    by_question: dict[str, list[float | None]] = defaultdict(list)
    for trial in trials:
        if trial.properties.get("sufficiency") == sufficiency:
            by_question[trial.question_id].append(trial.score.correctness)
    generator = rng.generator(inputs.config.seed, "reader", str(sufficiency))
    return mean_estimate(
        [_mean(values) for values in by_question.values()],
        generator,
        reason=say(inputs.language, "no_evidence_level", sufficiency=sufficiency),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _failures(inputs: Inputs, trials: Sequence[Trial]) -> tuple[str, ...]:
    language = inputs.language
    questions = {question.id: question for question in inputs.questions.questions}
    reasons = Counter(
        _why_unscored(language, trial, questions[trial.question_id])
        for trial in trials
        if trial.score.verdict == "unscored"
    )
    return tuple(
        say(language, "unscored", count=count, trials=len(trials), reason=reason)
        for reason, count in reasons.most_common()
    )


def _why_unscored(language: str, trial: Trial, question: Question) -> str:
    if trial.answer.text is None:
        return say(language, "no_answer", failure=trial.answer.failure)
    if not question.answers and not question.unanswerable:
        return say(language, "no_accepted_answer")
    return trial.score.reason or say(language, "no_reason")
