"""The smallest effect that a design can see: the formula against simulated experiments."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ragcheck.experiment.power import Spread, measured_spread, smallest_effect

WORLDS = 4000


@pytest.mark.parametrize(
    ("questions", "pairs", "level", "answer"),
    [(12, 4, 0.15, 0.1), (30, 2, 0.15, 0.1), (30, 8, 0.05, 0.2), (60, 1, 0.3, 0.0)],
)
def test_the_smallest_effect_is_found_in_four_of_five_simulated_experiments(
    questions: int, pairs: int, level: float, answer: float
) -> None:
    effect = smallest_effect(questions, pairs, Spread(level, answer))
    assert effect is not None
    rng = np.random.default_rng(4)
    true = effect + rng.normal(0, np.sqrt(level), (WORLDS, questions, 1))
    noise = rng.normal(0, np.sqrt(answer), (2, WORLDS, questions, pairs))
    gaps = (true + noise[0] - noise[1]).mean(axis=2)
    power = float((stats.ttest_1samp(gaps, 0, axis=1).pvalue < 0.05).mean())
    assert power == pytest.approx(0.80, abs=0.03)


@pytest.mark.parametrize(("questions", "pairs"), [(4, 10), (0, 1), (30, 0)])
def test_too_little_sees_nothing(questions: int, pairs: float) -> None:
    assert smallest_effect(questions, pairs, Spread(0.1, 0.1)) is None


def _rows(questions: int, level: float, answer: float, seed: int) -> list[dict[str, object]]:
    """Two levels of one factor in two cells of another, three replicates each."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for question in range(questions):
        gap = rng.normal(0.3, np.sqrt(level))
        for k in (1, 5):
            for temperature in (0.0, 1.0):
                for _ in range(3):
                    score = (gap if k == 5 else 0.0) + temperature + rng.normal(0, answer**0.5)
                    row = {"question": question, "k": k, "temperature": temperature}
                    rows.append({**row, "correctness": score})
    return rows


def test_variances_of_an_earlier_run_are_found_again() -> None:
    spread = measured_spread(_rows(400, 0.2, 0.1, seed=3), "k", ["temperature"])
    assert spread is not None
    assert spread.source == "measured"
    assert spread.answer == pytest.approx(0.1, rel=0.1)
    assert spread.level == pytest.approx(0.2, rel=0.2)


def test_without_levels_to_compare_nothing_is_measured() -> None:
    rows = _rows(4, 0.2, 0.1, seed=3)
    assert measured_spread(rows, "k", ["temperature"]) is None
    assert measured_spread([], "k", []) is None
    unscored = [{**row, "correctness": None} for row in _rows(20, 0.2, 0.1, seed=3)]
    assert measured_spread(unscored, "k", ["temperature"]) is None
