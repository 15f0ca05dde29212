"""The guard as a component of a real Haystack pipeline."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
haystack = pytest.importorskip("haystack", reason="the extra haystack is not installed")

from haystack.components.retrievers.in_memory import InMemoryBM25Retriever  # noqa: E402
from haystack.document_stores.in_memory import InMemoryDocumentStore  # noqa: E402

from ragcheck.errors import ConfigError  # noqa: E402
from ragcheck.integrations.haystack import EvidenceGuard  # noqa: E402

QUESTION = "Within how many days of delivery can customers return a product?"
TEXTS = {
    "returns-2021.md": "Customers can return a product within 30 days of delivery.",
    "returns-2024.md": "Customers can return a product within 45 days of delivery.",
}


def documents() -> list[Any]:
    return [haystack.Document(content=t, meta={"source": s}) for s, t in TEXTS.items()]


def pipeline(**options: Any) -> Any:
    store = InMemoryDocumentStore()
    store.write_documents(documents())
    built = haystack.Pipeline()
    built.add_component("retriever", InMemoryBM25Retriever(store))
    built.add_component("guard", EvidenceGuard(budget=None, **options))
    built.connect("retriever.documents", "guard.documents")
    return built


def run(built: Any) -> dict[str, Any]:
    found: dict[str, Any] = built.run(
        {"retriever": {"query": QUESTION}, "guard": {"query": QUESTION}}
    )
    return found["guard"]


def test_the_guard_drops_in_a_pipeline_and_says_what_it_did() -> None:
    found = run(pipeline(policy="drop"))
    assert [d.meta["source"] for d in found["documents"]] == ["returns-2024.md"]
    assert found["documents"][0].meta["ragcheck"]["action"] == "marked"
    assert found["guarded"]["conflicts"][0]["why"] == "newer"
    assert found["abstained"] is False


def test_the_guard_abstains() -> None:
    found = run(pipeline(policy="abstain"))
    assert found["documents"] == []
    assert found["abstained"] is True


def test_given_documents_are_not_changed_and_async_is_the_same() -> None:
    given = documents()
    guard = EvidenceGuard(budget=None)
    later = asyncio.run(guard.run_async(given, QUESTION))
    assert [d.meta for d in later["documents"]] == [
        d.meta for d in guard.run(given, QUESTION)["documents"]
    ]
    assert all("ragcheck" not in document.meta for document in given)


def test_a_pipeline_file_holds_the_guard() -> None:
    again = EvidenceGuard.from_dict(EvidenceGuard(policy="reorder", budget=0.3).to_dict())
    assert again.to_dict()["init_parameters"]["policy"] == "reorder"
    assert again.to_dict()["init_parameters"]["budget"] == 0.3
    with pytest.raises(ConfigError):
        EvidenceGuard(policy="dorp")
