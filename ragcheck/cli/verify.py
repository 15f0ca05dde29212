"""``ragcheck verify``: is a run folder, with the caches, what was written?"""

from __future__ import annotations

from pathlib import Path

from ragcheck.pipeline.verifying import verify_run


def verify_folder(run: Path) -> None:
    """Print the state of each file.

    Raises:
        StoreError: of the first file that is damaged, when all have been looked at.
    """
    found = list(verify_run(run))
    for one in found:
        print(f"{'whole  ' if one.damage is None else 'DAMAGED'} {one.path}")
    for one in found:
        if one.damage is not None:
            raise one.damage
