"""SIGKILL at points spread over a run: the next run ends with the same bytes, and does the rest.

Half of the points are moments, spread over the time that a run takes. The other half are calls
that change files, counted from the start: the process dies before the call, in the middle of a
write, or after it, so that the points inside of commits and renames are hit too.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.faults.bench import RUN, Bench, Rows, bench_of, check_integrity, rows
from tests.faults.case import Case, Plan
from tests.faults.warm import KILL_AFTER, KILL_BEFORE, KILL_WITHIN, Ended, Fault

Killing = Callable[[Path], Ended]


def cases(plan: Plan) -> Iterator[Case]:
    """``plan.kills`` points."""
    generator = plan.generator("kills")
    own = bench_of(plan)
    by_call = plan.kills // 2
    chosen = generator.choice(own.changes, size=by_call, replace=by_call > own.changes)
    modes = generator.choice((KILL_BEFORE, KILL_WITHIN, KILL_AFTER), size=by_call)
    for at, mode in zip(sorted(chosen.tolist()), modes.tolist(), strict=True):
        check = partial(_check, own, partial(_at_call, own, Fault(mode, at)))
        yield Case("kill at a write", f"call {at}, mode {mode}", check, shared=True)
    by_moment = plan.kills - by_call
    for number in range(by_moment):
        share = (number + generator.random()) / by_moment
        check = partial(_check, own, partial(_at_moment, own, share))
        yield Case("kill at a moment", f"{share:.4f} of a run", check, shared=True)


def _at_call(own: Bench, fault: Fault, folder: Path) -> Ended:
    return own.run(folder, fault=fault)


def _at_moment(own: Bench, share: float, folder: Path) -> Ended:
    """Where the run was over before the moment came, it is begun anew and killed earlier."""
    seconds = share * own.seconds
    while True:
        running = own.start(folder)
        time.sleep(seconds)
        running.kill()
        ended = running.wait()
        if ended.killed:
            return ended
        shutil.rmtree(folder / "broken")
        own.server.forget(folder.name)
        seconds /= 2


def _check(own: Bench, kill: Killing, folder: Path) -> None:
    killed = kill(folder)
    assert killed.killed or (killed.code == 0 and killed.changes), killed.err
    kept = rows(folder / "broken", folder / "copy")
    paid = own.server.asked(folder.name)
    ended = own.run(folder, log="again")
    assert ended.code == 0, ended.err
    own.check_same(folder)
    check_integrity(folder / "broken")
    verified = own.run(folder, arguments=["verify", str(folder / "broken" / RUN)], log="verify")
    assert verified.code == 0, verified.err
    whole = rows(folder / "broken", folder / "copy")
    _check_nothing_twice(own, ended, kept, whole)
    _check_requests(own, paid, own.server.asked(folder.name)[len(paid) :], kept, whole)
    _check_files(own, folder)


def _check_nothing_twice(own: Bench, ended: Ended, kept: Rows, whole: Rows) -> None:
    """What was kept is neither written nor encoded again."""
    for table, before in kept.items():
        rewritten = before - whole[table]
        assert not rewritten, f"{table}: {len(rewritten)} of {len(before)} rows were written again"
    vectors = sum(len(found) for table, found in kept.items() if table.startswith("vectors"))
    assert ended.encoded is not None
    assert ended.encoded <= own.encoded - vectors, (
        f"{vectors} of {own.encoded} texts were kept, and {ended.encoded} encoded again"
    )


def _check_requests(own: Bench, paid: list[str], again: list[str], kept: Rows, whole: Rows) -> None:
    """The second run sends what has no stored answer, each request once."""
    table = "run.sqlite/answers"
    missing = len(whole[table]) - len(kept.get(table, ()))
    assert len(again) == len(set(again)), "a request was sent twice in one run"
    assert len(again) == missing, f"{missing} answers were missing, {len(again)} were asked for"
    assert len(set(paid) | set(again)) == own.asked


def _check_files(own: Bench, folder: Path) -> None:
    """No half-written file is left behind."""
    mine, theirs = (
        {path.relative_to(root).as_posix() for path in root.rglob("*") if _is_result(path)}
        for root in (folder / "broken", own.reference / "broken")
    )
    assert mine == theirs, f"left behind: {mine - theirs}; missing: {theirs - mine}"


def _is_result(path: Path) -> bool:
    """SQLite's own files beside a database come and go with its connections."""
    return path.is_file() and not path.name.endswith(("-wal", "-shm"))
