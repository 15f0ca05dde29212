"""The experiment's trials: questions, cells of the design, interventions, and their requests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragcheck import rng
from ragcheck.attribution.paired import Undefined
from ragcheck.config import RunConfig
from ragcheck.experiment.design import (
    Design,
    Plan,
    PlannedTrial,
    baseline_cell,
    choose_design,
    choose_questions,
    sampling_parameters,
    within_budget,
)
from ragcheck.experiment.interventions import with_references
from ragcheck.experiment.passages import Passage
from ragcheck.experiment.wording import REASONS
from ragcheck.generation.prompts import stop_sequences
from ragcheck.pipeline.contexts import Contexts, route_of
from ragcheck.pipeline.evidence import Route
from ragcheck.pipeline.inputs import Inputs
from ragcheck.pipeline.reader import Reader
from ragcheck.records.corpus import Question
from ragcheck.records.trials import Cell, GenerationRequest

Readers = Mapping[str, Reader]
"""The reader of each model of the experiment, by the model's name."""


@dataclass(frozen=True)
class Experiment:
    """The crossed cells, the interventions, and what is defined for no passage set.

    ``undefined_edits`` counts the trials that an edit of a cell leaves out, by edit and reason.
    """

    design: Design
    crossed: Plan
    paired: Plan
    undefined: tuple[Undefined, ...]
    undefined_edits: Mapping[tuple[str, str], int]

    @property
    def whole(self) -> Plan:
        """All trials, those of the crossed cells first."""
        return Plan((*self.crossed.groups, *self.paired.groups))


def plan_experiment(inputs: Inputs, contexts: Contexts, readers: Readers) -> Experiment:
    """Every chosen question in its cells, and the interventions with what the budget leaves."""
    config = inputs.config
    asked = questions_to_ask(inputs)
    design = design_of(config, len(asked))
    edits: Counter[tuple[str, str]] = Counter()
    groups = [
        group
        for number, question in enumerate(asked)
        for group in _crossed(inputs, contexts, readers, question, design.of(number), edits)
    ]
    crossed = within_budget(Plan(tuple(groups)), config.budget)
    left = None if config.budget is None else config.budget - crossed.calls
    paired, undefined = _interventions(inputs, contexts, readers, asked)
    return Experiment(design, crossed, within_budget(paired, left), undefined, dict(edits))


def design_of(config: RunConfig, questions: int) -> Design:
    """The design of the configuration for so many questions."""
    generator = rng.generator(config.seed, "design")
    return choose_design(
        config.experiment, questions=questions, budget=config.budget, rng=generator
    )


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


def questions_to_edit(inputs: Inputs, asked: Sequence[Question]) -> tuple[Question, ...]:
    """The questions of the interventions: some of those asked that have gold evidence."""
    known = [question for question in asked if question.evidence and question.answers]
    config = inputs.config
    generator = rng.generator(config.seed, "questions of the interventions")
    return choose_questions(known, config.experiment.intervention_questions, generator)


def request_of(
    inputs: Inputs, reader: Reader, question: Question, passages: Sequence[str], cell: Cell
) -> GenerationRequest:
    """What is sent for a question with these passages in one cell."""
    config = inputs.config
    prompt = reader.prompt(
        question.text,
        passages,
        template=str(cell.generation["prompt"]),
        language=inputs.language,
    )
    sampling = sampling_parameters(cell, seed=config.seed, max_tokens=config.model.max_tokens)
    return GenerationRequest(prompt, sampling, stop_sequences(inputs.language))


def _crossed(
    inputs: Inputs,
    contexts: Contexts,
    readers: Readers,
    question: Question,
    cells: Sequence[Cell],
    undefined: Counter[tuple[str, str]],
) -> list[tuple[PlannedTrial, ...]]:
    """One group of trials for each route, without those whose edit is not defined."""
    by_route: dict[Route, list[PlannedTrial]] = defaultdict(list)
    for cell in cells:
        given = contexts.of(question, cell)
        if given.passages is None:
            undefined[str(cell.evidence["edit"]), given.reason or ""] += 1
        else:
            trial = PlannedTrial(
                question, cell, _asked(inputs, readers, question, given.passages, cell),
                given.passages, model=readers[str(cell.generation["model"])].key,
            )  # fmt: skip
            by_route[route_of(cell)].append(trial)
    return [tuple(group) for group in by_route.values()]


def _interventions(
    inputs: Inputs, contexts: Contexts, readers: Readers, asked: Sequence[Question]
) -> tuple[Plan, tuple[Undefined, ...]]:
    """The baseline cell of each question with every intervention that is defined for it."""
    config = inputs.config.experiment
    cell = baseline_cell(config)
    groups: list[tuple[PlannedTrial, ...]] = []
    undefined: list[Undefined] = []
    for question in questions_to_edit(inputs, asked):
        group = []
        for name in with_references(config.interventions):
            given = contexts.of(question, cell, name)
            if given.passages is None:
                reason = REASONS[inputs.language][given.reason or ""]
                undefined.append(Undefined(name, question.id, reason))
                continue
            trial = PlannedTrial(
                question, cell, _asked(inputs, readers, question, given.passages, cell),
                given.passages, name, readers[str(cell.generation["model"])].key,
            )  # fmt: skip
            group.append(trial)
        if group:
            groups.append(tuple(group))
    return Plan(tuple(groups)), tuple(undefined)


def _asked(
    inputs: Inputs,
    readers: Readers,
    question: Question,
    passages: Sequence[Passage],
    cell: Cell,
) -> GenerationRequest:
    contents = [passage.content for passage in passages]
    return request_of(inputs, readers[str(cell.generation["model"])], question, contents, cell)
