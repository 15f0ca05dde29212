"""The summary of one chunking strategy."""

from __future__ import annotations

import numpy as np
import pytest

from ragcheck.measures.strategies import (
    count_defects,
    duplication,
    standalone_share,
    summarise_strategy,
)
from ragcheck.records.corpus import Document, GoldEvidence, Question, Span
from ragcheck.records.evidence import Chunk, Defect, Score

ONE, TWO = Document("a.md", "a" * 40), Document("b.md", "b" * 40)
DOCUMENTS = {"a.md": ONE, "b.md": TWO}


def chunk(document: Document, start: int, end: int) -> Chunk:
    return Chunk(document.id, start, end, document.text[start:end], "s")


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_duplication_counts_characters_in_two_chunks_or_more() -> None:
    chunks = [chunk(ONE, 0, 20), chunk(ONE, 10, 30), chunk(ONE, 15, 40), chunk(TWO, 0, 40)]
    # Characters 10-30 of the first document stand in two chunks or more; 80 are covered.
    assert duplication(chunks) == pytest.approx(20 / 80)
    assert duplication(chunks[-1:]) == 0.0
    assert duplication([]) == 0.0


def test_standalone_share_counts_documents_as_its_units() -> None:
    chunks = [chunk(ONE, 0, 20), chunk(ONE, 20, 40), chunk(TWO, 0, 40)]
    scores = [Score(0.9), Score(0.2), Score(0.5)]
    share = standalone_share(chunks, scores, rng())
    assert share.value == pytest.approx(2 / 3)
    assert share.n == 2
    # Resamples of two documents: only the first (1/2), both (2/3), or only the second (1).
    assert (share.low, share.high) == (0.5, 1.0)


def test_standalone_share_where_all_agree_is_not_certain() -> None:
    share = standalone_share([chunk(ONE, 0, 9), chunk(TWO, 0, 9)], [Score(0.9)] * 2, rng())
    assert (share.value, share.high) == (1.0, 1.0)
    assert share.low is not None
    assert share.low < 0.5


def test_standalone_share_without_a_value_says_why() -> None:
    share = standalone_share([chunk(ONE, 0, 9)], [Score(None, reason="empty")], rng())
    assert share.reason == "no chunk could be scored"


def test_defects_count_chunks_not_occurrences() -> None:
    reference = Defect("dangling_reference", Span(0, 2), "m", "m")
    cut = Defect("truncated_start", Span(0, 9), "m", "m")
    scores = [Score(0.1, defects=(reference, reference)), Score(0.2, defects=(reference, cut))]
    assert list(count_defects(scores).items()) == [
        ("dangling_reference", 2),
        ("truncated_start", 1),
    ]


def test_the_whole_summary() -> None:
    chunks = [chunk(ONE, 0, 10), chunk(ONE, 10, 40), chunk(TWO, 0, 40)]
    questions = [
        Question("cut", "?", (), (GoldEvidence("a.md", Span(5, 15), "x"),)),
        Question("whole", "?", (), (GoldEvidence("b.md", Span(5, 15), "x"),)),
        Question("none", "?", unanswerable=True),
    ]
    summary = summarise_strategy("chars", chunks, [Score(0.9)] * 3, DOCUMENTS, questions, rng())
    assert summary.chunks == 3
    assert summary.median_size == 30
    # The best chunk holds half of the first question's gold, all of the second's.
    assert summary.gold_coverage.value == pytest.approx(0.75)
    assert summary.gold_coverage.n == 2
    assert summary.same_as is None


def test_no_gold_is_not_measured() -> None:
    summary = summarise_strategy("chars", [], [], DOCUMENTS, [], rng())
    assert summary.gold_coverage.reason == "no question has gold evidence in the corpus"
    assert summary.standalone.reason == "no chunk could be scored"
    chinese = summarise_strategy("chars", [], [], DOCUMENTS, [], rng(), language="zh")
    assert chinese.gold_coverage.reason == "没有问题在语料中有金标证据"
    assert chinese.standalone.reason == "没有可评分的片段"


def test_parallel_lengths_are_checked() -> None:
    with pytest.raises(ValueError, match="1 chunks but 0 scores"):
        summarise_strategy("chars", [chunk(ONE, 0, 9)], [], DOCUMENTS, [], rng())
