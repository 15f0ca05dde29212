from __future__ import annotations

import pytest
from rich.console import Console

from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk, Defect, Score
from ragcheck.records.results import Estimate, StrategySummary
from ragcheck.records.strategies import ExplainedChunk, RepairedChunk, StrategyChoice
from ragcheck.reporting.chunk_view import show_choice, show_explained, show_strategy_table

UNKNOWN = Estimate(None, reason="no questions")


def summary(name, share, chunks=10, defects=None):
    standalone = Estimate(share, share - 0.1, share + 0.1, n=9)
    return StrategySummary(name, chunks, 300.0, standalone, defects or {}, 0.0, UNKNOWN)


def text(renderable):
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(renderable)
    return console.export_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_names_each_strategy_and_its_defects(language):
    rows = [
        summary("headings(path=true, size=1200)", 0.8, defects={"mixed_topics": 2}),
        summary("chars(size=450)", 0.4, 20, {"truncated_end": 19}),
    ]
    shown = text(show_strategy_table(rows, language))
    assert "A  headings(path=true, size=1200)" in shown
    assert "80 % [70, 90]" in shown
    lines = [line.split() for line in shown.splitlines()]
    # 2 of 10 chunks are 20 of 100; 19 of 20 are 95
    assert [line[-2:] for line in lines if line[-2:] in (["20", "0"], ["0", "95"])] == [
        ["0", "95"], ["20", "0"],
    ]  # fmt: skip
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("tied", [(), ("b",)])
def test_the_choice_says_what_it_costs(language, tied):
    choice = StrategyChoice("a", {"b": Estimate(0.2, -0.1 if tied else 0.1, 0.3, n=9)}, tied)
    shown = text(show_choice(choice, [summary("a", 0.8, 30), summary("b", 0.6, 10)], language))
    assert ("+20 % [+10, +30]" in shown) is (not tied)
    assert "3.0" in shown
    alone = text(show_choice(choice, [summary("a", 0.8, 10), summary("b", 0.6, 30)], language))
    assert "10" in alone and "1.0" not in alone


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chunk_is_shown_in_its_document_with_what_mends_it(language):
    document = Document("a.md", "# Heron\n\nThe lamp is blue.\n\nIt hums\x1b[31m.\n\nEnd.\n")
    start = document.text.index("It hums")
    chunk = Chunk(document.id, start, start + 13, document.text[start : start + 13], "s")
    defect = Defect("dangling_reference", Span(0, 2), "“It” is open", "name it")
    repairs = (RepairedChunk("subject", "The lamp is blue.", 0.8), RepairedChunk("path", "x", 0.1))
    shown = text(
        show_explained(
            ExplainedChunk(chunk, Score(0.1, defects=(defect,)), document, repairs), language
        )
    )
    assert "a.md:5:1" in shown
    assert "│ It hums<U+001B>[31m" in shown
    assert "0.10 → 0.80" in shown
    assert "0.10 → 0.10" not in shown
    assert "“It” is open; name it" in shown
    assert "\x1b[31m" not in shown


def test_a_file_name_cannot_steer_the_terminal():
    document = Document("\x1b[2Jred.md", "It is free.\n")
    chunk = Chunk(document.id, 0, 11, "It is free.", "chars(size=20)")
    item = ExplainedChunk(chunk, Score(0.4), document, ())
    assert text(show_explained(item, "en")).startswith("\n<U+001B>[2Jred.md:1:1")
