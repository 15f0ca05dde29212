"""The guard, audits and the recorder, in real LangChain pipelines."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from langchain_core.vectorstores import InMemoryVectorStore

from ragcheck.errors import ConfigError
from ragcheck.integrations.langchain import (
    EvidenceGuard,
    GuardedRetriever,
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
def retriever() -> BaseRetriever:
    store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
    store.add_documents([Document(t, metadata={"source": s}) for s, t in TEXTS.items()])
    return store.as_retriever(search_kwargs={"k": 3})


def chain(retriever: Any, answer: str = "45 days") -> Any:
    prompt = ChatPromptTemplate.from_template("{context}\n{question}")
    return (
        {"context": retriever, "question": RunnablePassthrough()}
        | prompt
        | FakeListChatModel(responses=[answer])
        | StrOutputParser()
    )


def sources(documents: Sequence[Document]) -> set[str]:
    return {document.metadata["source"] for document in documents}


def test_the_guard_is_a_document_transformer_and_a_compressor() -> None:
    documents = [Document(text, metadata={"source": s}) for s, text in TEXTS.items()]
    guard = EvidenceGuard(policy="drop", budget=None)
    going = guard.transform_documents(documents, question=QUESTION)
    assert [d.metadata["source"] for d in going] == ["returns-2024.md", "carriers.md"]
    assert "ragcheck" in going[0].metadata
    assert all("ragcheck" not in document.metadata for document in documents)
    later = asyncio.run(guard.atransform_documents(documents, question=QUESTION))
    assert list(later) == list(going)
    assert guard.compress_documents(documents, QUESTION) == going


def test_without_a_question_the_transformer_says_what_it_did_not_check() -> None:
    done: list[Any] = []
    guard = EvidenceGuard(budget=None, listen=done.append)
    assert len(guard.transform_documents([Document("Parcels go out daily.")])) == 1
    assert "no question" in done[0].unchecked[0]


def test_a_guarded_retriever_in_a_chain_and_its_event(retriever: BaseRetriever) -> None:
    guarded = GuardedRetriever(retriever=retriever, guard=EvidenceGuard(policy="drop", budget=None))
    assert sources(guarded.invoke(QUESTION)) == {"returns-2024.md", "carriers.md"}
    assert sources(asyncio.run(guarded.ainvoke(QUESTION))) == {"returns-2024.md", "carriers.md"}

    async def events() -> list[Any]:
        stream = guarded.astream_events(QUESTION, version="v2")
        return [event async for event in stream if event["event"] == "on_custom_event"]

    (event,) = asyncio.run(events())
    assert event["name"] == "ragcheck_guard"
    assert event["data"]["conflicts"][0]["why"] == "newer"


def test_a_guarded_retriever_abstains_with_no_document(retriever: BaseRetriever) -> None:
    guard = EvidenceGuard(policy="abstain", budget=None)
    assert GuardedRetriever(retriever=retriever, guard=guard).invoke(QUESTION) == []


def test_a_chain_and_a_retriever_are_audited_as_they_are(retriever: BaseRetriever) -> None:
    asked = [{"question": QUESTION, "answers": ["45 days"]}]
    report = audit(chain(retriever), asked)
    assert report.findings[0].rule == "RC401"
    assert {f.quote.place.path for f in report.findings} <= set(TEXTS)
    assert any("reference answer" in warning for warning in report.warnings)
    retrieved = asyncio.run(aaudit(retriever, [QUESTION, "Which carrier delivers parcels?"]))
    assert retrieved.questions == 2
    with pytest.raises(ConfigError, match="cannot be audited"):
        audit("no chain", asked)  # type: ignore[arg-type]


def test_a_chain_that_takes_a_mapping_is_asked_by_its_key(retriever: BaseRetriever) -> None:
    def answer(given: dict[str, str]) -> dict[str, object]:
        return {"answer": "45 days", "context": retriever.invoke(given["input"])}

    report = audit(RunnableLambda(answer), [QUESTION], input_key="input")
    assert report.questions == 1


def test_recorded_runs_are_read_back(retriever: BaseRetriever, tmp_path: Path) -> None:
    path = tmp_path / "traces.jsonl"
    guard = EvidenceGuard(policy="drop", budget=None)
    guarded = chain(GuardedRetriever(retriever=retriever, guard=guard))
    with record_traces(path) as recorder:
        guarded.invoke(QUESTION)
        asyncio.run(guarded.ainvoke(QUESTION))
        guarded.batch([QUESTION, QUESTION], config={"callbacks": [recorder]})
        retriever.invoke("Which carrier delivers?")
        FakeListChatModel(responses=["no retrieval"]).invoke("hello")
    guarded.invoke("after the block")
    records = read_traces(path).records
    assert [record.question for record in records] == [QUESTION] * 4 + ["Which carrier delivers?"]
    assert [len(record.contexts) for record in records] == [2, 2, 2, 2, 3]
    assert [record.answer for record in records] == ["45 days"] * 4 + [None]
    assert {context.source for context in records[4].contexts} == set(TEXTS)


def test_a_run_that_fails_is_not_recorded(retriever: BaseRetriever, tmp_path: Path) -> None:
    path = tmp_path / "traces.jsonl"

    def fail(_: Any) -> str:
        raise RuntimeError("no answer")

    with record_traces(path):
        with pytest.raises(RuntimeError):
            (retriever | RunnableLambda(fail)).invoke(QUESTION)
        chain(retriever).invoke(QUESTION)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1
