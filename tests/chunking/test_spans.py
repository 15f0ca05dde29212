from __future__ import annotations

from ragcheck.chunking.spans import make_chunks, pack, safe_cut, sentence_units
from ragcheck.records.corpus import Document, Span


def test_chunks_are_trimmed_sorted_and_unique() -> None:
    document = Document("a", " ab  cd ")
    spans = [Span(4, 8), Span(0, 4), Span(1, 3), Span(3, 5), (Span(0, 3), "p")]
    chunks = make_chunks(document, spans, strategy="s")
    assert [(c.start, c.end, c.text, c.prefix) for c in chunks] == [
        (1, 3, "ab", ""), (1, 3, "ab", "p"), (5, 7, "cd", ""),
    ]  # fmt: skip


def test_pack_joins_neighbours_up_to_the_size() -> None:
    units = [Span(0, 3), Span(3, 5), Span(5, 9), Span(9, 20)]
    assert pack(units, 5) == [Span(0, 5), Span(5, 9), Span(9, 20)]
    assert pack([], 5) == []


def test_sentence_units_touch() -> None:
    text = "  One. Two.\n\n Three. "
    units = sentence_units(text)
    assert [text[u.start : u.end] for u in units] == ["  One. ", "Two.\n\n ", "Three. "]
    assert sentence_units("") == []
    assert sentence_units("  ") == [Span(0, 2)]


def test_a_cut_moves_back_but_never_to_the_lowest_place() -> None:
    assert safe_cut("ae\u0301b", 2) == 1
    assert safe_cut("ae\u0301b", 2, lowest=1) == 2
    assert safe_cut("abc", 2) == 2
    assert safe_cut("a\r\n", 2) == 1
