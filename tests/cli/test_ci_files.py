"""The action and the pre-commit hook, tested by running what they run."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from tests.conftest import write_config, write_corpus

ROOT = Path(__file__).parent.parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def _check_step() -> dict[str, object]:
    return next(s for s in ACTION["runs"]["steps"] if s["name"] == "Check the evidence")


def test_every_input_reaches_the_script_as_a_variable() -> None:
    step = _check_step()
    named = set(step["env"].values())
    for name in set(ACTION["inputs"]) - {"version"}:
        assert f"${{{{ inputs.{name} }}}}" in named
    for each in ACTION["runs"]["steps"]:
        assert "${{" not in each["run"]
    assert all(ACTION["inputs"][name]["description"] for name in ACTION["inputs"])


def _run_step(home: Path, corpus: str) -> subprocess.CompletedProcess[str]:
    step = _check_step()
    inputs = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
    inputs |= {"corpus": corpus, "python": sys.executable}
    values = {key: inputs[text.split("inputs.")[1].split()[0]] for key, text in step["env"].items()}
    environment = {
        **os.environ,
        **values,
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(home),
        "GITHUB_STEP_SUMMARY": str(home / "summary.md"),
    }
    # As a runner calls a step with shell: bash.
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.model
@pytest.mark.slow
def test_the_action_fails_marks_lines_and_writes_its_files(tmp_path: Path) -> None:
    write_corpus(tmp_path / "the docs")
    config = write_config(tmp_path)
    gate = '[gate]\nfindings = "warning"\n'
    config.write_text(config.read_text(encoding="utf-8") + gate, encoding="utf-8")
    done = _run_step(tmp_path, "the docs")
    assert done.returncode == 1, done.stderr
    assert "file=the docs/returns-2021.md,line=7" in done.stdout
    assert json.loads((tmp_path / "ragcheck.sarif").read_bytes())["version"] == "2.1.0"
    assert ElementTree.parse(tmp_path / "ragcheck.xml").getroot().tag == "testsuites"
    assert "## ragcheck: failed" in (tmp_path / "summary.md").read_text(encoding="utf-8")


@pytest.mark.model
@pytest.mark.slow
def test_the_hook_runs_on_the_corpus_that_its_arguments_name(tmp_path: Path) -> None:
    (hook,) = HOOKS
    write_corpus(tmp_path / "docs")
    write_config(tmp_path)
    command = shlex.split(hook["entry"])
    assert command[0] == "ragcheck"
    program = Path(sys.executable).parent / command[0]
    done = subprocess.run(
        [program, *command[1:], "docs"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    # A conflict of which one side is newer is a warning, and the gate is set at errors.
    assert done.returncode == 0, done.stderr
    assert "RC401" in done.stdout
    missing = subprocess.run(
        [program, *command[1:], "nowhere"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert missing.returncode == 2
    assert "there is no such file or folder" in missing.stderr


def test_the_hook_starts_for_documents_and_for_the_configuration() -> None:
    import re

    (hook,) = HOOKS
    starts = re.compile(hook["files"])
    for name in ("docs/a.md", "b.html", "docs/ragcheck.toml", "ragcheck.toml", "q.jsonl"):
        assert starts.search(name), name
    for name in ("main.py", "pyproject.toml", "a.md.py"):
        assert not starts.search(name), name
    assert hook["pass_filenames"] is False
