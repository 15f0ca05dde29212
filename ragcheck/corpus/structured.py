"""JSON and JSON Lines to readable lines, ``key: value`` each, with exact source lines."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from json.decoder import scanstring  # type: ignore[attr-defined]

from ragcheck.corpus.decoding import Decoded
from ragcheck.corpus.extraction import Extraction, LineWriter, scrub
from ragcheck.errors import CorpusError

_SPACE = re.compile(r"[ \t\n\r]*")
_ATOM = re.compile(r"[^\s,\]}\[{\"]+")
_MAX_DEPTH = 200
_MAX_VALUES = 2_000_000
"""Of one JSON text: more take minutes to read and are a table of numbers, not a document."""
# A long path is repeated for each value below it, which would blow up the text.
_MAX_PATH = 160


@dataclass(slots=True)
class _Level:
    """One open object (``is_list`` false) or array, and the key that leads to it."""

    key: str
    is_list: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """A scalar with the keys that lead to it; no value at the border of an array's object."""

    path: str
    value: str | None
    offset: int


def read_json(decoded: Decoded) -> Extraction:
    """Each scalar as a ``path.to.key: value`` line; each object of an array is a block.

    A ``.json`` file that holds one JSON value a line is read as JSON Lines.

    Raises:
        CorpusError: the text is not JSON, is nested more than 200 levels deep, or holds more than
            2 million values.
    """
    parsed = _parse(decoded.text)
    if isinstance(parsed, str):
        if parsed.startswith("Extra data"):
            return read_jsonl(decoded)
        raise CorpusError(f"not JSON: {parsed}")
    writer = LineWriter()
    _write(parsed, writer, starts=_line_starts(decoded.text))
    return writer.extraction(decoded.metadata)


def read_jsonl(decoded: Decoded) -> Extraction:
    """One block a record, on the source line of that record; broken records are reported.

    Raises:
        CorpusError: not one line is JSON.
    """
    writer = LineWriter()
    problems: list[str] = []
    read = 0
    for number, line in enumerate(decoded.text.split("\n"), start=1):
        if not line.strip():
            continue
        parsed = _parse(line)
        if isinstance(parsed, str):
            problems.append(f"line {number} is not JSON and was left out: {parsed}")
            continue
        writer.gap()
        _write(parsed, writer, starts=[0], first_line=number)
        read += 1
    if problems and not read:
        raise CorpusError(f"not one line is JSON; {problems[0]}")
    return writer.extraction(decoded.metadata, tuple(problems))


def _parse(text: str) -> list[_Item] | str:
    """Everything in a JSON text, in order, or what is wrong with it."""
    try:
        json.loads(text)
        items = list(islice(_walk(text), _MAX_VALUES + 1))
    except RecursionError:
        return f"nested more than {_MAX_DEPTH} levels deep"
    except json.JSONDecodeError as problem:
        return f"{problem.msg} (line {problem.lineno}, column {problem.colno})"
    except (ValueError, CorpusError) as problem:
        return str(problem)
    return items if len(items) <= _MAX_VALUES else f"more than {_MAX_VALUES:,} values"


def _write(
    items: list[_Item], writer: LineWriter, *, starts: list[int], first_line: int = 1
) -> None:
    for item in items:
        if item.value is None:
            writer.gap()
            continue
        source = first_line + bisect_right(starts, item.offset) - 1
        writer.write(f"{item.path}: {item.value}" if item.path else f"- {item.value}", source)


def _walk(text: str) -> Iterator[_Item]:
    """Scalars and block borders of a text that is known to be JSON, without recursion."""
    levels: list[_Level] = []
    key = ""
    position = 0
    expects_key = False
    while (position := _skip_space(text, position)) < len(text):
        char = text[position]
        if char in "{[":
            if char == "{" and levels and levels[-1].is_list:
                yield _Item("", None, position)
            levels.append(_Level(key, char == "["))
            if len(levels) > _MAX_DEPTH:
                raise CorpusError(f"nested more than {_MAX_DEPTH} levels deep")
            key, expects_key = "", char == "{"
            position += 1
        elif char in "}]":
            closed = levels.pop()
            if not closed.is_list and levels and levels[-1].is_list:
                yield _Item("", None, position)
            position += 1
        elif char in ",:":
            expects_key = char == "," and not levels[-1].is_list
            key = "" if char == "," else key
            position += 1
        else:
            begin = position
            value, position = _scalar(text, position)
            if expects_key:
                key, expects_key = " ".join(scrub(value).split()), False
            else:
                yield _Item(_path(levels, key), scrub(value), begin)


def _path(levels: list[_Level], key: str) -> str:
    path = ".".join(name for name in (*(level.key for level in levels), key) if name)
    return path if len(path) <= _MAX_PATH else "…" + path[-_MAX_PATH:]


def _scalar(text: str, position: int) -> tuple[str, int]:
    if text[position] == '"':
        value, end = scanstring(text, position + 1, True)
        return str(value).replace("\r\n", "\n").replace("\r", "\n"), int(end)
    atom = _ATOM.match(text, position)
    if atom is None:  # cannot be: the text is valid JSON
        raise CorpusError("not JSON")
    return atom.group(), atom.end()


def _skip_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", text))]
