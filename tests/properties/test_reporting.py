"""Whatever a document holds, a report stays a report."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from ragcheck.records.corpus import Place, SkippedSource
from ragcheck.records.results import ChecklistItem, Estimate, Finding, Quote, Report, Triage
from ragcheck.reporting.formats import reporter
from ragcheck.reporting.json import JsonReporter, read_report
from ragcheck.reporting.numbers import estimate_text
from ragcheck.reporting.quotes import excerpt
from ragcheck.text.display import make_visible

TRICKY = st.sampled_from(
    ["<script>", "</style>", "<!--", "]]>", "&lt;", '">', "\x1b[2J", "\u202e", "{{", "`", "|", "@a"]
)
TEXT = st.one_of(
    st.text(max_size=40),
    st.lists(st.one_of(TRICKY, st.text(max_size=5)), max_size=6).map("".join),
)
UNICODE = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
UNIT = st.floats(0, 1)


@st.composite
def quotes(draw, text=TEXT):
    path, words = draw(text), draw(text)
    start = draw(st.integers(0, 10**6))
    mark = draw(st.none() | st.tuples(st.integers(-5, 50), st.integers(-5, 50)))
    place = Place(path, draw(st.integers(0, 99)), 1, 99, 2, start, start + len(words))
    return Quote(place, words, mark)


@st.composite
def reports(draw, text=TEXT):
    words = draw(text)
    findings = draw(
        st.lists(
            st.builds(
                Finding,
                rule=st.sampled_from(["RC401", "RC402"]) | text.filter(bool),
                severity=st.sampled_from(["error", "warning", "note"]),
                message=text,
                quote=quotes(text),
                related=st.none() | quotes(text),
                mend=text,
                weight=UNIT,
                fingerprint=text,
                questions=st.lists(text, max_size=2).map(tuple),
                silenced=st.booleans(),
            ),
            max_size=4,
        )
    )
    item = ChecklistItem(words, draw(st.sampled_from(["yes", "no", "not measured"])), words)
    return Report(
        corpus=words,
        corpus_fingerprint=words,
        language=draw(st.sampled_from(["en", "zh", "fr"])),
        documents=1,
        characters=1,
        skipped=(SkippedSource(words, words),),
        questions=draw(st.integers(0, 5)),
        synthetic_questions=draw(st.booleans()),
        strategies=(),
        curves=(),
        quality=(),
        reader=None,
        attribution=None,
        triage=Triage(words, words, (item,), draw(st.none() | text)),
        findings=tuple(findings),
        warnings=(words,),
        left_out=(words,),
        config={words: words},
        provenance={},
    )


@settings(max_examples=25, deadline=None)
@given(reports())
def test_no_text_becomes_markup_in_html(report):
    raw = reporter("html").render(report, ())
    soup = BeautifulSoup(raw, "html.parser")
    assert soup.find_all(["script", "img", "b-", "iframe"]) == []
    assert len(soup.find_all("style")) == 1
    assert len(soup.select("article.finding")) == len(report.findings)
    shown = " ".join(make_visible(report.corpus).split())
    assert " ".join(soup.h1.get_text().split()) == shown
    assert raw.decode("utf-8").isascii() or "\u202e" not in raw.decode("utf-8")


@settings(max_examples=25, deadline=None)
@given(reports())
def test_xml_and_sarif_stay_well_formed(report):
    root = ElementTree.fromstring(reporter("junit").render(report, ()))
    assert root.find("testsuite") is not None
    results = json.loads(reporter("sarif").render(report, ()))["runs"][0]["results"]
    assert len(results) == len(report.findings)
    for result in results:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert min(region["startLine"], region["startColumn"]) >= 1


@settings(max_examples=25, deadline=None)
@given(reports())
def test_markdown_holds_no_raw_control_characters(report):
    written = reporter("md").render(report, ()).decode("utf-8")
    assert make_visible(written.replace("\u2060", "")) == written.replace("\u2060", "")


@settings(max_examples=25, deadline=None)
@given(reports(UNICODE))
def test_json_reads_back(report):
    assert read_report(JsonReporter().render(report, ())) == report


@settings(deadline=None)
@given(quotes(), st.integers(1, 60))
def test_an_excerpt_is_a_piece_of_its_quote(quote, limit):
    part = excerpt(quote, limit)
    shown = part.before + part.marked + part.after
    assert len(shown) == min(limit, len(quote.text))
    assert shown == quote.text[part.cut_before : len(quote.text) - part.cut_after]


@settings(deadline=None)
@given(UNIT, UNIT, UNIT, st.integers(0, 10**6), st.sampled_from(["share", "difference", "plain"]))
def test_figures_never_show_a_negative_zero(a, b, c, n, kind):
    low, value, high = sorted((a, b, c))
    text = estimate_text(Estimate(-value, -high, -low, n=n), "en", kind)
    assert "-0 " not in text.replace("]", " ").replace(",", " ")
    assert "-0.000" not in text
