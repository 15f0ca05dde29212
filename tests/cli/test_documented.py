"""Every command stands in the README, and the README's Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ragcheck.cli.app import app
from ragcheck.reporting.terminal_wording import WORDS
from ragcheck.triage.rules import PROBLEMS, RULES
from ragcheck.triage.wording import _PHRASES

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_every_command_is_documented() -> None:
    names = [command.callback.__name__ for command in app.registered_commands if command.callback]
    assert len(names) >= 7
    assert [name for name in names if f"ragcheck {name}" not in README] == []


def test_run_and_test_are_one_fenced_line_each() -> None:
    for heading in ("## Run it", "## Test it"):
        section = README.split(f"{heading}\n")[1].split("\n## ")[0]
        (block,) = re.findall(r"```\n(.*?)```", section, re.DOTALL)
        assert len(block.strip().splitlines()) == 1


def test_the_first_python_block_runs(capsys: pytest.CaptureFixture[str]) -> None:
    block = re.search(r"```python\n(import ragcheck.*?)```", README, re.DOTALL)
    assert block is not None
    exec(compile(block.group(1), "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "30 days" in printed
    assert "45 days" in printed


def test_english_and_chinese_have_the_same_words() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    assert _PHRASES["en"].keys() == _PHRASES["zh"].keys()
    for rule in RULES.values():
        for words in (rule.title, rule.why, rule.mend, PROBLEMS[rule.problem]):
            assert words.keys() == {"en", "zh"}
            assert all(words.values())
    for phrase, english in _PHRASES["en"].items():
        fields = set(re.findall(r"\{(\w+)\}", english))
        assert fields == set(re.findall(r"\{(\w+)\}", _PHRASES["zh"][phrase])), phrase
