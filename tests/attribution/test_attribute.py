"""From a results table to an attribution: the public function."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ragcheck.attribution import attribute
from ragcheck.records.results import ATTRIBUTION_VERDICTS, Attribution

NAMES = ("evidence", "generation", "interaction", "noise", "unit")


def trials(
    evidence: float = 0.0,
    generation: float = 0.0,
    joint: float = 0.0,
    *,
    units: int = 40,
    replicates: int = 3,
    seed: int = 1,
) -> pd.DataFrame:
    """Two levels a side; each argument is half the difference that it makes; noise 1."""
    rng = np.random.default_rng(seed)
    rows = []
    for u in range(units):
        own = rng.normal()
        for e in (-1, 1):
            for g in (-1, 1):
                mean = own + evidence * e + generation * g + joint * e * g
                for r in range(replicates):
                    rows.append({"q": u, "k": e, "t": g, "rep": r, "y": mean + rng.normal()})
    return pd.DataFrame(rows)


def run(frame: object, **changes: object) -> Attribution:
    options: dict[str, object] = {
        "response": "y", "unit": "q", "evidence": ["k"], "generation": ["t"],
    }  # fmt: skip
    return attribute(frame, **{**options, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("effects", "verdict"),
    [
        ({"evidence": 0.7}, "evidence"),
        ({"generation": 0.7}, "generation"),
        ({"evidence": 0.6, "generation": 0.6}, "both"),
        ({"joint": 0.6}, "interaction"),
        ({"evidence": 0.4, "generation": 0.4, "joint": -0.4}, "interaction"),
        ({"units": 2000}, "neither"),
        ({"units": 12}, "inconclusive"),
    ],
)
def test_the_verdict_is_what_was_planted(effects: dict[str, float], verdict: str) -> None:
    found = run(trials(**effects))  # type: ignore[arg-type]
    assert found.verdict == verdict
    assert found.verdict in ATTRIBUTION_VERDICTS
    assert (found.needed is None) == (verdict != "inconclusive")


def test_shares_add_up_and_lie_in_their_intervals() -> None:
    found = run(trials(0.5, 0.2))
    assert tuple(found.shares) == NAMES
    assert sum(share.value or 0.0 for share in found.shares.values()) == pytest.approx(1.0)
    for share in found.shares.values():
        assert share.low is not None is not share.high
        assert share.low <= share.value <= share.high  # type: ignore[operator]
        assert share.high >= 0
        assert share.n == 40
    assert (found.units, found.trials) == (40, 480)


def test_the_same_table_gives_the_same_attribution_in_any_order_of_rows() -> None:
    frame = trials(0.3)
    shuffled = frame.sample(frac=1.0, random_state=3)
    assert run(frame) == run(frame)
    one, other = run(frame), run(shuffled)
    for name in NAMES:
        assert one.shares[name].value == pytest.approx(other.shares[name].value)
        assert one.shares[name].low == pytest.approx(other.shares[name].low)
    assert one.verdict == other.verdict


def test_swapping_the_sides_swaps_the_attribution() -> None:
    frame = trials(0.7, 0.1)
    one = run(frame)
    other = run(frame, evidence=["t"], generation=["k"])
    assert one.verdict == "evidence"
    assert other.verdict == "generation"
    assert one.shares["evidence"].value == pytest.approx(other.shares["generation"].value)


def test_scale_and_origin_of_the_response_change_nothing_but_the_contrasts() -> None:
    frame = trials(0.4)
    one, other = run(frame), run(frame.assign(y=1e6 + 50 * frame.y))
    for name in NAMES:
        assert one.shares[name].value == pytest.approx(other.shares[name].value, abs=1e-6)
    assert other.contrasts[0].difference.value == pytest.approx(
        50 * one.contrasts[0].difference.value  # type: ignore[operator]
    )


def test_ranges_roles_and_constants_are_told() -> None:
    found = run(trials(0.5).assign(top_p=0.9), generation=["t", "top_p"])
    assert found.ranges == {"k": (-1, 1), "t": (-1, 1), "top_p": (0.9,)}
    assert found.roles == {"k": "evidence", "t": "generation", "top_p": "generation"}
    assert any("top_p" in warning for warning in found.warnings)


def test_unscored_trials_are_counted_and_do_not_move_the_verdict() -> None:
    frame = trials(0.7)
    holes = np.random.default_rng(2).random(len(frame)) < 0.2
    found = run(frame.assign(y=frame.y.where(~holes)))
    assert found.verdict == "evidence"
    assert found.trials == int((~holes).sum())
    assert any("unscored" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda f: f.assign(y=1.0), "same value in every trial"),
        (lambda f: f[f.q == 0], "single unit"),
        (lambda f: f[f.q < 3], "3 units are too few"),
        (lambda f: f.assign(t=0), "no generation factor was varied"),
        (lambda f: f.assign(k=7), "no evidence factor was varied"),
        (lambda f: f[(f.q % 2 == 0) == (f.k == 1)], "no unit was seen under two levels"),
        (lambda f: f[f.index % 12 == f.q * 5 % 12], "no unit was seen under two levels"),
    ],
)
def test_what_cannot_be_judged_is_inconclusive_with_the_reason(change: object, reason: str) -> None:
    found = run(change(trials(0.5)))  # type: ignore[operator]
    assert found.verdict == "inconclusive"
    assert reason in found.reason
    assert found.needed
    for share in found.shares.values():
        assert share.value is not None or share.reason


def test_a_unit_with_one_row_is_told_and_harms_nothing() -> None:
    frame = trials(0.7)
    lonely = pd.DataFrame([{"q": 99, "k": 1, "t": 1, "rep": 0, "y": 0.0}])
    found = run(pd.concat([frame, lonely]))
    assert found.verdict == "evidence"
    assert any("1 of 41 units were seen in one cell only" in text for text in found.warnings)


def test_greedy_replicates_are_noise_free() -> None:
    frame = trials(0.5, 0.3, replicates=1)
    found = run(pd.concat([frame, frame, frame]))
    assert found.shares["noise"].value == pytest.approx(0.0, abs=1e-9)


def test_a_response_fixed_within_each_unit_follows_neither_side() -> None:
    frame = trials()
    found = run(frame.assign(y=frame.q % 5))
    assert found.verdict == "neither"
    assert found.shares["unit"].value == pytest.approx(1.0)


def test_a_table_without_replicates_says_what_it_takes_for_noise() -> None:
    found = run(trials(0.8, replicates=1))
    assert found.verdict == "evidence"
    assert any("no cell has replicates" in warning for warning in found.warnings)


def test_needed_questions_settle_what_was_open() -> None:
    small = run(trials(0.25, units=12, seed=5))
    assert small.verdict == "inconclusive"
    assert small.needed
    more = int(small.needed.split()[1])
    assert 12 < more + 12 < 2000
    assert "replicates" in small.needed


def test_verdicts_for_a_side_are_rare_where_nothing_matters() -> None:
    sides = [run(trials(units=12, seed=seed)).verdict for seed in range(60)]
    assert sum(side in ("evidence", "generation") for side in sides) <= 4


def test_properties_explain_the_part_that_they_carry() -> None:
    rng = np.random.default_rng(9)
    good, other = rng.normal(size=(2, 60, 5))
    rows = [
        {"q": u, "k": e, "t": g, "y": 0.8 * good[u, e] + 0.6 * other[u, e] + rng.normal(),
         "sufficiency": good[u, e], "noise": float(rng.normal()), "size": 3.0}
        for u in range(60) for e in range(5) for g in (0, 1) for _ in range(2)
    ]  # fmt: skip
    found = run(rows, properties=["sufficiency", "noise", "size"]).properties
    sufficiency, noise = found["sufficiency"], found["noise"]
    assert sufficiency.low is not None is not sufficiency.high
    assert sufficiency.low < 0.64 < sufficiency.high
    assert sufficiency.value == pytest.approx(0.64, abs=0.12)
    assert noise.value == pytest.approx(0.0, abs=0.05)
    assert found["size"].value is None
    assert found["size"].reason == "it is the same in every evidence cell of a unit"


def test_properties_of_evidence_that_does_nothing_are_undefined() -> None:
    frame = trials(0.0, 0.9)
    found = run(frame.assign(x=frame.k, k=1), properties=["x"]).properties
    assert found["x"].value is None
    assert found["x"].reason == "no evidence factor was varied"


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_analysed() -> None:
    frame = trials(0.5, units=8400)
    found = run(frame)
    assert found.trials == 100_800
    assert found.verdict == "evidence"
    assert found.shares["evidence"].value == pytest.approx(0.25 / 2.25, abs=0.01)
