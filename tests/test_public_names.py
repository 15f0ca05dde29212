"""The contract: what ``import ragcheck`` offers, and that nothing else slips out."""

from __future__ import annotations

import subprocess
import sys

import ragcheck

CONTRACT = [
    "RagcheckError",
    "attribute",
    "conflict_scores",
    "diagnose",
    "find_conflicts",
    "score_answers",
    "self_containedness",
    "sufficiency",
]


def test_public_names_are_the_contract_and_sorted() -> None:
    assert ragcheck.__all__ == CONTRACT
    assert all(callable(getattr(ragcheck, name)) for name in CONTRACT)
    assert set(dir(ragcheck)) == {*CONTRACT, "__version__"}


def test_importing_the_package_imports_no_room() -> None:
    code = (
        "import sys, ragcheck; "
        "own = {m for m in sys.modules if m.startswith('ragcheck.')} - {'ragcheck.version'}; "
        "sys.exit(','.join(sorted(own)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_public_function_has_a_docstring() -> None:
    for name in CONTRACT:
        assert getattr(ragcheck, name).__doc__, name
