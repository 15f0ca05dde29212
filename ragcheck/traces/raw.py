"""A file of recorded traces to its objects, each with its line; broken ones with the reason."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ragcheck.errors import TraceError

LONGEST_LINE = 20_000_000
"""Characters of one record; a longer one is left out."""

RawRecord = tuple[int, Mapping[str, Any] | str]
"""A line, counted from 1, and an object, or the reason why there is none."""


def read_objects(path: Path) -> Iterator[RawRecord]:
    """The objects of a JSON, JSON lines, CSV or Parquet file, by its suffix.

    A JSON file holds one object, or a list of them.

    Raises:
        TraceError: the file cannot be read at all.
    """
    readers = {".csv": _csv, ".parquet": _parquet, ".json": _json}
    try:
        yield from readers.get(path.suffix.lower(), _json_lines)(path)
    except OSError as problem:
        raise TraceError(f"cannot read the file: {problem.strerror}", where=str(path)) from problem


def _json_lines(path: Path) -> Iterator[RawRecord]:
    with path.open("rb") as stream:
        for line, raw in enumerate(stream, start=1):
            if raw.strip():
                yield line, _object(raw)


def _object(raw: bytes) -> Mapping[str, Any] | str:
    if len(raw) > LONGEST_LINE:
        return f"longer than {LONGEST_LINE:,} bytes"
    try:
        found = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "not UTF-8"
    except (ValueError, RecursionError):
        return "not JSON"
    return found if isinstance(found, dict) else "not an object"


def _json(path: Path) -> Iterator[RawRecord]:
    raw = path.read_bytes()
    try:
        found = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise TraceError("the file is not UTF-8", where=str(path)) from problem
    except RecursionError as problem:
        raise TraceError("the JSON is nested too deep", where=str(path)) from problem
    except ValueError as problem:
        if raw.count(b"\n") and isinstance(_object(raw.splitlines()[0]), dict):
            yield from _json_lines(path)
            return
        raise TraceError(f"the file is not JSON: {problem}", where=str(path)) from problem
    for number, item in enumerate(found if isinstance(found, list) else [found], start=1):
        yield number, item if isinstance(item, dict) else "not an object"


def _csv(path: Path) -> Iterator[RawRecord]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise TraceError(
            "the file is not UTF-8", where=str(path), mend="save the table as UTF-8"
        ) from problem
    csv.field_size_limit(LONGEST_LINE)
    rows = csv.DictReader(io.StringIO(text, newline=""))
    line = 2
    try:
        for row in rows:
            extra = row.pop(None, None)
            yield line, "more cells than the header" if extra else dict(row)
            line = rows.line_num + 1
    except csv.Error as problem:
        raise TraceError(f"the table is broken: {problem}", where=f"{path}:{line}") from problem


def _parquet(path: Path) -> Iterator[RawRecord]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as table:
            number = 0
            for batch in table.iter_batches(batch_size=1000):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (pa.ArrowException, ValueError, OverflowError) as problem:
        raise TraceError(f"the table is broken: {problem}", where=str(path)) from problem
