from __future__ import annotations

import json

import pytest

from ragcheck.errors import TraceError
from ragcheck.pipeline.audit import audit, audit_records
from ragcheck.records.traces import RecordedContext, TraceRecord

HOLDS = (
    "Kestrel pays the refund for a returned lamp within 14 days of its arrival in the warehouse."
)
RIVAL = (
    "Kestrel pays the refund for a returned lamp within 30 days of its arrival in the warehouse."
)
OTHER = "The canteen of the Kestrel warehouse in Leeds is open from Monday to Friday at noon."
QUESTION = "Within how many days is the refund for returned lamp {} paid?"


def record(number, texts, answer="14 days", **options):
    options.setdefault("references", ("14 days",))
    contexts = tuple(RecordedContext(text, f"doc{i}.md") for i, text in enumerate(texts))
    return TraceRecord(
        f"r{number}", QUESTION.format(number), contexts, answer, line=number, **options
    )


def effect(report, name, outcome):
    (found,) = [e for e in report.effects if (e.property, e.outcome) == (name, outcome)]
    return found


def test_what_the_evidence_did_to_the_answers():
    held = [record(i, [OTHER, HOLDS]) for i in range(8)]
    lacked = [record(i, [OTHER], "30 days") for i in range(8, 18)]
    refused = [record(i, [OTHER], "not stated") for i in range(18, 28)]
    report = audit_records([*held, *lacked, *refused], source="t.jsonl")
    right = effect(report, "answer in the passages", "correct")
    assert (right.having.value, right.lacking.value) == (1.0, 0.0)
    assert right.difference.value == 1.0
    silent = effect(report, "answer in the passages", "abstained")
    assert (silent.having.value, silent.lacking.value) == (0.0, 0.5)
    assert [p.measures["sufficiency"].value for p in report.curves[0].points] == [0.0, 8 / 28]
    told = {item.rules[0]: item.answer for item in report.triage.signals}
    assert (told["RC406"], told["RC001"]) == ("yes", "no")


def test_conflicts_have_both_places_and_their_records():
    report = audit_records([record(1, [HOLDS, OTHER, RIVAL])], source="t.jsonl")
    (finding,) = [f for f in report.findings if f.rule == "RC401"]
    assert finding.related is not None
    assert {finding.quote.place.path, finding.related.place.path} == {"doc0.md", "doc2.md"}
    assert finding.questions == ("r1",)
    points = report.curves[0].points
    assert [p.measures["conflict"].value for p in points] == [0.0, 0.0, 1.0]


def test_a_passage_without_a_source_is_at_the_line_of_its_record():
    contexts = (RecordedContext(HOLDS), RecordedContext(RIVAL))
    found = TraceRecord("r", "When is the refund paid?", contexts, line=41)
    report = audit_records([found], source="t.jsonl")
    (finding,) = [f for f in report.findings if f.rule == "RC401"]
    assert (finding.quote.place.path, finding.quote.place.line) == ("t.jsonl", 41)


def test_without_gold_it_says_what_cannot_be_known():
    report = audit_records([record(i, [HOLDS], references=()) for i in range(6)], source="t.jsonl")
    assert report.curves[0].points[0].measures["sufficiency"].value is None
    assert sum("cannot be known" in warning for warning in report.warnings) == 2
    assert all(e.outcome == "abstained" for e in report.effects)


def test_the_recording_decides_over_the_references():
    contexts = (RecordedContext(OTHER, supports=True), RecordedContext(HOLDS, supports=False))
    found = TraceRecord("r", "When?", contexts, "no idea", ("14 days",), correctness=1.0)
    report = audit_records([found] * 1, source="t.jsonl")
    assert report.curves[0].points[0].measures["sufficiency"].value == 1.0


def test_equal_requests_with_different_answers_are_unstable():
    answers = ["14 days", "30 days", "14 days", "14 Days"]
    rows = [record(1, [HOLDS], answer) for answer in answers]
    same = [record(2, [HOLDS], "14 days"), record(2, [HOLDS], "14  DAYS")]
    report = audit_records([*rows, *same], source="t.jsonl")
    (signal,) = [item for item in report.triage.signals if item.rules == ("RC502",)]
    # of 6 pairs of the first request 3 differ, of the 1 pair of the second none
    assert "25 %" in signal.figure


def test_chinese_recordings_are_told_in_chinese():
    contexts = (RecordedContext("清河公司规定，退货的退款在14天内支付。"),)
    found = TraceRecord("r", "退货的退款在几天内支付？", contexts, "14天")
    report = audit_records([found], source="t.jsonl")
    assert report.language == "zh"
    assert any("无法得知" in warning for warning in report.warnings)


def test_skipped_records_are_counted_with_their_reasons(tmp_path):
    good = {"question": "Who?", "contexts": [{"text": HOLDS}], "answer": "Ada"}
    rows = [good, {**good, "contexts": []}, {**good, "contexts": []}, {**good, "question": 3}]
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (warning, *_) = audit(path).warnings
    assert "3 of 4" in warning
    assert "the contexts are empty (2)" in warning


def test_nothing_to_audit_is_an_error():
    with pytest.raises(TraceError, match="no record"):
        audit_records([], source="t.jsonl")
