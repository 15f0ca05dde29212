"""Where a quote stands in a document."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragcheck.corpus.extraction import scrub
from ragcheck.records.corpus import Document, Span
from ragcheck.text.language import CJK

# Between Chinese characters and punctuation a line break means nothing; elsewhere it is a space.
_WIDE = f"{CJK}\u3000-\u303f\uff00-\uffef"
_WIDE_CHAR = re.compile(f"[{_WIDE}]")


@dataclass(frozen=True, slots=True)
class Match:
    """The first place of a quote, and whether there are more."""

    span: Span
    ambiguous: bool


class AnchorFinder:
    """Finds quotes in one document; the folded text is made once."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._folded: tuple[str, list[int]] | None = None

    def find(self, quote: str) -> Match | None:
        """The quote as it stands, else with white space folded on both sides; else ``None``.

        The span is exact in the document's text in both cases.
        """
        wanted = scrub(quote)
        if not wanted.strip():
            return None
        start = self._text.find(wanted)
        if start >= 0:
            more = self._text.find(wanted, start + 1) >= 0
            return Match(Span(start, start + len(wanted)), more)
        return self._find_folded(wanted)

    def _find_folded(self, quote: str) -> Match | None:
        if self._folded is None:
            self._folded = fold(self._text)
        folded, offsets = self._folded
        wanted = fold(quote.strip())[0]
        start = folded.find(wanted)
        if start < 0:
            return None
        more = folded.find(wanted, start + 1) >= 0
        return Match(Span(offsets[start], offsets[start + len(wanted) - 1] + 1), more)


def fold(text: str) -> tuple[str, list[int]]:
    """The text with white space folded, and the offset in ``text`` of each of its characters.

    A run of white space becomes one space, or nothing beside a Chinese character.
    """
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    for space in re.finditer(r"\s+", text):
        start, end = space.span()
        pieces.append(text[position:start])
        offsets.extend(range(position, start))
        if not (_is_wide(text, start - 1) or _is_wide(text, end)):
            pieces.append(" ")
            offsets.append(start)
        position = end
    pieces.append(text[position:])
    offsets.extend(range(position, len(text)))
    return "".join(pieces), offsets


def _is_wide(text: str, index: int) -> bool:
    return 0 <= index < len(text) and _WIDE_CHAR.match(text[index]) is not None
