"""From spans to chunks, and where a text may be cut."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.text.sentences import sentence_spans, trim

_LONGEST_CLUSTER = 64
_JOINER = "\u200d"


def make_chunks(
    document: Document, pieces: Iterable[Span | tuple[Span, str]], *, strategy: str
) -> list[Chunk]:
    """Chunks of the spans, in order of their start.

    White space at the ends is cut off, empty spans and repeated ones are left out. A piece is a
    span, or a span with the prefix of its chunk.
    """
    kept: dict[tuple[int, int, str], Chunk] = {}
    for piece in pieces:
        span, prefix = piece if isinstance(piece, tuple) else (piece, "")
        span = trim(document.text, span)
        if span.start < span.end:
            kept[span.start, span.end, prefix] = Chunk(
                document_id=document.id,
                start=span.start,
                end=span.end,
                text=document.text[span.start : span.end],
                strategy=strategy,
                prefix=prefix,
            )
    return [kept[key] for key in sorted(kept)]


def sentence_units(text: str, language: str | None = None) -> list[Span]:
    """The sentences as spans that touch, so that together they are the whole text."""
    starts = [safe_cut(text, span.start) for span in sentence_spans(text, language)]
    edges = sorted({0, *starts[1:], len(text)})
    return [Span(a, b) for a, b in pairwise(edges)]


def pack(units: list[Span], size: int) -> list[Span]:
    """Neighbouring units joined for as long as the result holds at most ``size`` characters."""
    packed: list[Span] = []
    for unit in units:
        if packed and unit.end - packed[-1].start <= size:
            packed[-1] = Span(packed[-1].start, unit.end)
        else:
            packed.append(unit)
    return packed


def safe_cut(text: str, offset: int, *, lowest: int = 0) -> int:
    """The last place at or before ``offset`` that is not inside a user-perceived character.

    Never at or below ``lowest``, where a cut would leave nothing; a cluster longer than 64 code
    points is cut after all.
    """
    cut = offset
    while cut > max(lowest, offset - _LONGEST_CLUSTER) and not _separable(text, cut):
        cut -= 1
    return cut if cut > lowest and _separable(text, cut) else offset


def _separable(text: str, offset: int) -> bool:
    """Whether the characters before and at ``offset`` belong to different clusters.

    The rules of Unicode Standard Annex 29 that matter in documents: CR LF, marks, joiners,
    variation selectors, skin tones, tag characters, flags and conjoining Hangul.
    """
    if offset <= 0 or offset >= len(text):
        return True
    before, after = text[offset - 1], text[offset]
    if after < "\u0300":
        return not (before == "\r" and after == "\n")
    if before == _JOINER or after == _JOINER or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return False
    if _is_flag_letter(before) and _is_flag_letter(after):
        return _flag_letters_before(text, offset) % 2 == 0
    return not (_is_jamo(before) and "\u1160" <= after <= "\u11ff")


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_letters_before(text: str, offset: int) -> int:
    count = 0
    while count < min(offset, _LONGEST_CLUSTER) and _is_flag_letter(text[offset - 1 - count]):
        count += 1
    return count


def _is_jamo(char: str) -> bool:
    return "\u1100" <= char <= "\u11ff" or "\uac00" <= char <= "\ud7a3"
