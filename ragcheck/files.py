"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from ragcheck.errors import StoreError

_UNFINISHED = ".unfinished"


def write_whole(path: Path, raw: bytes) -> Path:
    """Replace the file by one that holds exactly ``raw``, in one step."""
    try:
        descriptor, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}-", suffix=_UNFINISHED
        )
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(raw)
                stream.flush()
                os.fsync(stream.fileno())
            # Temporary files are made for their owner alone; a result is for everyone.
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise StoreError(
            f"cannot write {path.name}: {problem.strerror}",
            where=str(path.parent),
            mend="free some space or make the folder writable, then run again",
        ) from problem
    return path


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed process left of :func:`write_whole`; no other may be writing there."""
    for path in folder.glob(f".*{_UNFINISHED}"):
        with suppress(OSError):
            path.unlink()
