"""Vectors that were computed once, kept on disk.

One SQLite file in WAL mode, so that several processes may read and write it at the same time
and a process may be killed at any moment. The cache is an economy, never a source of failure: a
damaged row counts as missing, a damaged file is moved aside and started again, a folder that
cannot be written leaves the vectors in memory, and each of these leaves a sentence in
:attr:`VectorCache.warnings`.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from filelock import FileLock, Timeout

from ragcheck.ports import Vectors

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vector "
    "(key BLOB PRIMARY KEY NOT NULL, checksum INTEGER NOT NULL, value BLOB NOT NULL)"
)
_KEYS_AT_ONCE = 500
_BUSY_SECONDS = 30.0
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

Row = tuple[bytes, int, bytes]
T = TypeVar("T")


class VectorCache:
    """Float32 vectors by key, in one file that processes may share.

    Args:
        path: the SQLite file; its folder is made. Nothing is opened before the first use.

    A row is ``(key, crc32 of key and value, value as little-endian float32)``: a flipped byte
    makes the row count as missing. Instances can be sent to other processes, and used by
    several threads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warnings: list[str] = []
        self._memory: dict[bytes, bytes] = {}
        self._readable = True
        self._writable = True
        self._database: sqlite3.Connection | None = None
        self._owner: int | None = None
        self._lock = threading.RLock()

    def __reduce__(self) -> tuple[type[VectorCache], tuple[Path]]:
        return VectorCache, (self.path,)

    @property
    def is_persistent(self) -> bool:
        """Whether new vectors go to the file; false once they are kept in memory alone."""
        return self._writable

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors that are there and whole, each of shape (dimension,)."""
        found = {key: self._memory[key] for key in keys if key in self._memory}
        for first in range(0, len(keys), _KEYS_AT_ONCE):
            part = list(keys[first : first + _KEYS_AT_ONCE])
            for key, checksum, value in self._read(part):
                if isinstance(value, bytes) and _checksum(key, value) == checksum:
                    found[key] = value
        return {key: np.frombuffer(value, dtype="<f4") for key, value in found.items()}

    def put(self, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep vectors; all are on disk when this returns, or none of them is."""
        rows = [
            (key, np.ascontiguousarray(vector, dtype="<f4").tobytes())
            for key, vector in vectors.items()
        ]
        if self._writable:
            try:
                self._use(partial(_insert, rows=rows))
            except (sqlite3.Error, OSError, Timeout) as problem:
                if _code(problem) == sqlite3.SQLITE_BUSY:
                    self._warn(f"{self.path} stayed locked; some vectors were not kept")
                    return
                self._writable = False
                self._warn(f"vectors are not kept on disk: {self.path}: {problem}")
        if not self._writable:
            self._memory.update(rows)

    def close(self) -> None:
        """Close the file; a later use opens it again."""
        with self._lock:
            if self._database is not None and self._owner == os.getpid():
                self._database.close()
            self._database = None

    def _read(self, keys: Sequence[bytes]) -> list[Row]:
        if not self._readable:
            return []
        try:
            return self._use(partial(_select, keys=keys))
        except (sqlite3.Error, OSError, Timeout) as problem:
            # After the first failure: asking again for each of 200,000 keys would only be slow.
            self._readable = _code(problem) == sqlite3.SQLITE_BUSY
            self._warn(f"the vector cache cannot be read: {self.path}: {problem}")
            return []

    def _use(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """What ``action`` gives; a damaged file is moved aside first, once."""
        with self._lock:
            try:
                return action(self._open())
            except sqlite3.Error as problem:
                if _code(problem) not in _DAMAGED:
                    raise
                self._move_aside(problem)
                return action(self._open())

    def _open(self) -> sqlite3.Connection:
        # A connection must not cross a fork: the child opens its own.
        if self._database is not None and self._owner == os.getpid():
            return self._database
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._database = _connect(self.path)
        self._owner = os.getpid()
        return self._database

    def _move_aside(self, problem: Exception) -> None:
        self.close()
        with FileLock(f"{self.path}.lock", timeout=_BUSY_SECONDS):
            if _is_damaged(self.path):
                kept = _rename(self.path)
                self._warn(
                    f"the vector cache was damaged ({problem}); it is kept as {kept.name} "
                    "and its vectors are computed again"
                )

    def _warn(self, message: str) -> None:
        if message not in self.warnings:
            self.warnings.append(message)


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA journal_mode=WAL")
        # WAL with NORMAL survives a killed process; a power cut may lose the last commits.
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute(_SCHEMA)
    except BaseException:
        database.close()
        raise
    return database


def _select(database: sqlite3.Connection, keys: Sequence[bytes]) -> list[Row]:
    marks = ",".join("?" * len(keys))
    query = f"SELECT key, checksum, value FROM vector WHERE key IN ({marks})"
    return database.execute(query, keys).fetchall()


def _insert(database: sqlite3.Connection, rows: Sequence[tuple[bytes, bytes]]) -> bool:
    database.execute("BEGIN IMMEDIATE")
    try:
        database.executemany(
            "INSERT OR REPLACE INTO vector (key, checksum, value) VALUES (?, ?, ?)",
            [(key, _checksum(key, value), value) for key, value in rows],
        )
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
    return True


def _code(problem: Exception) -> int | None:
    """SQLite's primary result code."""
    code = getattr(problem, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _checksum(key: bytes, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(key))


def _is_damaged(path: Path) -> bool:
    """Whether the file is damaged still: another process may have replaced it meanwhile."""
    if not path.exists():
        return False
    try:
        database = _connect(path)
    except sqlite3.DatabaseError:
        return True
    try:
        return bool(database.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError:
        return True
    finally:
        database.close()


def _rename(path: Path) -> Path:
    number = 1
    while (kept := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(kept)
    for tail in ("-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    return kept
