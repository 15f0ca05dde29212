"""Is what lies on the disk what was written? A run folder and ragcheck's caches, read and no more.

Nothing is mended here: the next ``ragcheck run`` computes anew what is damaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ragcheck.cache_file import damage_in_cache
from ragcheck.errors import StoreError
from ragcheck.experiment.store import DATABASE, damage_in_store
from ragcheck.models import cache_home
from ragcheck.pipeline.known import RESULTS
from ragcheck.pipeline.sealing import AGAIN, sealed_files, unsealed
from ragcheck.pipeline.tools import VECTORS

_CACHES = (VECTORS, RESULTS)


@dataclass(frozen=True, slots=True)
class Verified:
    """One file, and what is wrong with it; ``None`` where it is whole."""

    path: Path
    damage: StoreError | None


def verify_run(folder: Path) -> Iterator[Verified]:
    """Each file of a finished run, its database, and each cache that there is.

    Raises:
        StoreError: the folder holds no finished run.
    """
    for name in sealed_files(folder):
        yield Verified(folder / name, unsealed(folder, name))
    checks: Mapping[Path, Callable[[Path], str | None]] = {
        folder / DATABASE: damage_in_store,
        **{cache_home() / name: damage_in_cache for name in _CACHES},
    }
    for path, damage_in in checks.items():
        if path.is_file():
            damage = damage_in(path)
            problem = damage and StoreError(damage, where=str(path), mend=AGAIN)
            yield Verified(path, problem or None)
