"""Writes recorded traces as JSON lines while a pipeline runs, in the shape that audits read."""

from __future__ import annotations

import json
from math import isfinite
from pathlib import Path
from threading import Lock
from types import TracebackType

from ragcheck.errors import TraceError
from ragcheck.records.corpus import content_id
from ragcheck.records.traces import TraceRecord


class TraceFile:
    """Appends one line a record, each in one write, from any number of threads.

    A line that another writer left unfinished is closed first. What cannot be written is raised
    when the file is closed: a pipeline does not stop for its recorder.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._lock = Lock()
        self._failure: OSError | None = None
        self.written = 0
        try:
            self._stream = self._path.open("ab", buffering=0)
            self._begin()
        except OSError as problem:
            raise _unwritable(problem, self._path) from problem

    def _begin(self) -> None:
        size = self._path.stat().st_size
        if size:
            with self._path.open("rb") as existing:
                existing.seek(size - 1)
                if existing.read(1) != b"\n":
                    self._stream.write(b"\n")

    def write(self, record: TraceRecord) -> None:
        """Append a record."""
        line = (json.dumps(as_object(record), ensure_ascii=False) + "\n").encode("utf-8", "replace")
        with self._lock:
            try:
                rest = memoryview(line)
                while rest:
                    rest = rest[self._stream.write(rest) or 0 :]
                self.written += 1
            except (OSError, ValueError) as problem:
                self._failure = self._failure or OSError(str(problem))

    def __enter__(self) -> TraceFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._stream.close()
        if self._failure is not None and error is None:
            raise _unwritable(self._failure, self._path) from self._failure


def as_object(record: TraceRecord) -> dict[str, object]:
    """A record as the object of its line. An endless score is left out."""
    texts = (context.text for context in record.contexts)
    found: dict[str, object] = {
        "id": record.id or content_id(record.question, *texts),
        "question": record.question,
        "contexts": [
            {
                "text": context.text,
                "source": context.source,
                "score": _finite(context.score),
            }
            for context in record.contexts
        ],
        "answer": record.answer,
        "references": list(record.references),
    }
    return found | ({"parameters": dict(record.parameters)} if record.parameters else {})


def _finite(score: float | None) -> float | None:
    return float(score) if score is not None and isfinite(score) else None


def _unwritable(problem: OSError, path: Path) -> TraceError:
    return TraceError(
        f"the traces cannot be written: {problem.strerror or problem}", where=str(path)
    )
