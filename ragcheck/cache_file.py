"""Bytes by key that were computed once, kept on disk: vectors, judgements, scores, answers.

One SQLite file in WAL mode, so that several processes may read and write it at the same time
and a process may be killed at any moment. The cache is an economy, never a source of failure: a
damaged row counts as missing, a damaged file is moved aside and started again, a folder that
cannot be written leaves the values in memory, and each of these leaves a sentence in
:attr:`CacheFile.warnings`.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS entry "
    "(key BLOB PRIMARY KEY NOT NULL, checksum INTEGER NOT NULL, value BLOB NOT NULL)"
)
_KEYS_AT_ONCE = 500
_BUSY_SECONDS = 30.0
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

Row = tuple[bytes, int, bytes]
T = TypeVar("T")


class CacheFile:
    """Bytes by key, in one file that processes may share.

    Args:
        path: the SQLite file; its folder is made. Nothing is opened before the first use.
        contents: what is kept, in the plural, for the warnings.

    A row is ``(key, crc32 of key and value, value)``: a flipped byte makes the row count as
    missing. Instances can be sent to other processes, and used by
    several threads.
    """

    def __init__(self, path: Path, *, contents: str) -> None:
        self.path = path
        self.contents = contents
        self.warnings: list[str] = []
        self._memory: dict[bytes, bytes] = {}
        self._readable = True
        self._writable = True
        self._database: sqlite3.Connection | None = None
        self._owner: int | None = None
        self._lock = threading.RLock()

    def __reduce__(self) -> tuple[Callable[..., CacheFile], tuple[Path, str]]:
        return _at, (self.path, self.contents)

    @property
    def is_persistent(self) -> bool:
        """Whether new values go to the file; false once they are kept in memory alone."""
        return self._writable

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The values that are there and whole."""
        found = {key: self._memory[key] for key in keys if key in self._memory}
        for first in range(0, len(keys), _KEYS_AT_ONCE):
            part = list(keys[first : first + _KEYS_AT_ONCE])
            for key, checksum, value in self._read(part):
                if isinstance(value, bytes) and _checksum(key, value) == checksum:
                    found[key] = value
        return found

    def put(self, values: Mapping[bytes, bytes]) -> None:
        """Keep values; all are on disk when this returns, or none of them is."""
        if not values:
            return
        if self._writable:
            try:
                self._use(partial(_insert, rows=list(values.items())))
            except (sqlite3.Error, OSError, Timeout) as problem:
                if _code(problem) == sqlite3.SQLITE_BUSY:
                    self._warn(f"{self.path} stayed locked; some {self.contents} were not kept")
                    return
                self._writable = False
                self._warn(f"{self.contents} are not kept on disk: {self.path}: {problem}")
        if not self._writable:
            self._memory.update(values)

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
            self._warn(f"the cache of {self.contents} cannot be read: {self.path}: {problem}")
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
                    f"the cache of {self.contents} was damaged ({problem}); it is kept as "
                    f"{kept.name} and what it held is computed again"
                )

    def _warn(self, message: str) -> None:
        if message not in self.warnings:
            self.warnings.append(message)


def damage_in_cache(path: Path) -> str | None:
    """What is wrong with a cache file; ``None`` where each page and each row is whole."""
    bad = count = 0
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                return f"the cache is damaged: {found}"
            for key, checksum, value in database.execute("SELECT key, checksum, value FROM entry"):
                count += 1
                bad += not isinstance(value, bytes) or _checksum(key, value) != checksum
    except (sqlite3.Error, TypeError) as problem:
        return f"the cache cannot be read: {problem}"
    return f"{bad} of {count} rows are damaged" if bad else None


def entry_key(*parts: str) -> bytes:
    """16 bytes that name the parts, the same on every machine."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.digest()[:16]


def _at(path: Path, contents: str) -> CacheFile:
    return CacheFile(path, contents=contents)


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
    query = f"SELECT key, checksum, value FROM entry WHERE key IN ({marks})"
    return database.execute(query, keys).fetchall()


def _insert(database: sqlite3.Connection, rows: Sequence[tuple[bytes, bytes]]) -> bool:
    database.execute("BEGIN IMMEDIATE")
    try:
        database.executemany(
            "INSERT OR REPLACE INTO entry (key, checksum, value) VALUES (?, ?, ?)",
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
