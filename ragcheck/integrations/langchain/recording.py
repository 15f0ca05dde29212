# ruff: noqa: ARG002 - the arguments are those of the base class
"""Records what LangChain pipelines retrieve and answer, while they run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.outputs import LLMResult
from langchain_core.tracers.context import register_configure_hook

from ragcheck.integrations.langchain.answers import answer_in, documents_in, question_in
from ragcheck.integrations.langchain.documents import contexts
from ragcheck.integrations.trace_file import TraceFile
from ragcheck.records.traces import TraceRecord
from ragcheck.records.trials import Level

PARAMETERS = ("model", "model_name", "temperature", "top_p", "top_k", "seed", "max_tokens")


@dataclass
class _Run:
    """What is known so far of one outermost run."""

    given: object
    question: str | None = None
    documents: Sequence[Document] | None = None
    said: str | None = None
    parameters: dict[str, Level] = field(default_factory=dict)


class TraceRecorder(BaseCallbackHandler):
    """A callback handler that writes one record for each outermost run that retrieved something.

    The question is what the first retriever was asked, the passages are those of the retriever
    that ended last (so of a wrapper, not of what it wraps), or those that stand in the chain's
    output, and the answer is that output, or what the model said last. A run that fails is not
    recorded. May be used by any number of threads.
    """

    run_inline = True

    def __init__(self, file: TraceFile) -> None:
        self._file = file
        self._lock = Lock()
        self._outer: dict[UUID, UUID] = {}
        self._runs: dict[UUID, _Run] = {}

    def on_chain_start(
        self, serialized: Any, inputs: Any, *, run_id: UUID, parent_run_id: UUID | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self._begin(run_id, parent_run_id, inputs)

    def on_retriever_start(
        self, serialized: Any, query: str, *, run_id: UUID, parent_run_id: UUID | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        run = self._begin(run_id, parent_run_id, query)
        if run.question is None:
            run.question = query

    def on_tool_start(
        self, serialized: Any, input_str: str, *, run_id: UUID, parent_run_id: UUID | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self._begin(run_id, parent_run_id, input_str)

    def on_llm_start(
        self, serialized: Any, prompts: list[str], *, run_id: UUID,
        parent_run_id: UUID | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        run = self._begin(run_id, parent_run_id, None)
        run.parameters.update(_parameters(kwargs.get("invocation_params")))

    def on_chat_model_start(
        self, serialized: Any, messages: Any, *, run_id: UUID,
        parent_run_id: UUID | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        run = self._begin(run_id, parent_run_id, None)
        run.parameters.update(_parameters(kwargs.get("invocation_params")))

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        run = self._run(run_id)
        if run is not None and response.generations and response.generations[0]:
            run.said = response.generations[0][0].text
        self._end(run_id, None)

    def on_retriever_end(
        self, documents: Sequence[Document], *, run_id: UUID, **kwargs: Any
    ) -> None:  # fmt: skip
        run = self._run(run_id)
        if run is not None:
            run.documents = documents
        self._end(run_id, None)

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        self._end(run_id, outputs)

    def on_tool_end(self, output: Any, *, run_id: UUID, **kwargs: Any) -> None:
        self._end(run_id, output)

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        self._drop(run_id)

    def on_retriever_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        self._drop(run_id)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        self._drop(run_id)

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        self._drop(run_id)

    def _begin(self, run_id: UUID, parent: UUID | None, given: object) -> _Run:
        with self._lock:
            outer = self._outer.get(parent, run_id) if parent is not None else run_id
            self._outer[run_id] = outer
            return self._runs.setdefault(outer, _Run(given))

    def _run(self, run_id: UUID) -> _Run | None:
        with self._lock:
            return self._runs.get(self._outer.get(run_id, run_id))

    def _drop(self, run_id: UUID) -> _Run | None:
        with self._lock:
            self._outer.pop(run_id, None)
            return self._runs.pop(run_id, None)

    def _end(self, run_id: UUID, output: object) -> None:
        run = self._drop(run_id)
        if run is None:
            return
        documents = documents_in(output) or run.documents
        if documents is None:
            return
        answer = answer_in(output)
        self._file.write(
            TraceRecord(
                id="",
                question=run.question or question_in(run.given) or "",
                contexts=contexts(documents),
                answer=run.said if answer is None else answer,
                parameters=run.parameters,
            )
        )


_RECORDER: ContextVar[TraceRecorder | None] = ContextVar("ragcheck_recorder", default=None)
register_configure_hook(_RECORDER, inheritable=True)


@contextmanager
def record_traces(path: Path | str) -> Iterator[TraceRecorder]:
    """Append one JSON line for each run that retrieves and ends, while the block runs.

    Everything that runs in this context is recorded, also in the threads that LangChain starts;
    for a thread of your own pass what this gives: ``config={"callbacks": [recorder]}``. The file
    can be audited at any moment: ``ragcheck audit PATH``.

    Raises:
        TraceError: the file cannot be opened, or, at the end, something could not be written.
    """
    with TraceFile(path) as file:
        recorder = TraceRecorder(file)
        token = _RECORDER.set(recorder)
        try:
            yield recorder
        finally:
            _RECORDER.reset(token)


def _parameters(found: object) -> dict[str, Level]:
    given = found if isinstance(found, Mapping) else {}
    return {n: given[n] for n in PARAMETERS if isinstance(given.get(n), str | int | float)}
