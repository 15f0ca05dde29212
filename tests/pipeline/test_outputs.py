"""The files of a run folder: written, read back, and known to be damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragcheck.errors import StoreError
from ragcheck.pipeline.outputs import holds_outputs, read_run, write_outputs
from ragcheck.records.results import Report
from tests.reporting.conftest import make_report, make_trials

DAMAGE = {
    "report.json": (b"", b"not json{", b"[]", b"\xff\xfe", b'{"schema_version": "1"}'),
    "trials.parquet": (b"", b"PAR1 junk PAR1"),
}


@pytest.fixture
def report() -> Report:
    return make_report("en")


@pytest.fixture
def run(tmp_path: Path, report: Report) -> Path:
    write_outputs(tmp_path, report, make_trials())
    return tmp_path


def test_what_was_written_is_read(run: Path, report: Report) -> None:
    assert read_run(run) == (report, make_trials())
    assert holds_outputs(run, report)


@pytest.mark.parametrize(
    ("name", "raw"), [(name, raw) for name, many in DAMAGE.items() for raw in many]
)
def test_a_damaged_file_is_named_with_a_way_out(
    run: Path, report: Report, name: str, raw: bytes
) -> None:
    (run / name).write_bytes(raw)
    with pytest.raises(StoreError) as refused:
        read_run(run)
    assert str(run / name) in str(refused.value.where)
    assert refused.value.mend
    assert not holds_outputs(run, report)


@pytest.mark.parametrize("name", ["report.json", "report.html", "trials.parquet"])
def test_a_file_that_is_gone_or_cut_is_missed(run: Path, report: Report, name: str) -> None:
    whole = (run / name).read_bytes()
    (run / name).write_bytes(whole[: len(whole) // 2])
    assert not holds_outputs(run, report)
    (run / name).unlink()
    assert not holds_outputs(run, report)


def test_a_run_without_trials_leaves_no_table_of_an_earlier_one(run: Path, report: Report) -> None:
    write_outputs(run, report, [])
    assert read_run(run)[1] == []
