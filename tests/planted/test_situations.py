"""A small part of the planted situations, from their documents to what triage names first."""

from __future__ import annotations

import pytest

from ragcheck.triage.rules import RULES
from tests.planted.situations import SITUATIONS, Situation, run

pytestmark = [pytest.mark.model, pytest.mark.slow]
CHOSEN = [
    situation
    for situation in SITUATIONS
    if (situation.name, situation.language)
    in {
        ("healthy", "en"), ("healthy", "zh"),
        ("a stale version put back", "en"),
        ("gold answers of duplicates disagree", "zh"),
        ("scorer replaced by overlap, good reader", "zh"),
        ("exceptions dropped from the answers", "zh"),
        ("tiny chunks without headings", "en"),
        ("reader with raised temperature", "en"),
        ("unanswerable questions answered", "zh"),
        ("stale version, and nothing is refused", "en"),
    }
]  # fmt: skip


@pytest.mark.parametrize("situation", CHOSEN, ids=lambda s: f"{s.language} {s.name}")
def test_triage_names_what_was_planted_and_nothing_else(situation: Situation) -> None:
    triage = run(situation).triage
    if situation.problem is None:
        assert triage.fix_first is None
        assert not triage.verdict.startswith("stop")
    else:
        assert triage.fix_first is not None
        assert RULES[triage.fix_first[:5]].problem == situation.problem
    if " and nothing is refused" in situation.name:
        assert triage.verdict == "stop tuning parameters"


def test_there_are_enough_situations_of_every_problem() -> None:
    assert len([s for s in SITUATIONS if s.problem]) >= 12
    assert len([s for s in SITUATIONS if s.problem is None]) >= 3
    problems = {s.problem for s in SITUATIONS if s.problem}
    assert problems == {
        "model", "data", "evaluation", "rule", "evidence", "explanation", "refusal",
    }  # fmt: skip
