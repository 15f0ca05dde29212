"""Signals to the five questions, and the five questions to a decision."""

from __future__ import annotations

from collections.abc import Sequence

from ragcheck.records.results import Attribution, ChecklistItem, Triage
from ragcheck.triage.rules import RULES
from ragcheck.triage.signals import Signal

CHECKLIST = (
    ("Can more or better data fix it?", ("RC101",)),
    ("Is the evaluation misleading us?", ("RC201",)),
    ("Should the system constrain it?", ("RC301", "RC601")),
    ("Is it evidence structure?", ("RC404", "RC405", "RC406")),
    ("Is it beyond explanation?", ("RC501",)),
)
STOP = "stop tuning parameters"
KEEP = "keep tuning"
UNDECIDED = "inconclusive"


def decide(signals: Sequence[Signal], attribution: Attribution | None) -> Triage:
    """Two questions answered yes: stop. None, and the parameters matter: keep tuning.

    Everything else is inconclusive, with what to measure next.
    """
    by_rule = {signal.rule: signal for signal in signals}
    checklist = tuple(_answer(text, rules, by_rule) for text, rules in CHECKLIST)
    fired = [signal for signal in signals if signal.fired]
    yes = [item for item in checklist if item.answer == "yes"]
    first = _fix_first(fired)
    if len(yes) >= 2:
        reason = "; ".join(f"{item.question} yes ({item.figure})" for item in yes[:2])
        return Triage(STOP, reason, checklist, fix_first=first)
    generation = attribution is not None and attribution.verdict == "generation"
    if generation and not yes:
        return Triage(
            KEEP,
            "answer quality follows the generation parameters and no structural fault was found",
            checklist,
        )
    return Triage(UNDECIDED, _why(yes), checklist, first, _measure_next(checklist, attribution))


def _answer(text: str, rules: Sequence[str], by_rule: dict[str, Signal]) -> ChecklistItem:
    signals = [by_rule[rule] for rule in rules if rule in by_rule]
    fired = [signal for signal in signals if signal.fired]
    if fired:
        return ChecklistItem(text, "yes", fired[0].figure, tuple(s.rule for s in fired))
    if signals and all(signal.fired is False for signal in signals):
        return ChecklistItem(text, "no", signals[0].figure, tuple(s.rule for s in signals))
    open_signals = [signal for signal in signals if signal.fired is None]
    figure = open_signals[0].figure if open_signals else "nothing in this run bears on it"
    return ChecklistItem(text, "not measured", figure, tuple(s.rule for s in open_signals))


def _fix_first(fired: Sequence[Signal]) -> str | None:
    """Evidence before data before rules: what is upstream hides what is downstream."""
    order = ("RC406", "RC405", "RC404", "RC101", "RC301", "RC601", "RC201", "RC501")
    for rule in order:
        for signal in fired:
            if signal.rule == rule:
                return f"{rule}: {RULES[rule].mend}"
    return None


def _why(yes: Sequence[ChecklistItem]) -> str:
    if yes:
        return f"only one of the five questions is answered yes: {yes[0].question}"
    return "none of the five questions is answered yes, and the parameters do not decide either"


def _measure_next(
    checklist: Sequence[ChecklistItem], attribution: Attribution | None
) -> str | None:
    if attribution is not None and attribution.needed:
        return attribution.needed
    for item in checklist:
        if item.answer == "not measured":
            return f"{item.question} {item.figure}"
    return None
