"""What mending a rule's fault is expected to change, by how much, and what to measure after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ragcheck.records.results import Attribution, Estimate, InterventionEffect
from ragcheck.triage.class_wording import say
from ragcheck.triage.deciding import points
from ragcheck.triage.signals import Signal
from ragcheck.triage.wording import percent

_BY_MISSING = frozenset({"RC406"})
_BY_CONFLICT = frozenset({"RC101"})
_OWN_SHARE = frozenset({"RC303", "RC601", "RC603"})
_MEASURING = frozenset(
    ("RC102", "RC104", "RC105", "RC201", "RC202", "RC203", "RC501", "RC502", "RC503", "RC504")
)


def expected_changes(
    signals: Sequence[Signal],
    interventions: Sequence[InterventionEffect],
    attribution: Attribution | None,
    questions: int,
    language: str,
) -> Mapping[str, str]:
    """A sentence for each rule that fired, for :func:`ragcheck.triage.verdict.decide`.

    Where an intervention did to sound evidence what the fault does, the gain is what it cost times
    the share of the questions with the fault, which is the most that mending it can bring. Its
    interval multiplies the bounds of the two, and so is wider than 95 %.
    """
    effects = {effect.name: effect.shift.correctness for effect in interventions}
    return {
        signal.rule: _sentence(signal, effects, attribution, questions, language)
        for signal in signals
        if signal.fired
    }


def _sentence(
    signal: Signal,
    effects: Mapping[str, Estimate],
    attribution: Attribution | None,
    questions: int,
    language: str,
) -> str:
    what = _what(signal, effects, attribution, questions, language)
    return say(language, "expected", what=what) + say(language, "after", rule=signal.rule)


def _what(
    signal: Signal,
    effects: Mapping[str, Estimate],
    attribution: Attribution | None,
    questions: int,
    language: str,
) -> str:
    if signal.rule in _MEASURING:
        return say(language, "expected_measuring")
    for rules, name in ((_BY_MISSING, "missing"), (_BY_CONFLICT, "conflict")):
        cost = effects.get(name)
        if signal.rule in rules and cost is not None and cost.value is not None:
            gain = points(most_gain(signal.estimate, cost), language)
            return say(
                language, f"expected_{name}", share=percent(signal.estimate, language),
                cost=points(cost, language), gain=gain,
            )  # fmt: skip
    if signal.rule in _OWN_SHARE and questions:
        share = signal.estimate.n / questions
        return say(
            language, "expected_share", gain=points(_scaled(signal.estimate, share), language)
        )
    if signal.rule == "RC404" and attribution is not None:
        own = [c for c in attribution.contrasts if c.role == "evidence" and c.difference.value]
        if own:
            best = max(own, key=lambda c: abs(c.difference.value or 0.0))
            return say(
                language, "expected_contrast", factor=best.factor, level=best.level,
                reference=best.reference, gain=points(best.difference, language),
            )  # fmt: skip
    return say(language, "expected_unknown")


def most_gain(share: Estimate, cost: Estimate) -> Estimate:
    """Share of the questions with a fault times what the fault costs each, as a gain."""
    if share.value is None or cost.value is None:
        return Estimate(None, reason=share.reason or cost.reason or "")
    gain = Estimate(share.value * max(0.0, -cost.value), n=min(share.n, cost.n))
    bounds = (share.low, share.high, cost.low, cost.high)
    if any(bound is None for bound in bounds):
        return gain
    low = (share.low or 0.0) * max(0.0, -(cost.high or 0.0))
    high = (share.high or 0.0) * max(0.0, -(cost.low or 0.0))
    return replace(gain, low=low, high=high)


def _scaled(estimate: Estimate, by: float) -> Estimate:
    value, low, high = (
        None if x is None else x * by for x in (estimate.value, estimate.low, estimate.high)
    )
    return replace(estimate, value=value, low=low, high=high)
