"""Measured evidence to answers, and answers to an attribution."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from time import monotonic

from ragcheck import rng
from ragcheck.attribution import attribute
from ragcheck.attribution.paired import conflict_or_missing, intervention_effects
from ragcheck.errors import TableError
from ragcheck.events import Listener, StageAdvanced, StageFinished, StageStarted
from ragcheck.experiment.design import (
    EVIDENCE_FACTORS,
    GENERATION_FACTORS,
    PlannedTrial,
    factor_levels,
)
from ragcheck.experiment.interventions import INTERVENTIONS, with_references
from ragcheck.experiment.known import SharedAnswers
from ragcheck.experiment.runner import (
    STAGE,
    answer_all,
    context_rows,
    missing_calls,
    score_all,
    trial_rows,
)
from ragcheck.experiment.store import RunStore
from ragcheck.experiment.wording import REASONS
from ragcheck.measures.curves import mean_value
from ragcheck.measures.redundancy import redundancy
from ragcheck.measures.sufficiency import gold_coverage
from ragcheck.pipeline.contexts import Contexts, route_of
from ragcheck.pipeline.evidence import Evidence
from ragcheck.pipeline.inputs import Inputs, code_fingerprint
from ragcheck.pipeline.planning import Experiment, Readers, plan_experiment, scorable_questions
from ragcheck.pipeline.tools import Tools
from ragcheck.pipeline.wording import say
from ragcheck.records.corpus import Question
from ragcheck.records.results import (
    Attribution,
    Estimate,
    EvidenceContrast,
    InterventionEffect,
    QualityPoint,
    ReaderCheck,
)
from ragcheck.records.trials import Trial
from ragcheck.stats import mean_estimate
from ragcheck.workers import SERIAL, Workers

PROPERTIES = ("sufficiency", "conflict", "self_containedness", "redundancy", "gold_rank",
              "gold_self_containedness")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answers:
    """The experiment's trials and what they add up to.

    ``trials`` are those of the crossed cells, ``edited`` those of the interventions, and
    ``contexts`` has a row for every passage that a reader was given.
    """

    trials: tuple[Trial, ...]
    attribution: Attribution | None
    quality: tuple[QualityPoint, ...]
    reader: ReaderCheck | None
    warnings: tuple[str, ...]
    left_out: tuple[str, ...]
    edited: tuple[Trial, ...] = ()
    interventions: tuple[InterventionEffect, ...] = ()
    conflict_or_missing: EvidenceContrast | None = None
    contexts: tuple[Mapping[str, object], ...] = ()


NO_ANSWERS = Answers((), None, (), None, (), ())
"""Where no model was asked."""


def run_experiment(
    inputs: Inputs,
    evidence: Evidence,
    tools: Tools,
    readers: Readers,
    store: RunStore,
    listen: Listener,
) -> Answers:
    """Ask what the store lacks, score every answer, and attribute the quality."""
    contexts = Contexts(inputs, evidence, tools)
    planned = plan_experiment(inputs, contexts, readers)
    by_key = {reader.key: reader for reader in readers.values()}
    kept = SharedAnswers(store, tools.known.answers, asked_by=code_fingerprint("generation"))
    asked, missing = planned.whole.calls, missing_calls(planned.whole, kept)
    listen(StageStarted(STAGE, asked, "model calls"))
    listen(StageAdvanced(STAGE, asked - missing))
    begun = monotonic()
    with ExitStack() as stack:
        answers = answer_all(
            planned.whole,
            kept,
            lambda key: stack.enter_context(by_key[key].connected()),
            listen,
            together={key: reader.together for key, reader in by_key.items()},
        )
    listen(StageFinished(STAGE, monotonic() - begun, asked - missing))
    describe = _EvidenceProperties(inputs, evidence, contexts).of
    trials, edited = (
        tuple(score_all(plan, answers, tools.scorer, describe))
        for plan in (planned.crossed, planned.paired)
    )
    attribution, warnings = _attribute(inputs, trials, tools.workers)
    effects, contrast = _compare(inputs, planned, edited)
    return Answers(
        trials=trials,
        attribution=attribution,
        quality=_quality(inputs, trials),
        reader=_reader_check(inputs, trials),
        warnings=(*_failures(inputs, (*trials, *edited)), *warnings),
        left_out=tuple(_left_out(inputs, planned)),
        edited=edited,
        interventions=effects,
        conflict_or_missing=contrast,
        contexts=tuple(context_rows(planned.whole, inputs.corpus.by_id)),
    )


def _left_out(inputs: Inputs, planned: Experiment) -> list[str]:
    """What was not asked: what cannot be scored, and what limits and design removed."""
    language, questions = inputs.language, inputs.questions.questions
    limit, total = inputs.config.experiment.questions, len(scorable_questions(questions))
    notes = []
    if total < len(questions):
        notes.append(say(language, "unscorable", count=len(questions) - total))
    if limit < total:
        notes.append(say(language, "sampled", asked=limit, questions=total))
    design = planned.design
    if design.fraction is not None:
        figures = {"asked": len(design.fraction.blocks[0]), "cells": design.cells}
        efficiency = design.fraction.efficiency
        notes.append(say(language, "fraction", efficiency=efficiency, **figures))
    if planned.crossed.cut is not None:
        notes.append(say(language, "budget", **asdict(planned.crossed.cut)))
    if planned.paired.cut is not None:
        notes.append(say(language, "budget_interventions", **asdict(planned.paired.cut)))
    for (edit, reason), count in sorted(planned.undefined_edits.items()):
        why = REASONS[language][reason]
        notes.append(say(language, "undefined_edit", edit=edit, count=count, reason=why))
    return notes


def _compare(
    inputs: Inputs, planned: Experiment, edited: Sequence[Trial]
) -> tuple[tuple[InterventionEffect, ...], EvidenceContrast | None]:
    names = with_references(inputs.config.experiment.interventions)
    references = {name: INTERVENTIONS[name].reference for name in names}
    generator = rng.generator(inputs.config.seed, "interventions")
    effects = intervention_effects(
        edited, references, planned.undefined, generator, inputs.language
    )
    if not {"conflict", "missing"} <= set(names):
        return effects, None
    sources = {
        trial.question.id: "corpus" if passage.edit is None else "edited"
        for trial in planned.paired.trials
        if trial.intervention == "conflict"
        for passage in trial.passages
        if passage.contradicts
    }
    return effects, conflict_or_missing(edited, sources, generator, inputs.language)


class _EvidenceProperties:
    """What was measured of the evidence of one trial; equal contexts are measured once."""

    def __init__(self, inputs: Inputs, evidence: Evidence, contexts: Contexts) -> None:
        self._inputs = inputs
        self._evidence = evidence
        self._contexts = contexts
        self._known: dict[tuple[object, ...], Mapping[str, float | None]] = {}

    def of(self, planned: PlannedTrial) -> Mapping[str, float | None]:
        key = (route_of(planned.cell), planned.context)
        if key not in self._known:
            self._known[key] = self._measure(planned)
        return self._known[key]

    def _measure(self, planned: PlannedTrial) -> Mapping[str, float | None]:
        passages = planned.passages
        kept = [passage.chunk for passage in passages if passage.edit is None]
        scores = [self._evidence.scores.get(chunk.id) for chunk in kept]
        alone = [score for score in scores if score is not None]
        coverage = gold_coverage(planned.question, kept, self._inputs.corpus.by_path)
        bearing = [self._evidence.scores.get(p.chunk.id) for p in passages if p.supports]
        gold = [score for score in bearing if score is not None]
        ranks = (rank for rank, p in enumerate(passages, start=1) if p.supports)
        return {
            "sufficiency": coverage.value,
            "conflict": float(self._has_conflict(planned)),
            "self_containedness": mean_value(alone).value if len(alone) == len(scores) else None,
            "redundancy": redundancy([passage.text for passage in passages]).value,
            "gold_rank": next((float(rank) for rank in ranks), None),
            "gold_self_containedness": mean_value(gold).value if gold else None,
        }

    def _has_conflict(self, planned: PlannedTrial) -> bool:
        """A pair that was judged to conflict, or one that is known to because it was made so."""
        judged = self._contexts.conflicting(route_of(planned.cell), planned.question)
        ids = {passage.chunk.id for passage in planned.passages if passage.edit is None}
        made = any(passage.edit is not None for passage in planned.passages)
        injected = planned.intervention in ("conflict", "inject_conflict")
        return made or injected or any(pair <= ids for pair in judged)


def _attribute(
    inputs: Inputs, trials: Sequence[Trial], workers: Workers = SERIAL
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
            properties=[name for name in PROPERTIES if _is_measured(name, trials)],
            rng=rng.generator(inputs.config.seed, "attribution"),
            language=inputs.language,
            workers=workers,
        )
    except TableError as problem:
        return None, (say(inputs.language, "no_attribution", problem=problem.what),)
    return found, found.warnings


def _is_measured(name: str, trials: Sequence[Trial]) -> bool:
    return any(trial.properties.get(name) is not None for trial in trials)


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
