from __future__ import annotations

import pytest

from ragcheck.chunking import recursive
from ragcheck.chunking.recursive import RecursiveChunker, recursive_spans
from ragcheck.records.corpus import Document, Span


def test_paragraphs_are_cut_before_sentences_and_sentences_before_words() -> None:
    text = "First para here.\n\nSecond one. It has two sentences.\n\nThird."
    chunks = RecursiveChunker(size=24).chunk(Document("a", text))
    assert [chunk.text for chunk in chunks] == [
        "First para here.", "Second one.", "It has two sentences.", "Third.",
    ]  # fmt: skip


def test_offsets_are_code_points() -> None:
    text = "😀😀😀 退款。\r\n\r\nsecond é 👨‍👩‍👧 paragraph"
    for size in range(3, 30):
        for chunk in RecursiveChunker(size=size).chunk(Document("a", text)):
            assert text[chunk.start : chunk.end] == chunk.text
            assert "👨‍👩‍👧" in chunk.text or "\u200d" not in chunk.text or size < 5


def test_a_text_that_fits_is_one_span() -> None:
    assert recursive_spans("a b", Span(0, 3), size=3) == [Span(0, 3)]
    assert recursive_spans("a b", Span(1, 1), size=3) == []


def test_windows_end_at_blank_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n\n".join(f"Paragraph {i} has a few words." for i in range(300))
    whole = recursive_spans(text, Span(0, len(text)), size=40)
    monkeypatch.setattr(recursive, "_WINDOW", 500)
    assert recursive_spans(text, Span(0, len(text)), size=40) == whole


def test_overlap_repeats_whole_sentences() -> None:
    text = "One is here. Two is here. Three is here. Four is here."
    chunks = RecursiveChunker(size=28, overlap=15).chunk(Document("a", text))
    assert [chunk.text for chunk in chunks][:2] == [
        "One is here. Two is here.",
        "Two is here. Three is here.",
    ]


def test_notation_and_refusal() -> None:
    assert RecursiveChunker().notation == "recursive(overlap=0, size=800)"
    with pytest.raises(ValueError, match="overlap"):
        RecursiveChunker(size=10, overlap=10)
