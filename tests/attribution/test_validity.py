"""A small planted-truth suite; the large one is ``benchmarks/attribution_validity.py``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def validity() -> ModuleType:
    root = Path(__file__).resolve().parents[2]
    path = root / "benchmarks" / "attribution_validity.py"
    spec = importlib.util.spec_from_file_location("attribution_validity", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("response", ["continuous", "bernoulli"])
def test_a_share_of_a_fifth_is_found_with_60_questions(validity: ModuleType, response: str) -> None:
    for kind in ("evidence", "generation", "both", "interaction"):
        found = [
            validity.analyse(validity.power_world, kind, response, 3, index) for index in range(4)
        ]
        # At 90 % each, fewer than two of four would happen once in 270 kinds.
        assert sum(validity.right(kind, outcome.verdict) for outcome in found) >= 2
        value = np.mean([outcome.value - outcome.truth for outcome in found], axis=0)
        assert np.abs(value).max() < 0.1


def test_no_side_is_blamed_where_nothing_matters(validity: ModuleType) -> None:
    found = [
        validity.analyse(validity.draw_world, "nothing", response, 4, index)
        for response in validity.RESPONSES
        for index in range(15)
    ]
    blamed = [o for o in found if o.verdict in ("evidence", "generation")]
    # At 5 % each, more than four of 30 would happen once in 60 seeds.
    assert len(blamed) <= 4


@pytest.mark.slow
def test_intervals_cover_the_true_shares(validity: ModuleType) -> None:
    found = [
        validity.analyse(validity.draw_world, kind, response, 5, index)
        for kind in validity.KINDS
        for response in validity.RESPONSES
        for index in range(20)
    ]
    summary = validity.summarise(found)
    # 200 worlds: a standard error of 1.5 % around 95 %.
    assert summary.coverage.min() > 0.90
    assert np.abs(summary.bias).max() < 0.02
