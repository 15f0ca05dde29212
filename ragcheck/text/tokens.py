"""Words for matching: lower-cased Latin words and numbers, Chinese character bigrams."""

from __future__ import annotations

import re
import unicodedata

from ragcheck.text.language import CJK

_PIECE = re.compile(rf"[{CJK}]+|[^\W_]+(?:['’._-][^\W_]+)*", re.UNICODE)
_IS_CJK = re.compile(f"[{CJK}]")


def normalise(text: str) -> str:
    """Full-width forms folded (NFKC), lower case, runs of white space as one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words(text: str) -> list[str]:
    """Words in order: ``["page_size", "30", "退款", "款期"]``; one Chinese character stays one."""
    found: list[str] = []
    for piece in _PIECE.findall(normalise(text)):
        if _IS_CJK.match(piece):
            found.extend(piece[i : i + 2] for i in range(max(1, len(piece) - 1)))
        else:
            found.append(piece)
    return found
