from __future__ import annotations

import pytest

from ragcheck.chunking.repaired import NeighbourChunker, PathChunker, SubjectChunker
from ragcheck.errors import ConfigError
from ragcheck.records.corpus import Document
from ragcheck.records.notation import parse_notation
from ragcheck.registry import Registry

ENGLISH = """# Heron lamp

## Charging

The Heron lamp charges over USB-C. A full charge takes four hours.

It must not be charged below 5 degrees. It stops at 80 per cent then.

## Cleaning

Use a dry cloth.
"""
CHINESE = """# 苍鹭台灯

## 充电

苍鹭台灯用USB-C充电。充满需要四个小时。

低于5度时不得充电。此时它会停在80%。

## 清洁

使用干布。
"""
BASE = "recursive(overlap=0, size={})"


def document(text):
    return Document("heron.md", text)


@pytest.mark.parametrize(
    ("text", "size", "path", "needy"),
    [
        (ENGLISH, 80, "Heron lamp > Charging", "It must not"),
        (CHINESE, 24, "苍鹭台灯 > 充电", "低于5度"),
    ],
)
def test_the_path_stands_in_front_of_chunks_that_do_not_say_it(text, size, path, needy):
    chunks = PathChunker(base=BASE.format(size)).chunk(document(text))
    (found,) = [chunk for chunk in chunks if chunk.text.startswith(needy)]
    assert found.prefix == path
    assert found.content == f"{path}\n{found.text}"
    whole = PathChunker(base=BASE.format(10_000)).chunk(document(text))
    assert [chunk.prefix for chunk in whole] == [""]


@pytest.mark.parametrize(
    ("text", "size", "opening", "needy"),
    [
        (ENGLISH, 80, "The Heron lamp charges over USB-C.", "It must not"),
        (CHINESE, 24, "苍鹭台灯用USB-C充电。", "低于5度"),
    ],
)
def test_the_sentence_that_opens_the_section_stands_in_front(text, size, opening, needy):
    chunks = SubjectChunker(base=BASE.format(size)).chunk(document(text))
    (found,) = [chunk for chunk in chunks if chunk.text.startswith(needy)]
    assert found.prefix == opening
    (first,) = [chunk for chunk in chunks if opening in chunk.text]
    assert first.prefix == ""


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_short_chunks_join_their_neighbours(text):
    whole = document(text)
    base = BASE.format(24)
    least = 60
    merged = NeighbourChunker(base=base, least=least).chunk(whole)
    parts = Registry().create("chunker", base).chunk(whole)
    assert len(merged) < len(parts)
    assert all(len(chunk.text) >= least for chunk in merged)
    assert [whole.text[c.start : c.end] for c in merged] == [c.text for c in merged]
    assert (merged[0].start, merged[-1].end) == (parts[0].start, parts[-1].end)


def test_a_short_document_is_one_chunk():
    (chunk,) = NeighbourChunker(least=400).chunk(document("Short."))
    assert chunk.text == "Short."


@pytest.mark.parametrize("kind", [PathChunker, SubjectChunker, NeighbourChunker])
def test_notations_read_back(kind):
    chunker = kind(base="headings(path=true)")
    again = Registry().create("chunker", parse_notation(chunker.notation))
    assert again.notation == chunker.notation
    assert all(c.strategy == chunker.notation for c in again.chunk(document(ENGLISH)))


@pytest.mark.parametrize("base", ["recursiv", "recursive(sise=3)"])
def test_an_unknown_base_is_named(base):
    with pytest.raises(ConfigError, match="recursiv"):
        SubjectChunker(base=base)


def test_repairs_stack():
    chunker = PathChunker(base=SubjectChunker(base=BASE.format(80)).notation)
    (found,) = [c for c in chunker.chunk(document(ENGLISH)) if c.text.startswith("It must")]
    assert found.prefix == "Heron lamp > Charging\nThe Heron lamp charges over USB-C."
