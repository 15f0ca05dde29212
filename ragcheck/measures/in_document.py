"""What the document shows about one chunk of it: real cuts, likely referents, the heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ragcheck.measures.defects.reading import (
    HEADING,
    Reading,
    ends_like_prose,
    line_kind,
)
from ragcheck.measures.defects.references import open_subject
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk, Defect
from ragcheck.text.language import CJK
from ragcheck.text.tokens import words

_NEAR = 600
"""Characters before a chunk in which a referent is looked for."""
_HEADING_LINE = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(?P<title>[^\n]{1,200})$", re.MULTILINE)
_UNDERLINED = re.compile(r"^(?P<title>[^\n]{1,120})\n[=\-~]{3,120}[ \t]*$", re.MULTILINE)
_STRUCTURAL = ("heading", "item", "row", "rule", "code")
_WORD_CHAR = re.compile(rf"[^\W{CJK}]")


def is_cut(text: str, offset: int) -> bool:
    """Whether a cut at ``offset`` goes through a sentence of ``text``."""
    before = text[max(0, offset - _NEAR) : offset]
    after = text[offset : offset + _NEAR]
    left, right = before.rstrip(), after.lstrip()
    if not left or not right:
        return False
    gap = before[len(left) :] + after[: len(after) - len(right)]
    if gap.count("\n") >= 2:
        return False
    if not gap and _WORD_CHAR.match(left[-1]) and _WORD_CHAR.match(right[0]):
        return True
    if "\n" in gap:
        last_line = left[left.rfind("\n") + 1 :]
        next_line = right.partition("\n")[0]
        if line_kind(next_line) in _STRUCTURAL or line_kind(last_line) in (
            "heading",
            "row",
            "rule",
        ):
            return False
    return not (ends_like_prose(left) and (gap or left[-1] > "\u2fff" or not left[-1].isalnum()))


def explain(
    reading: Reading, defects: Sequence[Defect], chunk: Chunk, document: Document
) -> tuple[Defect, ...]:
    """The defects with what the document says of them, and ``missing_heading`` where it helps."""
    explained = [
        _with_referent(reading, defect, chunk, document)
        if defect.kind == "dangling_reference"
        else defect
        for defect in defects
    ]
    heading = _missing_heading(reading, defects, chunk, document)
    if heading is not None:
        explained.append(heading)
    return tuple(sorted(explained, key=lambda defect: (defect.span, defect.kind)))


def _with_referent(reading: Reading, defect: Defect, chunk: Chunk, document: Document) -> Defect:
    word = reading.quote(defect.span)
    found = referent(document, chunk.start, reading.language)
    if found is None:
        return replace(
            defect,
            message=f"{word!r} refers to nothing that the document says before",
            mend="name what it refers to",
        )
    name = document.text[found.start : found.end]
    line = document.place(found).line
    return replace(
        defect,
        message=f"{word!r} refers to something before the chunk, perhaps {name!r} (line {line})",
        mend=f"prefix the chunk with {name!r}, or start it at line {line}",
    )


def referent(document: Document, offset: int, language: str) -> Span | None:
    """What a pronoun at ``offset`` likely means: the first name of the last sentence before it.

    Without a name it is the whole sentence (at most 80 characters); without a sentence, the
    nearest heading; ``None`` at the start of a document.
    """
    start = max(0, offset - _NEAR)
    before = Reading(document.text[start:offset], language)
    whole = [s for s in before.sentences if len(s) > 8]
    if not whole:
        return nearest_heading(document, offset)
    sentence = whole[-1]
    names = [n for n in before.names if sentence.start <= n.start < sentence.end]
    chosen = names[0] if names else Span(sentence.start, min(sentence.end, sentence.start + 80))
    return Span(chosen.start + start, chosen.end + start)


def nearest_heading(document: Document, offset: int) -> Span | None:
    """The title of the last heading that starts before ``offset``."""
    best: Span | None = None
    for pattern in (_HEADING_LINE, _UNDERLINED):
        for found in pattern.finditer(document.text, 0, offset):
            if best is None or found.start("title") > best.start:
                best = Span(found.start("title"), found.end("title"))
    return best


def _missing_heading(
    reading: Reading, defects: Sequence[Defect], chunk: Chunk, document: Document
) -> Defect | None:
    """The section's heading is missed where the text leaves its subject open."""
    if chunk.prefix.strip() or HEADING.match(chunk.text.lstrip("\n")):
        return None
    needy = {
        "dangling_reference",
        "missing_subject",
        "orphan_list_item",
        "table_row_without_header",
    }
    subject = open_subject(reading)
    if subject is None and not needy & {defect.kind for defect in defects}:
        return None
    heading = nearest_heading(document, chunk.start)
    if heading is None:
        return None
    title = document.text[heading.start : heading.end].strip("# ")
    wanted = set(words(title))
    if not wanted or len(wanted & set(words(chunk.text))) * 2 > len(wanted):
        return None
    line = document.place(heading).line
    first = reading.sentences[0] if reading.sentences else reading.body
    return Defect(
        "missing_heading",
        first,
        f"the section's heading {title!r} (line {line}) is not in the chunk",
        f"prefix the chunk with {title!r}",
    )
