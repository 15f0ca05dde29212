"""Findings: merged by place, weighed by questions, in one order."""

from __future__ import annotations

from itertools import permutations

import pytest

from ragcheck.records.corpus import Document, GoldEvidence, Question, Span
from ragcheck.records.evidence import Chunk, Defect, Judgement, Score
from ragcheck.records.results import Finding
from ragcheck.triage.findings import (
    JudgedPair,
    MissedEvidence,
    WeakChunk,
    conflict_findings,
    missed_evidence_findings,
    order_findings,
    weak_chunk_findings,
)

OLD = Document("old.md", "# Returns\n\nWithin 30 days.\n")
NEW = Document("new.md", "# Returns\n\nWithin 45 days.\n")
BY_ID = {document.id: document for document in (OLD, NEW)}
BY_PATH = {document.path: document for document in (OLD, NEW)}


def _chunk(document: Document, start: int = 0) -> Chunk:
    end = len(document.text)
    return Chunk(document.id, start, end, document.text[start:end], "whole")


def _pair(question: str, probability: float = 0.9, *, swapped: bool = False) -> JudgedPair:
    left, right = (NEW, OLD) if swapped else (OLD, NEW)
    span = Span(11, 26)
    return JudgedPair(
        question, _chunk(left), _chunk(right), Judgement("conflict", probability, span, span)
    )


def test_one_finding_for_two_places_however_they_were_paired() -> None:
    pairs = [_pair("a", 0.6), _pair("b", 0.8, swapped=True), _pair("a", 0.6)]
    (finding,) = conflict_findings(pairs, BY_ID, asked=8, language="en")
    assert finding.related is not None
    assert (str(finding.quote.place), str(finding.related.place)) == ("new.md:3", "old.md:3")
    assert (finding.quote.text, finding.related.text) == ("Within 45 days.", "Within 30 days.")
    assert finding.questions == ("a", "b")
    assert finding.weight == pytest.approx(0.8 * 2 / 8)


@pytest.mark.parametrize(("lines", "share"), [(3, 0.25), (10, 0.25), (11, 1.0)])
def test_places_that_were_written_together_weigh_less(lines: int, share: float) -> None:
    one = Document("one.md", "Within 30 days." + "\n" * lines + "Within 45 days.\n")
    start = one.text.index("Within 45")
    judged = Judgement("conflict", 0.8, Span(0, 15), Span(0, 15))
    pair = JudgedPair("a", _chunk(one), _chunk(one, start), judged)
    (finding,) = conflict_findings([pair], {one.id: one}, asked=4, language="en")
    assert finding.weight == pytest.approx(0.8 / 4 * share)


def test_a_weak_chunk_points_at_its_first_defect() -> None:
    defect = Defect("dangling reference", Span(11, 17), "what is it?", "name it")
    weak = WeakChunk(_chunk(OLD), Score(0.25, defects=(defect,)), ("a",))
    (finding,) = weak_chunk_findings([weak], BY_ID, asked=4)
    assert str(finding.quote.place) == "old.md:3"
    assert finding.quote.mark is not None
    assert finding.quote.text[slice(*finding.quote.mark)] == "Within"
    assert finding.weight == pytest.approx(0.75 / 4)


def test_a_chunk_that_was_not_scored_is_no_finding() -> None:
    weak = WeakChunk(_chunk(OLD), Score(None, reason="empty"), ("a",))
    assert weak_chunk_findings([weak], BY_ID, asked=4) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_missed_evidence_of_several_questions_is_one_finding(language: str) -> None:
    gold = GoldEvidence("new.md", Span(11, 26), "Within 45 days.")
    missed = [MissedEvidence(Question(i, f"{i}?", ("x",), (gold,)), 0, 5) for i in "ba"]
    (finding,) = missed_evidence_findings(missed, BY_PATH, asked=4, language=language)
    assert (str(finding.quote.place), finding.questions) == ("new.md:3", ("a", "b"))
    assert finding.weight == pytest.approx(2 / 4)
    assert "b?" in finding.message


def _findings() -> list[Finding]:
    conflict = conflict_findings([_pair("a")], BY_ID, asked=1, language="en")[0]
    defect = Defect("dangling reference", Span(0, 1), "m", "n")
    weak = [WeakChunk(_chunk(d), Score(0.5, defects=(defect,)), ("a",)) for d in (OLD, NEW)]
    heavy = WeakChunk(_chunk(OLD, start=2), Score(0.1, defects=(defect,)), ("a",))
    return [conflict, *weak_chunk_findings([*weak, heavy], BY_ID, asked=1)]


def test_the_order_is_by_severity_then_weight_and_does_not_depend_on_the_input() -> None:
    findings = _findings()
    (order,) = {order_findings(shuffled) for shuffled in permutations(findings)}
    assert [finding.severity for finding in order] == ["error", "warning", "warning", "warning"]
    weights = [finding.weight for finding in order[1:]]
    assert weights == sorted(weights, reverse=True)
    assert order[2].fingerprint < order[3].fingerprint
