"""The runner: each request is sent once, ever, and failures are tried again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ragcheck.events import ignore
from ragcheck.experiment.design import Plan, PlannedTrial
from ragcheck.experiment.runner import answer_all, missing_calls
from ragcheck.experiment.store import RunStore
from ragcheck.records.corpus import Question
from ragcheck.records.trials import Answer, Cell, GenerationParameters, GenerationRequest


class RecordingGenerator:
    """Answers with the prompt, and keeps what it was asked."""

    key = "recording"

    def __init__(self, failing: frozenset[str] = frozenset()) -> None:
        self.calls: list[list[str]] = []
        self.failing = failing

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Answer]:
        prompts = [request.prompt for request in requests]
        self.calls.append(prompts)
        return [
            Answer(None, failure="timeout") if prompt in self.failing else Answer(prompt)
            for prompt in prompts
        ]

    @property
    def sent(self) -> list[str]:
        return [prompt for call in self.calls for prompt in call]


def _plan(*groups: str) -> Plan:
    question = Question("q", "question?", ("a",))
    return Plan(
        tuple(
            tuple(
                PlannedTrial(
                    question, Cell({}, {}), GenerationRequest(p, GenerationParameters()), ()
                )
                for p in prompts
            )
            for prompts in groups
        )
    )


def test_equal_requests_are_sent_once_within_and_across_groups(tmp_path: Path) -> None:
    generator = RecordingGenerator()
    with RunStore(tmp_path) as store:
        answers = answer_all(_plan("aab", "bc"), store, "g", lambda: generator, ignore)
    assert generator.calls == [["a", "b"], ["c"]]
    assert sorted(a.text for a in answers.values() if a.text) == ["a", "b", "c"]


def test_a_finished_plan_needs_no_generator(tmp_path: Path) -> None:
    plan = _plan("ab", "c")
    with RunStore(tmp_path) as store:
        first = answer_all(plan, store, "g", RecordingGenerator, ignore)
        assert missing_calls(plan, store, "g") == 0
        assert answer_all(plan, store, "g", _refuse, ignore) == first
        assert missing_calls(plan, store, "another model") == 3


def _refuse() -> RecordingGenerator:
    raise AssertionError("a generator was started")


def test_an_unfinished_plan_goes_on_group_by_group(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store:
        answer_all(_plan("ab"), store, "g", RecordingGenerator, ignore)
        later = RecordingGenerator()
        answer_all(_plan("ab", "cd"), store, "g", lambda: later, ignore)
    assert later.calls == [["c", "d"]]


def test_failures_are_answers_of_this_run_and_tried_again_in_the_next(tmp_path: Path) -> None:
    plan = _plan("ab")
    with RunStore(tmp_path) as store:
        failing = RecordingGenerator(frozenset("b"))
        answers = answer_all(plan, store, "g", lambda: failing, ignore)
        assert [a.failure for a in answers.values() if a.failure] == ["timeout"]
        assert missing_calls(plan, store, "g") == 1
        again = answer_all(plan, store, "g", RecordingGenerator, ignore)
    assert all(a.failure is None for a in again.values())
