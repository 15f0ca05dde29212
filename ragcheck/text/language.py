"""Which of the supported languages a text is written in, from its script."""

from __future__ import annotations

import re

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CJK_RUN = re.compile(f"[{CJK}]+")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")

LANGUAGES = ("en", "zh")


def detect_language(text: str) -> str:
    """``zh`` where Chinese characters outnumber Latin words, else ``en``."""
    chinese = sum(map(len, _CJK_RUN.findall(text)))
    return "zh" if chinese > len(_LATIN_WORD.findall(text)) else "en"
