"""Figures of recorded traces to signals."""

from __future__ import annotations

from collections.abc import Sequence

from ragcheck.records.results import Curve, Estimate, EvidenceEffect, ReaderCheck
from ragcheck.triage.signals import Signal, above, below, complement
from ragcheck.triage.wording import say


def recorded_signals(
    curve: Curve,
    standalone: Estimate,
    effects: Sequence[EvidenceEffect],
    instability: Estimate,
    reader: ReaderCheck,
    language: str,
) -> list[Signal]:
    """Signals of a pipeline that was watched, not set: no experiment stands behind them.

    Args:
        curve: the measures over the ranks that were recorded.
        standalone: share of the retrieved passages that can be understood alone.
        instability: share of pairs of answers to one request that differ.
    """
    last = curve.points[-1]
    contradicted = last.measures["contradicted_support"]
    if last.k < 2:
        contradicted = Estimate(None, reason=say(language, "one_passage"))
    missing = complement(last.measures["sufficiency"])
    return [
        below("RC001", reader.with_evidence, language, "reader"),
        above("RC101", contradicted, language, "contradicted", k=last.k),
        below("RC405", standalone, language, "standalone", strategy=curve.strategy),
        above("RC406", missing, language, "incomplete", k=last.k),
        above("RC502", instability, language, "differing"),
        above("RC602", _answered_without(effects, language), language, "answered_without"),
    ]


def _answered_without(effects: Sequence[EvidenceEffect], language: str) -> Estimate:
    """Share of the questions without evidence that got an answer nevertheless."""
    for effect in effects:
        if (effect.property, effect.outcome) == ("answer in the passages", "abstained"):
            return complement(effect.lacking)
    return Estimate(None, reason=say(language, "no_answers_recorded"))
