"""Questions whose gold evidence states a rule, and what the answers make of it (RC302, RC303)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ragcheck.records.corpus import Question, content_id
from ragcheck.records.results import Estimate, Finding, Quote
from ragcheck.records.trials import Trial
from ragcheck.text.display import one_line
from ragcheck.triage.class_wording import say
from ragcheck.triage.deciding import by_question, decided, difference_of, mean_of, points
from ragcheck.triage.metric_trust import contradicts
from ragcheck.triage.rules import RULES
from ragcheck.triage.rules_in_text import StatedRule, rules_of
from ragcheck.triage.signals import LEAST, Signal
from ragcheck.triage.unexplained import flip_shares
from ragcheck.triage.wording import percent

MOST_LISTED = 25
_QUOTED = 300
_ASKED = ("exception", "liability", "prohibition", "threshold")
"""Kinds of which an answer can drop something; an obligation is more often a plain fact."""

RulesAsked = Mapping[str, Sequence[StatedRule]]
"""The rules that each question's gold evidence states, by the question's ID."""


def rules_asked(questions: Iterable[Question], rules: Sequence[StatedRule]) -> RulesAsked:
    """For each question about a rule, the rules in its gold evidence."""
    found = {q.id: [r for r in rules_of(q, rules) if r.kind in _ASKED] for q in questions}
    return {question: own for question, own in found.items() if own}


def rule_signals(
    trials: Sequence[Trial],
    questions: Mapping[str, Question],
    asked: RulesAsked,
    rng: np.random.Generator,
    language: str,
) -> list[Signal]:
    """Signals of the answers to questions about rules."""
    scored = [trial for trial in trials if trial.score.correctness is not None]
    return [
        _varies(scored, asked, rng, language),
        _dropped(scored, questions, asked, rng, language),
    ]


def rule_question(question: Question, asked: RulesAsked) -> bool:
    """Whether a question is about a rule: by its evidence, or by its tag."""
    return question.id in asked or "exception" in question.tags


def _varies(
    trials: Sequence[Trial], asked: RulesAsked, rng: np.random.Generator, language: str
) -> Signal:
    shares = flip_shares([t for t in trials if t.properties.get("sufficiency") == 1.0])
    rules = [share for question, share in shares.items() if question in asked]
    others = [share for question, share in shares.items() if question not in asked]
    estimate = Estimate(None, reason=say(language, "too_few_groups"))
    if min(len(rules), len(others)) >= LEAST:
        estimate = difference_of(rules, others, rng)
    figure = say(language, "rule_variation", figure=points(estimate, language))
    return decided("RC302", estimate, figure, language)


def _sound(trials: Iterable[Trial], asked: RulesAsked) -> list[Trial]:
    return [
        t
        for t in trials
        if t.question_id in asked
        and t.properties.get("sufficiency") == 1.0
        and not t.properties.get("conflict")
    ]


def _dropped(
    trials: Sequence[Trial],
    questions: Mapping[str, Question],
    asked: RulesAsked,
    rng: np.random.Generator,
    language: str,
) -> Signal:
    wrong = by_question(
        _sound(trials, asked),
        lambda t: float(contradicts(t.answer.text or "", questions[t.question_id]) is not None),
    )
    estimate = mean_of(wrong, rng, say(language, "no_rule_answer"))
    figure = say(language, "rule_dropped", figure=percent(estimate, language))
    return decided("RC303", estimate, figure, language)


def dropped_findings(
    trials: Sequence[Trial],
    questions: Mapping[str, Question],
    asked: RulesAsked,
    language: str,
) -> list[Finding]:
    """One finding for each rule that an answer contradicts though the evidence was complete."""
    rule, found = RULES["RC303"], {}
    for trial in _sound(trials, asked):
        question, text = questions[trial.question_id], trial.answer.text or ""
        stated = asked[question.id][0]
        key = stated.document, stated.span
        if key in found or contradicts(text, question) is None:
            continue
        message = say(
            language, "dropped", answer=one_line(text, 100), kind=say(language, stated.kind),
            question=one_line(question.text, 160),
        )  # fmt: skip
        found[key] = Finding(
            rule.id, "warning", message, Quote(stated.place, stated.text[:_QUOTED]), None,
            rule.mend[language], 1 / max(1, len(questions)),
            content_id(rule.id, stated.document, " ".join(stated.text.split())), (question.id,),
        )  # fmt: skip
    return list(found.values())[:MOST_LISTED]


def rule_rows(rules: Iterable[StatedRule], asked: RulesAsked) -> list[dict[str, object]]:
    """The rules found, one row each, to start a table, a gate or a template from."""
    by_place: dict[tuple[str, int], list[str]] = {}
    for question, own in asked.items():
        for rule in own:
            by_place.setdefault((rule.document, rule.span.start), []).append(question)
    return [
        {
            "kind": rule.kind, "text": rule.text, "subject": rule.subject, "value": rule.value,
            "document": rule.document, "line": rule.place.line, "start": rule.span.start,
            "end": rule.span.end, "headings": list(rule.headings),
            "questions": sorted(by_place.get((rule.document, rule.span.start), [])),
        }
        for rule in rules
    ]  # fmt: skip
