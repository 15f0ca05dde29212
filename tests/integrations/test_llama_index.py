"""The guard, evaluators, audits and the recorder, in real LlamaIndex pipelines."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from llama_index.core import MockEmbedding, VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import MetadataMode, TextNode

from ragcheck.errors import ConfigError, QuestionError, TraceError
from ragcheck.integrations.llama_index import (
    AnswerCorrectnessEvaluator,
    ConflictEvaluator,
    EvidenceGuard,
    EvidenceGuardEvent,
    SelfContainednessEvaluator,
    SufficiencyEvaluator,
    aaudit,
    audit,
    record_traces,
)
from ragcheck.traces.reading import read_traces

QUESTION = "Within how many days of delivery can customers return a product?"
TEXTS = {
    "returns-2021.md": "Customers can return a product within 30 days of delivery.",
    "returns-2024.md": "Customers can return a product within 45 days of delivery.",
    "carriers.md": "Parcels in the EU are delivered by Corvida Freight.",
}


@pytest.fixture(scope="module")
def index() -> VectorStoreIndex:
    # every text has the same vector here: named nodes keep the order of equal scores
    nodes = [
        TextNode(id_=name, text=text, metadata={"file_path": name}) for name, text in TEXTS.items()
    ]
    return VectorStoreIndex(nodes, embed_model=MockEmbedding(8))


def engine(index: VectorStoreIndex, **options: Any) -> Any:
    return index.as_query_engine(llm=MockLLM(max_tokens=5), similarity_top_k=3, **options)


class Events(BaseEventHandler):
    seen: list[EvidenceGuardEvent] = []  # noqa: RUF012 - a pydantic field

    def handle(self, event: Any, **kwargs: Any) -> None:
        if isinstance(event, EvidenceGuardEvent):
            self.seen.append(event)


def test_the_guard_drops_in_a_query_engine_and_tells_in_an_event(index: VectorStoreIndex) -> None:
    handler = Events(seen=[])
    root = get_dispatcher()
    root.add_event_handler(handler)
    try:
        guarded = engine(index, node_postprocessors=[EvidenceGuard(policy="drop", budget=None)])
        response = guarded.query(QUESTION)
        later = asyncio.run(guarded.aquery(QUESTION))
    finally:
        root.event_handlers = [each for each in root.event_handlers if each is not handler]
    paths = [scored.node.metadata["file_path"] for scored in response.source_nodes]
    assert sorted(paths) == ["carriers.md", "returns-2024.md"]
    assert [s.node.metadata["file_path"] for s in later.source_nodes] == paths
    assert [event.guarded["conflicts"][0]["why"] for event in handler.seen] == ["newer", "newer"]


def test_marks_are_metadata_that_neither_model_nor_encoder_sees(index: VectorStoreIndex) -> None:
    nodes = index.as_retriever(similarity_top_k=3).retrieve(QUESTION)
    before = [dict(scored.node.metadata) for scored in nodes]
    marked = EvidenceGuard(budget=None).postprocess_nodes(nodes, query_str=QUESTION)
    names = [scored.node.metadata["file_path"] for scored in marked]
    old, new = names.index("returns-2021.md"), names.index("returns-2024.md")
    assert marked[old].node.metadata["ragcheck"]["against"] == [new + 1]
    for mode in (MetadataMode.LLM, MetadataMode.EMBED):
        assert "against" not in marked[old].node.get_content(metadata_mode=mode)
    assert [dict(scored.node.metadata) for scored in nodes] == before
    assert [scored.score for scored in marked] == [scored.score for scored in nodes]


def test_an_engine_abstains_without_asking_its_model(index: VectorStoreIndex) -> None:
    done: list[Any] = []
    guard = EvidenceGuard(policy="abstain", budget=None, listen=done.append)
    response = engine(index, node_postprocessors=[guard]).query(QUESTION)
    assert str(response) == "Empty Response"
    assert response.source_nodes == []
    assert "two answers" in done[0].reason


def test_a_guard_survives_serialisation() -> None:
    guard = EvidenceGuard(policy="reorder", budget=None, standalone=0.1)
    again = EvidenceGuard.from_dict(guard.to_dict())
    assert (again.policy, again.budget, again.standalone) == ("reorder", None, 0.1)


def test_threads_share_one_guard(index: VectorStoreIndex) -> None:
    guarded = engine(index, node_postprocessors=[EvidenceGuard(policy="drop", budget=None)])
    with ThreadPoolExecutor(4) as pool:
        responses = list(pool.map(guarded.query, [QUESTION] * 8))
    assert {len(response.source_nodes) for response in responses} == {2}


def test_evaluators_measure_what_ragcheck_measures() -> None:
    two, one = list(TEXTS.values())[:2], list(TEXTS.values())[1:]
    conflict = ConflictEvaluator()
    found = conflict.evaluate(query=QUESTION, contexts=two)
    assert found.passing is False
    assert found.score is not None
    assert found.score < 0.5
    assert "30 days" in (found.feedback or "")
    assert conflict.evaluate(query=QUESTION, contexts=one).score == 1.0
    assert conflict.evaluate(query=QUESTION, contexts=[]).invalid_result
    enough = SufficiencyEvaluator().evaluate(query=QUESTION, contexts=two)
    assert (enough.passing, enough.score) == (True, 1.0)
    hanging = SelfContainednessEvaluator().evaluate(contexts=["It must then be sent to them."])
    assert (hanging.passing, hanging.score) == (False, 0.0)
    answers = AnswerCorrectnessEvaluator()
    right = answers.evaluate(query=QUESTION, response="45 days", reference="45 days")
    wrong = answers.evaluate(query=QUESTION, response="30 days", reference="45 days")
    assert (right.passing, wrong.passing) == (True, False)
    assert answers.evaluate(query=QUESTION, response="45 days").invalid_result


def test_evaluators_are_asynchronous_too() -> None:
    evaluator = ConflictEvaluator()
    texts = list(TEXTS.values())
    later = asyncio.run(evaluator.aevaluate(query=QUESTION, contexts=texts))
    assert later.score == evaluator.evaluate(query=QUESTION, contexts=texts).score


def test_an_engine_and_a_retriever_are_audited_as_they_are(index: VectorStoreIndex) -> None:
    asked = [{"id": "window", "question": QUESTION, "answers": ["45 days"]}]
    report = audit(engine(index), asked)
    assert report.findings[0].rule == "RC401"
    assert {f.quote.place.path for f in report.findings} <= set(TEXTS)
    assert any("reference answer" in warning for warning in report.warnings)
    retrieved = asyncio.run(aaudit(index.as_retriever(similarity_top_k=3), [QUESTION]))
    assert retrieved.questions == 1
    assert [f.fingerprint for f in retrieved.findings] == [f.fingerprint for f in report.findings]


class Failing(BaseRetriever):
    """Fails at every question but one."""

    def _retrieve(self, query_bundle: Any) -> list[Any]:
        if query_bundle.query_str != QUESTION:
            raise RuntimeError("the index is gone")
        return [{"never": "reached"}][:0]


def test_questions_at_which_a_pipeline_fails_are_told(index: VectorStoreIndex) -> None:
    with pytest.raises(TraceError, match="the index is gone"):
        audit(Failing(), ["Which carrier?"])
    with pytest.raises(TraceError, match="no passage was retrieved"):
        audit(Failing(), [QUESTION])
    with pytest.raises(ConfigError, match="cannot be audited"):
        audit("no engine", [QUESTION])  # type: ignore[arg-type]
    with pytest.raises(QuestionError):
        audit(engine(index), [])


def test_recorded_queries_are_read_back(index: VectorStoreIndex, tmp_path: Path) -> None:
    path = tmp_path / "traces.jsonl"
    fused = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=2)], llm=MockLLM(), num_queries=1, use_async=False
    )
    with record_traces(path) as file:
        engine(index).query(QUESTION)
        assert file.written == 1
        assert len(path.read_text(encoding="utf-8").splitlines()) == 1
        asyncio.run(engine(index).aquery(QUESTION))
        fused.retrieve("Which carrier delivers?")
    engine(index).query("after the block")
    records = read_traces(path).records
    assert [record.question for record in records] == [QUESTION] * 2 + ["Which carrier delivers?"]
    assert [len(record.contexts) for record in records] == [3, 3, 2]
    assert records[0].contexts[0].source in TEXTS
    assert records[0].answer
    assert records[2].answer is None
    assert "model_name" in records[0].parameters


def test_threads_write_whole_lines(index: VectorStoreIndex, tmp_path: Path) -> None:
    path = tmp_path / "traces.jsonl"
    path.write_text('{"cut', encoding="utf-8")
    asked = engine(index)
    with record_traces(path), ThreadPoolExecutor(4) as pool:
        list(pool.map(asked.query, [f"Question {i}: {QUESTION}" for i in range(12)]))
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    assert sorted(json.loads(line)["question"] for line in lines) == sorted(
        f"Question {i}: {QUESTION}" for i in range(12)
    )


def test_a_query_that_fails_is_not_recorded_and_later_ones_are(
    index: VectorStoreIndex, tmp_path: Path
) -> None:
    path = tmp_path / "traces.jsonl"
    with record_traces(path):
        with pytest.raises(RuntimeError):
            Failing().retrieve("Which carrier?")
        engine(index).query(QUESTION)
    assert [record.question for record in read_traces(path).records] == [QUESTION]


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="cannot be written"), record_traces(tmp_path):
        pass
