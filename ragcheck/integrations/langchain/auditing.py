"""Audits a LangChain retriever or chain as it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable

from ragcheck.config import RunConfig
from ragcheck.errors import ConfigError
from ragcheck.events import Listener, ignore
from ragcheck.integrations.asking import Came, Questions, ask_all, ask_all_async
from ragcheck.integrations.langchain.answers import answer_in, documents_in
from ragcheck.integrations.langchain.documents import contexts
from ragcheck.records.results import Report

Pipeline = Runnable[Any, Any]


def audit(
    pipeline: Pipeline,
    questions: Questions,
    *,
    input_key: str | None = None,
    config: RunConfig | None = None,
    listen: Listener = ignore,
) -> Report:
    """Ask a retriever or a chain its questions and measure what it retrieved and answered.

    The passages are those in the chain's output, else those of the retriever that ended last.
    What is measured is what :func:`ragcheck.integrations.llama_index.audit` says.

    Args:
        pipeline: any retriever, or any runnable with one in it.
        questions: texts, mappings with ``question``, ``answers`` and ``id``, or a
            :class:`pathlib.Path` to a question file.
        input_key: where a chain takes a mapping, the key of its question.
        config: ``evidence.judge``, ``seed`` and ``language`` count.

    Raises:
        ConfigError: ``pipeline`` is not a runnable.
        QuestionError: a question cannot be read, or there is none.
        TraceError: the pipeline failed at every question, or retrieved nothing.
    """
    _check(pipeline)

    def ask(question: str) -> Came:
        seen = _Retrieved()
        output = pipeline.invoke(_input(question, input_key), {"callbacks": [seen]})
        return _came(pipeline, output, seen)

    return ask_all(ask, questions, source=_name(pipeline), config=config, listen=listen)


async def aaudit(
    pipeline: Pipeline,
    questions: Questions,
    *,
    input_key: str | None = None,
    config: RunConfig | None = None,
    concurrency: int = 4,
    listen: Listener = ignore,
) -> Report:
    """:func:`audit` with ``concurrency`` questions under way at once."""
    _check(pipeline)

    async def ask(question: str) -> Came:
        seen = _Retrieved()
        output = await pipeline.ainvoke(_input(question, input_key), {"callbacks": [seen]})
        return _came(pipeline, output, seen)

    return await ask_all_async(
        ask,
        questions,
        source=_name(pipeline),
        config=config,
        concurrency=concurrency,
        listen=listen,
    )


class _Retrieved(BaseCallbackHandler):
    """Remembers the documents of the retriever that ended last."""

    run_inline = True

    def __init__(self) -> None:
        self.documents: list[Document] = []

    def on_retriever_end(self, documents: Any, *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002
        self.documents = list(documents)


def _input(question: str, key: str | None) -> object:
    return question if key is None else {key: question}


def _came(pipeline: object, output: object, seen: _Retrieved) -> Came:
    if isinstance(pipeline, BaseRetriever):
        return Came(contexts(output if isinstance(output, list) else []))
    return Came(contexts(documents_in(output) or seen.documents), answer_in(output))


def _check(pipeline: object) -> None:
    if not isinstance(pipeline, Runnable):
        raise ConfigError(
            f"a {type(pipeline).__name__} cannot be audited",
            mend="give a retriever or another runnable of LangChain",
        )


def _name(pipeline: Pipeline) -> str:
    return f"LangChain {pipeline.get_name()}"
