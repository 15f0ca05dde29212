"""HTML to readable lines: headings, list items, table rows and code keep their shape."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, UnusualUsageWarning
from bs4.element import NavigableString, PageElement, PreformattedString, Tag
from bs4.exceptions import ParserRejectedMarkup

from ragcheck.corpus.blocks import BlockWriter
from ragcheck.corpus.decoding import Decoded
from ragcheck.corpus.extraction import Extraction, scrub
from ragcheck.corpus.positions import Position, SourceCursor
from ragcheck.errors import CorpusError

_DROPPED = frozenset(
    (
        "script", "style", "nav", "template", "title", "noscript", "iframe", "object",
        "svg", "canvas", "select", "button", "textarea", "datalist", "rt", "rp",
    )
)  # fmt: skip
_INLINE = frozenset(
    (
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del",
        "dfn", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "math", "meter",
        "nobr", "output", "progress", "q", "ruby", "s", "samp", "small", "span", "strike",
        "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    )
)  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "menu"))
_CELLS = frozenset(("td", "th"))
_HIDDEN_STYLE = re.compile(r"(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)", re.I)
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
    soup = _parse(decoded.text)
    metadata = dict(decoded.metadata)
    title = soup.find("title")
    if isinstance(title, Tag) and (words := _WHITE.sub(" ", title.get_text()).strip()):
        metadata["title"] = scrub(words)
    reader = _Reader(soup, decoded.text)
    return reader.read().extraction(metadata)


def _parse(text: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnusualUsageWarning)
        try:
            return BeautifulSoup(text, "html.parser")
        except (ParserRejectedMarkup, AssertionError, RecursionError) as problem:
            raise CorpusError(f"the HTML cannot be parsed: {problem}") from problem


class _Reader:
    """Turns the tree into blocks."""

    def __init__(self, soup: BeautifulSoup, source: str) -> None:
        self._soup = soup
        self._cursor = SourceCursor(source)
        self._layout = _layout_tables(soup)
        self._blocks = BlockWriter()
        self._lists: list[int | None] = []
        self._tables: list[bool] = []
        self._pre = 0

    def read(self) -> BlockWriter:
        for element, closing in _walk(self._soup):
            if isinstance(element, NavigableString):
                self._text(element)
            elif isinstance(element, Tag) and element.name not in _INLINE:
                (self._close if closing else self._open)(element)
            elif isinstance(element, Tag) and not closing:
                self._cursor.enter(_position(element))
        return self._blocks

    def _text(self, element: NavigableString) -> None:
        text = scrub(str(element)).replace("\u00ad", "")
        line = None
        if text.strip():
            line = self._cursor.line_of_text(text, before=_position(element.next_element))
        self._blocks.add(text if self._pre else _WHITE.sub(" ", text), line)

    def _open(self, tag: Tag) -> None:
        self._cursor.enter(_position(tag))
        name = tag.name
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
            self._blocks.open_code(self._cursor.line)
        elif name in _LISTS:
            if not self._lists:
                self._blocks.separate()
            self._lists.append(1 if name == "ol" else None)
        elif name == "table":
            self._tables.append(id(tag) not in self._layout)
            self._blocks.separate()
        elif self._in_data_table and name == "tr":
            self._blocks.open_row()
        elif self._in_data_table and name in _CELLS:
            self._blocks.open_cell(heading=name == "th")

    def _close(self, tag: Tag) -> None:
        name = tag.name
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


def _walk(soup: BeautifulSoup) -> Iterator[tuple[PageElement, bool]]:
    """Visible elements in order; a tag comes again, with ``True``, when it closes.

    Has a stack of its own: hostile pages nest deeper than Python recurses.
    """
    stack: list[tuple[PageElement, bool]] = [(child, False) for child in reversed(soup.contents)]
    while stack:
        element, closing = stack.pop()
        if isinstance(element, PreformattedString):  # comments, doctypes, CDATA
            continue
        if isinstance(element, Tag) and not closing:
            if _is_hidden(element):
                continue
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element.contents))
        yield element, closing


def _is_hidden(tag: Tag) -> bool:
    if tag.name in _DROPPED or (tag.name == "dialog" and not tag.has_attr("open")):
        return True
    if tag.has_attr("hidden") or "headerlink" in (tag.get("class") or ()):
        return True
    return _HIDDEN_STYLE.search(str(tag.get("style") or "")) is not None


def _layout_tables(soup: BeautifulSoup) -> set[int]:
    """Tables that hold tables arrange the page: their cells are blocks, not data."""
    layout: set[int] = set()
    open_tables: list[int] = []
    for element, closing in _walk(soup):
        if isinstance(element, Tag) and element.name == "table":
            if closing:
                open_tables.pop()
            else:
                layout.update(open_tables[-1:])
                open_tables.append(id(element))
    return layout


def _position(element: PageElement | None) -> Position | None:
    if not isinstance(element, Tag) or element.sourceline is None:
        return None
    return element.sourceline, element.sourcepos or 0
