"""Where in a recorded object a value stands: ``output.0.retrieved.*.text``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ragcheck.errors import TraceError
from ragcheck.registry import suggest

COLUMNS = (
    "id", "question", "contexts", "context_ids", "context_scores", "supports", "answer",
    "reference", "correct",
)  # fmt: skip
PARAMETER = "parameter."

Columns = Mapping[str, str]
"""Name of a value (one of ``COLUMNS``, or ``parameter.<name>``) to its path."""


def parse_columns(given: Sequence[str]) -> dict[str, str]:
    """``["question=data", "contexts=output.0.retrieved.*.text"]`` as a mapping.

    Raises:
        TraceError: an entry has no ``=``, or names a value that there is not.
    """
    found: dict[str, str] = {}
    for entry in given:
        name, equals, path = entry.partition("=")
        if not equals or not path:
            raise TraceError(
                f"the column {entry!r} has no path", mend="write it as question=path.to.it"
            )
        if name not in COLUMNS and not (name.startswith(PARAMETER) and name != PARAMETER):
            known = [*COLUMNS, f"{PARAMETER}temperature"]
            raise TraceError(f"there is no column called {name!r}", mend=suggest(name, known))
        found[name] = path
    return found


def value_at(found: object, path: str) -> Any:
    """What stands at a dotted path; ``None`` where there is nothing.

    A number takes an item of a list, ``*`` all of them. A key with dots in it is found too. Text
    that holds JSON where the path goes on, or a list, is read.
    """
    if not path:
        return found
    found = _opened(found)
    if isinstance(found, Mapping):
        if path in found:
            return found[path]
        for end in [i for i, char in enumerate(path) if char == "."]:
            if path[:end] in found:
                return value_at(found[path[:end]], path[end + 1 :])
        return None
    if isinstance(found, Sequence) and not isinstance(found, str | bytes):
        head, _, rest = path.partition(".")
        if head == "*":
            return [value_at(item, rest) for item in found]
        if head.isdecimal() and int(head) < len(found):
            return value_at(found[int(head)], rest)
    return None


def _opened(found: object) -> object:
    if isinstance(found, str) and found[:1] in ("[", "{"):
        try:
            return json.loads(found)
        except (ValueError, RecursionError):
            return found
    return found
