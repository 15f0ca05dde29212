"""Reads recorded traces: whatever is whole is kept, the rest is told with its line and reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ragcheck.errors import TraceError
from ragcheck.records.traces import (
    RecordedContext,
    RecordedTraces,
    SkippedRecord,
    TraceRecord,
)
from ragcheck.records.trials import Level
from ragcheck.traces.columns import PARAMETER, Columns, value_at
from ragcheck.traces.formats import FORMATS, PARAMETERS, recognise
from ragcheck.traces.raw import RawRecord, read_objects
from ragcheck.traces.spans import are_spans, joined_traces

LOOKED_AT = 50
"""Objects from which the format is recognised."""
LONGEST_CONTEXT = 500_000
"""Characters of one passage; nothing longer is a passage that a retriever gives."""
MOST_CONTEXTS = 1_000


class _UnusableError(Exception):
    """Why one record cannot be audited."""


def read_traces(path: Path, *, columns: Columns | None = None) -> RecordedTraces:
    """The records of a file, in its order.

    Args:
        path: ragas data sets (JSON lines, CSV, Parquet), RAGChecker JSON, OpenInference or
            OpenTelemetry spans, ragcheck's own recordings, or anything with ``columns``.
        columns: where the values stand, by name; without it the format is recognised.

    Raises:
        TraceError: the file cannot be read, its format is not recognised, or no record is whole.
    """
    raw = iter(read_objects(path))
    first = list(islice(raw, LOOKED_AT))
    stream: Iterable[RawRecord] = chain(first, raw)
    objects = [found for _, found in first if not isinstance(found, str)]
    if columns is not None:
        name, chosen = "columns", columns
    elif any(are_spans(found) for found in objects):
        name, chosen, stream = "spans", FORMATS["ragcheck"], joined_traces(stream)
    else:
        if len(objects) == 1 and isinstance(objects[0].get("results"), list):
            stream = [
                (number, item if isinstance(item, dict) else "not an object")
                for number, item in enumerate(objects[0]["results"], start=1)
            ]
            objects = [item for _, item in stream if isinstance(item, dict)]
        name, chosen = _recognised(objects, path)
    return _collect(str(path), name, chosen, stream)


def _recognised(objects: Sequence[Mapping[str, Any]], path: Path) -> tuple[str, Columns]:
    name = recognise(objects)
    if name is None:
        keys = ", ".join(sorted({str(key) for found in objects for key in found})[:12])
        raise TraceError(
            "the format of the recording is not known"
            + (f"; its objects have {keys}" if keys else ""),
            where=str(path),
            mend="say where the values stand: --column question=PATH --column contexts=PATH",
        )
    return name, FORMATS[name]


def _collect(path: str, name: str, columns: Columns, stream: Iterable[RawRecord]) -> RecordedTraces:
    records: list[TraceRecord] = []
    skipped: list[SkippedRecord] = []
    for line, found in stream:
        try:
            if isinstance(found, str):
                raise _UnusableError(found)
            records.append(_record(line, found, columns))
        except _UnusableError as problem:
            skipped.append(SkippedRecord(line, str(problem)))
    if not records:
        reason = f": {skipped[0].reason}" if skipped else ""
        raise TraceError(
            f"no record can be audited{reason}",
            where=f"{path}:{skipped[0].line}" if skipped else path,
            mend="a record needs a question and the contexts that were retrieved for it",
        )
    return RecordedTraces(path, name, tuple(records), tuple(skipped))


def _record(line: int, found: Mapping[str, Any], columns: Columns) -> TraceRecord:
    def at(name: str) -> Any:
        return value_at(found, columns[name]) if name in columns else None

    question = _text(at("question"), "the question")
    if not question or not question.strip():
        raise _UnusableError("there is no question")
    identity = at("id")
    return TraceRecord(
        id=str(identity) if isinstance(identity, str | int) else f"line {line}",
        question=question,
        contexts=_contexts(at),
        answer=_text(at("answer"), "the answer"),
        references=_references(at("reference")),
        correctness=_correctness(at("correct")),
        parameters=_parameters(found, columns),
        line=line,
    )


def _contexts(at: Any) -> tuple[RecordedContext, ...]:
    texts = at("contexts")
    if isinstance(texts, str):
        texts = value_at({"texts": texts}, "texts.*") or [texts]
    if texts is None:
        raise _UnusableError("there are no contexts")
    if not isinstance(texts, list):
        raise _UnusableError(f"contexts must be a list of texts, not {type(texts).__name__}")
    if len(texts) > MOST_CONTEXTS:
        raise _UnusableError(f"{len(texts)} contexts; at most {MOST_CONTEXTS} are read")
    if not any(isinstance(text, str) and text.strip() for text in texts):
        raise _UnusableError("the contexts are empty")
    names, scores, supports = (_beside(at(n), len(texts)) for n in
                               ("context_ids", "context_scores", "supports"))  # fmt: skip
    return tuple(
        RecordedContext(
            _context(text),
            None if name is None else str(name),
            _finite(score),
            None if support is None else bool(support),
        )
        for text, name, score, support in zip(texts, names, scores, supports, strict=True)
    )


def _finite(value: object) -> float | None:
    """A number that a float can hold; what a JSON file calls one may be NaN or have 400 digits."""
    try:
        number = float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _context(text: object) -> str:
    if not isinstance(text, str):
        raise _UnusableError(f"a context must be a text, not {type(text).__name__}")
    if len(text) > LONGEST_CONTEXT:
        raise _UnusableError(f"a context of {len(text):,} characters is no passage")
    return text


def _beside(found: object, length: int) -> list[Any]:
    """Values that stand beside the contexts; none where there are not as many."""
    return found if isinstance(found, list) and len(found) == length else [None] * length


def _text(found: object, what: str) -> str | None:
    if found is None or isinstance(found, str):
        return found
    raise _UnusableError(f"{what} must be a text, not {type(found).__name__}")


def _references(found: object) -> tuple[str, ...]:
    given = [found] if isinstance(found, str) else found
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise _UnusableError("the reference must be a text, or a list of texts")
    return tuple(each for each in given if each.strip())


def _correctness(found: object) -> float | None:
    if isinstance(found, str) and found.strip().lower() in ("true", "false"):
        return float(found.strip().lower() == "true")
    try:
        value = None if found is None or found == "" else float(found)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise _UnusableError(f"the correctness {str(found)[:40]!r} is no number") from None
    if value is not None and not 0 <= value <= 1:
        raise _UnusableError(f"the correctness {value:g} is not in [0, 1]")
    return value


def _parameters(found: Mapping[str, Any], columns: Columns) -> dict[str, Level]:
    inside = found.get(PARAMETERS)
    given = dict(inside) if isinstance(inside, dict) else {}
    for name, path in columns.items():
        if name.startswith(PARAMETER):
            given[name.removeprefix(PARAMETER)] = value_at(found, path)
    return {str(k): v for k, v in given.items() if isinstance(v, str | int | float | bool)}
