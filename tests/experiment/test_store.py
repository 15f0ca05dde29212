"""The run store: what is kept, what a damaged file costs, and who may write."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from ragcheck.errors import StoreError
from ragcheck.experiment.store import DATABASE, RunStore
from ragcheck.records.trials import Answer


def _never() -> list[int]:
    raise AssertionError("computed again")


def test_a_stage_is_computed_once_for_a_key(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store:
        assert store.remember("stage", "k1", list[int], lambda: [1, 2]) == [1, 2]
    with RunStore(tmp_path) as store:
        assert store.remember("stage", "k1", list[int], _never) == [1, 2]
        assert store.remember("stage", "k2", list[int], lambda: [3]) == [3]


def test_answers_come_back_as_they_were(tmp_path: Path) -> None:
    answers = {"a": Answer("45 days", prompt_tokens=7), "b": Answer(None, failure="timeout")}
    with RunStore(tmp_path) as store:
        store.keep_answers(answers)
    with RunStore(tmp_path) as store:
        assert store.answers(["a", "b", "c"]) == answers


def test_a_damaged_row_counts_as_missing(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store:
        store.keep_answers({"a": Answer("45 days"), "b": Answer("10 %")})
    with sqlite3.connect(tmp_path / DATABASE) as database:
        database.execute("UPDATE answers SET value = x'00ff' WHERE key = 'a'")
    with RunStore(tmp_path) as store:
        assert store.answers(["a", "b"]) == {"b": Answer("10 %")}


def test_a_damaged_database_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"this is no database" * 400)
    with RunStore(tmp_path) as store:
        assert store.remember("stage", "k", list[int], lambda: [1]) == [1]
    assert (tmp_path / "run.damaged").exists()


def test_a_disk_that_fails_is_no_damaged_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RunStore(tmp_path) as store:
        store.keep_answers({"a": Answer("45 days")})

    def full(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("ragcheck.experiment.store._open_database", full)
        with pytest.raises(StoreError, match="disk is full") as refused, RunStore(tmp_path):
            pass
    assert refused.value.mend
    with RunStore(tmp_path) as store:
        assert store.answers(["a"]) == {"a": Answer("45 days")}


def test_a_database_of_another_make_is_refused_and_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / DATABASE) as database:
        database.execute("CREATE TABLE stages (other TEXT)")
    with RunStore(tmp_path) as store, pytest.raises(StoreError, match="cannot read") as refused:
        store.recall("stage", "key", list[int])
    assert "--output" in str(refused.value)


def test_a_second_writer_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with (
        RunStore(tmp_path),
        pytest.raises(StoreError, match="another process") as refused,
        RunStore(tmp_path),
    ):
        pass
    assert "--output" in str(refused.value)


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot write"), RunStore(tmp_path / "file" / "run"):
        pass


WRITER = """
import sys
from pathlib import Path
from ragcheck.experiment.store import RunStore
from ragcheck.records.trials import Answer
with RunStore(Path(sys.argv[1])) as store:
    for i in range(100000):
        store.keep_answers({f"{i}-{j}": Answer(f"answer {i}") for j in range(3)})
        print(i, flush=True)
"""


def test_a_killed_writer_leaves_whole_groups(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        written = [int(writer.stdout.readline()) for _ in range(20)]
        os.kill(writer.pid, signal.SIGKILL)
    with RunStore(tmp_path) as store:
        for i in range(max(written) + 3):
            group = store.answers(f"{i}-{j}" for j in range(3))
            assert len(group) in ((3,) if i <= max(written) else (0, 3))
