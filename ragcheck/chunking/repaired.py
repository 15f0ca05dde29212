"""Repairs of another strategy's chunks: what they lack in front of them, or more text.

Each takes the notation of the strategy that it repairs: ``subject(base="recursive(size=400)")``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from ragcheck.chunking.options import check_whole
from ragcheck.chunking.spans import make_chunks
from ragcheck.ports import Chunker, Embedder
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.records.notation import Notation, parse_notation
from ragcheck.registry import Registry
from ragcheck.text.sections import PATH_SEPARATOR, heading_path, opening_sentence

BASE = "recursive"


class Prefix(Protocol):
    """What stands in front of a chunk; an empty text where nothing is missing."""

    def __call__(self, document: Document, chunk: Chunk) -> str: ...


class PathChunker:
    """``path``: the chunks of ``base``, with the titles over them in front.

    A chunk that says all of its titles itself is left as it is.

    Raises:
        ConfigError: ``base`` is not a strategy.
    """

    def __init__(self, *, base: str = BASE, embedder: Embedder | None = None) -> None:
        self._base = _built(base, embedder)

    @property
    def notation(self) -> str:
        return str(Notation("path", {"base": self._base.notation}))

    def chunk(self, document: Document) -> list[Chunk]:
        return _prefixed(self._base, document, _missing_path, self.notation)


class SubjectChunker:
    """``subject``: the chunks of ``base``, with the sentence that opens their section in front.

    That sentence, word for word, is where a section says what it is about; it is left out where
    the chunk starts with it, and where it is longer than 200 characters.

    Raises:
        ConfigError: ``base`` is not a strategy.
    """

    def __init__(self, *, base: str = BASE, embedder: Embedder | None = None) -> None:
        self._base = _built(base, embedder)

    @property
    def notation(self) -> str:
        return str(Notation("subject", {"base": self._base.notation}))

    def chunk(self, document: Document) -> list[Chunk]:
        return _prefixed(self._base, document, _opening, self.notation)


class NeighbourChunker:
    """``neighbours``: the chunks of ``base``, the short ones merged with what follows them.

    Neighbours are joined until the chunk holds ``least`` characters; the last of a document joins
    the one before it. Merged chunks keep the prefix of their first.

    Raises:
        ConfigError: ``base`` is not a strategy.
        ValueError: ``least`` below 1.
    """

    def __init__(
        self, *, base: str = BASE, least: int = 400, embedder: Embedder | None = None
    ) -> None:
        check_whole("least", least, least=1)
        self._base = _built(base, embedder)
        self._least = least

    @property
    def notation(self) -> str:
        return str(Notation("neighbours", {"base": self._base.notation, "least": self._least}))

    def chunk(self, document: Document) -> list[Chunk]:
        merged: list[tuple[Span, str]] = []
        for chunk in self._base.chunk(document):
            if merged and len(merged[-1][0]) < self._least:
                before, prefix = merged[-1]
                merged[-1] = Span(before.start, max(before.end, chunk.end)), prefix
            else:
                merged.append((chunk.span, chunk.prefix))
        if len(merged) > 1 and len(merged[-1][0]) < self._least:
            last, _ = merged.pop()
            before, prefix = merged[-1]
            merged[-1] = Span(before.start, max(before.end, last.end)), prefix
        return make_chunks(document, merged, strategy=self.notation)


def _built(base: str, embedder: Embedder | None) -> Chunker:
    chunker: Chunker = Registry().create("chunker", parse_notation(base), embedder=embedder)
    return chunker


def _prefixed(base: Chunker, document: Document, prefix: Prefix, strategy: str) -> list[Chunk]:
    return [
        replace(chunk, prefix=_joined((prefix(document, chunk), chunk.prefix)), strategy=strategy)
        for chunk in base.chunk(document)
    ]


def _joined(prefixes: Sequence[str]) -> str:
    return "\n".join(dict.fromkeys(prefix for prefix in prefixes if prefix))


def _missing_path(document: Document, chunk: Chunk) -> str:
    path = heading_path(document, chunk.start)
    missing = [title for title in path if title not in chunk.content]
    return PATH_SEPARATOR.join(path) if missing else ""


def _opening(document: Document, chunk: Chunk) -> str:
    opening = opening_sentence(document, chunk.start)
    return "" if opening is None else document.text[opening.start : opening.end]
