"""Splits of a difference that were worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ragcheck.attribution.states import (
    Reply,
    cell_means,
    change_verdict,
    question_means,
    questions_needed,
    side_that_moves,
    smallest_difference,
    split_difference,
)
from ragcheck.records.results import Estimate


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def state(table, questions=8):
    """The same responses for each question: ``table`` maps (parameters, system) to one."""
    return cell_means(
        Reply(f"q{number}", parameters, system, value)
        for number in range(questions)
        for (parameters, system), value in table.items()
    )


def test_replicates_of_a_cell_count_as_one_cell():
    replies = [Reply("q", "p", "s", 1.0)] * 3 + [Reply("q", "p", "t", 0.0)]
    assert question_means(cell_means(replies)) == {"q": 0.5}


def test_one_state_between_gives_the_parts_along_its_path():
    before = state({("p", "s"): 0.2, ("r", "s"): 0.8})
    after = state({("r", "t"): 0.7})
    parts = split_difference(before, after, rng(), reason="none")
    # From the mean 0.5 to 0.8 with the new parameters, then to 0.7 with the new system.
    assert parts["parameters"].value == pytest.approx(0.3)
    assert parts["system"].value == pytest.approx(-0.1)
    assert "interaction" not in parts


def test_equal_states_have_no_parts_and_states_apart_none_to_tell():
    before = state({("p", "s"): 0.0, ("r", "s"): 0.4, ("p", "t"): 0.2, ("r", "t"): 1.0})
    only = state({("p", "s"): 0.0})
    after = state({("r", "t"): 1.0, ("p", "t"): 0.2, ("r", "s"): 0.4, ("p", "s"): 0.0})
    parts = split_difference(before, after, rng(), reason="none")
    assert parts["parameters"].value == pytest.approx(0.0)
    whole = {("r", "t"): 1.0}
    assert split_difference(only, state(whole), rng(), reason="none") == {}


def test_shapley_of_two_players():
    before = cell_means(
        [Reply(f"q{n}", p, s, v) for n in range(6)
         for p, s, v in (("p", "s", 0.0), ("p", "t", 0.2))]
    )  # fmt: skip
    after = cell_means(
        [Reply(f"q{n}", p, s, v) for n in range(6)
         for p, s, v in (("r", "t", 1.0), ("r", "s", 0.4), ("p", "s", 0.0), ("p", "t", 0.2))]
    )  # fmt: skip
    parts = split_difference(before, after, rng(), reason="none")
    # before 0.1, after 0.4; all parameters with the old systems: 0.4; old with the new: 0.1
    assert parts["parameters"].value == pytest.approx(0.3)
    assert parts["system"].value == pytest.approx(0.0)
    assert parts["interaction"].value == pytest.approx(0.0)


def test_cells_that_are_not_crossed_give_no_parts():
    before = state({("p", "s"): 0.2, ("r", "t"): 0.8})
    after = state({("r", "s"): 0.7})
    assert split_difference(before, after, rng(), reason="none") == {}


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.01, 0.2, "better"),
        (-0.3, -0.1, "worse"),
        (-0.04, 0.03, "no difference"),
        (-0.1, 0.03, "inconclusive"),
    ],
)
def test_verdicts(low, high, verdict):
    estimate = Estimate((low + high) / 2, low, high, n=30)
    assert change_verdict([0.0] * 30, estimate, 0.05) == verdict


def test_few_questions_decide_nothing():
    assert change_verdict([1.0] * 4, Estimate(1.0, n=4), 0.05) == "inconclusive"
    assert change_verdict([], Estimate(None, reason="none"), 0.05) == "not measured"


def test_more_questions_are_needed_for_a_smaller_difference():
    large = [0.5, -0.3] * 20
    small = [0.45, -0.35] * 20
    # normal quantiles 1.96 and 0.84, deviation 0.405, mean 0.1
    assert questions_needed(large, 0.05) == pytest.approx((2.8016 * 0.4051 / 0.1) ** 2, abs=2)
    assert questions_needed(small, 0.05) > questions_needed(large, 0.05)


def test_equal_answers_need_as_many_as_a_bound_on_none_in_n():
    needed = questions_needed([0.0] * 6, 0.05)
    # Wilson for none in n: z squared over n plus z squared is below 0.05 from n = 73 on
    assert needed == 73


def test_the_smallest_difference_shrinks_with_the_root_of_the_questions():
    gaps = [0.5, -0.5] * 10
    assert smallest_difference(gaps * 4) == pytest.approx(smallest_difference(gaps) / 2, rel=0.1)
    assert smallest_difference([0.0] * 20) is None


def test_the_side_that_moves():
    clear, open_ = Estimate(0.2, 0.1, 0.3, n=9), Estimate(0.1, -0.1, 0.3, n=9)
    assert side_that_moves({"parameters": clear, "system": open_}) == "parameters"
    assert side_that_moves({"parameters": clear, "system": clear}) == "both"
    assert side_that_moves({"parameters": open_, "system": open_}) == "inconclusive"
