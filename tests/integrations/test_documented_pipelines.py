"""The examples for a new user run as they are pasted, without a network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "pipelines.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
NAMES = ("llama_index", "langchain", "haystack")


def test_there_is_one_example_for_each_framework() -> None:
    assert len(EXAMPLES) == len(NAMES)
    for name, example in zip(NAMES, EXAMPLES, strict=True):
        assert f"ragcheck.integrations.{name} " in example


@pytest.mark.parametrize("name", NAMES)
def test_the_example_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")
    pytest.importorskip(name if name != "langchain" else "langchain_core")
    monkeypatch.chdir(tmp_path)
    exec(compile(EXAMPLES[NAMES.index(name)], "docs/pipelines.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "45 days" in printed
    if name != "haystack":
        assert "30 days" in printed
        assert (tmp_path / "traces.jsonl").read_text(encoding="utf-8").count("\n") == 1


def test_every_option_is_in_the_table() -> None:
    from ragcheck.pipeline.guarding import GuardSettings

    for field in GuardSettings.__dataclass_fields__.values():
        if field.name != "policy":
            shown = f'"{field.default}"' if isinstance(field.default, str) else str(field.default)
            assert re.search(rf"\| `{field.name}` \| `?{re.escape(shown)}`? \|", PAGE), field.name


def test_no_framework_is_imported_before_it_is_asked_for() -> None:
    code = (
        "import sys, ragcheck, ragcheck.integrations.llama_index, ragcheck.integrations.langchain;"
        "import ragcheck.pipeline.guarding;"
        "print([m for m in ('llama_index', 'langchain_core', 'haystack', 'torch')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"
