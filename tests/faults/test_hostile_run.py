"""One run over texts that attack it, with marked secrets and no network but loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import hostile_report, network, secrets
from tests.faults.case import CannotTry
from tests.faults.hostile_run import Outcome, run_hostile


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_hostile(tmp_path_factory.mktemp("hostile"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "look",
    [hostile_report.check_ends, hostile_report.check_terminal, hostile_report.check_markdown,
     hostile_report.check_formulas, secrets.check_printed],
)  # fmt: skip
def test_what_a_hostile_run_leaves(look, outcome: Outcome, tmp_path: Path) -> None:
    look(outcome, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["run", "cache", "home"])
def test_no_secret_is_written(part: str, outcome: Outcome, tmp_path: Path) -> None:
    secrets.check_files(outcome, part, tmp_path)


@pytest.mark.slow
def test_the_page_runs_nothing_and_fetches_nothing(outcome: Outcome, tmp_path: Path) -> None:
    try:
        hostile_report.check_page(outcome, tmp_path)
    except CannotTry as reason:
        pytest.skip(str(reason))


@pytest.mark.slow
def test_only_the_endpoint_is_reached(outcome: Outcome, tmp_path: Path) -> None:
    assert not outcome.attempts
    network.check_watch(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(network.JOBS))
def test_no_network_without_an_endpoint(name: str, tmp_path: Path) -> None:
    network.check_job(network.JOBS[name], tmp_path)


@pytest.mark.parametrize(
    "name", ["a key where the name of its variable belongs", "a key of the wrong kind"]
)
def test_an_error_holds_no_secret(name: str, tmp_path: Path) -> None:
    secrets.check_error(secrets.WRONG[name], tmp_path)


def test_chunks_need_no_network(tmp_path: Path) -> None:
    network.check_job(network.JOBS["chunks"], tmp_path)
