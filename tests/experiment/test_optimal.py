"""Fractional designs: what they identify, how good they are, and that a budget picks their size."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ragcheck.config import ExperimentConfig
from ragcheck.experiment.design import FACTORS, choose_design
from ragcheck.experiment.optimal import d_optimal, describe, model_matrix

CONFIG = ExperimentConfig(
    strategies=("a", "b"),
    k=(1, 3, 5),
    orders=("as_ranked", "reversed"),
    prompts=("plain", "cautious"),
    temperature=(0.0, 0.7, 1.4),
    replicates=1,
)
CELLS = 2 * 3 * 2 * 2 * 3
EFFECTS = (1 + 2 + 1) + (1 + 2) + (1 + 2 + 1) * (1 + 2)


def _dummies(rows: list[tuple[int, ...]], blocks: list[int], evidence: int) -> np.ndarray:
    """The same model in another coding: indicator columns, with one for each block."""
    levels = np.array(rows)
    columns = [np.array(blocks) == b for b in sorted(set(blocks))]
    single = {
        i: [levels[:, i] == v for v in range(1, levels[:, i].max() + 1)]
        for i in range(levels.shape[1])
    }
    columns += [column for own in single.values() for column in own]
    for i, j in product(range(evidence), range(evidence, levels.shape[1])):
        columns += [one & other for one, other in product(single[i], single[j])]
    return np.column_stack(columns).astype(float)


def test_the_full_design_identifies_every_effect_with_efficiency_one() -> None:
    effects = model_matrix([2, 3, 1], [2, 3])
    found = describe(effects, [range(len(effects))])
    assert (found.parameters, found.rank) == ((1 + 2) + (1 + 2) + (1 + 2) * (1 + 2),) * 2
    assert found.efficiency == pytest.approx(1.0)
    np.testing.assert_allclose(effects.T @ effects / len(effects), np.eye(effects.shape[1]),
                               atol=1e-12)  # fmt: skip


def test_half_of_two_levels_is_as_efficient_a_trial_as_all_of_them() -> None:
    """2^(4-1) with one generator is orthogonal for main effects and these interactions."""
    effects = model_matrix([2, 2], [2, 2])
    found = d_optimal(effects, blocks=4, size=8, rng=np.random.default_rng(0))
    assert found.identified
    assert found.efficiency > 0.97


def test_it_beats_fractions_drawn_at_random() -> None:
    effects = model_matrix([2, 3], [2, 3])
    rng = np.random.default_rng(1)
    found = d_optimal(effects, blocks=4, size=10, rng=rng)
    drawn = [
        describe(effects, [rng.choice(36, 10, replace=False) for _ in range(4)]).efficiency
        for _ in range(200)
    ]
    assert found.efficiency > max(drawn)
    assert all(len(set(block)) == 10 for block in found.blocks)


@pytest.mark.parametrize("size", [0, 5])
def test_impossible_sizes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="out of 4"):
        d_optimal(model_matrix([2], [2]), blocks=2, size=size, rng=np.random.default_rng(0))


@pytest.mark.parametrize("budget", [400, 700, 1200])
def test_a_budget_picks_a_fraction_that_identifies_effects_and_interactions(budget: int) -> None:
    design = choose_design(CONFIG, questions=30, budget=budget, rng=np.random.default_rng(2))
    assert design.kind == "d-optimal"
    assert design.cells == CELLS
    assert design.calls(30) <= budget
    varied = [name for name in FACTORS if len({_level(c, name) for c in _all_cells(design)}) > 1]
    assert varied == ["strategy", "k", "order", "prompt", "temperature"]
    codes = {name: sorted({_level(c, name) for c in _all_cells(design)}) for name in varied}
    rows = [
        tuple(codes[name].index(_level(cell, name)) for name in varied)
        for cell in _all_cells(design)
    ]
    blocks = [number for number, block in enumerate(design.blocks) for _ in block]
    matrix = _dummies(rows, blocks, evidence=3)
    assert np.linalg.matrix_rank(matrix) == len(design.blocks) + EFFECTS
    assert design.fraction is not None
    assert design.fraction.efficiency > 0.5


def _all_cells(design):
    return [cell for block in design.blocks for cell in block]


def _level(cell, name):
    return {**cell.evidence, **cell.generation}[name]


def test_what_the_budget_covers_is_full() -> None:
    design = choose_design(CONFIG, questions=3, budget=10_000, rng=np.random.default_rng(0))
    assert (design.kind, len(design.blocks)) == ("full", 1)
    named = CONFIG.model_copy(update={"design": "full"})
    assert (
        choose_design(named, questions=30, budget=10, rng=np.random.default_rng(0)).kind == "full"
    )


def test_a_fraction_that_is_asked_for_needs_no_budget() -> None:
    named = CONFIG.model_copy(update={"design": "d-optimal"})
    design = choose_design(named, questions=30, budget=None, rng=np.random.default_rng(0))
    assert design.fraction is not None
    assert design.fraction.identified
    assert len(design.of(0)) == CELLS // 2


def test_a_small_budget_still_identifies_and_leaves_out_questions_instead() -> None:
    design = choose_design(CONFIG, questions=30, budget=40, rng=np.random.default_rng(0))
    assert design.fraction is not None
    assert design.fraction.identified
    assert design.calls(30) > 40


def test_the_same_seed_gives_the_same_design() -> None:
    first, second = (
        choose_design(CONFIG, questions=30, budget=500, rng=np.random.default_rng(7))
        for _ in range(2)
    )
    assert first.blocks == second.blocks
