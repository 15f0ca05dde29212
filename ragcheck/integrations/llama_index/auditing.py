"""Audits a LlamaIndex retriever or query engine as it is."""

from __future__ import annotations

from typing import Any, TypeAlias

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import AsyncStreamingResponse, StreamingResponse

from ragcheck.config import RunConfig
from ragcheck.errors import ConfigError
from ragcheck.events import Listener, ignore
from ragcheck.integrations.asking import Came, Questions, ask_all, ask_all_async
from ragcheck.integrations.llama_index.nodes import contexts
from ragcheck.records.results import Report

Pipeline: TypeAlias = BaseQueryEngine | BaseRetriever


def audit(
    pipeline: Pipeline,
    questions: Questions,
    *,
    config: RunConfig | None = None,
    listen: Listener = ignore,
) -> Report:
    """Ask a pipeline its questions and measure what it retrieved and answered.

    Conflict, self-containedness, redundancy and refusal come from passages and answers; where
    questions have accepted answers, whether the passages hold them and the answers are right. A
    question at which the pipeline fails, or finds nothing, is left out and told in the report.

    Args:
        pipeline: any query engine, or a retriever: then no answers are measured.
        questions: texts, mappings with ``question``, ``answers`` and ``id``, or a
            :class:`pathlib.Path` to a question file.
        config: ``evidence.judge``, ``seed`` and ``language`` count.

    Raises:
        ConfigError: ``pipeline`` is neither of the two.
        QuestionError: a question cannot be read, or there is none.
        TraceError: the pipeline failed at every question.
    """
    _check(pipeline)

    def ask(question: str) -> Came:
        if isinstance(pipeline, BaseRetriever):
            return Came(contexts(pipeline.retrieve(question)))
        response: Any = pipeline.query(question)
        if isinstance(response, StreamingResponse):
            response = response.get_response()
        return Came(contexts(response.source_nodes), str(response))

    return ask_all(ask, questions, source=_name(pipeline), config=config, listen=listen)


async def aaudit(
    pipeline: Pipeline,
    questions: Questions,
    *,
    config: RunConfig | None = None,
    concurrency: int = 4,
    listen: Listener = ignore,
) -> Report:
    """:func:`audit` with ``concurrency`` questions under way at once."""
    _check(pipeline)

    async def ask(question: str) -> Came:
        if isinstance(pipeline, BaseRetriever):
            return Came(contexts(await pipeline.aretrieve(question)))
        response: Any = await pipeline.aquery(question)
        if isinstance(response, AsyncStreamingResponse):
            response = await response.get_response()
        return Came(contexts(response.source_nodes), str(response))

    return await ask_all_async(
        ask,
        questions,
        source=_name(pipeline),
        config=config,
        concurrency=concurrency,
        listen=listen,
    )


def _check(pipeline: object) -> None:
    if not isinstance(pipeline, BaseQueryEngine | BaseRetriever):
        raise ConfigError(
            f"a {type(pipeline).__name__} cannot be audited",
            mend="give a query engine or a retriever of LlamaIndex; what others do is recorded"
            " with record_traces",
        )


def _name(pipeline: object) -> str:
    return f"LlamaIndex {type(pipeline).__name__}"
