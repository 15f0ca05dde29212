"""The whole fault campaign: ``python -m tests.faults.campaign --seed 1 --kills 200``.

Prints a line for each family of faults and a count at the end; exit code 1 when any case broke.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from tests.faults.case import CannotTry, Case, Plan

MODULES: tuple[str, ...] = (
    "kills", "worker_kills", "damage", "disks", "sharing", "clocks", "weights", "endpoint",
    "hostile_documents", "hostile_report", "hostile_judges", "secrets", "network",
)  # fmt: skip
"""Modules of this folder with a function ``cases(plan) -> Iterator[Case]``."""


def run_case(case: Case, plan: Plan) -> str:
    """``held``, ``skipped`` or ``broke``; what broke goes to standard error at once."""
    folder = Path(tempfile.mkdtemp(dir=plan.scratch))
    try:
        case.run(folder)
    except CannotTry as reason:
        print(f"skipped {case.family}: {case.name}: {reason}", file=sys.stderr)
        return "skipped"
    except Exception:
        print(f"BROKE {case.family}: {case.name}\n{traceback.format_exc()}", file=sys.stderr)
        return "broke"
    else:
        return "held"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str] | None = None) -> int:
    """Run what the arguments ask for; 1 when a case broke, or when there was none."""
    given = _parser().parse_args(arguments)
    total: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory(prefix="ragcheck-faults-") as scratch,
        ThreadPoolExecutor(given.jobs) as pool,
        ExitStack() as stack,
    ):
        plan = Plan(given.seed, Path(scratch), given.kills, given.documents, stack)
        for name in given.only or MODULES:
            cases = import_module(f"tests.faults.{name}").cases(plan)
            for family, count in _run_module(cases, plan, pool).items():
                _tell(family, count)
                total += count
    _tell(f"all, seed {given.seed}", total)
    return 1 if total["broke"] or not total["held"] else 0


def _run_module(
    cases: Iterator[Case], plan: Plan, pool: ThreadPoolExecutor
) -> dict[str, Counter[str]]:
    """How the cases of one module ended, by family; those that may share run at the same time."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    waiting: list[tuple[str, Future[str]]] = []
    for case in cases:
        if case.shared:
            waiting.append((case.family, pool.submit(run_case, case, plan)))
        else:
            counts[case.family][run_case(case, plan)] += 1
    for family, ended in waiting:
        counts[family][ended.result()] += 1
    return counts


def _tell(family: str, count: Counter[str]) -> None:
    told = ", ".join(f"{count[word]} {word}" for word in ("held", "broke", "skipped"))
    print(f"{family:<32} {count.total():>6} faults: {told}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.campaign")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kills", type=int, default=200, help="kill points")
    parser.add_argument("--documents", type=int, default=10_000, help="hostile documents")
    parser.add_argument("--jobs", type=int, default=2, help="runs at the same time")
    parser.add_argument("--only", nargs="*", default=[], help=f"of {', '.join(MODULES)}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
