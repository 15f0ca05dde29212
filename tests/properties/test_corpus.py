"""Whatever the bytes: text or a reason, never another error; lines never go back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ragcheck.corpus.anchors import AnchorFinder, fold
from ragcheck.corpus.decoding import Decoded, decode
from ragcheck.corpus.facts import find_facts
from ragcheck.corpus.loaders import _extract
from ragcheck.corpus.markup import read_html
from ragcheck.corpus.structured import read_json
from ragcheck.errors import CorpusError
from ragcheck.records.corpus import Document, Span

HOSTILE = st.text(
    alphabet=st.sampled_from(list("<>/!-&;#=\"' \n\t|*`abp退款七天30日。：:{}[],\\😀\u2028\u00a0%"))
)
TAGS = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "</td>",
            "<th>",
            "<li>",
            "<ul>",
            "</ul>",
            "<pre>",
            "</pre>",
            "<br>",
            "<h2>",
            "</h2>",
            "<nav>",
            "</nav>",
            "<b>",
            "text\n",
            "七天 ",
            "<script>",
            "</script>",
            "&lt;",
            "\n\n",
            "<ol>",
            "</li>",
            "</tr>",
            "<div hidden>",
        ]
    )
).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


def check_lines(text: str, source_lines: tuple[int, ...] | None, lines: int) -> None:
    text.encode("utf-8")
    if source_lines is not None:
        assert len(source_lines) == text.count("\n") + 1
        assert list(source_lines) == sorted(source_lines)
        assert source_lines[0] >= 1 and source_lines[-1] <= lines


@given(st.binary(max_size=300), st.sampled_from([".txt", ".md", ".html", ".json", ".jsonl"]))
def test_any_bytes_give_text_or_a_reason(raw: bytes, ending: str) -> None:
    try:
        extraction = _extract(raw, ending)
    except CorpusError as problem:
        assert problem.what
    else:
        extraction.text.encode("utf-8")


@given(TAGS | HOSTILE)
def test_html_lines_are_in_the_source_and_in_order(html: str) -> None:
    extraction = read_html(Decoded(html, "utf-8", "lf"))
    check_lines(extraction.text, extraction.source_lines, html.count("\n") + 1)
    assert "| \n" not in extraction.text.replace("|  |", "")


@given(JSON, st.sampled_from([None, 1]))
def test_every_string_of_json_is_in_the_text(value: object, indent: int | None) -> None:
    source = json.dumps(value, ensure_ascii=False, indent=indent)
    extraction = read_json(Decoded(source, "utf-8", "lf"))
    check_lines(extraction.text, extraction.source_lines, source.count("\n") + 1)
    for string in strings(value):
        expected = string.replace("\x00", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
        assert expected.rstrip("\n") in extraction.text


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [string for inner in value.values() for string in strings(inner)]
    if isinstance(value, list):
        return [string for inner in value for string in strings(inner)]
    return []


@given(st.text(max_size=60).map(lambda text: text.replace("\r", "")))
def test_utf8_is_read_as_it_is(text: str) -> None:
    raw = text.encode("utf-8")
    try:
        assert decode(raw).text == text.removeprefix("\ufeff")
    except CorpusError:
        assert any(char < " " and char not in "\n\t\f\v" for char in text)


@given(HOSTILE, st.data())
def test_a_quote_is_found_with_any_white_space(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quote = text[start:end]
    match = AnchorFinder(Document("a.txt", text)).find(" ".join(quote.split()))
    if not quote.strip():
        assert match is None
        return
    assert match is not None
    found = text[match.span.start : match.span.end]
    assert fold(found)[0] == fold(quote.strip())[0]


@given(HOSTILE)
def test_facts_state_their_answer_in_their_span(text: str) -> None:
    document = Document("a.md", text)
    for fact in find_facts(document):
        assert fact.answers[0] in text[fact.span.start : fact.span.end]
        assert document.place(Span(fact.span.start, fact.span.end)).line >= 1
