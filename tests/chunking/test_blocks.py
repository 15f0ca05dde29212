from __future__ import annotations

import pytest

from ragcheck.chunking.blocks import BlockChunker
from ragcheck.records.corpus import Document

TABLE = "| Part | Price |\n|---|---|\n| A-1 | £10 |\n| A-2 | £20 |\n| A-3 | £30 |"


def pieces(text: str, size: int) -> list[tuple[str, str]]:
    chunks = BlockChunker(size=size).chunk(Document("a.md", text))
    return [(chunk.prefix, chunk.text) for chunk in chunks]


def test_a_list_keeps_its_lead_in() -> None:
    items = "Excluded are:\n\n- opened bottles;\n- gift vouchers."
    text = f"Some words before it all.\n\n{items}\n\nAfter."
    assert pieces(text, 50) == [
        ("", "Some words before it all."),
        ("", items),
        ("", "After."),
    ]


def test_a_chinese_list_keeps_its_lead_in() -> None:
    text = "前面的话有十个字左右。\n\n以下情形除外：\n\n1. 定制商品；\n2. 已开封商品。\n\n后面。"
    assert pieces(text, 28)[1] == ("", "以下情形除外：\n\n1. 定制商品；\n2. 已开封商品。")


def test_a_split_list_repeats_its_lead_in_as_prefix() -> None:
    text = "Excluded are:\n- the first item\n- the second item\n- the third item"
    assert pieces(text, 50) == [
        ("", "Excluded are:\n- the first item\n- the second item"),
        ("Excluded are:", "- the third item"),
    ]


def test_a_split_table_repeats_its_header_as_prefix() -> None:
    header = "| Part | Price |\n|---|---|"
    assert pieces(TABLE, 54) == [
        ("", f"{header}\n| A-1 | £10 |"),
        (header, "| A-2 | £20 |\n| A-3 | £30 |"),
    ]


def test_a_table_or_a_fence_that_fits_is_whole() -> None:
    fence = "```\ncode\n\n# more\n```"
    text = f"# Head\n\n{TABLE}\n\n{fence}\n"
    assert pieces(text, 90) == [("", f"# Head\n\n{TABLE}"), ("", fence)]


def test_neighbours_are_joined_up_to_size_but_not_over_a_heading() -> None:
    text = "# A\n\nOne.\n\nTwo.\n\n# B\n\nThree."
    assert pieces(text, 200) == [("", "# A\n\nOne.\n\nTwo."), ("", "# B\n\nThree.")]


def test_a_heading_is_never_alone() -> None:
    text = "## Heading here\n\n" + "A long sentence of ten words or so it is. " * 4
    assert all(piece != "## Heading here" for _, piece in pieces(text, 100))


def test_notation_and_refusal() -> None:
    assert BlockChunker().notation == "blocks(size=1200)"
    with pytest.raises(ValueError, match="size must be"):
        BlockChunker(size=0)
