import pytest

from ragcheck.corpus.decoding import Decoded
from ragcheck.corpus.markup import read_html
from ragcheck.errors import CorpusError
from ragcheck.records.corpus import Document, Span


def read(html: str) -> Document:
    extraction = read_html(Decoded(html, "utf-8", "lf"))
    return Document("page.html", extraction.text, extraction.source_lines, extraction.metadata)


def line_of(document: Document, quote: str) -> int:
    start = document.text.index(quote)
    return document.place(Span(start, start + len(quote))).line


PAGE = """<!DOCTYPE html>
<html><head><title>Prices &amp; plans</title>
<style>p { color: red }</style>
<script>var days = "99 days";</script></head>
<body>
<nav><a href="/">Home</a></nav>
<h1>Returns<a class="headerlink" href="#returns">¶</a></h1>
<p>Goods can be
   returned within <b>30&nbsp;days</b>
   for &pound;5.</p>
<ul>
<li>first</li>
<li>second
  <ol><li>inner one<li>inner two</ol></li>
</ul>
<table>
<tr><th>Plan</th><th>Price</th></tr>
<tr><td>Basic</td><td>&euro;9 <i>a month</i></td></tr>
</table>
<pre>
def f():
    return 1  # one
</pre>
<template>ghost</template>
<p hidden>secret</p><p style="display: none">unseen</p>
<p>one<br>
two</p>
</body></html>
"""


def test_blocks_keep_their_shape() -> None:
    assert read(PAGE).text == (
        "# Returns\n\nGoods can be returned within 30 days for £5.\n\n- first\n- second\n"
        "  1. inner one\n  2. inner two\n\n| Plan | Price |\n| --- | --- |\n"
        "| Basic | €9 a month |\n\n```\ndef f():\n    return 1  # one\n```\n\none\ntwo\n"
    )


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        ("Returns", 7),
        ("Goods can", 8),
        ("second", 13),
        ("inner two", 14),
        ("Basic", 18),
        ("def f", 21),
        ("return 1", 22),
        ("two\n", 14),
    ],
)
def test_text_has_the_line_of_its_source(quote: str, line: int) -> None:
    if quote == "two\n":
        document = read(PAGE)
        start = document.text.rindex("two")
        assert document.place(Span(start, start + 3)).line == 27
    else:
        assert line_of(read(PAGE), quote) == line


def test_the_title_is_metadata() -> None:
    assert read(PAGE).metadata["title"] == "Prices & plans"


def test_a_table_that_holds_tables_is_layout() -> None:
    document = read(
        "<table><tr><td><h2>Menu</h2></td><td><table><tr><th>a</th><th>b</th></tr>"
        "<tr><td>1</td><td>2</td></tr></table></td></tr></table>"
    )
    assert document.text == "## Menu\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"


def test_tags_that_were_left_open_end_where_browsers_end_them() -> None:
    document = read("<p>one<p hidden>ghost<p>two<ul><li>x<li>y</ul><table><tr><td>1<td>2<tr><td>3")
    assert document.text == "one\n\ntwo\n\n- x\n- y\n\n| 1 | 2 |\n| 3 |\n"


def test_words_around_inline_marks_stay_together() -> None:
    document = read("<p>a<b>b</b>c <ruby>退<rt>tui</rt></ruby>款 re&shy;fund &#x1F600;</p>")
    assert document.text == "abc 退款 refund 😀\n"


def test_a_cell_with_paragraphs_is_one_cell() -> None:
    assert read("<table><tr><td><p>a</p><p>b</p><td>c</table>").text == "| a b | c |\n"


@pytest.mark.parametrize("debris", ["<", "<!--", "<![CDATA[", "<a href='", "</", "&#xD800;", "<?"])
def test_debris_gives_text_and_ends(debris: str) -> None:
    document = read("<p>kept</p>" + debris * 20_000)
    assert document.text.startswith("kept")
    document.text.encode("utf-8")


def test_deep_nesting_is_no_recursion() -> None:
    assert read("<div>" * 20_000 + "core").text == "core\n"


def test_a_giant_page_is_refused() -> None:
    with pytest.raises(CorpusError, match="16 million"):
        read("a" * ((16 << 20) + 1))
