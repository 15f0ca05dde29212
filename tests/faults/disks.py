"""Disks that fill up, and folders that cannot be written: told, and mended by the next run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.faults.bench import CACHE, RUN, Bench, bench_of, check_integrity, check_told
from tests.faults.case import CannotTry, Case, Plan
from tests.faults.warm import FULL, Fault

POINTS = 24
SIZES = (16, 64, 128, 192, 256, 320, 384, 448, 512, 640)
"""Kilobytes; a whole run and its caches take about 600."""


def cases(plan: Plan) -> Iterator[Case]:
    """A disk that is full from some call on, small disks, and disks that are read only."""
    own = bench_of(plan)
    generator = plan.generator("disks")
    for at in sorted(generator.choice(own.changes, size=POINTS, replace=False).tolist()):
        check = partial(_check_full, own, at)
        yield Case("disk full at a write", f"call {at}", check, shared=True)
    for size in SIZES:
        kilobytes = size + int(generator.integers(32))
        yield Case("small disk", f"{kilobytes} kB", partial(_check_small, own, kilobytes))
    for part in (RUN, CACHE):
        for state in ("empty", "half", "finished"):
            check = partial(_check_read_only, own, part, state)
            yield Case("read-only folder", f"{part}, {state}", check)


def _check_full(own: Bench, at: int, folder: Path) -> None:
    own.check_right_or_told(folder, own.run(folder, fault=Fault(FULL, at)))
    _check_mended(own, folder)


def _check_small(own: Bench, kilobytes: int, folder: Path) -> None:
    with mounted(folder / "broken", f"size={kilobytes}k"):
        own.check_right_or_told(folder, own.run(folder))
        _mount(folder / "broken", "remount,size=64m")
        _check_mended(own, folder)


def _check_mended(own: Bench, folder: Path) -> None:
    ended = own.run(folder, log="again")
    assert ended.code == 0, ended.err
    own.check_same(folder)
    check_integrity(folder / "broken")


def _check_read_only(own: Bench, part: str, state: str, folder: Path) -> None:
    """A cache that cannot be written is done without; a run folder must be written."""
    place = folder / "broken" / part
    with mounted(place, "size=64m"):
        _fill(own, place, part, state)
        _mount(place, "remount,ro")
        ended = own.run(folder)
        own.check_right_or_told(folder, ended)
        if part == CACHE:
            assert ended.code == 0, ended.err
        elif state == "finished":
            looked = own.run(folder, arguments=["report", str(place), "-f", "json"], log="look")
            assert looked.code == 0, looked.err
        else:
            check_told(ended)
        _mount(place, "remount,rw")
        _check_mended(own, folder)


def _fill(own: Bench, place: Path, part: str, state: str) -> None:
    if state == "empty":
        return
    shutil.copytree(own.reference / "broken" / part, place, dirs_exist_ok=True)
    if state == "half" and part == RUN:
        for path in place.glob("*.json"):
            path.unlink()


@contextmanager
def mounted(place: Path, options: str) -> Iterator[None]:
    """A file system in memory at this place.

    Raises:
        CannotTry: this user may not mount.
    """
    place.mkdir(parents=True)
    if os.geteuid() != 0 or shutil.which("mount") is None:
        raise CannotTry("mounting a small disk takes the rights of root")
    _mount(place, options)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True, capture_output=True)


def _mount(place: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True).returncode != 0:
        raise CannotTry("this system lets root mount no file system")
