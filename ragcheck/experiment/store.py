"""A run folder's database: what each stage found and every answer, kept as the run goes.

A stage's result is stored in one transaction under the hash of everything that it depends on,
answers one group at a time. A run that is killed anywhere goes on from its last commit.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TypeGuard, TypeVar

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from ragcheck.errors import StoreError
from ragcheck.files import remove_unfinished
from ragcheck.records.trials import Answer

DATABASE = "run.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS stages (name TEXT PRIMARY KEY, key TEXT, checksum INTEGER, value BLOB);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, checksum INTEGER, value BLOB);
"""
_ANSWER = TypeAdapter(Answer)

T = TypeVar("T")


class RunStore:
    """The database of one run folder, open to one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / "run.lock", timeout=0)
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> RunStore:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as problem:
            raise StoreError(
                "another process is working in this run folder",
                where=str(self.folder),
                mend="wait for it, or give another folder with --output",
            ) from problem
        except OSError as problem:
            raise StoreError(
                f"cannot write the run folder: {problem.strerror}",
                where=str(self.folder),
                mend="give another folder with --output",
            ) from problem
        try:
            remove_unfinished(self.folder)
            self._database = self._connect()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
        self._lock.release()

    def remember(self, stage: str, key: str, kind: type[T], compute: Callable[[], T]) -> T:
        """The stage's stored result if it was computed under this key, else compute and store.

        Args:
            kind: the result's type, from which it is written to and read from JSON.
        """
        stored = self.recall(stage, key, kind)
        if stored is not None:
            return stored
        result = compute()
        self._write(
            "INSERT OR REPLACE INTO stages VALUES (?, ?, ?, ?)",
            [(stage, key, *_pack(TypeAdapter(kind).dump_json(result), stage, key))],
        )
        return result

    def recall(self, stage: str, key: str, kind: type[T]) -> T | None:
        """The stage's stored result, or ``None`` where there is none or it is damaged."""
        row = self._read(
            "SELECT checksum, value FROM stages WHERE name = ? AND key = ?", stage, key
        )
        return _unpack(row[0], TypeAdapter(kind), stage, key) if row else None

    def answers(self, keys: Sequence[str]) -> dict[str, Answer]:
        """The stored answers among ``keys``; damaged ones count as missing."""
        found = {}
        for key in dict.fromkeys(keys):
            row = self._read("SELECT checksum, value FROM answers WHERE key = ?", key)
            answer = _unpack(row[0], _ANSWER, key) if row else None
            if answer is not None:
                found[key] = answer
        return found

    def keep_answers(self, answers: Mapping[str, Answer]) -> None:
        """Store answers, all of them or, when the process dies, none."""
        self._write(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)",
            [(key, *_pack(_ANSWER.dump_json(answer), key)) for key, answer in answers.items()],
        )

    def _connect(self) -> sqlite3.Connection:
        path = self.folder / DATABASE
        try:
            return _open_database(path)
        except sqlite3.OperationalError as problem:  # a full disk is no damaged file
            raise self._unusable("open", problem) from problem
        except sqlite3.DatabaseError:
            # A damaged file holds nothing that cannot be computed again; it is kept for a look.
            path.replace(path.with_suffix(".damaged"))
            for tail in ("-wal", "-shm"):
                path.with_name(path.name + tail).unlink(missing_ok=True)
            return _open_database(path)

    def _read(self, query: str, *values: str) -> list[tuple[object, object]]:
        try:
            return self._opened().execute(query, values).fetchall()
        except sqlite3.Error as problem:
            raise self._unusable("read", problem) from problem

    def _write(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        database = self._opened()
        try:
            with database:
                database.executemany(statement, rows)
        except sqlite3.Error as problem:
            raise StoreError(
                f"cannot write to the run folder: {problem}",
                where=str(self.folder / DATABASE),
                mend="free some space or make it writable, then run again: what is done is kept",
            ) from problem

    def _unusable(self, verb: str, problem: sqlite3.Error) -> StoreError:
        return StoreError(
            f"cannot {verb} the run's database: {problem}",
            where=str(self.folder / DATABASE),
            mend="free some space if the disk is full, else give another folder with --output",
        )

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            raise StoreError("the run store is closed", where=str(self.folder))
        return self._database


def _open_database(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(_SCHEMA)
        if database.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the integrity check failed")
    except BaseException:
        database.close()
        raise
    return database


def damage_in_store(path: Path) -> str | None:
    """What is wrong with a run's database; ``None`` where each page and each row is whole."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                return f"the run's database is damaged: {found}"
            stages = database.execute("SELECT checksum, value, name, key FROM stages").fetchall()
            answers = database.execute("SELECT checksum, value, key FROM answers").fetchall()
    except sqlite3.Error as problem:
        return f"the run's database cannot be read: {problem}"
    rows = (*stages, *answers)
    bad = sum(not _is_whole(value, checksum, names) for checksum, value, *names in rows)
    return f"{bad} of {len(rows)} rows are damaged" if bad else None


def _pack(raw: bytes, *names: str) -> tuple[int, bytes]:
    packed = zlib.compress(raw, 3)
    return _checksum(packed, names), packed


def _unpack(row: tuple[object, object], adapter: TypeAdapter[T], *names: str) -> T | None:
    checksum, packed = row
    if not _is_whole(packed, checksum, names):
        return None
    try:
        return adapter.validate_json(zlib.decompress(packed))
    except (ValidationError, zlib.error):
        return None


def _is_whole(packed: object, checksum: object, names: Sequence[str]) -> TypeGuard[bytes]:
    return isinstance(packed, bytes) and _checksum(packed, names) == checksum


def _checksum(packed: bytes, names: Sequence[str]) -> int:
    """Of the value and of what it stands under: a damaged index may lead to another's value."""
    return zlib.crc32("\x00".join(names).encode("utf-8", "surrogatepass"), zlib.crc32(packed))
