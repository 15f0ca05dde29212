"""The example configurations: readable, of known names, and small enough to try."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragcheck.config import read_config
from ragcheck.experiment.design import calls_per_question, factor_levels, full_factorial
from ragcheck.pipeline.contexts import check_interventions

FOLDER = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_an_example_is_a_configuration_of_at_most_a_few_hundred_calls(path: Path) -> None:
    experiment = read_config(path).experiment
    check_interventions(experiment)
    calls = calls_per_question(full_factorial(experiment)) * experiment.questions
    assert calls <= 240
    varied = {name for name, levels in factor_levels(experiment).items() if len(levels) > 1}
    assert "temperature" in varied
    assert varied & {"edit", "strategy"}


def test_both_demonstrations_are_there() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} >= {
        "evidence_broken",
        "temperature_raised",
    }
