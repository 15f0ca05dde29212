"""Metrics that order otherwise, that like what is wrong, and that cannot tell right from wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragcheck.pipeline.triaging import OVERLAPS
from ragcheck.records.corpus import Document, Question, RivalAnswer
from ragcheck.records.trials import Answer, AnswerScore, Trial
from ragcheck.scoring.overlap import token_f1
from ragcheck.scoring.short_answers import ShortAnswerScorer
from ragcheck.triage.metric_trust import (
    auroc,
    contradicts,
    dangerous_findings,
    metric_signals,
    perturbed,
)
from ragcheck.triage.signals import Signal
from tests.triage.building import about, answered, by_rule, simple

RNG = np.random.default_rng


class _Overlap:
    """Token F1 in use as if it were correctness."""

    notation = "token_f1"

    def score(self, question: Question, answer: Answer) -> AnswerScore:
        value = max(token_f1(answer.text or "", accepted) for accepted in question.answers)
        return AnswerScore("correct" if value >= 0.5 else "wrong", value, value, value, False)


def _signals(
    trials: list[Trial], questions: list[Question], language: str = "en"
) -> dict[str, Signal]:
    known = {question.id: question for question in questions}
    found = metric_signals(trials, known, ShortAnswerScorer(), OVERLAPS, RNG(1), language)
    return dict(by_rule(found))


def test_metrics_that_order_configurations_the_other_way_round_fire() -> None:
    questions = simple(20)
    # At larger K more answers are right, but so wordy that fewer tokens are shared.
    words = {
        1: "{}",
        2: "{} and so",
        3: "{} and so on and on",
        4: "{} and so on and on and on it goes",
    }

    def trials(text: dict[int, str]) -> list[Trial]:
        return [
            answered(q.id, text[k].format(q.answers[0]), right=float(i % 5 < k), k=k)
            for i, q in enumerate(questions)
            for k in (1, 2, 3, 4)
        ]

    apart, alike = trials(words), trials({5 - k: text for k, text in words.items()})
    assert _signals(apart, questions)["RC201"].fired is True
    assert _signals(alike, questions)["RC201"].fired is False
    flat = [replace(t, score=replace(t.score, correctness=1.0)) for t in apart]
    assert _signals(flat, questions)["RC201"].fired is None


@pytest.mark.parametrize(
    ("text", "answers", "wrong"),
    [
        ("30 days", ("45 days",), True),
        ("45 days", ("45 days",), False),
        ("1,080 hours", ("45 days",), False),
        ("签收后7天", ("15天",), True),
        ("十五天", ("15天",), False),
        ("no, never", ("yes",), True),
        ("不可以", ("可以",), True),
        ("可以退", ("可以",), False),
        ("not stated in the documents", ("45 days",), False),
        ("Corvida Freight", ("Corvida Freight",), False),
        ("", ("45 days",), False),
    ],
)
def test_what_contradicts_a_gold_answer(text: str, answers: tuple[str, ...], wrong: bool) -> None:
    assert (contradicts(text, Question("q", "What holds?", answers)) is not None) is wrong


def test_values_of_the_question_are_no_contradiction_and_a_rival_is_one() -> None:
    document = Document("a.md", "Bettina Okonjo plans it.")
    asked = Question("q", "What holds after 30 days?", ("Yuki Brandt",))
    rival = RivalAnswer("Bettina Okonjo", about(document, "Bettina Okonjo")[0])
    assert contradicts("30 days", Question("q", "What holds after 30 days?", ("45 days",))) is None
    assert contradicts("Bettina Okonjo", replace(asked, rivals=(rival,))) is not None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_metric_that_likes_what_is_wrong_fires(language: str) -> None:
    questions = simple(30)
    wrong = [answered(q.id, "99 days", right=1.0) for q in questions]
    right = [answered(q.id, q.answers[0]) for q in questions]
    seen = [answered(q.id, "99 days", right=0.0) for q in questions]
    mixed = _signals([*wrong[:10], *right[10:]], questions, language)["RC202"]
    assert mixed.fired is True
    # Half of the tokens of a wrong value agree, so that overlap would like it.
    assert mixed.estimate.baseline == pytest.approx(1 / 3)
    assert _signals(right, questions, language)["RC202"].fired is not True
    rejected = _signals([*seen[:10], *right[10:]], questions, language)["RC202"]
    assert rejected.estimate.value == 0.0


def test_a_finding_quotes_the_question_the_answer_and_the_gold_evidence() -> None:
    document = Document("a.md", "A product can be returned within 45 days.")
    asked = Question("q", "What is the window?", ("45 days",), about(document, "within 45 days"))
    trials = [answered("q", "30 days", right=0.0), answered("q", "30 Days", right=0.0)]
    (found,) = dangerous_findings(trials, {"q": asked}, OVERLAPS, {"a.md": document}, "en")
    assert (found.rule, found.severity, found.questions) == ("RC202", "note", ("q",))
    assert "30 days" in found.message
    assert found.quote.text == "within 45 days"
    sound = [answered("q", "45 days")]
    assert dangerous_findings(sound, {"q": asked}, OVERLAPS, {"a.md": document}, "en") == []


CHINESE = [
    Question(f"z{i}", f"编号{i}的期限是多久？", (f"{i + 2}天", f"{i + 2}日")) for i in range(20)
]
ENGLISH = [
    Question(f"e{i}", f"How long does {q.text[14:16]} last?", (f"{i + 2} days", f"{i + 2}"))
    for i, q in enumerate(simple(20))
]


@pytest.mark.parametrize("questions", [ENGLISH, CHINESE])
def test_a_scorer_of_values_tells_right_from_wrong_and_overlap_does_not(
    questions: list[Question],
) -> None:
    probes = perturbed(questions, RNG(2))
    assert len({probe.question.id for probe in probes}) == 20
    assert all(probe.right != probe.wrong for probe in probes)
    scorer, overlap = ShortAnswerScorer(), _Overlap()
    good = auroc(probes, lambda q, t: scorer.score(q, Answer(t)).correctness or 0.0, RNG(3), "")
    poor = auroc(probes, lambda q, t: overlap.score(q, Answer(t)).correctness or 0.0, RNG(3), "")
    assert (good.low or 0.0) > 0.90
    assert (poor.high or 1.0) < 0.90
    known = {q.id: q for q in questions}
    for metric, fires in ((scorer, False), (overlap, True)):
        found = by_rule(metric_signals([], known, metric, OVERLAPS, RNG(4), "en"))
        assert found["RC203"].fired is fires


def test_auroc_of_a_metric_that_is_always_right_and_of_one_that_never_looks() -> None:
    probes = perturbed(ENGLISH, RNG(2))
    rights = {(probe.question.id, probe.right) for probe in probes}
    perfect = auroc(probes, lambda q, text: float((q.id, text) in rights), RNG(0), "")
    blind = auroc(probes, lambda q, text: 1.0, RNG(0), "")
    assert (perfect.value, blind.value) == (1.0, 0.5)


def test_too_few_gold_answers_are_not_measured() -> None:
    found = by_rule(
        metric_signals(
            [], {q.id: q for q in ENGLISH[:3]}, ShortAnswerScorer(), OVERLAPS, RNG(0), "en"
        )
    )
    assert found["RC203"].fired is None
    assert "5 gold answers" in found["RC203"].figure
