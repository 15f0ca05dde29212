"""Numbers of headings and list items, which are never what a passage answers."""

from __future__ import annotations

import re

_NUMBERING = re.compile(
    r"^(?P<mark>[ \t>*]*#{1,6}[ \t]*)\d{1,2}(?:\.\d{1,2}){0,3}[.、)）]?(?=[ \t])"
    r"|^[ \t>]*(?:\d{1,2}[.、)）]|[（(]\d{1,2}[)）])(?=[ \t])",
    re.MULTILINE,
)


def without_numbering(text: str) -> str:
    """The text with the numbers of its headings and list items blanked; every offset stays."""
    return _NUMBERING.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    mark = match["mark"] or ""
    return mark + " " * (len(match.group()) - len(mark))
