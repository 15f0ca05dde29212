"""Signals to the five questions, and the five questions to a decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ragcheck.records.results import Attribution, ChecklistItem, Triage
from ragcheck.triage.rules import RULES
from ragcheck.triage.signals import Signal
from ragcheck.triage.wording import say

CHECKLIST = {
    "q_data": ("RC101", "RC102", "RC103", "RC104", "RC105"),
    "q_evaluation": ("RC201", "RC202", "RC203"),
    "q_system": ("RC301", "RC302", "RC303", "RC601", "RC602", "RC603", "RC604"),
    "q_evidence": ("RC404", "RC405", "RC406"),
    "q_explanation": ("RC501", "RC502", "RC503", "RC504"),
}
STOP = "stop tuning parameters"
KEEP = "keep tuning"
UNDECIDED = "inconclusive"

_UPSTREAM_FIRST = (
    "RC203", "RC202", "RC102", "RC001", "RC101", "RC103", "RC105", "RC104", "RC406", "RC405",
    "RC501", "RC503", "RC502", "RC301", "RC303", "RC302", "RC601", "RC603", "RC602", "RC604",
    "RC504", "RC201", "RC404",
)  # fmt: skip
"""What to mend first when several rules fire: what is upstream hides what is downstream.

A metric or a label that is wrong makes every other figure wrong; then comes what the model
cannot do, then sources and evidence, then noise (which looks like anything else), then what the
system should do instead of the model. RC404, that quality follows the evidence, stands last: every
fault of the evidence makes it fire, and it names none of them.
"""


def decide(
    signals: Sequence[Signal],
    attribution: Attribution | None,
    language: str,
    *,
    expected: Mapping[str, str] | None = None,
) -> Triage:
    """Two questions answered yes, or a model that cannot read: stop tuning.

    None answered yes, and the parameters matter: keep tuning. Everything else is inconclusive,
    with what to measure next.

    Args:
        expected: for each rule, what mending it is expected to change, and what to measure then;
            it follows what to fix first.
    """
    found = _decide(signals, attribution, language)
    if found.fix_first is not None and expected is not None:
        rule = found.fix_first[:5]
        found = replace(found, fix_first=f"{found.fix_first}{expected.get(rule, '')}")
    return replace(found, signals=tuple(_each_rule(signals, language)))


def _decide(signals: Sequence[Signal], attribution: Attribution | None, language: str) -> Triage:
    by_rule = {signal.rule: signal for signal in signals}
    checklist = tuple(
        _answer(say(language, question), rules, by_rule, language)
        for question, rules in CHECKLIST.items()
    )
    yes = [item for item in checklist if item.answer == "yes"]
    first = _fix_first(by_rule, language)
    unable = by_rule.get("RC001")
    if unable is not None and unable.fired:
        reason = say(language, "model", figure=unable.figure)
        return Triage(STOP, reason, checklist, fix_first=first)
    if len(yes) >= 2:
        return Triage(STOP, say(language, "stop"), checklist, fix_first=first)
    if attribution is not None and attribution.verdict == "generation" and not yes:
        return Triage(KEEP, say(language, "keep"), checklist)
    reason = (
        say(language, "one_yes", question=yes[0].question) if yes else say(language, "none_yes")
    )
    return Triage(UNDECIDED, reason, checklist, first, _measure_next(checklist, attribution))


def _answer(
    question: str, rules: Sequence[str], by_rule: Mapping[str, Signal], language: str
) -> ChecklistItem:
    """``yes`` where a rule fires, ``no`` where all were measured and none does."""
    signals = [by_rule[rule] for rule in rules if rule in by_rule]
    if not signals:
        return ChecklistItem(question, "not measured", say(language, "nothing"))
    fired = [signal for signal in signals if signal.fired]
    undecided = [signal for signal in signals if signal.fired is None]
    answer, deciding = "no", signals
    if fired:
        answer, deciding = "yes", fired
    elif undecided:
        answer, deciding = "not measured", undecided
    figures = ("；" if language == "zh" else "; ").join(signal.figure for signal in deciding)
    return ChecklistItem(question, answer, figures, tuple(signal.rule for signal in deciding))


def _each_rule(signals: Sequence[Signal], language: str) -> Iterator[ChecklistItem]:
    """An answer for every rule that a figure decides, also where nothing bears on it."""
    by_rule = {signal.rule: signal for signal in signals}
    for rule in sorted(_UPSTREAM_FIRST):
        found = _answer(RULES[rule].title[language], (rule,), by_rule, language)
        yield replace(found, rules=(rule,))


def _fix_first(by_rule: Mapping[str, Signal], language: str) -> str | None:
    for rule in _UPSTREAM_FIRST:
        if rule in by_rule and by_rule[rule].fired:
            return f"{rule}: {RULES[rule].mend[language]}"
    return None


def _measure_next(
    checklist: Sequence[ChecklistItem], attribution: Attribution | None
) -> str | None:
    if attribution is not None and attribution.needed:
        return attribution.needed
    for item in checklist:
        if item.answer == "not measured":
            return f"{item.question} {item.figure}"
    return None
