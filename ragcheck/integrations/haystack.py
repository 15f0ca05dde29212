"""A guard between retriever and generator, as a Haystack component (extra ``haystack``)."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from typing import Any, Unpack

from haystack import Document, component, default_from_dict, default_to_dict

from ragcheck.integrations.passages import MARK, passage_of
from ragcheck.pipeline.guarding import Guard, GuardOptions, GuardSettings


@component
class EvidenceGuard:
    """Marks, drops or moves conflicting and unusable documents, or lets none through.

    What happened to a document stands in its ``meta`` under ``ragcheck``; the documents that were
    given are not changed. The output ``guarded`` holds all that was done as plain values
    (:meth:`ragcheck.records.guarding.GuardedPassages.as_record`), ``abstained`` can steer a
    router. One guard may serve any number of threads.

    Args:
        **options: the fields of :class:`ragcheck.pipeline.guarding.GuardSettings`.

    Raises:
        ConfigError: an option does not fit, or there is no such judge.
    """

    def __init__(self, **options: Unpack[GuardOptions]) -> None:
        self._guard = Guard(GuardSettings(**options))

    @component.output_types(documents=list[Document], abstained=bool, guarded=dict[str, Any])
    def run(self, documents: list[Document], query: str) -> dict[str, Any]:
        """The documents that go on, whether the guard abstained, and what was done."""
        passages = [passage_of(each.content or "", each.meta, each.id) for each in documents]
        guarded = self._guard.check(query, passages)
        going = [
            replace(
                documents[i],
                meta={**documents[i].meta, MARK: guarded.decisions[i].as_metadata()},
            )
            for i in guarded.order
        ]
        return {
            "documents": going,
            "abstained": guarded.abstained,
            "guarded": dict(guarded.as_record()),
        }

    @component.output_types(documents=list[Document], abstained=bool, guarded=dict[str, Any])
    async def run_async(self, documents: list[Document], query: str) -> dict[str, Any]:
        """:meth:`run`, in a thread."""
        return await asyncio.to_thread(self.run, documents, query)

    def to_dict(self) -> dict[str, Any]:
        """The component as a pipeline file holds it."""
        return default_to_dict(self, **asdict(self._guard.settings))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> EvidenceGuard:
        """The component of a pipeline file."""
        return default_from_dict(cls, data)
