from __future__ import annotations

import pytest

from ragcheck.text.outline import fenced_spans, front_matter_end, markup_of, outline

MARKDOWN = """---
title: no heading
# neither
---
Before.

# Returns

Text.

## Refunds ##

```sh
# no heading
```

### Timing {#timing}
Five days.

Shipping
--------
Two days.

~~~
# still code
```
"""


def titles(text: str, markup: str = "auto") -> list[tuple[int, str]]:
    return [(heading.level, heading.title) for heading in outline(text, markup=markup).headings]


def test_markdown_headings_outside_code_and_front_matter() -> None:
    assert titles(MARKDOWN) == [(1, "Returns"), (2, "Refunds"), (3, "Timing"), (2, "Shipping")]


def test_path_of_a_place_goes_from_the_outermost_heading_to_its_own() -> None:
    found = outline(MARKDOWN)
    assert found.heading_path_at(MARKDOWN.index("Before")) == ()
    assert found.heading_path_at(MARKDOWN.index("Five days")) == ("Returns", "Refunds", "Timing")
    assert found.heading_path_at(MARKDOWN.index("### Timing")) == ("Returns", "Refunds", "Timing")
    assert found.heading_path_at(MARKDOWN.index("Two days")) == ("Returns", "Shipping")
    assert found.heading_path_at(len(MARKDOWN) - 1) == ("Returns", "Shipping")


def test_heading_spans_are_their_lines() -> None:
    found = outline(MARKDOWN)
    spans = [MARKDOWN[h.span.start : h.span.end] for h in found.headings]
    assert spans == ["# Returns", "## Refunds ##", "### Timing {#timing}", "Shipping\n--------"]


@pytest.mark.parametrize(
    "text",
    [
        "#hashtag\n",
        "    # code\n",
        "- item\n---\n",
        "| a |\n---\n",
        "para one\nline two\n---\n",
        "\n---\n",
        "a\n--\n",
    ],
)
def test_what_looks_like_a_heading_is_none(text: str) -> None:
    assert titles(text, "markdown") == []


def test_crlf_and_byte_order_mark() -> None:
    text = "\ufeff# A\r\n\r\nB\r\n===\r\nx\r\n"
    assert titles(text) == [(1, "A"), (1, "B")]
    assert outline(text).heading_path_at(text.index("x")) == ("B",)


RST = """=====
Title
=====

Intro.

Part
====

Text

Sub
---

退货
====

表格
"""


def test_rst_levels_follow_the_order_of_the_styles() -> None:
    assert titles(RST, "rst") == [(1, "Title"), (2, "Part"), (3, "Sub"), (2, "退货")]
    assert titles(RST.replace("=", "~").replace("-", "^")) == titles(RST, "rst")
    assert outline(RST, markup="rst").heading_path_at(RST.index("表格")) == ("Title", "退货")


def test_rst_tables_and_short_rules_are_no_headings() -> None:
    table = "====  ====\nName  Size\n====  ====\nx     1\n====  ====\n"
    assert titles(table, "rst") == []
    assert titles("A long line of text\n===\n", "rst") == []


NUMBERED = {
    "en": ("SERVICE NOTES\nBy Ewan\n\n{0}\nThe text of the first part.\n\n{1}\nThe second.\n"),
    "zh": ("免责声明\n\n{0}\n本平台的结果仅供参考。\n\n{1}\n本平台不提供急救服务。\n"),
}
NUMBERS = {
    "en": [("1. Turnaround", "2. Certificates"), ("1.1 Scope", "1.2 Terms"),
           ("A. Scope", "B. Terms"), ("I. Scope", "II. Terms"),
           ("Section 1 Scope", "Section 2 Terms"), ("Chapter 1 Scope", "CHAPTER II Terms")],
    "zh": [("一、服务性质", "二、紧急情况"), ("1.1 范围", "1.2 期限"), ("（一）范围", "（二）期限"),
           ("1、范围", "2、期限"), ("第一节 范围", "第二节 期限"), ("第一章 总则", "第二章 附则")],
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_numbered_headings_of_plain_text(language: str) -> None:
    for first, second in NUMBERS[language]:
        text = NUMBERED[language].format(first, second)
        title = text.partition("\n")[0]
        assert titles(text) == [(1, title), (2, first), (2, second)]


def test_both_languages_have_the_same_number_of_styles() -> None:
    assert len(NUMBERS["en"]) == len(NUMBERS["zh"])


@pytest.mark.parametrize(
    "text",
    [
        "1. Buy milk\n\n2. Buy bread\n\n3. Sell\n",
        "一、带身份证\n\n二、带病历\n\n三、缴费\n",
        "1. The parcel is returned.\nMore.\n\n2. The refund is paid.\nMore.\n",
        "一、应当退款。\n其他。\n\n二、应当换货。\n其他。\n",
        "1. Alone\nText.\n",
        "2025 was good\ntext\n\n30 days\n",
    ],
)
def test_numbered_items_and_sentences_are_no_headings(text: str) -> None:
    assert titles(text) == []


def test_sections_of_a_text_without_headings() -> None:
    (section,) = outline("plain").sections
    assert (section.span.start, section.span.end, section.path) == (0, 5, ())
    assert outline("").sections == ()
    assert outline("").section_at(0) is None
    assert outline("").heading_path_at(0) == ()


def test_front_matter_must_open_the_text_and_close() -> None:
    assert front_matter_end("---\na: 1\n---\nx") == len("---\na: 1\n---\n")
    assert front_matter_end("\n---\na: 1\n---\n") == 0
    assert front_matter_end("---\na: 1\n") == 0
    assert front_matter_end("") == 0


def test_a_fence_closes_with_its_own_mark_or_not_at_all() -> None:
    text = "````\n```\n````\nx\n```py\ny"
    spans = [text[span.start : span.end] for span in fenced_spans(text)]
    assert spans == ["````\n```\n````\n", "```py\ny"]


def test_markup_by_file_name() -> None:
    assert [markup_of(name) for name in ("a.RST", "b/c.md", "d.html", "e.txt")] == [
        "rst", "markdown", "markdown", "auto",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="markup is one of"):
        outline("x", markup="tex")
