"""ragcheck in LangChain pipelines. The names are loaded on first use (extra ``langchain``)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragcheck.integrations.langchain.auditing import aaudit, audit
    from ragcheck.integrations.langchain.guard import EvidenceGuard, GuardedRetriever
    from ragcheck.integrations.langchain.recording import TraceRecorder, record_traces

_HOMES = {
    "EvidenceGuard": "guard",
    "GuardedRetriever": "guard",
    "TraceRecorder": "recording",
    "aaudit": "auditing",
    "audit": "auditing",
    "record_traces": "recording",
}

__all__ = [
    "EvidenceGuard",
    "GuardedRetriever",
    "TraceRecorder",
    "aaudit",
    "audit",
    "record_traces",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
