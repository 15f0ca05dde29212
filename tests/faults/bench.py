"""What the kills, the broken files and the full disks share: a job, a parent, and a truth."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.case import Plan
from tests.faults.job import KEY, Endpoint, Job, endpoint, write_job
from tests.faults.warm import Ended, Fault, Parent, Request, Running, warm_parent

RUN, CACHE, LOG = "run", "cache", "log"
TABLES = ("trials.parquet", "contexts.parquet", "questions.parquet")

Rows = dict[str, set[tuple[object, ...]]]
"""Every row of every table of a folder's databases, with its rowid: a row written anew differs."""


@dataclass(frozen=True)
class Bench:
    """A job that ran to its end once, and the means to run it again and break it."""

    job: Job
    server: Endpoint
    parent: Parent
    reference: Path
    changes: int
    encoded: int
    asked: int
    seconds: float

    def request(
        self,
        folder: Path,
        *,
        fault: Fault | None = None,
        setup: str | None = None,
        arguments: list[str] | None = None,
        log: str = LOG,
        environment: Mapping[str, str] | None = None,
    ) -> Request:
        """The job in a folder: its run and its cache lie inside of it, its log beside it."""
        place = {
            "RAGCHECK_CACHE": str(folder / "broken" / CACHE),
            KEY: folder.name,
            **(environment or {}),
        }
        return Request(
            arguments or self.job.arguments(folder / "broken" / RUN),
            str(folder / "broken"),
            str(folder / log),
            fault or Fault(),
            place,
            setup,
        )

    def run(self, folder: Path, **options: object) -> Ended:
        """Run the job in a folder to its end."""
        return self.start(folder, **options).wait()

    def start(self, folder: Path, **options: object) -> Running:
        """Start the job in a folder."""
        (folder / "broken").mkdir(exist_ok=True)
        return self.parent.start(self.request(folder, **options))  # type: ignore[arg-type]

    def copy_reference(self, folder: Path) -> Path:
        """The finished run and its cache, in the folder."""
        return Path(shutil.copytree(self.reference / "broken", folder / "broken"))

    def check_same(self, folder: Path) -> None:
        """The run in the folder found what the reference found, to the byte."""
        mine, theirs = folder / "broken" / RUN, self.reference / "broken" / RUN
        assert outcome(mine) == outcome(theirs), "report.json differs from the reference"
        for name in TABLES:
            assert (mine / name).read_bytes() == (theirs / name).read_bytes(), f"{name} differs"

    def check_right_or_told(self, folder: Path, ended: Ended) -> str:
        """It ended well with the right bytes, or in an error that says what, where, and mend."""
        assert "Traceback" not in ended.err + ended.out, ended.err
        if ended.code == 0:
            self.check_same(folder)
            return "recomputed"
        check_told(ended)
        return "told"


def check_told(ended: Ended) -> None:
    """Exit code 2 and an error in three parts, which is not a fault of ragcheck's own."""
    assert ended.code == 2, f"exit code {ended.code}: {ended.err[-2000:]}"
    told = ended.err[ended.err.find("error: ") :]
    assert told.startswith("error: "), ended.err[-2000:]
    assert "a fault of its own" not in told, told
    assert "where:" in told, f"no place: {told}"
    assert "mend:" in told, f"no way to mend: {told}"


_open: dict[Path, Bench] = {}


def bench_of(plan: Plan) -> Bench:
    """The campaign's bench; it is set up once, and open until the campaign ends."""
    if plan.scratch not in _open:
        _open[plan.scratch] = plan.stack.enter_context(bench(plan.scratch))
    return _open[plan.scratch]


@contextmanager
def bench(scratch: Path) -> Iterator[Bench]:
    """Run the job twice, once to warm the parent and once as the reference, and keep both going."""
    with endpoint() as server, warm_parent(scratch) as parent:
        job = write_job(scratch / "job", server.url)
        first = Bench(job, server, parent, scratch / "first", 0, 0, 0, 0.0)
        for folder in (first.reference, scratch / "reference"):
            folder.mkdir()
            (folder / "broken").mkdir()
        told = parent.learn(first.request(first.reference))
        assert told.code == 0, told.err
        begun = time.monotonic()
        ended = first.run(scratch / "reference")
        assert ended.code == 0, ended.err
        assert ended.changes is not None
        assert ended.encoded is not None
        whole = Bench(
            job,
            server,
            parent,
            scratch / "reference",
            ended.changes,
            ended.encoded,
            len(server.asked("reference")),
            time.monotonic() - begun,
        )
        whole.check_same(first.reference)
        yield whole


def outcome(run: Path) -> dict[str, object]:
    """Everything in report.json but its provenance."""
    report: dict[str, object] = json.loads((run / "report.json").read_bytes())
    del report["provenance"]
    return report


def databases(folder: Path) -> list[Path]:
    """The SQLite files under a folder, in order."""
    return sorted(folder.rglob("*.sqlite"))


def rows(folder: Path, scratch: Path) -> Rows:
    """What the databases under a folder hold; they are copied first, so that nothing is touched."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(folder, scratch)
    found: Rows = {}
    for path in databases(scratch):
        with closing(sqlite3.connect(path)) as database:
            names = "SELECT name FROM sqlite_master WHERE type = 'table'"
            for (table,) in database.execute(names).fetchall():
                own = database.execute(f"SELECT rowid, * FROM {table}").fetchall()
                found[f"{path.name}/{table}"] = set(own)
    return found


def check_integrity(folder: Path) -> None:
    """Each database under a folder passes SQLite's own check."""
    for path in databases(folder):
        with closing(sqlite3.connect(path)) as database:
            found = database.execute("PRAGMA integrity_check").fetchall()
        assert found == [("ok",)], f"{path.name}: {found}"
