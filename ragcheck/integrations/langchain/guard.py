"""A guard between retriever and language model, for LangChain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Unpack

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
    Callbacks,
    adispatch_custom_event,
    dispatch_custom_event,
)
from langchain_core.documents import BaseDocumentTransformer, Document
from langchain_core.documents.compressor import BaseDocumentCompressor
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import run_in_executor
from pydantic import ConfigDict, PrivateAttr

from ragcheck.integrations.passages import MARK, passage_of
from ragcheck.pipeline.guarding import Guard, GuardOptions, GuardSettings
from ragcheck.records.guarding import GuardedPassages

GUARDED = "ragcheck_guard"
"""Name of the custom event with what a guard did."""


class EvidenceGuard(BaseDocumentCompressor, BaseDocumentTransformer):
    """Marks, drops or moves conflicting and unusable documents, or lets none through.

    A document transformer, and a compressor for retrievers that take one. What happened to a
    document stands in its metadata under ``ragcheck``; the documents that were given are not
    changed. No document at all means that the guard abstained, or that there was none. One guard
    may serve any number of threads; its asynchronous forms work in a thread.

    Args:
        guard: instead of one with these options, for a judge of your own.
        listen: called with what was done, for each question.
        **options: the fields of :class:`ragcheck.pipeline.guarding.GuardSettings`.

    Raises:
        ConfigError: an option does not fit, or there is no such judge.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    _guard: Guard = PrivateAttr()
    _listen: Callable[[GuardedPassages], object] | None = PrivateAttr()

    def __init__(
        self,
        *,
        guard: Guard | None = None,
        listen: Callable[[GuardedPassages], object] | None = None,
        **options: Unpack[GuardOptions],
    ) -> None:
        super().__init__()
        self._guard = guard or Guard(GuardSettings(**options))
        self._listen = listen

    def check(
        self, documents: Sequence[Document], question: str | None
    ) -> tuple[list[Document], GuardedPassages]:
        """The documents that go on, as marked copies, and what was done."""
        passages = [passage_of(d.page_content, d.metadata, d.id) for d in documents]
        guarded = self._guard.check(question, passages)
        if self._listen is not None:
            self._listen(guarded)
        going = []
        for i in guarded.order:
            metadata = {**documents[i].metadata, MARK: guarded.decisions[i].as_metadata()}
            going.append(documents[i].model_copy(update={"metadata": metadata}))
        return going, guarded

    def transform_documents(self, documents: Sequence[Document], **kwargs: Any) -> list[Document]:
        """The documents that go on.

        Args:
            **kwargs: ``question``; without it, whether the documents hold the answer is not
                checked, and that stands in what was done.
        """
        return self.check(documents, kwargs.get("question"))[0]

    def compress_documents(
        self,
        documents: Sequence[Document],
        query: str,
        callbacks: Callbacks | None = None,  # noqa: ARG002 - of the base class
    ) -> list[Document]:
        """The documents that go on."""
        return self.check(documents, query)[0]


class GuardedRetriever(BaseRetriever):
    """A retriever whose documents pass a guard; no document means that the guard abstained.

    Emits a custom event called ``ragcheck_guard`` with what was done
    (:meth:`ragcheck.records.guarding.GuardedPassages.as_record`).
    """

    retriever: Runnable[str, list[Document]]
    guard: EvidenceGuard

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        config: RunnableConfig = {"callbacks": run_manager.get_child()}
        going, guarded = self.guard.check(self.retriever.invoke(query, config), query)
        dispatch_custom_event(GUARDED, dict(guarded.as_record()), config=config)
        return going

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        config: RunnableConfig = {"callbacks": run_manager.get_child()}
        documents = await self.retriever.ainvoke(query, config)
        going, guarded = await run_in_executor(None, self.guard.check, documents, query)
        await adispatch_custom_event(GUARDED, dict(guarded.as_record()), config=config)
        return going
