"""ragcheck: does a RAG system's answer quality follow its evidence or its parameters?

The public names are loaded on first use, so that ``import ragcheck`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ragcheck.version import VERSION

if TYPE_CHECKING:
    from ragcheck.api import (
        attribute,
        conflict_scores,
        find_conflicts,
        score_answers,
        self_containedness,
        sufficiency,
    )
    from ragcheck.errors import RagcheckError
    from ragcheck.pipeline import diagnose

_HOMES = {
    "RagcheckError": "ragcheck.errors",
    "attribute": "ragcheck.api",
    "conflict_scores": "ragcheck.api",
    "diagnose": "ragcheck.pipeline",
    "find_conflicts": "ragcheck.api",
    "score_answers": "ragcheck.api",
    "self_containedness": "ragcheck.api",
    "sufficiency": "ragcheck.api",
}

__version__ = VERSION

__all__ = [
    "RagcheckError",
    "attribute",
    "conflict_scores",
    "diagnose",
    "find_conflicts",
    "score_answers",
    "self_containedness",
    "sufficiency",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ragcheck' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
