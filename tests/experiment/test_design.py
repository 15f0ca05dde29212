"""The crossed design: how many cells and calls there are, and what a budget leaves out."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from ragcheck.config import ExperimentConfig
from ragcheck.experiment.design import (
    BudgetCut,
    Plan,
    PlannedTrial,
    calls_per_question,
    choose_questions,
    full_factorial,
    sampling_parameters,
    within_budget,
)
from ragcheck.records.corpus import Question
from ragcheck.records.trials import Cell, GenerationRequest

CONFIG = ExperimentConfig(
    strategies=("chars(size=400)", "recursive(size=400)"),
    k=(1, 5, 8),
    temperature=(0.0, 1.0),
    replicates=2,
)


def test_full_factorial_holds_every_combination_once_for_each_replicate() -> None:
    cells = full_factorial(CONFIG)
    assert len(cells) == 2 * 3 * 2 * 2
    assert len({cell.id for cell in cells}) == len(cells)


def test_greedy_replicates_are_one_call() -> None:
    # 6 contexts, each: one greedy call and two sampled ones.
    assert calls_per_question(full_factorial(CONFIG)) == 6 * 3


def test_top_p_does_not_multiply_greedy_calls() -> None:
    config = CONFIG.model_copy(update={"top_p": (0.5, 1.0)})
    assert calls_per_question(full_factorial(config)) == 6 * (1 + 2 * 2)


def test_replicates_have_their_own_seeds_and_runs_their_own_range() -> None:
    cell = {"strategy": "s", "retriever": "r", "k": 1}
    sampling = {"prompt": "plain", "temperature": 1.0, "top_p": 1.0}
    seeds = {
        sampling_parameters(Cell(cell, sampling, replicate), seed=seed, max_tokens=8).seed
        for seed in (0, 1)
        for replicate in (0, 1)
    }
    assert len(seeds) == 4


def _questions(tags: str) -> list[Question]:
    return [Question(str(i), f"question {i}?", ("a",), tags=(tag,)) for i, tag in enumerate(tags)]


def test_chosen_questions_keep_the_shares_of_the_tags_and_the_order() -> None:
    questions = _questions("a" * 20 + "b" * 10 + "c" * 10)
    chosen = choose_questions(questions, 20, np.random.default_rng(1))
    assert Counter(question.tags[0] for question in chosen) == {"a": 10, "b": 5, "c": 5}
    assert [int(q.id) for q in chosen] == sorted(int(q.id) for q in chosen)


def test_all_questions_are_taken_where_the_limit_allows() -> None:
    questions = _questions("abc")
    assert choose_questions(questions, 3, np.random.default_rng(1)) == tuple(questions)


def _plan(questions: int, calls: int) -> Plan:
    cell = Cell({"k": 1}, {"temperature": 0.0})
    groups = tuple(
        tuple(
            PlannedTrial(question, cell, _request(f"{question.id}/{call}"), ())
            for call in range(calls)
        )
        for question in _questions("x" * questions)
    )
    return Plan(groups)


def _request(prompt: str) -> GenerationRequest:
    cell = Cell({}, {"temperature": 0.0, "top_p": 1.0})
    return GenerationRequest(prompt, sampling_parameters(cell, seed=0, max_tokens=4))


@pytest.mark.parametrize(("budget", "asked"), [(12, 4), (11, 3), (3, 1), (2, 0)])
def test_budget_drops_whole_questions_and_says_so(budget: int, asked: int) -> None:
    cut = within_budget(_plan(questions=4, calls=3), budget)
    assert len({trial.question.id for trial in cut.trials}) == asked
    assert cut.calls <= budget
    assert cut.cut == (BudgetCut(budget, asked, questions=4, calls=12) if asked < 4 else None)


def test_a_prompt_that_two_questions_share_is_counted_once() -> None:
    plan = _plan(questions=1, calls=2)
    doubled = Plan((*plan.groups, *plan.groups))
    assert doubled.calls == 2
