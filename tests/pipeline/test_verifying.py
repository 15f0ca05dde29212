"""A run folder and the caches against what was written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ragcheck.cache_file import CacheFile
from ragcheck.cli.verify import verify_folder
from ragcheck.errors import StoreError
from ragcheck.experiment.store import DATABASE, RunStore
from ragcheck.pipeline.outputs import TRIALS, read_run, write_outputs
from ragcheck.pipeline.sealing import SEAL
from ragcheck.pipeline.tools import VECTORS
from ragcheck.pipeline.verifying import verify_run
from ragcheck.records.trials import Answer
from tests.reporting.conftest import make_report, make_trials


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run with files, two answers, and a cache of one vector."""
    folder = tmp_path / "run"
    with RunStore(folder) as store:
        store.keep_answers({"a": Answer("45 days"), "b": Answer("30 days")})
        write_outputs(folder, make_report("en"), make_trials())
    monkeypatch.setenv("RAGCHECK_CACHE", str(tmp_path / "cache"))
    cache = CacheFile(tmp_path / "cache" / VECTORS, contents="vectors")
    cache.put({b"key": b"value"})
    cache.close()
    return folder


def damaged(run: Path) -> dict[str, str]:
    """What is wrong, by the file's name."""
    return {one.path.name: one.damage.what for one in verify_run(run) if one.damage is not None}


def test_a_sound_run_is_whole(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert damaged(run) == {}
    verify_folder(run)
    lines = capsys.readouterr().out.splitlines()
    assert {Path(line.split()[1]).name for line in lines} >= {TRIALS, DATABASE, VECTORS}
    assert all(line.startswith("whole") for line in lines)


@pytest.mark.parametrize("name", ["report.json", "report.html", TRIALS])
def test_one_flipped_bit_is_seen_and_not_read(run: Path, name: str) -> None:
    raw = bytearray((run / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (run / name).write_bytes(raw)
    assert list(damaged(run)) == [name]
    with pytest.raises(StoreError) as told:
        verify_folder(run)
    assert told.value.where == str(run / name)
    if name != "report.html":
        with pytest.raises(StoreError, match="not the one that the run wrote"):
            read_run(run)


def test_a_run_without_its_seal_is_not_finished(run: Path) -> None:
    (run / SEAL).unlink()
    with pytest.raises(StoreError, match="no finished run"):
        read_run(run)


def test_an_answer_under_another_key_is_damaged_and_not_given(run: Path) -> None:
    with closing(sqlite3.connect(run / DATABASE)) as database, database:
        database.execute(
            "UPDATE answers SET (checksum, value) = "
            "(SELECT checksum, value FROM answers WHERE key = 'b') WHERE key = 'a'"
        )
    assert damaged(run) == {DATABASE: "1 of 2 rows are damaged"}
    with RunStore(run) as store:
        assert list(store.answers(["a", "b"])) == ["b"]


def test_a_damaged_row_of_a_cache_is_seen(run: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "cache" / VECTORS)) as database, database:
        database.execute("UPDATE entry SET value = x'00'")
    assert damaged(run) == {VECTORS: "1 of 1 rows are damaged"}
