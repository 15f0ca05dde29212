from __future__ import annotations

import pytest

from ragcheck.chunking.headings import HeadingChunker
from ragcheck.records.corpus import Document

TEXT = """Intro text.

# Returns

## Refunds

Refunds take five days.

## Timing

First sentence of timing here. Second sentence of timing here. Third sentence of timing here.

# Appendix
"""


def pieces(text: str, *, size: int = 1200, name: str = "a.md") -> list[tuple[str, str]]:
    chunks = HeadingChunker(size=size, path=True).chunk(Document(name, text))
    return [(chunk.prefix, chunk.text) for chunk in chunks]


def test_one_chunk_a_section_with_its_heading_and_path() -> None:
    assert pieces(TEXT) == [
        ("", "Intro text."),
        ("Returns > Refunds", "# Returns\n\n## Refunds\n\nRefunds take five days."),
        ("Returns > Timing", TEXT[TEXT.index("## Timing") : TEXT.index("\n\n# Appendix")]),
        ("Appendix", "# Appendix"),
    ]


def test_a_bare_heading_does_not_join_a_section_that_is_not_under_it() -> None:
    assert pieces("# A\n\n## B\n\n## C\n\ntext\n") == [
        ("A > B", "# A\n\n## B"),
        ("A > C", "## C\n\ntext"),
    ]


def test_a_long_section_is_split_and_its_heading_is_never_alone() -> None:
    timing = [piece for piece in pieces(TEXT, size=60) if piece[0] == "Returns > Timing"]
    assert [text for _, text in timing] == [
        "## Timing\n\nFirst sentence of timing here.",
        "Second sentence of timing here.",
        "Third sentence of timing here.",
    ]


def test_without_path_there_is_no_prefix() -> None:
    chunks = HeadingChunker().chunk(Document("a.md", TEXT))
    assert {chunk.prefix for chunk in chunks} == {""}
    assert chunks[1].content == chunks[1].text


def test_a_hash_in_a_code_fence_starts_no_section() -> None:
    text = "# A\n\n```\n# comment\n```\n\nafter\n"
    assert pieces(text) == [("A", text.strip())]


def test_rst_and_numbered_plain_text() -> None:
    rst = "Title\n=====\n\nx\n\nPart\n----\n\ny\n"
    assert pieces(rst, name="a.rst") == [
        ("Title", "Title\n=====\n\nx"),
        ("Title > Part", "Part\n----\n\ny"),
    ]
    plain = "声明\n\n一、性质\n仅供参考。\n\n二、急救\n不提供。\n"
    assert pieces(plain, name="a.txt") == [
        ("声明 > 一、性质", "声明\n\n一、性质\n仅供参考。"),
        ("声明 > 二、急救", "二、急救\n不提供。"),
    ]


def test_notation_and_refusal() -> None:
    assert HeadingChunker(path=True).notation == "headings(path=true, size=1200)"
    with pytest.raises(ValueError, match="path must be"):
        HeadingChunker(path="yes")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="size must be"):
        HeadingChunker(size=0)
