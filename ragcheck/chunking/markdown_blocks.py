"""The blocks of a Markdown or plain text: what a person would not cut in two."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragcheck.records.corpus import Span
from ragcheck.text.outline import fenced_spans
from ragcheck.text.sentences import trim

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ITEM = re.compile(
    r"\s*(?:[-*+•]\s|\d{1,3}[.)、]\s?(?!\d)|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,3})[)）])"
)
_ROW = re.compile(r"\s*\|")
_DELIMITER = re.compile(r"\s*\|[\s:|-]*$")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)|[=\-~]{3,}\s*$")
_LEADS = (":", "：")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of ``kind`` ``text``, ``list``, ``table`` or ``code``.

    ``items`` holds the offsets at which its list items or table rows begin (the header and the
    lead-in are before the first one); it is empty for other kinds.
    """

    kind: str
    span: Span
    items: tuple[int, ...] = ()


def blocks(text: str, span: Span) -> list[Block]:
    """The blocks inside ``span``, in order; they touch, and together they are the span.

    A heading belongs to the block below it, a paragraph that ends with a colon to the list,
    table or code below it.
    """
    return _attach(text, _raw_blocks(text, span))


def _raw_blocks(text: str, span: Span) -> list[Block]:
    code = fenced_spans(text[span.start : span.end])
    fence_ends = {span.start + fence.start: span.start + fence.end for fence in code}
    found: list[Block] = []
    code_end = -1
    after_blank = True
    for line in _LINE.finditer(text, span.start, span.end):
        here = Span(line.start(), line.end())
        if here.start in fence_ends:
            code_end = fence_ends[here.start]
            found.append(Block("code", here))
        elif here.start < code_end:
            found[-1] = Block("code", Span(found[-1].span.start, here.end))
        else:
            _add_line(found, here, line.group(), after_blank)
        after_blank = not line.group().strip()
    return found


def _add_line(found: list[Block], here: Span, line: str, after_blank: bool) -> None:
    last = found[-1] if found else None
    kind = _kind(line)
    if last is None:
        found.append(Block(kind or "text", here, _items(kind, here)))
    elif kind is None or (kind == "text" and _continues(last, line, after_blank)):
        found[-1] = Block(last.kind, Span(last.span.start, here.end), last.items)
    elif kind == last.kind and kind in ("list", "table"):
        items = () if _DELIMITER.match(line) and len(last.items) == 1 else last.items
        own = () if _DELIMITER.match(line) else (here.start,)
        found[-1] = Block(kind, Span(last.span.start, here.end), items + own)
    else:
        found.append(Block(kind, here, _items(kind, here)))


def _kind(line: str) -> str | None:
    """``None`` for a blank line, which belongs to the block above it."""
    if not line.strip():
        return None
    if _ROW.match(line):
        return "table"
    return "list" if _ITEM.match(line) else "text"


def _items(kind: str | None, here: Span) -> tuple[int, ...]:
    return (here.start,) if kind in ("list", "table") else ()


def _continues(last: Block, line: str, after_blank: bool) -> bool:
    """A line goes on with a paragraph or an item; after a blank line only an indented one does."""
    if _HEADING.match(line) and not (last.kind == "text" and line.lstrip()[0] in "=-~"):
        return False
    if last.kind == "list":
        return not after_blank or line[0] in " \t"
    return last.kind == "text" and not after_blank


def _attach(text: str, found: list[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in found:
        last = joined[-1] if joined else None
        if last is not None and last.kind == "text" and _leads_in(text, last, block):
            joined[-1] = Block(block.kind, Span(last.span.start, block.span.end), block.items)
        else:
            joined.append(block)
    return joined


def _leads_in(text: str, last: Block, block: Block) -> bool:
    core = trim(text, last.span)
    if core.start == core.end:
        return True
    last_line = text[core.start : core.end].rpartition("\n")[2]
    return bool(_HEADING.match(last_line)) or (block.kind != "text" and last_line[-1] in _LEADS)
