"""The texts of labels that are given by source: a row of the shared data, a package, a licence."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LICENCES = Path("/usr/share/common-licenses")


def text_of(row: dict[str, Any], folder: Path) -> str | None:
    """The chunk that a row of labels points at, or ``None`` where its source is not here."""
    source = _source(str(row["source"]), folder)
    return source[int(row["start"]) : int(row["end"])] if source is not None else None


def _source(source: str, folder: Path) -> str | None:
    """``FILE#ROW``, ``FILE#ROW#wikitext``, ``corpus:FILE``, ``licence:NAME``, ``metadata:...``."""
    kind, _, rest = source.partition(":")
    if kind in ("corpus", "licence") or source == "LICENSE" or source.startswith("corpora/"):
        path = {
            "corpus": ROOT / "corpora" / rest,
            "licence": LICENCES / rest,
        }.get(kind, ROOT / source)
        return path.read_text("utf-8") if path.is_file() else None
    if kind == "metadata":
        try:
            found = metadata(rest.partition("==")[0])
        except PackageNotFoundError:
            return None
        return str(found.get_payload() or found["Description"] or "")
    name, _, index = source.partition("#")
    if not index or not (folder / name).is_file():
        return None
    number, _, form = index.partition("#")
    text = _text(_lines(folder / name)[int(number)])
    return as_wikitext(text) if form == "wikitext" else text


@cache
def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text("utf-8").splitlines())


def _text(line: str) -> str:
    row = json.loads(line)
    for name in ("context", "premise", "context_paragraph"):
        if row.get(name):
            return str(row[name])
    if "output" in row:
        return str(row["output"][0]["retrieved"][0]["text"])
    return str(row["a"]["text"])


def as_wikitext(text: str) -> str:
    """The text as the WikiText corpora write it: tokens apart, ``@-@`` inside words."""
    text = re.sub(r"(\d),(\d)", r"\1 @,@ \2", text)
    text = re.sub(r"(\d)\.(\d)", r"\1 @.@ \2", text)
    text = re.sub(r"(\w)-(\w)", r"\1 @-@ \2", text)
    text = re.sub(r'([,;:()"])', r" \1 ", text)
    text = re.sub(r"'s\b", " 's", text)
    text = re.sub(r"\.(?=\s|$)", " .", text)
    return re.sub(r" +", " ", text)
