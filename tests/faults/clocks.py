"""Clocks that jump and files from the future: no result depends on the time of day."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.faults.bench import RUN, Bench, bench_of
from tests.faults.case import Case, Plan

DAY = 86_400.0
FUTURE = 4_102_444_800.0
"""1 January 2100."""
JUMPS = "RAGCHECK_FAULT_JUMPS"
"""Environment variable: the seconds by which the clocks are off, call after call."""


def cases(plan: Plan) -> Iterator[Case]:
    """Clocks that run back, leap and shake; files from 1970 and from 2100."""
    own = bench_of(plan)
    generator = plan.generator("clocks")
    shaking = generator.normal(0, DAY, size=40).round(3).tolist()
    for name, jumps in {
        "back by a day, call by call": [-DAY * step for step in range(20)],
        "forward by a year": [0.0] * 5 + [365 * DAY],
        "to 1970": [0.0, -time.time()],
        "anywhere": shaking,
    }.items():
        check = partial(_check_jumps, own, " ".join(map(str, jumps)))
        yield Case("clock that jumps", name, check, shared=True)
    for name, moment in {"2100": FUTURE, "1970": 0.0}.items():
        check = partial(_check_dates, own, moment)
        yield Case("files of another time", name, check, shared=True)


def jump() -> None:
    """Put the clocks of this process off: called in a run before it starts."""
    jumps = itertools.cycle(float(each) for each in os.environ[JUMPS].split())
    for name in ("time", "monotonic", "perf_counter"):
        real = getattr(time, name)
        # A monotonic clock that runs back is what a suspended machine's firmware may give.
        wrong = partial(_off, real, jumps)
        for module in list(sys.modules.values()):
            if getattr(module, "__name__", "").startswith(("ragcheck", "time")):
                for own, value in list(vars(module).items()):
                    if value is real:
                        setattr(module, own, wrong)


def _off(real: partial[float], jumps: Iterator[float]) -> float:
    return real() + next(jumps)


def _check_jumps(own: Bench, jumps: str, folder: Path) -> None:
    ended = own.run(folder, setup="tests.faults.clocks:jump", environment={JUMPS: jumps})
    assert ended.code == 0, ended.err
    own.check_same(folder)


def _check_dates(own: Bench, moment: float, folder: Path) -> None:
    """With every file of another time: the run is read, and computed again from its caches."""
    own.copy_reference(folder)
    corpus = Path(shutil.copytree(own.job.corpus, folder / own.job.corpus.name))
    run = folder / "broken" / RUN
    arguments = ["run", str(corpus), "-c", str(own.job.config), "-o", str(run)]
    for log in ("kept", "again"):
        for path in folder.rglob("*"):
            os.utime(path, (moment, moment))
        ended = own.run(folder, arguments=arguments, log=log)
        assert ended.code == 0, ended.err
        own.check_same(folder)
        (run / "report.json").unlink()
