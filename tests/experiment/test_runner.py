"""The runner: each request is sent once, ever, and failures are tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ragcheck.events import ignore
from ragcheck.experiment.design import Plan, PlannedTrial
from ragcheck.experiment.passages import Passage
from ragcheck.experiment.runner import (
    answer_all,
    context_rows,
    missing_calls,
    score_all,
    trial_rows,
)
from ragcheck.experiment.store import RunStore
from ragcheck.records.corpus import Document, Question, Span
from ragcheck.records.evidence import Chunk
from ragcheck.records.trials import (
    Answer,
    AnswerScore,
    Cell,
    GenerationParameters,
    GenerationRequest,
)
from ragcheck.text.edits import TextEdit


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
        answers = answer_all(_plan("aab", "bc"), store, lambda _: generator, ignore)
    assert generator.calls == [["a", "b"], ["c"]]
    assert sorted(a.text for a in answers.values() if a.text) == ["a", "b", "c"]


def test_a_finished_plan_needs_no_generator(tmp_path: Path) -> None:
    plan = _plan("ab", "c")
    with RunStore(tmp_path) as store:
        first = answer_all(plan, store, _recording, ignore)
        assert missing_calls(plan, store) == 0
        assert answer_all(plan, store, _refuse, ignore) == first
        assert missing_calls(_asked_of(plan, "another model"), store) == 3


def _recording(_: str) -> RecordingGenerator:
    return RecordingGenerator()


def _refuse(_: str) -> RecordingGenerator:
    raise AssertionError("a generator was started")


def _asked_of(plan: Plan, model: str) -> Plan:
    return Plan(tuple(tuple(replace(t, model=model) for t in group) for group in plan.groups))


def test_each_model_gets_its_own_requests_and_is_started_once(tmp_path: Path) -> None:
    both = Plan((*_asked_of(_plan("ab", "c"), "one").groups, *_asked_of(_plan("a"), "two").groups))
    started: dict[str, RecordingGenerator] = {}

    def connect(model: str) -> RecordingGenerator:
        assert model not in started
        return started.setdefault(model, RecordingGenerator())

    with RunStore(tmp_path) as store:
        answers = answer_all(both, store, connect, ignore)
        assert missing_calls(both, store) == 0
    assert {name: generator.calls for name, generator in started.items()} == {
        "one": [["a", "b"], ["c"]],
        "two": [["a"]],
    }
    assert answers.keys() == {trial.key for trial in both.trials}


def test_an_intervention_that_gives_a_known_prompt_costs_no_call(tmp_path: Path) -> None:
    plan = _plan("ab")
    edited = Plan(tuple(tuple(replace(t, intervention="x") for t in g) for g in plan.groups))
    generator = RecordingGenerator()
    with RunStore(tmp_path) as store:
        answer_all(Plan((*plan.groups, *edited.groups)), store, lambda _: generator, ignore)
    assert generator.sent == ["a", "b"]


def test_a_run_that_stops_between_cells_and_interventions_goes_on(tmp_path: Path) -> None:
    plan, edited = _plan("ab"), _plan("cd")
    whole = Plan((*plan.groups, *edited.groups))
    with RunStore(tmp_path) as store:
        answer_all(plan, store, _recording, ignore)
        later = RecordingGenerator()
        answer_all(whole, store, lambda _: later, ignore)
    assert later.calls == [["c", "d"]]


def test_contexts_say_what_the_reader_saw(tmp_path: Path) -> None:
    document = Document("rules.md", "# Rules\n\nIt lasts 30 days.\n")
    start = document.text.index("It")
    chunk = Chunk(document.id, start, start + 17, document.text[start : start + 17], "s")
    edit = TextEdit(Span(9, 16), "45 days", "value")
    passages = (Passage(chunk, contradicts=True, edit=edit), Passage(chunk, supports=True))
    trial = replace(_plan("a").trials[0], passages=passages, intervention="conflict")
    rows = context_rows(Plan(((trial, trial),)), {document.id: document})
    assert [(r["rank"], r["text"], r["edited_from"], r["edited_to"]) for r in rows] == [
        (1, "It lasts 45 days.", "30 days", "45 days"),
        (2, "It lasts 30 days.", None, None),
    ]
    assert {(r["context"], r["document"], r["line"]) for r in rows} == {
        (trial.context, "rules.md", 3)
    }
    scored = score_all(Plan(((trial,),)), {trial.key: Answer("45 days")}, _Wrong(), lambda _: {})
    assert trial_rows(scored)[0].items() >= {
        "intervention": "conflict", "context": trial.context, "verdict": "wrong",
    }.items()  # fmt: skip


class _Wrong:
    notation = "wrong"

    def score(self, question: Question, answer: Answer) -> AnswerScore:
        return AnswerScore("wrong", 0.0, 0.0, 0.0, abstained=False)


def test_an_unfinished_plan_goes_on_group_by_group(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store:
        answer_all(_plan("ab"), store, _recording, ignore)
        later = RecordingGenerator()
        answer_all(_plan("ab", "cd"), store, lambda _: later, ignore)
    assert later.calls == [["c", "d"]]


def test_failures_are_answers_of_this_run_and_tried_again_in_the_next(tmp_path: Path) -> None:
    plan = _plan("ab")
    with RunStore(tmp_path) as store:
        failing = RecordingGenerator(frozenset("b"))
        answers = answer_all(plan, store, lambda _: failing, ignore)
        assert [a.failure for a in answers.values() if a.failure] == ["timeout"]
        assert missing_calls(plan, store) == 1
        again = answer_all(plan, store, _recording, ignore)
    assert all(a.failure is None for a in again.values())
