"""Factors and levels to cells, and cells to trials that stay within a budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ragcheck.config import ExperimentConfig
from ragcheck.experiment.optimal import STARTS, Fraction, d_optimal, model_matrix
from ragcheck.experiment.passages import Passage
from ragcheck.records.corpus import Question, content_id
from ragcheck.records.trials import Cell, GenerationParameters, GenerationRequest, Level

EVIDENCE_FACTORS = ("strategy", "retriever", "reranker", "k", "edit", "order")
GENERATION_FACTORS = ("model", "prompt", "temperature", "top_p", "top_k")
FACTORS = (*EVIDENCE_FACTORS, *GENERATION_FACTORS)

MOST_BLOCKS = 8
"""Different sets of cells of a fractional design; questions take turns at them."""
UNNAMED_SHARE = 0.5
"""Share of the cells of a fractional design that no budget limits."""


@dataclass(frozen=True)
class PlannedTrial:
    """One question in one cell: what the reader is given, and the request that will answer it.

    ``model`` is the key of the generator that is asked. ``intervention`` is ``none`` for the
    crossed cells.
    """

    question: Question
    cell: Cell
    request: GenerationRequest
    passages: tuple[Passage, ...]
    intervention: str = "none"
    model: str = ""

    @property
    def context(self) -> str:
        """Names what the reader is given for this question, in this order."""
        return content_id(self.question.id, *(passage.id for passage in self.passages))

    @property
    def key(self) -> str:
        """Equal for trials that one answer serves."""
        return content_id(self.model, self.request.key)


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
        return len({trial.key for group in self.groups for trial in group})


@dataclass(frozen=True)
class Design:
    """Which cells each question is asked in; questions take turns at the ``blocks``.

    ``cells`` counts those of the full factorial, without replicates, and ``fraction`` says what
    a fractional design identifies.
    """

    kind: str
    blocks: tuple[tuple[Cell, ...], ...]
    cells: int
    fraction: Fraction | None = None

    def of(self, number: int) -> tuple[Cell, ...]:
        """The cells of the question with this number, replicates included."""
        return self.blocks[number % len(self.blocks)]

    def calls(self, questions: int) -> int:
        """Largest number of distinct requests that so many questions can need."""
        each = [calls_per_question(block) for block in self.blocks]
        return sum(each[number % len(each)] for number in range(questions))


def factor_levels(config: ExperimentConfig) -> Mapping[str, tuple[Level, ...]]:
    """The levels of every factor, evidence first."""
    return {
        "strategy": config.strategies,
        "retriever": config.retrievers,
        "reranker": config.rerankers,
        "k": config.k,
        "edit": config.edits,
        "order": config.orders,
        "model": config.models or ("model",),
        "prompt": config.prompts,
        "temperature": config.temperature,
        "top_p": config.top_p,
        "top_k": config.top_k,
    }


def varied_sampling(config: ExperimentConfig) -> Mapping[str, tuple[Level, ...]]:
    """The sampling parameters whose levels differ between requests, seeds included."""
    levels: dict[str, tuple[Level, ...]] = {
        name: own
        for name, own in factor_levels(config).items()
        if name in ("temperature", "top_p", "top_k") and len(own) > 1
    }
    if config.replicates > 1 and max(config.temperature) > 0:
        levels["seed"] = tuple(range(config.replicates))
    return levels


def full_factorial(config: ExperimentConfig) -> tuple[Cell, ...]:
    """Every combination of levels, once for each replicate.

    A greedy cell has its replicates too: they are equal requests, sent once, so that the table
    stays balanced and shows that greedy answers do not vary.
    """
    return _replicated(_settings(config), config.replicates)


def choose_design(
    config: ExperimentConfig, *, questions: int, budget: int | None, rng: np.random.Generator
) -> Design:
    """Full, or the largest D-optimal fraction whose requests the budget covers.

    A fraction is never smaller than what identifies the main effects and the evidence x
    generation interactions; where the budget does not cover that for every question, it is left
    to :func:`within_budget` to leave out whole questions.
    """
    settings = _settings(config)
    full = Design("full", (_replicated(settings, config.replicates),), len(settings))
    affordable = budget is None or full.calls(questions) <= budget
    if config.design == "full" or questions == 0 or (config.design == "auto" and affordable):
        return full
    return _fractional(config, settings, questions, budget, rng) or full


def _settings(config: ExperimentConfig) -> list[Mapping[str, Level]]:
    levels = factor_levels(config)
    every = product(*(levels[name] for name in FACTORS))
    return [dict(zip(FACTORS, values, strict=True)) for values in every]


def _replicated(settings: Sequence[Mapping[str, Level]], replicates: int) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            {name: setting[name] for name in EVIDENCE_FACTORS},
            {name: setting[name] for name in GENERATION_FACTORS},
            replicate,
        )
        for setting in settings
        for replicate in range(replicates)
    )


def _fractional(
    config: ExperimentConfig,
    settings: Sequence[Mapping[str, Level]],
    questions: int,
    budget: int | None,
    rng: np.random.Generator,
) -> Design | None:
    """The largest fraction within the budget that is identified, or the smallest identified."""
    levels = factor_levels(config)
    effects = model_matrix(
        [len(levels[name]) for name in EVIDENCE_FACTORS],
        [len(levels[name]) for name in GENERATION_FACTORS],
    )
    seed = int(rng.integers(2**31))

    def of_size(size: int, starts: int = 1) -> Design:
        found = d_optimal(
            effects,
            blocks=_block_count(size, len(settings), questions),
            size=size,
            rng=np.random.default_rng(seed),
            starts=starts,
        )
        chosen = tuple(
            _replicated([settings[i] for i in block], config.replicates) for block in found.blocks
        )
        return Design("d-optimal", chosen, len(settings), found)

    most = len(settings) if budget is not None else round(UNNAMED_SHARE * len(settings))
    smallest = next(
        (
            size
            for size in range(2, len(settings) + 1)
            if _block_count(size, len(settings), questions) * (size - 1) >= effects.shape[1]
            and _is_identified(of_size(size))
        ),
        None,
    )
    if smallest is None:
        return None
    low = smallest
    while low < most:
        middle = (low + most + 1) // 2
        if budget is None or of_size(middle).calls(questions) <= budget:
            low = middle
        else:
            most = middle - 1
    best = of_size(low, STARTS)
    fits = budget is None or low == smallest or best.calls(questions) <= budget
    return best if fits else of_size(low)


def _block_count(size: int, cells: int, questions: int) -> int:
    """So many different blocks that every cell could stand in two of them, within limits."""
    return min(questions, MOST_BLOCKS, max(2, -(-2 * cells // size)))


def _is_identified(design: Design) -> bool:
    return design.fraction is not None and design.fraction.identified


def sampling_parameters(cell: Cell, *, seed: int, max_tokens: int) -> GenerationParameters:
    """What a cell sends to the model; each replicate has its own seed."""
    return GenerationParameters(
        temperature=float(cell.generation["temperature"]),
        top_p=float(cell.generation["top_p"]),
        top_k=int(cell.generation.get("top_k", 0)) or None,
        seed=seed * 1000 + cell.replicate,
        max_tokens=max_tokens,
    )


def calls_per_question(cells: Sequence[Cell]) -> int:
    """Largest number of distinct requests that one question can need."""
    distinct = set()
    for cell in cells:
        greedy = float(cell.generation["temperature"]) == 0.0
        narrowing = cell.generation["top_p"], cell.generation.get("top_k")
        sampling = () if greedy else (*narrowing, cell.replicate)
        asked = tuple(cell.generation.get(name) for name in ("model", "prompt", "temperature"))
        distinct.add((tuple(cell.evidence.items()), asked, sampling))
    return len(distinct)


def baseline_cell(config: ExperimentConfig) -> Cell:
    """Where interventions are compared: the most careful sampling, the largest K, else the
    first level of every factor.
    """
    setting = {name: levels[0] for name, levels in factor_levels(config).items()}
    setting["k"], setting["temperature"] = max(config.k), min(config.temperature)
    return _replicated([setting], 1)[0]


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
        needed = sent | {trial.key for group in groups for trial in group}
        if len(needed) > budget:
            break
        sent = needed
        kept.extend(groups)
        asked += 1
    return Plan(tuple(kept), BudgetCut(budget, asked, len(by_question), plan.calls))
