"""Two processes at the same time, on one run folder and on one cache."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.faults.bench import RUN, TABLES, Bench, bench_of, check_integrity, outcome
from tests.faults.case import Case, Plan

TIMES = 5


def cases(plan: Plan) -> Iterator[Case]:
    """Starts at several distances, the second process killed in some."""
    own = bench_of(plan)
    generator = plan.generator("sharing")
    for number in range(TIMES):
        wait = float(generator.random()) * own.seconds * (number > 0)
        check = partial(_check_one_folder, own, wait)
        yield Case("two on one run folder", f"{wait:.2f} s apart", check, shared=True)
    for number in range(TIMES):
        wait = float(generator.random()) * own.seconds / 2 * (number > 0)
        check = partial(_check_one_cache, own, wait, number % 2 == 1)
        yield Case("two on one cache", f"{wait:.2f} s apart", check, shared=True)


def _check_one_folder(own: Bench, wait: float, folder: Path) -> None:
    """One works, the other says so; the one that comes late finds the finished run."""
    first = own.start(folder)
    time.sleep(wait)
    second = own.start(folder, log="second")
    ended = [first.wait(), second.wait()]
    assert any(one.code == 0 for one in ended), [one.err for one in ended]
    for one in ended:
        own.check_right_or_told(folder, one)
        assert one.code == 0 or "another process" in one.err, one.err
    check_integrity(folder / "broken")


def _check_one_cache(own: Bench, wait: float, kill: bool, folder: Path) -> None:
    """Both end right, or the one that is left when the other is killed."""
    first = own.start(folder)
    time.sleep(wait)
    other = folder / "broken" / "other"
    second = own.start(folder, log="second", arguments=own.job.arguments(other))
    if kill:
        time.sleep(wait)
        first.kill()
    ended = first.wait()
    assert ended.code == 0 or (kill and ended.killed), ended.err
    late = second.wait()
    assert late.code == 0, late.err
    reference = own.reference / "broken" / RUN
    assert outcome(other) == outcome(reference)
    for name in TABLES:
        assert (other / name).read_bytes() == (reference / name).read_bytes(), name
    assert own.run(folder, log="again").code == 0
    own.check_same(folder)
    check_integrity(folder / "broken")
