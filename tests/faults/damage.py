"""Files of a run and of the caches with flipped bits, or cut off: never a wrong number.

Each file that a run leaves is damaged at places that the seed chooses. Who reads it afterwards,
be it the next run or a command that only looks, gives what the reference gave, or says what is
damaged, where, and how to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from tests.faults.bench import RUN, Bench, bench_of, check_told
from tests.faults.case import Case, Plan

TIMES = 4
"""How often each file is damaged in each way."""
REPORT = "report.json"

Damage = Callable[[Path, np.random.Generator], None]


def flip(path: Path, generator: np.random.Generator) -> None:
    """Turn one to three bits over."""
    raw = bytearray(path.read_bytes())
    for _ in range(int(generator.integers(1, 4))):
        raw[int(generator.integers(len(raw)))] ^= 1 << int(generator.integers(8))
    path.write_bytes(raw)


def cut(path: Path, generator: np.random.Generator) -> None:
    """Cut the file off somewhere; at the start, too."""
    raw = path.read_bytes()
    path.write_bytes(raw[: int(generator.integers(len(raw)))])


def cases(plan: Plan) -> Iterator[Case]:
    """Every file of the reference, damaged in both ways."""
    own = bench_of(plan)
    home = own.reference / "broken"
    names = sorted(p.relative_to(home).as_posix() for p in home.rglob("*") if _can_break(p))
    right = _sound_looks(own)
    for family, damage in (("flipped bits", flip), ("cut file", cut)):
        for name in names:
            for number in range(TIMES):
                generator = plan.generator(family, name, str(number))
                hurt = partial(_hurt, own, name, damage, generator)
                check = partial(_check_run, own, hurt)
                yield Case(family, f"{name} {number}", check, shared=True)
                if number == 0 and name.startswith(RUN):
                    look = partial(_check_looking, own, right, name, hurt)
                    yield Case(f"{family}, read", f"{name} {number}", look, shared=True)


def _can_break(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _hurt(
    own: Bench, name: str, damage: Damage, generator: np.random.Generator, folder: Path
) -> None:
    damage(own.copy_reference(folder) / name, generator)


def _check_run(own: Bench, hurt: Callable[[Path], None], folder: Path) -> None:
    """The next run; where its report is gone, it reads what else was stored."""
    hurt(folder)
    own.check_right_or_told(folder, own.run(folder))
    (folder / "broken" / RUN / REPORT).unlink(missing_ok=True)
    own.check_right_or_told(folder, own.run(folder, log="again"))


def _sound_looks(own: Bench) -> list[str]:
    """What the commands that only look print of the reference, with its folder left out."""
    run = own.reference / "broken" / RUN
    told = []
    for command in LOOKS:
        ended = own.run(own.reference, arguments=command(run), log="look")
        assert ended.code == 0, ended.err
        told.append(_without(ended.out, run))
    return told


def _without(printed: str, *places: Path) -> str:
    for place in places:
        printed = printed.replace(str(place), "")
    return printed


def _check_looking(
    own: Bench, right: list[str], name: str, hurt: Callable[[Path], None], folder: Path
) -> None:
    """Commands that only look: a report, an attribution, a comparison, and the check itself."""
    hurt(folder)
    run, home = folder / "broken" / RUN, own.reference / "broken" / RUN
    for number, (command, printed) in enumerate(zip(LOOKS, right, strict=True)):
        told = own.run(folder, arguments=command(run), log=f"look-{number}")
        if told.code != 0 or _without(told.out, run, home) != printed:
            check_told(told)
    verified = own.run(folder, arguments=["verify", str(run)], log="verify")
    if verified.code != 0 or not name.endswith(".sqlite"):  # which has bytes that hold nothing
        check_told(verified)


def _report(run: Path) -> list[str]:
    return ["report", str(run), "-f", "json"]


def _attribute(run: Path) -> list[str]:
    columns = ("--response", "correctness", "--unit", "question")
    factors = ("--evidence", "k", "--generation", "temperature")
    return ["attribute", str(run / "trials.parquet"), *columns, *factors]


def _compare(run: Path) -> list[str]:
    return ["compare", str(run), str(run), "--format", "json"]


LOOKS = (_report, _attribute, _compare)
