"""What the document shows about one chunk of it: real cuts, likely referents, the heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ragcheck.measures.defects.reading import Reading, ends_like_prose, line_kind
from ragcheck.measures.defects.references import open_subject
from ragcheck.measures.defects.wording import defect
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk, Defect
from ragcheck.text.language import CJK
from ragcheck.text.outline import Heading, Outline, markup_of, outline
from ragcheck.text.tokens import words

_NEAR = 600
"""Characters before a chunk in which a referent is looked for."""
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


@dataclass(frozen=True)
class Surroundings:
    """One document, read once for all of its chunks."""

    document: Document

    @cached_property
    def _outline(self) -> Outline:
        return _outline_of(self.document.text, self.document.path)

    def heading_before(self, offset: int) -> Heading | None:
        """The heading of the section that holds ``offset``."""
        section = self._outline.section_at(offset)
        return section.heading if section is not None else None

    def referent(self, offset: int, language: str) -> Span | None:
        """What a pronoun at ``offset`` likely means: the first name of the last sentence before.

        Without a name it is the whole sentence (at most 80 characters); without a sentence, the
        section's heading; ``None`` at the start of a document.
        """
        start = max(0, offset - _NEAR)
        before = Reading(self.document.text[start:offset], language)
        kinds = dict(zip(before.lines, before.line_kinds, strict=True))
        whole = [s for s in before.sentences if len(s) > 4 and not _is_heading(s, kinds)]
        if not whole:
            heading = self.heading_before(offset)
            return heading.span if heading is not None and heading.span.end <= offset else None
        sentence = whole[-1]
        names = [n for n in before.names if sentence.start <= n.start < sentence.end]
        chosen = names[0] if names else Span(sentence.start, min(sentence.end, sentence.start + 80))
        return Span(chosen.start + start, chosen.end + start)

    def explain(
        self, reading: Reading, defects: Sequence[Defect], chunk: Chunk
    ) -> tuple[Defect, ...]:
        """The defects with what the document says of them, and ``missing_heading``."""
        explained = [
            self._with_referent(reading, each, chunk) if each.kind == "dangling_reference" else each
            for each in defects
        ]
        heading = self._missing_heading(reading, defects, chunk)
        if heading is not None:
            explained.append(heading)
        return tuple(sorted(explained, key=lambda each: (each.span, each.kind)))

    def _with_referent(self, reading: Reading, dangling: Defect, chunk: Chunk) -> Defect:
        kind, span, language = dangling.kind, dangling.span, reading.language
        word = reading.quote(span)
        found = self.referent(chunk.start, reading.language)
        if found is None:
            return defect(kind, span, language, "no_referent", word=word)
        name = " ".join(self.document.text[found.start : found.end].strip("#=- \n").split())
        line = self.document.place(found).line
        return defect(kind, span, language, "referent", word=word, name=name, line=line)

    def _missing_heading(
        self, reading: Reading, defects: Sequence[Defect], chunk: Chunk
    ) -> Defect | None:
        """The section's heading is missed where the text leaves its subject open."""
        if chunk.prefix.strip() or not reading.sentences or reading.line_kinds[0] == "heading":
            return None
        if not _NEEDY & {d.kind for d in defects} and open_subject(reading) is None:
            return None
        heading = self.heading_before(chunk.start)
        if heading is None or heading.span.end > chunk.start:
            return None
        wanted = set(words(heading.title))
        if not wanted or len(wanted & set(words(chunk.text))) * 2 > len(wanted):
            return None
        line = self.document.place(heading.span).line
        span, name = reading.sentences[0], heading.title
        return defect("missing_heading", span, reading.language, "heading", name=name, line=line)


_NEEDY = frozenset(
    ("dangling_reference", "missing_subject", "orphan_list_item", "table_row_without_header")
)


def _is_heading(sentence: Span, kinds: dict[Span, str]) -> bool:
    return any(
        kind == "heading" and line.start <= sentence.start and sentence.end <= line.end
        for line, kind in kinds.items()
    )


@lru_cache(maxsize=2)
def _outline_of(text: str, path: str) -> Outline:
    """Kept for the last documents, whose chunks arrive in several calls."""
    return outline(text, markup=markup_of(path))
