"""Units through workers: order, errors, deaths, and what a user is told."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import pytest

import ragcheck
from ragcheck import workers
from ragcheck.config import RunConfig, read_config
from ragcheck.errors import ConfigError, CorpusError, WorkerError
from ragcheck.pipeline.settling import told_config
from ragcheck.workers import SERIAL, Workers
from tests.workers.units import (
    fail,
    process_of,
    square,
    square_dying,
    square_dying_once,
)

SQUARES = [number * number for number in range(12)]
LOKY = Workers("loky", 2)


def test_serial_work_is_done_here_one_unit_at_a_time() -> None:
    asked: list[int] = []

    def told(number: int) -> int:
        asked.append(number)
        return square(number)

    found = SERIAL.each(told, range(12))
    assert next(found) == 0
    assert asked == [0]
    assert list(found) == SQUARES[1:]


def test_processes_give_the_results_in_order() -> None:
    assert LOKY.map(square, range(12)) == SQUARES
    assert os.getpid() not in LOKY.map(process_of, range(4))


def test_a_single_unit_is_worked_on_here() -> None:
    assert LOKY.map(process_of, [1]) == [os.getpid()]


def test_what_the_work_raises_is_raised_here_with_its_mending() -> None:
    with pytest.raises(CorpusError) as raised:
        LOKY.map(fail, range(4))
    assert (raised.value.what, raised.value.where, raised.value.mend) == ("what", "where", "mend")


@pytest.mark.slow
def test_a_worker_that_dies_once_changes_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "died"
    assert LOKY.map(partial(square_dying_once, str(mark)), range(12)) == SQUARES
    assert mark.exists()


@pytest.mark.slow
def test_work_that_kills_every_worker_ends_with_a_reason_after_what_came_before() -> None:
    came = []
    with pytest.raises(WorkerError, match=r"5 of 12 units are done") as raised:
        for result in LOKY.each(square_dying, range(12)):
            came.append(result)
    assert came == SQUARES[:5]
    assert raised.value.where == "workers.backend = loky"
    assert raised.value.mend is not None
    assert LOKY.map(square, range(12)) == SQUARES, "later work has new processes"


def test_a_worker_refuses_what_another_version_asks_for() -> None:
    sent = workers._Sent(square, "0.0.1")
    with pytest.raises(WorkerError, match=rf"{ragcheck.__version__}, the run 0\.0\.1"):
        sent(3)
    assert workers._Sent(square, ragcheck.__version__)(3) == 9


@pytest.mark.parametrize("backend, module", [("dask", "distributed"), ("ray", "ray")])
def test_a_backend_that_is_not_installed_says_what_to_install(
    backend: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(WorkerError, match="not installed") as raised:
        Workers(backend, address="tcp://127.0.0.1:9").map(square, range(3))
    assert f"ragcheck-evidence[{backend}]" in str(raised.value.mend)


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(workers, "CONNECT_SECONDS", 1)
    with pytest.raises(WorkerError, match="no Dask scheduler answers") as raised:
        Workers("dask", address="tcp://127.0.0.1:9").map(square, range(3))
    assert raised.value.where == "tcp://127.0.0.1:9"


@pytest.mark.parametrize(
    "given", [{"backend": "threads"}, {"backend": "loky", "count": 0}, {"backend": "dask"}]
)
def test_workers_that_cannot_be_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"backend|worker"):
        Workers(**given)  # type: ignore[arg-type]


def test_a_cluster_without_an_address_is_a_wrong_configuration(tmp_path: Path) -> None:
    path = tmp_path / "ragcheck.toml"
    path.write_text('[workers]\nbackend = "dask"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="needs the address of its cluster"):
        read_config(path)
    given = {"workers.address": "tcp://127.0.0.1:8786"}
    assert read_config(path, given).workers.settled() == Workers("dask", 2, "tcp://127.0.0.1:8786")


def test_workers_change_neither_the_run_nor_its_report() -> None:
    plain = RunConfig()
    shared = read_config(None, {"workers.backend": "loky", "workers.count": 7})
    assert shared != plain
    assert shared.fingerprint == plain.fingerprint
    assert told_config(shared) == told_config(plain)
