"""The texts of labels that are given by source: a row of the data, a package, a licence."""

from __future__ import annotations

import html
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
    """``FILE#ROW``, ``FILE#ROW#wikitext``, ``corpus:FILE``, ``licence:NAME``, ``metadata:...``,
    ``debian:PACKAGE==VERSION:FILE`` (unpacked in ``debian`` beside the data, or installed).
    """
    kind, _, rest = source.partition(":")
    if kind == "debian":
        name = rest.partition(":")[2]
        paths = (folder / "debian" / name, Path("/") / name)
        found = next((path for path in paths if path.is_file()), None)
        return plain_text(found.read_text("utf-8")) if found is not None else None
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


def plain_text(markup: str) -> str:
    """A page of HTML or Mallard without its tags; a text that begins with no tag as it is."""
    if not markup.lstrip().startswith("<"):
        return markup.strip()
    text = re.sub(r"(?s)<(head|style|script|info)\b.*?</\1>", "", markup)
    blocks = r"p|h\d|li|title|div|tr|item|section|ul|ol|table|dt|dd|pre|page|steps"
    text = re.sub(rf"</?(?:{blocks})\b[^>]*>", "\n", text)
    text = html.unescape(re.sub(r"<[^>]*>", "", text))
    text = re.sub(r"[ \t\r\n]*\n[ \t\r\n]*\n[ \t\r\n]*", "\n\n", text)
    return re.sub(r"(?<=[^\n])\n[ \t]+", " ", text).strip()


def as_wikitext(text: str) -> str:
    """The text as the WikiText corpora write it: tokens apart, ``@-@`` inside words."""
    text = re.sub(r"(\d),(\d)", r"\1 @,@ \2", text)
    text = re.sub(r"(\d)\.(\d)", r"\1 @.@ \2", text)
    text = re.sub(r"(\w)-(\w)", r"\1 @-@ \2", text)
    text = re.sub(r'([,;:()"])', r" \1 ", text)
    text = re.sub(r"'s\b", " 's", text)
    text = re.sub(r"\.(?=\s|$)", " .", text)
    return re.sub(r" +", " ", text)
