from __future__ import annotations

import csv
import json

import pytest

from ragcheck.errors import TraceError
from ragcheck.traces.columns import parse_columns, value_at
from ragcheck.traces.reading import LONGEST_CONTEXT, read_traces

RAGAS = {
    "user_input": "How long may goods be returned?",
    "retrieved_contexts": ["Goods may be returned within 30 days.", "Refunds take 5 days."],
    "response": "30 days",
    "reference": "30 days",
}


def lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_ragas_json_lines(tmp_path):
    found = read_traces(lines(tmp_path / "t.jsonl", [RAGAS]))
    (record,) = found.records
    assert found.format == "ragas"
    assert record.question == RAGAS["user_input"]
    assert [context.text for context in record.contexts] == RAGAS["retrieved_contexts"]
    assert (record.answer, record.references, record.line) == ("30 days", ("30 days",), 1)


def test_ragas_csv_keeps_lists_as_text(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, RAGAS)
        table.writeheader()
        table.writerow({**RAGAS, "retrieved_contexts": json.dumps(RAGAS["retrieved_contexts"])})
    found = read_traces(path, columns=parse_columns(
        ["question=user_input", "contexts=retrieved_contexts", "answer=response"]
    ))  # fmt: skip
    assert [c.text for c in found.records[0].contexts] == RAGAS["retrieved_contexts"]


def test_ragas_parquet(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([RAGAS]), tmp_path / "t.parquet")
    found = read_traces(tmp_path / "t.parquet")
    assert [c.text for c in found.records[0].contexts] == RAGAS["retrieved_contexts"]


def test_ragchecker_results(tmp_path):
    result = {
        "query_id": "q7",
        "query": "Who?",
        "gt_answer": "Ada",
        "response": "Ada did.",
        "retrieved_context": [{"doc_id": "d1", "text": "Ada did it."}],
    }
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"results": [result]}), "utf-8")
    found = read_traces(path)
    (record,) = found.records
    assert (found.format, record.id) == ("RAGChecker", "q7")
    assert (record.contexts[0].source, record.references) == ("d1", ("Ada",))


def spans(nested):
    retrieved = {
        "openinference.span.kind": "RETRIEVER",
        "input.value": "Who?",
        "retrieval.documents.0.document.content": "Ada did it.",
        "retrieval.documents.0.document.id": "d1",
        "retrieval.documents.1.document.content": "Bob did not.",
        "retrieval.documents.1.document.score": 0.5,
    }
    asked = {
        "openinference.span.kind": "LLM",
        "output.value": "Ada",
        "llm.model_name": "small",
        "llm.invocation_parameters": '{"temperature": 0.7}',
    }
    if nested:
        retrieved = {
            "openinference": {"span": {"kind": "RETRIEVER"}},
            "input": {"value": "Who?"},
            "retrieval": {"documents": [
                {"document": {"content": "Ada did it.", "id": "d1"}},
                {"document": {"content": "Bob did not.", "score": 0.5}},
            ]},
        }  # fmt: skip
    root = {"openinference.span.kind": "CHAIN", "input.value": "Who?", "output.value": "Ada"}
    return [("c", "a", retrieved), ("b", "a", asked), ("a", None, root)]


@pytest.mark.parametrize("nested", [False, True])
def test_openinference_spans_are_joined_by_trace(tmp_path, nested):
    rows = [
        {"context": {"trace_id": "t1", "span_id": i}, "parent_id": parent, "attributes": a}
        for i, parent, a in spans(nested)
    ]
    found = read_traces(lines(tmp_path / "t.jsonl", rows))
    (record,) = found.records
    assert (found.format, record.id, record.question) == ("spans", "t1", "Who?")
    assert [c.text for c in record.contexts] == ["Ada did it.", "Bob did not."]
    assert [c.score for c in record.contexts] == [None, 0.5]
    assert record.answer == "Ada"
    assert record.parameters == {"temperature": 0.7, "model": "small"}


def test_otlp_json(tmp_path):
    def value(found):
        return {"doubleValue": found} if isinstance(found, float) else {"stringValue": found}

    exported = [
        {
            "traceId": "t1",
            "spanId": i,
            "parentSpanId": parent or "",
            "attributes": [{"key": k, "value": value(v)} for k, v in attributes.items()],
        }
        for i, parent, attributes in spans(nested=False)
    ]
    whole = {"resourceSpans": [{"scopeSpans": [{"spans": exported}]}]}
    found = read_traces(lines(tmp_path / "t.jsonl", [whole]))
    (record,) = found.records
    assert record.contexts[0].text == "Ada did it."
    assert (record.answer, record.parameters["temperature"]) == ("Ada", 0.7)


