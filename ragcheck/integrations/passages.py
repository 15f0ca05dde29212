"""Documents of other frameworks as passages: what their metadata say of source and scope."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ragcheck.records.evidence import Scope
from ragcheck.records.guarding import RetrievedPassage

MARK = "ragcheck"
"""The key under which a guard writes into metadata."""

SOURCE_KEYS = ("file_path", "source", "path", "url", "file_name", "doc_id")
DATE_KEYS = ("effective", "effective_date", "valid_from", "date")
"""Since when a document holds, where it is written as YYYY, YYYY-MM or YYYY-MM-DD. When a file was
last changed says nothing about what holds."""
_ISO = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?!\d)")


def source_in(metadata: Mapping[str, Any], otherwise: str | None = None) -> str | None:
    """Where a passage comes from."""
    found = (metadata[key] for key in SOURCE_KEYS if isinstance(metadata.get(key), str))
    return next(filter(None, found), otherwise)


def passage_of(
    text: str, metadata: Mapping[str, Any], otherwise: str | None = None
) -> RetrievedPassage:
    """A passage with its source and since when its document holds.

    Args:
        otherwise: the source where the metadata name none.
    """
    source = source_in(metadata, otherwise)
    return RetrievedPassage(text, source, Scope(path=source or "", effective=_since(metadata)))


def _since(metadata: Mapping[str, Any]) -> str:
    for key in DATE_KEYS:
        written = _ISO.match(str(metadata.get(key, "")))
        if written is not None:
            return written.group()
    return ""
