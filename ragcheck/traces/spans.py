"""OpenInference and OpenTelemetry spans to one object a trace.

Attributes are those of the OpenInference semantic conventions: ``retrieval.documents.{i}.
document.content``, ``input.value``, ``output.value``, ``llm.invocation_parameters``. Spans come as
JSON lines with flat or nested ``attributes``, or as OTLP JSON (``resourceSpans``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ragcheck.traces.raw import RawRecord

KIND = "openinference.span.kind"
_DOCUMENTS = "retrieval.documents"
_DEEPEST = 12


def are_spans(found: Mapping[str, Any]) -> bool:
    """Whether an object is a span, or an export of spans."""
    if "resourceSpans" in found:
        return True
    attributes = _attributes(found)
    return KIND in attributes or any(key.startswith(f"{_DOCUMENTS}.") for key in attributes)


def joined_traces(raw: Iterable[RawRecord]) -> Iterator[RawRecord]:
    """One object a trace, in the shape that ragcheck's own recorders write.

    Spans of one trace may be anywhere in the file; the line is that of the trace's first span.
    """
    traces: dict[str, tuple[int, list[Mapping[str, Any]]]] = {}
    for line, found in raw:
        if isinstance(found, str):
            yield line, found
            continue
        for span in _spans(found):
            key = _trace_id(span) or f"line {line}"
            traces.setdefault(key, (line, []))[1].append(span)
    for key, (line, spans) in traces.items():
        yield line, _joined(key, spans)


def _spans(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    resources = found.get("resourceSpans")
    if not isinstance(resources, list):
        yield found
        return
    for resource in resources:
        for scope in _list(resource, "scopeSpans"):
            for span in _list(scope, "spans"):
                if isinstance(span, dict):
                    yield span


def _list(found: object, key: str) -> list[Any]:
    inside = found.get(key) if isinstance(found, dict) else None
    return inside if isinstance(inside, list) else []


def _trace_id(span: Mapping[str, Any]) -> str | None:
    context = span.get("context")
    for holder in (span, context if isinstance(context, dict) else {}):
        for key in ("trace_id", "traceId"):
            if isinstance(holder.get(key), str):
                return str(holder[key])
    return None


def _parent(span: Mapping[str, Any]) -> object:
    return next(
        (span[k] for k in ("parent_id", "parentSpanId", "parent_span_id") if span.get(k)), None
    )


def _attributes(span: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes by dotted key, whatever way they were written."""
    found = span.get("attributes")
    if isinstance(found, list):
        return {
            str(each["key"]): _otlp_value(each.get("value"))
            for each in found
            if isinstance(each, dict) and "key" in each
        }
    return dict(_flat(found)) if isinstance(found, dict) else {}


def _otlp_value(value: object) -> Any:
    if not isinstance(value, dict) or not value:
        return None
    kind, inside = next(iter(value.items()))
    try:
        return int(inside) if kind == "intValue" else inside
    except (TypeError, ValueError):
        return None


def _flat(found: object, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    items: Iterable[tuple[Any, Any]]
    if isinstance(found, dict):
        items = found.items()
    elif isinstance(found, list) and any(isinstance(item, dict) for item in found):
        items = enumerate(found)
    else:
        yield prefix, found
        return
    for key, value in items:
        name = f"{prefix}.{key}" if prefix else str(key)
        if depth < _DEEPEST:
            yield from _flat(value, name, depth + 1)


def _joined(key: str, spans: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    read = [(_attributes(span), _parent(span) is None) for span in spans]
    root = next((a for a, is_root in read if is_root), read[0][0])
    retrieved = [a for a, _ in read if any(name.startswith(f"{_DOCUMENTS}.") for name in a)]
    asked = [a for a, _ in read if a.get(KIND) == "LLM"]
    question = next((_text(a.get("input.value")) for a in retrieved if a.get("input.value")), None)
    found: dict[str, Any] = {
        "id": key,
        "question": _text(root.get("input.value")) or question,
        "contexts": [context for a in retrieved[-1:] for context in _documents(a)],
        "answer": _text(root.get("output.value")),
    }
    if found["answer"] is None and asked:
        found["answer"] = _text(asked[-1].get("output.value"))
    for a in asked[-1:]:
        found["parameters"] = _parameters(a)
    return found


def _documents(attributes: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Documents in rank order; the last retrieval of a trace is what reached the model."""
    numbers = {
        int(name.split(".")[2])
        for name in attributes
        if name.startswith(f"{_DOCUMENTS}.") and name.split(".")[2].isdecimal()
    }
    for i in sorted(numbers):
        base = f"{_DOCUMENTS}.{i}.document"
        yield {
            "text": attributes.get(f"{base}.content"),
            "source": attributes.get(f"{base}.id"),
            "score": attributes.get(f"{base}.score"),
        }


def _text(value: object) -> str | None:
    """The value itself, or the query in it where a framework wrote an object as JSON."""
    if not isinstance(value, str):
        return None
    if value[:1] == "{":
        try:
            inside = json.loads(value)
        except (ValueError, RecursionError):
            return value
        for name in ("query", "query_str", "input", "question", "response", "answer", "output"):
            if isinstance(inside, dict) and isinstance(inside.get(name), str):
                return str(inside[name])
    return value


def _parameters(attributes: Mapping[str, Any]) -> dict[str, Any]:
    raw = attributes.get("llm.invocation_parameters")
    try:
        found = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        found = None
    parameters = dict(found) if isinstance(found, dict) else {}
    if isinstance(attributes.get("llm.model_name"), str):
        parameters["model"] = attributes["llm.model_name"]
    return parameters
