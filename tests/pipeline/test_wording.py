"""What a run says of itself, in the language of its corpus."""

from __future__ import annotations

import re
from dataclasses import replace
from string import Formatter

import pytest

import ragcheck.measures.wording
import ragcheck.pipeline.wording
from ragcheck.config import ExperimentConfig, RunConfig
from ragcheck.experiment.design import BudgetCut, Design, Plan
from ragcheck.pipeline.answers import _attribute, _failures, _left_out
from ragcheck.pipeline.inputs import Inputs
from ragcheck.pipeline.planning import Experiment
from ragcheck.records.corpus import Corpus, Question, QuestionSet
from ragcheck.records.trials import Answer, AnswerScore, Cell, Trial

UNSCORED = AnswerScore("unscored", None, None, None, False, "the question has no accepted answer")


def inputs(language: str, **experiment: object) -> Inputs:
    corpus = Corpus("handbook", (), language=language)
    questions = tuple(Question(str(i), f"question {i}", ("yes",)) for i in range(40))
    config = RunConfig(experiment=ExperimentConfig(questions=12, **experiment))
    return Inputs(corpus, QuestionSet(questions), config)


def planned(cut: BudgetCut | None = None) -> Experiment:
    return Experiment(Design("full", ((),), 1), Plan((), cut), Plan(()), (), {})


def trial(answer: Answer, score: AnswerScore) -> Trial:
    return Trial("7", Cell({"k": 1}, {"temperature": 0.0}), answer, score, (), {})


@pytest.mark.parametrize("table", [ragcheck.pipeline.wording, ragcheck.measures.wording])
def test_both_languages_have_the_same_phrases_with_the_same_placeholders(table) -> None:
    english, chinese = table.PHRASES["en"], table.PHRASES["zh"]
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        fields, others = (
            {name for _, name, _, _ in Formatter().parse(one) if name}
            for one in (text, chinese[key])
        )
        assert fields == others, key
        assert text.isascii(), key
        assert re.search("[一-鿿]", chinese[key]), key


@pytest.mark.parametrize(
    ("language", "sampled", "budget"),
    [
        (
            "en",
            "the experiment asks 12 of 40 questions (experiment.questions); the curves use them"
            " all",
            "the budget of 90 model calls covers 5 of 12 questions; all of them need 200 calls",
        ),
        (
            "zh",
            "实验只问了 40 个问题中的 12 个（experiment.questions），曲线使用全部问题",
            "90 次模型调用的预算只够 12 个问题中的 5 个，全部问题需要 200 次调用",
        ),
    ],
)
def test_what_a_limit_leaves_out_is_told(language: str, sampled: str, budget: str) -> None:
    assert _left_out(inputs(language), planned(BudgetCut(90, 5, 12, 200))) == [sampled, budget]
    assert _left_out(inputs(language), planned()) == [sampled]


@pytest.mark.parametrize(
    ("language", "silent", "keyless"),
    [
        (
            "en",
            "2 of 3 answers are unscored: the model gave no answer: timed out",
            "1 of 3 answers are unscored: the question has no accepted answer",
        ),
        (
            "zh",
            "3 个回答中有 2 个未评分：模型没有给出回答：timed out",
            "3 个回答中有 1 个未评分：该问题没有可接受的答案",
        ),
    ],
)
def test_unscored_answers_are_counted_by_cause(language: str, silent: str, keyless: str) -> None:
    failed = trial(Answer(None, failure="timed out"), UNSCORED)
    trials = [trial(Answer("30 days"), UNSCORED), failed, failed]
    keyless_question = QuestionSet((Question("7", "question 7"),))
    asked = replace(inputs(language), questions=keyless_question)
    assert _failures(asked, trials) == (silent, keyless)


@pytest.mark.parametrize(
    ("language", "levels", "note"),
    [
        ("en", [1, 3], "no attribution: no answer could be scored"),
        ("zh", [1, 3], "没有归因：没有可评分的回答"),
        ("en", [1], "no attribution: the experiment varies no factor"),
        ("zh", [1], "没有归因：实验没有变动任何因素"),
    ],
)
def test_why_there_is_no_attribution_is_told(language: str, levels: list[int], note: str) -> None:
    given = inputs(
        language, k=levels, strategies=["sentences"], temperature=[0.0], prompts=["plain"]
    )
    trials = [trial(Answer("30 days"), UNSCORED)]
    assert _attribute(given, trials) == (None, (note,))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "questions without an accepted answer, which the experiment does not ask: 3"),
        ("zh", "3 个问题没有可接受的答案，实验未提问这些问题"),
    ],
)
def test_questions_that_cannot_be_scored_are_told_as_left_out(language: str, told: str) -> None:
    some = inputs(language)
    bare = tuple(replace(question, answers=()) for question in some.questions.questions[:3])
    rest = some.questions.questions[3:12]
    assert _left_out(replace(some, questions=QuestionSet((*bare, *rest))), planned()) == [told]
