"""Equal requests that are right and wrong, and orders that depend on the questions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ragcheck.records.trials import Trial
from ragcheck.triage.signals import Signal
from ragcheck.triage.unexplained import answer_entropy, flip_shares, unexplained_signals
from tests.triage.building import answered, by_rule


def _signals(trials: list[Trial], language: str = "en") -> dict[str, Signal]:
    return dict(by_rule(unexplained_signals(trials, np.random.default_rng(0), language)))


def _draws(chance: float, *, temperature: float = 1.0, questions: int = 30) -> list[Trial]:
    rng = np.random.default_rng(5)
    trials = []
    for i in range(questions):
        for replicate in range(4):
            right = rng.random() >= chance
            trials.append(
                answered(f"q{i}", "a" if right else "b", right=float(right),
                         temperature=temperature, replicate=replicate)
            )  # fmt: skip
    return trials


def test_the_share_of_pairs_and_the_entropy_are_those_of_the_definition() -> None:
    right = [True, True, True, False]
    trials = [
        answered("q", "a" if ok else "b", right=float(ok), temperature=1.0, replicate=i)
        for i, ok in enumerate(right)
    ]
    # 3 of the 6 pairs of (a, a, a, b) have one of each.
    assert flip_shares(trials) == {"q": pytest.approx(0.5)}
    assert answer_entropy(trials) == pytest.approx(-0.75 * math.log2(0.75) - 0.25 * math.log2(0.25))
    assert answer_entropy([]) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_answers_that_flip_fire_and_steady_ones_do_not(language: str) -> None:
    assert _signals(_draws(0.5), language)["RC503"].fired is True
    assert _signals(_draws(0.0), language)["RC503"].fired is False
    assert _signals(_draws(0.5, temperature=0.0), language)["RC503"].fired is None


def _crossed(value: dict[tuple[int, int], float], questions: int) -> list[Trial]:
    return [
        answered(f"q{i}", "a", right=value[i, k], k=k) for i in range(questions) for k in range(6)
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_order_that_two_halves_share_is_none_of_chance(language: str) -> None:
    steady = {(i, k): float(i % 6 <= k) for i in range(60) for k in range(6)}
    assert _signals(_crossed(steady, 60), language)["RC504"].fired is False
    alike = {(i, k): float(i % 2) for i in range(60) for k in range(6)}
    found = _signals(_crossed(alike, 60), language)["RC504"]
    assert (found.fired, found.estimate.value) == (False, None)


def test_an_order_of_chance_is_not_called_steady() -> None:
    rng = np.random.default_rng(2)
    chance = {(i, k): float(rng.random() < 0.5) for i in range(20) for k in range(6)}
    found = _signals(_crossed(chance, 20))["RC504"]
    assert found.estimate.value is not None
    assert found.estimate.value < 0.4
    assert found.fired is not False
    few = _signals(_crossed(chance, 5))["RC504"]
    assert few.fired is None
