"""SIGKILL of one of a run's two worker processes: the run itself ends with the same bytes.

Only the run's own process writes to its folder and to the caches, so that a worker can lose
nothing but the unit that it works on.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.faults.bench import RUN, Bench, bench_of, check_integrity
from tests.faults.case import CannotTry, Case, Plan
from tests.faults.warm import Running

OF_KILLS = 50
"""One worker is killed for so many runs that are."""
PROC = Path("/proc")


def cases(plan: Plan) -> Iterator[Case]:
    """A worker is killed as soon as it is there, or a moment later."""
    own = bench_of(plan)
    generator = plan.generator("worker kills")
    for number in range(max(2, plan.kills // OF_KILLS)):
        wait = float(generator.random()) * own.seconds * number
        yield Case("kill of a worker", f"after {wait:.2f} s", partial(_check, own, wait))


def _check(own: Bench, wait: float, folder: Path) -> None:
    arguments = [*own.job.arguments(folder / "broken" / RUN), "--workers", "2"]
    running = own.start(folder, arguments=arguments)
    killed = _kill_a_worker(running, wait)
    ended = running.wait()
    own.check_right_or_told(folder, ended)
    assert ended.code == 0, ended.err
    check_integrity(folder / "broken")
    if not killed:
        raise CannotTry("the run ended before a worker was seen")


def _kill_a_worker(running: Running, wait: float) -> bool:
    """Kill one of the run's workers; whether there was one."""
    while running.lives():
        for pid in _workers_of(running.pid):
            time.sleep(wait)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return True
        time.sleep(0.02)
    return False


def _workers_of(parent: int) -> list[int]:
    """The children of a process that joblib's loky started to work."""
    found = []
    for path in PROC.glob("[0-9]*"):
        with suppress(OSError):
            state = (path / "stat").read_text().rpartition(")")[2].split()
            command = (path / "cmdline").read_bytes()
            if int(state[1]) == parent and b"LokyProcess" in command:
                found.append(int(path.name))
    return found
