"""Factors and levels to cells, and cells to trials that stay within a budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ragcheck.config import ExperimentConfig
from ragcheck.records.corpus import Question
from ragcheck.records.trials import Cell, GenerationParameters, GenerationRequest, Level

EVIDENCE_FACTORS = ("strategy", "retriever", "k")
GENERATION_FACTORS = ("prompt", "temperature", "top_p")


@dataclass(frozen=True, slots=True)
class PlannedTrial:
    """One question in one cell, with the request that will answer it."""

    question: Question
    cell: Cell
    request: GenerationRequest
    chunk_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BudgetCut:
    """A budget of model calls that covers some of the questions; all of them need ``calls``."""

    budget: int
    covered: int
    questions: int
    calls: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Trials in the order in which they are run, in groups that share a context.

    ``cut`` is what a budget removed, if it removed anything.
    """

    groups: tuple[tuple[PlannedTrial, ...], ...]
    cut: BudgetCut | None = None

    @property
    def trials(self) -> tuple[PlannedTrial, ...]:
        return tuple(trial for group in self.groups for trial in group)

    @property
    def calls(self) -> int:
        """Distinct requests: what is really sent to the model."""
        return len({trial.request.key for group in self.groups for trial in group})


def factor_levels(config: ExperimentConfig) -> Mapping[str, tuple[Level, ...]]:
    """The levels of every factor, evidence first."""
    return {
        "strategy": config.strategies,
        "retriever": config.retrievers,
        "k": config.k,
        "prompt": config.prompts,
        "temperature": config.temperature,
        "top_p": config.top_p,
    }


def varied_sampling(config: ExperimentConfig) -> Mapping[str, tuple[Level, ...]]:
    """The sampling parameters whose levels differ between requests, seeds included."""
    levels: dict[str, tuple[Level, ...]] = {}
    if len(config.temperature) > 1:
        levels["temperature"] = config.temperature
    if len(config.top_p) > 1:
        levels["top_p"] = config.top_p
    if config.replicates > 1 and max(config.temperature) > 0:
        levels["seed"] = tuple(range(config.replicates))
    return levels


def full_factorial(config: ExperimentConfig) -> tuple[Cell, ...]:
    """Every combination of levels, once for each replicate.

    A greedy cell has its replicates too: they are equal requests, sent once, so that the table
    stays balanced and shows that greedy answers do not vary.
    """
    levels = factor_levels(config)
    names = (*EVIDENCE_FACTORS, *GENERATION_FACTORS)
    cells: list[Cell] = []
    for values in product(*(levels[name] for name in names)):
        setting = dict(zip(names, values, strict=True))
        evidence = {name: setting[name] for name in EVIDENCE_FACTORS}
        generation = {name: setting[name] for name in GENERATION_FACTORS}
        cells.extend(
            Cell(evidence, generation, replicate) for replicate in range(config.replicates)
        )
    return tuple(cells)


def sampling_parameters(cell: Cell, *, seed: int, max_tokens: int) -> GenerationParameters:
    """What a cell sends to the model; each replicate has its own seed."""
    return GenerationParameters(
        temperature=float(cell.generation["temperature"]),
        top_p=float(cell.generation["top_p"]),
        seed=seed * 1000 + cell.replicate,
        max_tokens=max_tokens,
    )


def calls_per_question(cells: Sequence[Cell]) -> int:
    """Largest number of distinct requests that one question can need."""
    distinct = set()
    for cell in cells:
        greedy = float(cell.generation["temperature"]) == 0.0
        sampling = () if greedy else (cell.generation["top_p"], cell.replicate)
        context = tuple(cell.evidence[name] for name in EVIDENCE_FACTORS)
        distinct.add((context, cell.generation["prompt"], cell.generation["temperature"], sampling))
    return len(distinct)


def choose_questions(
    questions: Sequence[Question], limit: int, rng: np.random.Generator
) -> tuple[Question, ...]:
    """At most ``limit`` questions, the same share of each first tag, in their given order."""
    if len(questions) <= limit:
        return tuple(questions)
    strata: dict[str, list[int]] = defaultdict(list)
    for index, question in enumerate(questions):
        strata[question.tags[0] if question.tags else ""].append(index)
    ranked: list[tuple[float, int]] = []
    for members in strata.values():
        shuffled = rng.permutation(members)
        ranked.extend(((i + 0.5) / len(shuffled), int(m)) for i, m in enumerate(shuffled))
    chosen = sorted(index for _, index in sorted(ranked)[:limit])
    return tuple(questions[index] for index in chosen)


def within_budget(plan: Plan, budget: int | None) -> Plan:
    """Whole questions, in order, as long as their distinct requests fit into the budget.

    Questions are the blocks of the design: one that is asked at all is asked in every cell.
    """
    if budget is None or plan.calls <= budget:
        return plan
    by_question: dict[str, list[tuple[PlannedTrial, ...]]] = defaultdict(list)
    for group in plan.groups:
        by_question[group[0].question.id].append(group)
    kept: list[tuple[PlannedTrial, ...]] = []
    sent: set[str] = set()
    asked = 0
    for groups in by_question.values():
        needed = sent | {trial.request.key for group in groups for trial in group}
        if len(needed) > budget:
            break
        sent = needed
        kept.extend(groups)
        asked += 1
    return Plan(tuple(kept), BudgetCut(budget, asked, len(by_question), plan.calls))
