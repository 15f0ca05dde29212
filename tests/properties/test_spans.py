"""Whatever the text and the strategy: chunks are exact spans that hold every visible character."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ragcheck.chunking.blocks import BlockChunker
from ragcheck.chunking.fixed import CharacterChunker, TokenChunker
from ragcheck.chunking.headings import HeadingChunker
from ragcheck.chunking.recursive import RecursiveChunker
from ragcheck.chunking.repaired import NeighbourChunker, PathChunker, SubjectChunker
from ragcheck.chunking.semantic import SemanticChunker
from ragcheck.chunking.sentences import SentenceWindowChunker
from ragcheck.ports import Chunker, Vectors
from ragcheck.records.corpus import Document, content_id
from ragcheck.records.notation import parse_notation
from ragcheck.registry import Registry
from ragcheck.text.outline import MARKUPS, outline


class HashEmbedder:
    """Unit vectors that depend on the text alone."""

    key = "hash"
    dimension = 4

    def encode(self, texts: Sequence[str]) -> Vectors:
        seeds = [int(content_id(text), 16) for text in texts]
        rows = [np.random.default_rng(seed).normal(size=4) for seed in seeds]
        return np.asarray([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


CHUNKERS: tuple[Chunker, ...] = (
    CharacterChunker(size=7),
    CharacterChunker(size=40, overlap=39),
    TokenChunker(size=5, overlap=2, unit="word"),
    SentenceWindowChunker(size=2, overlap=1),
    SentenceWindowChunker(size=1, overlap=0),
    RecursiveChunker(size=16),
    RecursiveChunker(size=60, overlap=20),
    HeadingChunker(size=30),
    HeadingChunker(size=1200, path=True),
    SemanticChunker(embedder=HashEmbedder(), size=50, percentile=60),
    BlockChunker(size=25),
    BlockChunker(size=1200),
    PathChunker(base="chars(size=20)"),
    SubjectChunker(base="sentences(overlap=0, size=1)"),
    NeighbourChunker(base="recursive(size=16)", least=30),
)
FRAGMENTS = (
    "Refunds take 14 days. ", "退款期为七天。", "适用于上海（不含浦东）！",
    "\r\n", "\n", "\n\n", "\r", "# Title\n", "## 退货 {#x}\n", "Title\n=====\n", "Sub\n---\n",
    "---\n", "===\n", "```\n", "~~~py\n", "- item\n", "1. first\n", "（一）先\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n", "> quote\n", "    code\n", "👨‍👩‍👧‍👦",
    "🇩🇪🇫🇷", "👍🏽", "e\u0301", "\u0301", "\u200d", "\ufe0f", "한",
    "\u1112\u1161\u11ab", "שלום עולם. ", "\u202eabc\u202c", "\x00", "\t", "\u00a0",
    "\u3000", "\ufeff", "\x1c", "\x85", "\ud800", "x" * 120, "a|b", "Same. ", "Same. ",
    "same paragraph\n\n", "same paragraph\n\n", "...", "\\", '"', "“",
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=6)), max_size=40).map("".join),
    st.text(max_size=300),
)


def label(chunker: Chunker) -> str:
    return chunker.notation


@pytest.mark.parametrize("chunker", CHUNKERS, ids=label)
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
@example(text="")
@example(text=" \r\n\t\u3000")
@example(text="\ufeff---\ntitle: x\n---\n# A\n\n# B\nbody")
@example(text="Same. " * 30)
@example(text="# A\n```\n# no\n")
def test_chunks_are_spans_that_hold_every_visible_character(chunker: Chunker, text: str) -> None:
    document = Document("notes.md", text)
    chunks = chunker.chunk(document)
    held = [False] * len(text)
    for chunk in chunks:
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.text and chunk.text == chunk.text.strip()
        assert chunk.document_id == document.id
        assert chunk.strategy == chunker.notation
        assert chunk.aligned
        held[chunk.start : chunk.end] = [True] * (chunk.end - chunk.start)
    missed = [at for at, char in enumerate(text) if not held[at] and not char.isspace()]
    assert missed == []
    starts = [chunk.start for chunk in chunks]
    assert starts == sorted(starts)
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    assert chunks == chunker.chunk(Document("notes.md", text))


@pytest.mark.parametrize("chunker", CHUNKERS, ids=label)
def test_one_character_is_one_chunk(chunker: Chunker) -> None:
    for text in ("a", "退", "👍", "\x00", "#", "-", "|"):
        assert [chunk.text for chunk in chunker.chunk(Document("a.md", f"\n {text}\n"))] == [text]


@pytest.mark.parametrize("chunker", CHUNKERS, ids=label)
def test_notation_reads_back_and_builds_the_same_strategy(chunker: Chunker) -> None:
    notation = parse_notation(chunker.notation)
    assert str(notation) == chunker.notation
    again = Registry().create("chunker", notation, embedder=HashEmbedder())
    assert again.notation == chunker.notation
    document = Document("a.md", "".join(FRAGMENTS).replace("\ud800", ""))
    assert again.chunk(document) == chunker.chunk(document)


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, size=st.integers(1, 50))
def test_sizes_in_characters_hold(text: str, size: int) -> None:
    document = Document("a.md", text)
    limited = (
        CharacterChunker(size=size),
        RecursiveChunker(size=size),
        HeadingChunker(size=size),
        SemanticChunker(embedder=HashEmbedder(), size=size),
        BlockChunker(size=size),
    )
    for chunker in limited:
        assert all(len(chunk.text) <= size for chunk in chunker.chunk(document)), chunker.notation


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, size=st.integers(70, 90))
def test_characters_are_never_cut_before_a_mark(text: str, size: int) -> None:
    for chunk in CharacterChunker(size=size).chunk(Document("a.md", text)):
        before = text[chunk.start - 1 : chunk.start]
        marks = unicodedata.category(chunk.text[0]) in ("Mn", "Me", "Mc")
        long_cluster = text[max(0, chunk.start - 64) : chunk.start]
        assert not marks or not before or before.isspace() or len(long_cluster) == 64


@pytest.mark.parametrize("markup", MARKUPS)
@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_sections_touch_and_are_the_whole_text(markup: str, text: str) -> None:
    found = outline(text, markup=markup)
    assert "".join(text[s.span.start : s.span.end] for s in found.sections) == text
    for section in found.sections:
        if section.heading is not None:
            assert found.heading_path_at(section.heading.span.start) == section.path
            assert section.path[-1] == section.heading.title


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "blocks",
        "chars",
        "headings",
        "neighbours",
        "path",
        "recursive",
        "semantic",
        "subject",
        "tokens",
    ],
)
@pytest.mark.parametrize("unit", ["word and more 😀 ", "x", "退款期为七天", "( "])
def test_a_line_of_five_megabytes_is_chunked_whole(name: str, unit: str) -> None:
    chunker = Registry().create("chunker", name, embedder=HashEmbedder())
    text = (unit * (5_000_000 // len(unit) + 1))[:5_000_000].rstrip()
    chunks = chunker.chunk(Document("a.md", text))
    ends = [0, *(chunk.end for chunk in chunks)]
    gaps = [text[end : chunk.start] for end, chunk in zip(ends, chunks, strict=False)]
    assert "".join(gaps).strip() == ""
    assert ends[-1] == len(text)
