"""With what a run was made: kept apart in a report, as it may differ between equal runs."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ragcheck.pipeline.tools import Tools

PACKAGES = ("ragcheck-evidence", "numpy", "torch", "faiss-cpu", "sentence-transformers",
            "llama-index-core", "xllamacpp")  # fmt: skip


def provenance(tools: Tools, folder: Path) -> dict[str, object]:
    """Run folder, encoder, judge, Python and the packages that results depend on."""
    return {
        "run": str(folder),
        "encoder": tools.embedder.key,
        "judge": tools.judge.notation,
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
