"""LlamaIndex: its parts behind ragcheck's roles, and ragcheck in its pipelines.

The public names are loaded on first use, as LlamaIndex takes a second to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragcheck.integrations.llama_index.auditing import aaudit, audit
    from ragcheck.integrations.llama_index.evaluators import (
        AnswerCorrectnessEvaluator,
        ConflictEvaluator,
        SelfContainednessEvaluator,
        SufficiencyEvaluator,
    )
    from ragcheck.integrations.llama_index.guard import EvidenceGuard, EvidenceGuardEvent
    from ragcheck.integrations.llama_index.recording import record_traces

_HOMES = {
    "AnswerCorrectnessEvaluator": "evaluators",
    "ConflictEvaluator": "evaluators",
    "EvidenceGuard": "guard",
    "EvidenceGuardEvent": "guard",
    "SelfContainednessEvaluator": "evaluators",
    "SufficiencyEvaluator": "evaluators",
    "aaudit": "auditing",
    "audit": "auditing",
    "record_traces": "recording",
}

__all__ = [
    "AnswerCorrectnessEvaluator",
    "ConflictEvaluator",
    "EvidenceGuard",
    "EvidenceGuardEvent",
    "SelfContainednessEvaluator",
    "SufficiencyEvaluator",
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
