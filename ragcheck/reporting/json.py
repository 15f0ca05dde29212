"""The whole report as JSON, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass

from ragcheck.errors import RagcheckError, StoreError
from ragcheck.records.results import SCHEMA_VERSION, Report

_FREE = ("config", "provenance")
"""Blocks whose values any tool may have put there: what JSON cannot write is written as text."""


class JsonReporter:
    """Everything in the report; the trials are a table of their own and stay out.

    ``schema_version`` comes first and ``provenance`` last. Records keep the order of their fields
    and mappings are sorted by key, so equal reports give equal bytes.
    """

    def render(self, report: Report, trials: Sequence[Mapping[str, object]]) -> bytes:  # noqa: ARG002
        """UTF-8, indented, one trailing newline.

        Raises:
            RagcheckError: a number in the report is NaN or infinite.
        """
        names = [field.name for field in fields(report)]
        names.sort(key=lambda name: (name != "schema_version", name == "provenance"))
        block = {
            name: _free(getattr(report, name))
            if name in _FREE
            else _plain(getattr(report, name), name)
            for name in names
        }
        written = json.dumps(block, ensure_ascii=False, indent=2, allow_nan=False)
        # A lone surrogate from a file name has no UTF-8; as \udcff it is valid JSON again.
        return written.encode("utf-8", "backslashreplace") + b"\n"


def record_json(record: object) -> bytes:
    """Any record as JSON, as :class:`JsonReporter` writes it.

    Raises:
        RagcheckError: a number in it is NaN or infinite.
    """
    written = json.dumps(_plain(record, ""), ensure_ascii=False, indent=2, allow_nan=False)
    return written.encode("utf-8", "backslashreplace") + b"\n"


def read_report(raw: bytes) -> Report:
    """The report that :class:`JsonReporter` wrote.

    Raises:
        StoreError: the bytes are no JSON, of another schema version, or not a whole report.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        block = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        raise StoreError(
            f"cannot read the report: {problem}", mend="run the diagnosis again to write it anew"
        ) from problem
    version = block.get("schema_version") if isinstance(block, dict) else None
    if version != SCHEMA_VERSION:
        raise StoreError(
            f"the report has schema version {version!r}; this ragcheck reads {SCHEMA_VERSION!r}",
            where="schema_version",
            mend="write the report anew with the version of ragcheck that reads it",
        )
    try:
        return TypeAdapter(Report).validate_python(block)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        raise StoreError(
            f"the report is damaged: {first['msg']}",
            where=".".join(str(part) for part in first["loc"]),
            mend="run the diagnosis again to write it anew",
        ) from problem


def _plain(value: object, where: str) -> object:
    """Records to objects in the order of their fields, mappings sorted, numbers finite."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name), f"{where}.{f.name}") for f in fields(value)}
    if isinstance(value, Mapping):
        ordered = sorted(value.items(), key=lambda item: str(item[0]))
        return {str(key): _plain(inner, f"{where}.{key}") for key, inner in ordered}
    if isinstance(value, list | tuple):
        return [_plain(inner, f"{where}[{i}]") for i, inner in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        raise RagcheckError(
            f"the report holds {value}, which is no measurement",
            where=where,
            mend="this is a fault of ragcheck: an undefined number is None with a reason",
        )
    return value


def _free(value: object) -> object:
    if isinstance(value, Mapping):
        ordered = sorted(value.items(), key=lambda item: str(item[0]))
        return {str(key): _free(inner) for key, inner in ordered}
    if isinstance(value, list | tuple):
        return [_free(inner) for inner in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not a number that a report holds")
