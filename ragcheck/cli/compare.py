"""``ragcheck compare``: two states of a system, and what became of its answers."""

from __future__ import annotations

import sys
from pathlib import Path

from ragcheck.errors import ConfigError, TraceError
from ragcheck.files import write_whole
from ragcheck.pipeline.comparing import compare_states
from ragcheck.pipeline.states import TableColumns
from ragcheck.records.comparing import StateComparison
from ragcheck.registry import suggest
from ragcheck.reporting.compare_view import comparison_markdown, comparison_text
from ragcheck.reporting.json import record_json

FORMATS = ("text", "md", "json")
TABLE_SUFFIXES = (".csv", ".tsv", ".parquet")


def show_comparison(
    before: Path,
    after: Path,
    table: TableColumns | None,
    *,
    format_name: str,
    worst: int,
    output: Path | None,
) -> None:
    """Compare, and write text, Markdown or JSON to a file or to standard output."""
    if format_name not in FORMATS:
        raise ConfigError(
            f"there is no format called {format_name!r}",
            where="--format",
            mend=suggest(format_name, FORMATS),
        )
    raw = render(_compared(before, after, table), format_name, worst)
    if output is None:
        sys.stdout.buffer.write(raw)
        sys.stdout.flush()
    else:
        print(write_whole(output, raw))


def render(found: StateComparison, format_name: str, worst: int) -> bytes:
    """The comparison in one of ``FORMATS``, with ``worst`` questions where it is for reading."""
    if format_name == "json":
        return record_json(found)
    write = comparison_text if format_name == "text" else comparison_markdown
    return write(found, worst).encode("utf-8", "replace")


def table_columns(
    response: str | None, unit: str | None, parameters: list[str], system: list[str], answer: str
) -> TableColumns | None:
    """The columns of results tables, or ``None`` where none was named.

    Raises:
        ConfigError: a table needs both its response and its unit.
    """
    if not (response or unit or parameters or system):
        return None
    if not (response and unit):
        raise ConfigError(
            "a results table needs its response and its unit",
            mend="--response correct --unit question --parameters temperature --system chunker",
        )
    return TableColumns(response, unit, tuple(parameters), tuple(system), answer)


def _compared(before: Path, after: Path, table: TableColumns | None) -> StateComparison:
    try:
        return compare_states(before, after, table=table)
    except TraceError as problem:
        if table is None and before.suffix.lower() in TABLE_SUFFIXES:
            raise TraceError(
                problem.what,
                where=problem.where,
                mend="for results tables name their columns: --response correct --unit question",
            ) from problem
        raise
