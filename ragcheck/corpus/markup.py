"""HTML to readable lines: headings, list items, table rows and code keep their shape."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragcheck.corpus.blocks import BlockWriter
from ragcheck.corpus.decoding import Decoded
from ragcheck.corpus.extraction import Extraction, scrub
from ragcheck.corpus.html_events import HtmlEvent, html_events
from ragcheck.errors import CorpusError

_INLINE = frozenset(
    (
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
        "em", "font", "i", "ins", "kbd", "label", "mark", "math", "meter", "nobr", "output",
        "progress", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
        "time", "tt", "u", "var",
        # Without visible text, but in the middle of a sentence:
        "button", "canvas", "iframe", "noscript", "object", "rp", "rt", "script", "select",
        "style", "svg", "template", "textarea",
    )
)  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "menu"))
_CELLS = frozenset(("td", "th"))
_WHITE = re.compile(r"[ \t\n\r\f\u00a0]+")
_MAX_CHARACTERS = 16 << 20
_MAX_INDENT = 8


def read_html(decoded: Decoded) -> Extraction:
    """The visible text of a page, a line a block.

    Headings become ``#`` lines, list items ``- x`` or ``1. x``, table rows ``| a | b |``;
    ``pre`` keeps its lines between fences. White space inside other blocks collapses, so that
    the text of one element stays contiguous; the line is that on which the block's text began.
    Scripts, styles, navigation, templates and hidden elements are left out.

    Raises:
        CorpusError: the page has more than 16 million characters, or nothing can parse it.
    """
    if len(decoded.text) > _MAX_CHARACTERS:
        raise CorpusError(f"an HTML page of more than {_MAX_CHARACTERS >> 20} million characters")
    events, title = html_events(decoded.text)
    metadata = dict(decoded.metadata)
    if title:
        metadata["title"] = scrub(title)
    return _Reader(_layout_tables(events)).read(events).extraction(metadata)


def _layout_tables(events: Sequence[HtmlEvent]) -> set[int]:
    """Numbers, in order of opening, of the tables that hold tables.

    They arrange the page: their cells are blocks, not data.
    """
    layout: set[int] = set()
    open_tables: list[int] = []
    count = 0
    for event in events:
        if event.value == "table" and event.kind == "open":
            layout.update(open_tables[-1:])
            open_tables.append(count)
            count += 1
        elif event.value == "table" and event.kind == "close":
            open_tables.pop()
    return layout


class _Reader:
    """Turns events into blocks."""

    def __init__(self, layout_tables: set[int]) -> None:
        self._layout = layout_tables
        self._blocks = BlockWriter()
        self._lists: list[int | None] = []
        self._tables: list[bool] = []
        self._seen_tables = 0
        self._pre = 0

    def read(self, events: Sequence[HtmlEvent]) -> BlockWriter:
        for event in events:
            if event.kind == "text":
                self._text(event)
            elif event.value not in _INLINE:
                self._tag(event)
        return self._blocks

    def _text(self, event: HtmlEvent) -> None:
        text = scrub(event.value).replace("\u00ad", "")
        blank = text[: len(text) - len(text.lstrip())]
        line = event.line + blank.count("\n") if len(blank) < len(text) else None
        self._blocks.add(text if self._pre else _WHITE.sub(" ", text), line)

    def _tag(self, event: HtmlEvent) -> None:
        if event.kind == "open":
            self._open(event.value, event.line)
        else:
            self._close(event.value)

    def _open(self, name: str, line: int) -> None:
        if name == "br":
            self._blocks.line_break()
            return
        self._blocks.flush()
        if name in _HEADINGS:
            self._blocks.start(marker="#" * _HEADINGS[name] + " ")
        elif name == "li":
            self._blocks.start(marker=self._item_marker())
        elif name == "pre":
            self._pre += 1
            self._blocks.open_code(line)
        elif name in _LISTS:
            if not self._lists:
                self._blocks.separate()
            self._lists.append(1 if name == "ol" else None)
        elif name == "table":
            self._tables.append(self._seen_tables not in self._layout)
            self._seen_tables += 1
            self._blocks.separate()
        elif self._in_data_table and name == "tr":
            self._blocks.open_row()
        elif self._in_data_table and name in _CELLS:
            self._blocks.open_cell(heading=name == "th")

    def _close(self, name: str) -> None:
        if name in _HEADINGS or name == "li":
            self._blocks.end()
        elif name == "pre":
            self._pre -= 1
            if not self._pre:
                self._blocks.close_code()
        else:
            self._blocks.flush()
        if name in _LISTS:
            self._lists.pop()
        elif name in ("tr", "table") and self._in_data_table:
            self._blocks.close_row()
        if name == "table":
            self._tables.pop()
            self._blocks.separate()

    @property
    def _in_data_table(self) -> bool:
        return bool(self._tables) and self._tables[-1]

    def _item_marker(self) -> str:
        indent = "  " * min(max(0, len(self._lists) - 1), _MAX_INDENT)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number}. "
