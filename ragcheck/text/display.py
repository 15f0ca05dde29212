"""Text from documents and models, made safe to show: what would steer a screen becomes visible."""

from __future__ import annotations

import unicodedata

_STEERING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_HARMLESS = {"\n", "\t", "\u200d", "\ufe0f"}


def make_visible(text: str) -> str:
    """Control, bidirectional and unassigned characters as ``<U+202E>``; newlines and tabs stay.

    An escape sequence from a document then can neither move the cursor nor reorder a line.
    """
    return "".join(
        f"<U+{ord(char):04X}>"
        if char not in _HARMLESS and unicodedata.category(char) in _STEERING
        else char
        for char in text
    )


def one_line(text: str, limit: int) -> str:
    """Visible text on one line, cut to ``limit`` characters with an ellipsis."""
    line = " ".join(make_visible(text).split())
    return line if len(line) <= limit else line[: max(0, limit - 1)].rstrip() + "…"
