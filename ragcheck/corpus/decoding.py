"""Bytes to text: the encoding is known, declared or detected, and always recorded."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import CharsetMatch, from_bytes

from ragcheck.corpus.extraction import REPLACEMENT
from ragcheck.errors import CorpusError
from ragcheck.text.language import CJK

# UTF-32 before UTF-16: the little-endian mark of the one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.I)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WESTERN = re.compile(r"^(?:cp125[0247]|cp437|cp85\d|latin_1|iso8859_\d+|mac_.*)$")
_WIDE = ["utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be", "utf_7"]
_ORDINARY = re.compile(f"[\\t\\n\\r -~\u00a0-\u024f\u2000-\u206f\u3000-\u303f\uff00-\uffef{CJK}]")
_ORDINARY_SHARE = 0.95
_DETECTION_SAMPLE = 1 << 20


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with LF line ends, and what it was decoded from."""

    text: str
    encoding: str
    newline: str
    problem: str | None = None

    @property
    def metadata(self) -> dict[str, str]:
        return {"encoding": self.encoding, "newline": self.newline}


def decode(raw: bytes, *, declared: str | None = None) -> Decoded:
    """The text of a file.

    Tried in this order: byte order mark, UTF-8, the declared encoding, UTF-8 with a few broken
    bytes (each becomes U+FFFD and is reported), then detection by charset-normalizer.

    Raises:
        CorpusError: the bytes are binary, or no encoding gives text.
    """
    text, encoding, problem = _decode_text(raw, declared)
    if len(_CONTROLS.findall(text)) * 100 > len(text):
        raise CorpusError("binary data, not text")
    if "\x00" in text:
        raise CorpusError("binary data, not text (NUL bytes)")
    newline = _newline(text)
    if newline not in ("lf", "none"):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, encoding, newline, problem)


def declared_in_html(raw: bytes) -> str | None:
    """The encoding that a ``<meta charset>`` in the first 4 kB names, if Python knows it."""
    found = _META_CHARSET.search(raw[:4096])
    if found is None:
        return None
    try:
        return codecs.lookup(found.group(1).decode("ascii")).name
    except (LookupError, UnicodeDecodeError):
        return None


def _decode_text(raw: bytes, declared: str | None) -> tuple[str, str, str | None]:
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return _decode_marked(raw, codec)
    for known in ("utf-8", declared) if declared else ("utf-8",):
        plain = _try(raw, known)
        if plain is not None and "\x00" not in plain:
            return plain, known, None
    if b"\x00" in raw:
        return _decode_wide(raw)
    lenient = raw.decode("utf-8", "replace")
    broken = lenient.count(REPLACEMENT)
    if sum(char > "\x7f" for char in lenient) - broken >= 10 * broken:
        return lenient, "utf-8", f"{broken} broken UTF-8 sequences were replaced by U+FFFD"
    return _detect(raw)


def _decode_marked(raw: bytes, codec: str) -> tuple[str, str, str | None]:
    name = "utf-8" if codec == "utf-8-sig" else codec
    strict = _try(raw, codec)
    if strict is not None:
        return strict, name, None
    text, _, problem = _lenient(raw, codec)
    if text.count(REPLACEMENT) * 20 > len(text):
        raise CorpusError(f"has a {name} byte order mark but is not {name}")
    return text.removeprefix("\ufeff"), name, problem


def _decode_wide(raw: bytes) -> tuple[str, str, str | None]:
    """UTF-16 without a mark: one byte order gives ordinary characters, the other does not."""
    if _try(raw, "utf-8") is not None and raw.count(0) * 5 < len(raw):
        raise CorpusError("binary data, not text (NUL bytes)")
    best: tuple[float, str, str] | None = None
    for codec in ("utf-16-le", "utf-16-be"):
        text = _try(raw, codec)
        if text and "\x00" not in text:
            candidate = (len(_ORDINARY.findall(text)) / len(text), codec, text)
            best = max(best, candidate) if best else candidate
    if best is None or best[0] < _ORDINARY_SHARE:
        raise CorpusError("binary data, not text (NUL bytes)")
    return best[2], best[1], None


def _detect(raw: bytes) -> tuple[str, str, str | None]:
    matches = from_bytes(raw[:_DETECTION_SAMPLE], cp_exclusion=_WIDE)
    best = matches.best()
    if best is None:
        raise CorpusError("the text encoding cannot be detected")
    codec = best.encoding
    # Short Western texts fit many code pages equally well; the one in use by far is cp1252.
    if _WESTERN.match(codec) and any("cp1252" in _names(match) for match in matches):
        codec = "cp1252"
    strict = _try(raw, codec)
    if strict is not None:
        return strict, codec, None
    return _lenient(raw, codec)


def _lenient(raw: bytes, codec: str) -> tuple[str, str, str]:
    text = raw.decode(codec, "replace")
    broken = text.count(REPLACEMENT)
    return text, codec, f"{broken} broken {codec} sequences were replaced by U+FFFD"


def _names(match: CharsetMatch) -> list[str]:
    return [match.encoding, *match.could_be_from_charset]


def _try(raw: bytes, codec: str) -> str | None:
    try:
        text = raw.decode(codec)
    except (UnicodeError, LookupError):
        return None
    return text.removeprefix("\ufeff")


def _newline(text: str) -> str:
    crlf = text.count("\r\n")
    cr = text.count("\r") - crlf
    lf = text.count("\n") - crlf
    kinds = [name for name, count in (("crlf", crlf), ("cr", cr), ("lf", lf)) if count]
    return "mixed" if len(kinds) > 1 else (kinds[0] if kinds else "none")
