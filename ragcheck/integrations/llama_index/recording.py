"""Records what LlamaIndex pipelines retrieve and answer, while they run."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import AsyncStreamingResponse, StreamingResponse
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events.base import BaseEvent
from llama_index.core.instrumentation.events.llm import LLMChatStartEvent, LLMCompletionStartEvent
from llama_index.core.instrumentation.events.query import QueryEndEvent
from llama_index.core.instrumentation.events.retrieval import RetrievalEndEvent
from llama_index.core.instrumentation.span import BaseSpan
from llama_index.core.instrumentation.span_handlers import BaseSpanHandler

from ragcheck.integrations.llama_index.nodes import contexts
from ragcheck.integrations.trace_file import TraceFile
from ragcheck.records.traces import TraceRecord
from ragcheck.records.trials import Level

PARAMETERS = ("model", "model_name", "temperature", "top_p", "top_k", "seed", "max_tokens")
"""What is recorded of a model's settings, as LlamaIndex calls it."""


@contextmanager
def record_traces(path: Path | str) -> Iterator[TraceFile]:
    """Append one JSON line for each query that ends, in every thread of the process.

    A query is recorded with the nodes that its answer was made from, after all post-processing,
    the answer, and the model's settings; a retrieval outside of any query without an answer.
    What runs inside of another query or retrieval is part of that one. A query that fails is not
    recorded, and of a streamed answer only the passages are. The file can be audited at any
    moment: ``ragcheck audit PATH``.

    Raises:
        TraceError: the file cannot be opened, or, at the end, something could not be written.
    """
    root = get_dispatcher()
    with TraceFile(path) as file:
        spans = _Spans()
        handler = _Handler(file, spans)
        root.add_span_handler(spans)
        root.add_event_handler(handler)
        try:
            yield file
        finally:
            root.event_handlers = [each for each in root.event_handlers if each is not handler]
            root.span_handlers = [each for each in root.span_handlers if each is not spans]


class _Span(BaseSpan):  # type: ignore[misc]
    """An open span; ``outer`` is the outermost query or retrieval around it."""

    outer: str | None = None


class _Spans(BaseSpanHandler[_Span]):  # type: ignore[misc]
    """Knows of each open span in which query or retrieval it lies, and that one's settings."""

    _guard: Lock = PrivateAttr(default_factory=Lock)
    _settings: dict[str, dict[str, Level]] = PrivateAttr(default_factory=dict)

    def __init__(self) -> None:
        super().__init__(open_spans={}, completed_spans=[], dropped_spans=[], current_span_ids={})

    @property
    def lock(self) -> Lock:
        return self._guard

    def new_span(
        self,
        id_: str,
        bound_args: inspect.BoundArguments,  # noqa: ARG002 - of the base class
        instance: Any = None,
        parent_span_id: str | None = None,
        tags: dict[str, Any] | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> _Span:
        above = self.open_spans.get(parent_span_id) if parent_span_id else None
        outer = above.outer if above is not None else None
        if outer is None and isinstance(instance, BaseQueryEngine | BaseRetriever):
            outer = id_
        return _Span(id_=id_, parent_id=parent_span_id, tags=tags or {}, outer=outer)

    def prepare_to_exit_span(self, id_: str, *args: Any, **kwargs: Any) -> _Span | None:  # noqa: ARG002
        return self._closed(id_)

    def prepare_to_drop_span(self, id_: str, *args: Any, **kwargs: Any) -> _Span | None:  # noqa: ARG002
        return self._closed(id_)

    def _closed(self, id_: str) -> _Span | None:
        self._settings.pop(id_, None)
        span: _Span | None = self.open_spans.get(id_)
        return span

    def is_outermost(self, span_id: str | None) -> bool:
        """Whether a span is that of a query or retrieval which lies in no other."""
        span = self.open_spans.get(span_id) if span_id else None
        return span is None or span.outer in (None, span_id)

    def keep(self, span_id: str | None, settings: dict[str, Level]) -> None:
        """Remember a model's settings for the query around a span."""
        span = self.open_spans.get(span_id) if span_id else None
        if span is not None and span.outer is not None:
            self._settings.setdefault(span.outer, {}).update(settings)

    def settings(self, span_id: str | None) -> dict[str, Level]:
        """The settings that were used inside a query."""
        return dict(self._settings.get(span_id or "", {}))


class _Handler(BaseEventHandler):  # type: ignore[misc]
    """Writes a record for each outermost query and retrieval."""

    _file: TraceFile = PrivateAttr()
    _spans: _Spans = PrivateAttr()

    def __init__(self, file: TraceFile, spans: _Spans) -> None:
        super().__init__()
        self._file = file
        self._spans = spans

    def handle(self, event: BaseEvent, **kwargs: Any) -> None:  # noqa: ARG002
        if isinstance(event, LLMChatStartEvent | LLMCompletionStartEvent):
            self._spans.keep(event.span_id, _settings({**event.model_dict, **_extra(event)}))
        elif isinstance(event, QueryEndEvent | RetrievalEndEvent) and self._spans.is_outermost(
            event.span_id
        ):
            self._file.write(self._record(event))

    def _record(self, event: QueryEndEvent | RetrievalEndEvent) -> TraceRecord:
        if isinstance(event, RetrievalEndEvent):
            return TraceRecord("", _text(event.str_or_query_bundle), contexts(event.nodes))
        response = event.response
        streamed = isinstance(response, StreamingResponse | AsyncStreamingResponse)
        return TraceRecord(
            id="",
            question=_text(event.query),
            contexts=contexts(response.source_nodes),
            answer=None if streamed else str(response),
            parameters=self._spans.settings(event.span_id),
        )


def _text(query: Any) -> str:
    return str(getattr(query, "query_str", query))


def _extra(event: Any) -> dict[str, Any]:
    """What a single call sets over the model's own settings."""
    given = getattr(event, "additional_kwargs", None)
    return given if isinstance(given, dict) else {}


def _settings(found: dict[str, Any]) -> dict[str, Level]:
    return {
        name: found[name] for name in PARAMETERS if isinstance(found.get(name), str | int | float)
    }
