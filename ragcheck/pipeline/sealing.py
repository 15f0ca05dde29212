"""The hashes of a finished run's files: what was damaged or mixed is seen before it is believed.

``manifest.json`` is written last. A run that died while its files were written has none that fits
them, and a flipped bit in a table of numbers, which would read as another number, does not fit
either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from ragcheck.errors import StoreError
from ragcheck.files import write_whole

SEAL = "manifest.json"
AGAIN = "run ragcheck run as before: it keeps what was computed and writes the files anew"
_VERSION = "1"


def seal(folder: Path, names: Iterable[str]) -> Path:
    """Write down the SHA-256 of the files; a name without a file is left out.

    Raises:
        StoreError: a file cannot be read, or the folder cannot be written.
    """
    hashes = {name: _sha256(folder / name) for name in sorted(names) if (folder / name).is_file()}
    block = {"schema_version": _VERSION, "files": hashes}
    return write_whole(folder / SEAL, json.dumps(block, indent=2).encode())


def unsealed(folder: Path, name: str) -> StoreError | None:
    """What is wrong with a file of a finished run; ``None`` where it is as it was written."""
    path = folder / name
    try:
        written = _hashes(folder).get(name)
        found = _sha256(path) if path.is_file() else None
    except StoreError as problem:
        return problem
    if written == found:
        return None
    if found is None:
        return StoreError("a file of the run is missing", where=str(path), mend=AGAIN)
    return StoreError("the file is not the one that the run wrote", where=str(path), mend=AGAIN)


def require_sealed(folder: Path, name: str) -> None:
    """Nothing, where the file is as the run wrote it, or is not there and never was.

    Raises:
        StoreError: it is damaged, missing, of another run, or the folder holds no finished run.
    """
    problem = unsealed(folder, name)
    if problem is not None:
        raise problem


def sealed_files(folder: Path) -> tuple[str, ...]:
    """The names of a finished run's files.

    Raises:
        StoreError: the folder holds no finished run, or its manifest is damaged.
    """
    return tuple(_hashes(folder))


def _hashes(folder: Path) -> Mapping[str, str]:
    path = folder / SEAL
    if not path.is_file():
        raise StoreError("there is no finished run here", where=str(folder), mend=AGAIN)
    try:
        block = json.loads(path.read_bytes())
        files = block["files"] if block["schema_version"] == _VERSION else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        files = None
    if not isinstance(files, dict) or not all(isinstance(value, str) for value in files.values()):
        raise StoreError("the run's manifest cannot be read", where=str(path), mend=AGAIN)
    return files


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        raise StoreError(
            f"the file cannot be read: {problem.strerror}", where=str(path), mend=AGAIN
        ) from problem
