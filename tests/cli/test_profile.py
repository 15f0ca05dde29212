"""``--profile``: a stage a line, from the events alone, in both languages, on 80 columns."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

import ragcheck
from ragcheck.cli.profile import WORDS, Profile, show_profile
from ragcheck.events import Event, StageFinished, StageStarted

EVENTS = (
    StageStarted("read", 1, "corpus"),
    StageFinished("read", 1.0),
    StageStarted("generate", 123_456, "model calls"),
    StageFinished("generate", 2.0, 23_456),
    StageStarted("report", 1, "reports"),
    StageFinished("report", 0.0, 1),
    StageStarted("read", 2, "corpus"),
    StageFinished("read", 1.0, 1),
)


def _profile() -> tuple[Profile, list[Event]]:
    passed: list[Event] = []
    profile = Profile(passed.append)
    for event in EVENTS:
        profile(event)
    return profile, passed


def _lines(language: str) -> list[str]:
    profile, _ = _profile()
    out = io.StringIO()
    Console(file=out, width=80).print(show_profile(profile.stages, language))
    return out.getvalue().splitlines()


def test_times_are_those_of_the_events_and_events_go_on() -> None:
    profile, passed = _profile()
    assert passed == list(EVENTS)
    assert [(s.stage, s.units, s.reused, s.seconds) for s in profile.stages] == [
        ("read", 3, 1, 2.0),
        ("generate", 123_456, 23_456, 2.0),
        ("report", 1, 1, 0.0),
    ]
    assert [stage.rate for stage in profile.stages] == [1.0, 50_000.0, None]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_stage_a_line_on_80_columns(language: str) -> None:
    lines = _lines(language)
    assert all(cell_len(line) <= 80 for line in lines)
    assert len(lines) == 1 + 1 + 3 + 1
    shares = [re.findall(r"[\d.]+%", line) for line in lines[2:5]]
    assert shares == [["50.0%"], ["50.0%"], ["0.0%"]]
    assert "23456" in lines[3]
    assert "4.00" in lines[-1]


def test_every_stage_and_unit_has_a_chinese_word() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted((Path(ragcheck.__file__).parent / "pipeline").glob("*.py"))
        if path.name != "audit.py"
    )
    named = re.findall(
        r'(?:StageStarted|Stage|_timed)\(\s*(?:listen,\s*)?"(\w+)", (?:[^"\n]*, )?"([\w ]+)"',
        source,
    )
    assert len(named) >= 6
    assert {word for pair in named for word in pair} <= WORDS["zh"].keys()


def test_nothing_ran_is_an_empty_table() -> None:
    out = io.StringIO()
    Console(file=out, width=80).print(show_profile((), "en"))
    assert "all stages" in out.getvalue()
