"""The visible tags and texts of a page, in order, each with its source line.

Built on the standard parser, not on a tree of elements: trees give no line for text, and take
quadratic time on pages with many unclosed tags.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser

from ragcheck.errors import CorpusError

_VOID = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    )
)  # fmt: skip
_DROPPED = frozenset(
    (
        "script", "style", "nav", "template", "title", "noscript", "iframe", "object", "svg",
        "canvas", "select", "button", "textarea", "datalist", "rt", "rp",
    )
)  # fmt: skip
_ENDS_PARAGRAPH = (
    "address article aside blockquote div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header "
    "hr li main menu nav ol p pre section table td th tr ul dt dd"
)
# Opening the one closes the others where they are innermost, as browsers do.
_IMPLIED_ENDS = {
    **{name: frozenset(("p",)) for name in _ENDS_PARAGRAPH.split()},
    "li": frozenset(("li", "p")),
    "dt": frozenset(("dt", "dd", "p")),
    "dd": frozenset(("dt", "dd", "p")),
    "td": frozenset(("td", "th", "p")),
    "th": frozenset(("td", "th", "p")),
    "tr": frozenset(("td", "th", "tr", "p")),
    "body": frozenset(("head",)),
}
_HIDDEN_STYLE = re.compile(r"(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)", re.I)


@dataclass(frozen=True, slots=True)
class HtmlEvent:
    """``kind`` is ``open``, ``close`` or ``text``; ``value`` is the tag's name or the text."""

    kind: str
    value: str
    line: int


def html_events(text: str) -> tuple[list[HtmlEvent], str]:
    """The events of a page and its title. Every tag that is opened is closed, in order.

    Raises:
        CorpusError: the standard parser gives up.
    """
    parser = _Parser()
    try:
        parser.feed(_without_open_ends(text))
        parser.close()
    except (AssertionError, RecursionError) as problem:
        raise CorpusError(f"the HTML cannot be parsed: {problem}") from problem
    parser.close_all()
    return parser.events, " ".join("".join(parser.title).split())


def _without_open_ends(text: str) -> str:
    """The page without constructs that never end; no line moves.

    The standard parser searches the rest of the page for the end of each of them, which takes
    hours on a hostile page. ``<![`` becomes a declaration, as browsers read it.
    """
    text = text.replace("<![", "<!x")
    for opening, closing in (("<!--", "-->"), ("<", ">")):
        end = text.rfind(closing) + 1
        if text.find(opening, end) >= 0:
            text = text[:end] + text[end:].replace(opening, opening.replace("<", "&lt;"))
    return text


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[HtmlEvent] = []
        self.title: list[str] = []
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()
        self._hidden_from: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        implied = _IMPLIED_ENDS.get(tag, frozenset())
        while self._open and self._open[-1] in implied:
            self._pop()
        if tag in _VOID:
            if tag == "br":
                self._emit("open", tag)
            return
        self._emit("open", tag)
        self._open.append(tag)
        self._counts[tag] += 1
        if self._hidden_from is None and _is_hidden(tag, dict(attrs)):
            self._hidden_from = len(self._open)

    def handle_endtag(self, tag: str) -> None:
        if not self._counts[tag]:
            return
        while self._pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self.title.append(data)
        self._emit("text", data)

    def close_all(self) -> None:
        """Close what the page left open."""
        while self._open:
            self._pop()

    def _pop(self) -> str:
        if self._hidden_from == len(self._open):
            self._hidden_from = None
        tag = self._open.pop()
        self._counts[tag] -= 1
        self._emit("close", tag)
        return tag

    def _emit(self, kind: str, value: str) -> None:
        if self._hidden_from is None:
            self.events.append(HtmlEvent(kind, value, self.getpos()[0]))


def _is_hidden(tag: str, attributes: dict[str, str | None]) -> bool:
    if tag in _DROPPED or (tag == "dialog" and "open" not in attributes):
        return True
    if "hidden" in attributes or "headerlink" in (attributes.get("class") or "").split():
        return True
    return _HIDDEN_STYLE.search(attributes.get("style") or "") is not None