def test_columns_of_any_shape(tmp_path):
    row = {
        "data": "Who?",
        "output": [
            {"text": "Ada", "found": [{"t": "Ada did.", "hit": True}, {"t": "x", "hit": 0}]}
        ],
        "em": 1,
        "settings": {"temp": 0.2},
    }  # fmt: skip
    columns = parse_columns(
        ["question=data", "answer=output.0.text", "contexts=output.0.found.*.t",
         "supports=output.0.found.*.hit", "correct=em", "parameter.temperature=settings.temp"]
    )  # fmt: skip
    (record,) = read_traces(lines(tmp_path / "t.jsonl", [row]), columns=columns).records
    assert [c.supports for c in record.contexts] == [True, False]
    assert (record.correctness, record.parameters) == (1.0, {"temperature": 0.2})


def test_what_is_broken_is_told_and_the_rest_is_kept(tmp_path):
    good = {"question": "Who?", "contexts": [{"text": "Ada."}], "answer": "Ada"}
    broken = {
        "there is no question": {**good, "question": " "},
        "there are no contexts": {k: v for k, v in good.items() if k != "contexts"},
        "the contexts are empty": {**good, "contexts": []},
        "the answer must be a text, not int": {**good, "answer": 3},
        "a context must be a text, not int": {**good, "contexts": [{"text": "a"}, {"text": 4}]},
        "a context of 500,001 characters is no passage": {
            **good, "contexts": [{"text": "a" * (LONGEST_CONTEXT + 1)}]
        },
        "the correctness 'fine' is no number": {**good, "correctness": "fine"},
        "the correctness 7 is not in [0, 1]": {**good, "correctness": 7},
    }  # fmt: skip
    path = lines(tmp_path / "t.jsonl", [good, *broken.values(), good])
    path.write_bytes(path.read_bytes() + b'{"question": "\xff"}\nno json\n[1]\n' + b"[" * 9999)
    found = read_traces(path)
    assert [record.line for record in found.records] == [1, 2 + len(broken)]
    assert [skipped.reason for skipped in found.skipped] == [
        *broken, "not UTF-8", "not JSON", "not an object", "not JSON",
    ]  # fmt: skip


def test_an_unknown_format_says_what_to_give(tmp_path):
    with pytest.raises(TraceError, match="--column question=PATH") as problem:
        read_traces(lines(tmp_path / "t.jsonl", [{"ask": "Who?", "got": ["a"]}]))
    assert "ask, got" in str(problem.value)


def test_nothing_whole_is_an_error_with_the_first_line(tmp_path):
    path = lines(tmp_path / "t.jsonl", [{"question": "Who?", "contexts": []}])
    with pytest.raises(TraceError, match=r"t\.jsonl:1"):
        read_traces(path, columns={"question": "question", "contexts": "contexts"})


@pytest.mark.parametrize("entry", ["question", "question=", "quetsion=a", "parameter.=a"])
def test_bad_columns_are_refused(entry):
    with pytest.raises(TraceError):
        parse_columns([entry])


def test_paths():
    found = {"a": [{"b.c": 1}, {"b.c": 2}], "j": '{"k": [3]}'}
    assert value_at(found, "a.*.b.c") == [1, 2]
    assert value_at(found, "a.1.b.c") == 2
    assert value_at(found, "j.k.0") == 3
    assert value_at(found, "a.7.b") is None
    assert value_at(found, "x.y") is None


def test_scores_that_no_float_holds_are_none(tmp_path):
    path = tmp_path / "x.jsonl"
    scores = (10**400, float("nan"), True, 0.5)
    contexts = [{"text": f"passage {n}", "score": score} for n, score in enumerate(scores)]
    path.write_text(json.dumps({"question": "Why?", "contexts": contexts}), encoding="utf-8")
    (record,) = read_traces(path).records
    assert [context.score for context in record.contexts] == [None, None, 1.0, 0.5]


def test_a_parquet_file_with_broken_text_is_refused(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "x.parquet"
    rows = [{"question": "WHYWHYWHY", "contexts": ["passage"], "answer": "a"}]
    pq.write_table(pa.Table.from_pylist(rows), path, compression="none", use_dictionary=False)
    path.write_bytes(path.read_bytes().replace(b"WHYWHYWHY", b"WHY\xff\xfeYWHY"))
    with pytest.raises(TraceError, match="broken"):
        read_traces(path)
