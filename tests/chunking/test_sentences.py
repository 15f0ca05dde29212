from __future__ import annotations

import pytest

from ragcheck.chunking.sentences import SentenceWindowChunker
from ragcheck.records.corpus import Document

TEXTS = {
    "en": "One is here. Two is here. Three is here. Four is here.",
    "zh": "第一句在此。第二句在此。第三句在此。第四句在此。",
}
SENTENCES = {
    "en": ["One is here.", "Two is here.", "Three is here.", "Four is here."],
    "zh": ["第一句在此。", "第二句在此。", "第三句在此。", "第四句在此。"],
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_windows_slide_by_size_less_overlap(language: str) -> None:
    between = " " if language == "en" else ""
    a, b, c, d = SENTENCES[language]
    chunks = SentenceWindowChunker(size=2, overlap=1).chunk(Document("a", TEXTS[language]))
    assert [chunk.text for chunk in chunks] == [between.join(x) for x in ((a, b), (b, c), (c, d))]
    chunks = SentenceWindowChunker(size=3, overlap=0).chunk(Document("a", TEXTS[language]))
    assert [chunk.text for chunk in chunks] == [between.join((a, b, c)), d]


def test_the_last_window_is_not_repeated_in_part() -> None:
    chunks = SentenceWindowChunker(size=3, overlap=2).chunk(Document("a", TEXTS["en"]))
    assert [chunk.text[:3] for chunk in chunks] == ["One", "Two"]


def test_list_items_and_headings_count_as_sentences() -> None:
    text = "# Title\n\n- first item\n- second item\n"
    chunks = SentenceWindowChunker(size=1, overlap=0).chunk(Document("a.md", text))
    assert [chunk.text for chunk in chunks] == ["# Title", "- first item", "- second item"]


def test_notation_and_refusal() -> None:
    assert SentenceWindowChunker().notation == "sentences(overlap=1, size=3)"
    with pytest.raises(ValueError, match="overlap"):
        SentenceWindowChunker(size=1)
