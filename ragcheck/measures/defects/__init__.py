"""Why a text cannot be understood alone: one small module for each family of reasons."""

from __future__ import annotations

from ragcheck.measures.defects.edges import truncated_edges
from ragcheck.measures.defects.pointers import outside_pointers, undefined_abbreviations
from ragcheck.measures.defects.reading import Reading
from ragcheck.measures.defects.references import dangling_references, missing_subjects
from ragcheck.measures.defects.structure import (
    broken_markup,
    codes_without_context,
    headless_tables,
    mixed_topics,
    orphan_list_items,
)
from ragcheck.records.evidence import Defect

_DETECTORS = (
    dangling_references,
    missing_subjects,
    orphan_list_items,
    headless_tables,
    codes_without_context,
    outside_pointers,
    undefined_abbreviations,
    broken_markup,
    mixed_topics,
)


def find_defects(
    reading: Reading, *, cut_start: bool | None = None, cut_end: bool | None = None
) -> tuple[Defect, ...]:
    """All defects of one text, in order of their start."""
    defects = truncated_edges(reading, cut_start=cut_start, cut_end=cut_end)
    for detector in _DETECTORS:
        defects.extend(detector(reading))
    return tuple(sorted(defects, key=lambda d: (d.span.start, d.span.end, d.kind)))
