"""Questions in every form, and lines of a trace file."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from ragcheck.errors import QuestionError, TraceError
from ragcheck.integrations.asking import Came, ask_all, ask_all_async
from ragcheck.integrations.passages import passage_of
from ragcheck.integrations.trace_file import TraceFile, as_object
from ragcheck.records.corpus import Question
from ragcheck.records.traces import RecordedContext, TraceRecord
from ragcheck.traces.reading import read_traces

CONTEXT = RecordedContext("Parcels are delivered by Corvida Freight.", "carriers.md")


def answer(question: str) -> Came:
    if "fail" in question:
        raise RuntimeError("no such index")
    return Came((CONTEXT,), "Corvida Freight")


def test_questions_come_as_texts_mappings_records_and_files(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "Which carrier?", "answers": ["Corvida Freight"]}\n')
    mixed = ["Which carrier?", {"question": "Who delivers?"}, Question("q", "Who brings it?")]
    assert ask_all(answer, mixed, source="test", config=None).questions == 3
    assert ask_all(answer, file, source="test", config=None).questions == 1


def test_what_is_no_question_is_refused() -> None:
    for wrong in ([{"text": "Which carrier?"}], [{"question": "?", "answers": "one"}], [], "a?"):
        with pytest.raises(QuestionError):
            ask_all(answer, wrong, source="test", config=None)


def test_a_failure_is_told_and_the_rest_goes_on() -> None:
    asked = ["Which carrier?", "fail here"]
    report = ask_all(answer, asked, source="test", config=None)
    assert report.questions == 1
    assert any("no such index" in warning for warning in report.warnings)
    with pytest.raises(TraceError, match="no such index"):
        ask_all(answer, ["fail"], source="test", config=None)


def test_asynchronous_questions_give_the_same_report() -> None:
    async def later(question: str) -> Came:
        await asyncio.sleep(0)
        return answer(question)

    asked = ["Which carrier?", "fail here", "Who delivers parcels?"]
    report = asyncio.run(ask_all_async(later, asked, source="test", config=None, concurrency=2))
    assert report == ask_all(answer, asked, source="test", config=None)


def test_a_line_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "traces.jsonl"
    record = TraceRecord(
        id="", question="哪家承运商？\ud800", contexts=(CONTEXT, RecordedContext("x", score=0.5)),
        answer="甲\n乙", references=("甲",), parameters={"temperature": 0.2},
    )  # fmt: skip
    with TraceFile(path) as file:
        file.write(record)
        file.write(record)
    read = read_traces(path).records
    assert len(read) == 2
    assert (read[0].question, read[0].answer) == ("哪家承运商？?", "甲\n乙")
    assert read[0].contexts == record.contexts
    assert read[0].references == ("甲",)
    assert read[0].parameters == {"temperature": 0.2}
    assert read[0].id == read[1].id != ""


def test_an_endless_score_is_left_out() -> None:
    record = TraceRecord("a", "?", (RecordedContext("x", score=float("nan")),))
    assert (
        json.loads(json.dumps(as_object(record), allow_nan=False))["contexts"][0]["score"] is None
    )


def test_a_failing_disk_is_told_at_the_end(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="cannot be written"), TraceFile(tmp_path / "t") as file:
        file._stream.close()
        file.write(TraceRecord("a", "?", (CONTEXT,)))


def test_metadata_name_source_and_date() -> None:
    found = passage_of("x", {"file_path": "a.md", "effective": "2024-03-01T00:00:00"}, "node")
    assert (found.source, found.scope.effective) == ("a.md", "2024-03-01")
    plain = passage_of("x", {"date": "12 March", "last_modified_date": "2024-01-01"}, "node")
    assert (plain.source, plain.scope.effective) == ("node", "")
