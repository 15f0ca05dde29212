"""``ragcheck attribute``: shares, contrasts and a verdict for any results table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ragcheck.attribution import attribute
from ragcheck.pipeline.sealing import SEAL, require_sealed, sealed_files
from ragcheck.reporting.terminal import show_attribution as render_attribution
from ragcheck.text.display import make_visible


def show_attribution(
    table: Path, response: str, unit: str, evidence: Sequence[str], generation: Sequence[str]
) -> None:
    """Analyse the table and print what it shows."""
    if (table.parent / SEAL).is_file() and table.name in sealed_files(table.parent):
        require_sealed(table.parent, table.name)
    found = attribute(
        table,
        response=response,
        unit=unit,
        evidence=evidence,
        generation=generation,
    )
    Console(highlight=False).print(render_attribution(found, "en"))
    for warning in found.warnings:
        print(f"warning: {make_visible(warning)}", file=sys.stderr)


def split_names(given: Sequence[str] | None) -> list[str]:
    """Names with commas between them, from an option that can be repeated."""
    names = (name.strip() for text in given or () for name in text.split(","))
    return [name for name in names if name]
