"""Thresholds as the configuration sets them, and the signals decided by them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ragcheck.errors import ConfigError
from ragcheck.records.results import Estimate
from ragcheck.registry import suggest
from ragcheck.triage.rules import RULES, Rule
from ragcheck.triage.signals import LEAST_UNITS, Signal

SECTION = "[triage]"


def settled_thresholds(given: Mapping[str, object]) -> dict[str, float]:
    """The threshold of every rule that has one: as given, else its default.

    Raises:
        ConfigError: there is no such rule, it has no threshold, or the value is out of range.
    """
    known = {rule.id: rule.threshold for rule in RULES.values() if rule.threshold is not None}
    return known | {name: _checked(name, value) for name, value in given.items()}


def redecide(signals: Sequence[Signal], given: Mapping[str, object]) -> list[Signal]:
    """The signals with those that have a threshold of their own decided by it.

    Raises:
        ConfigError: as for :func:`settled_thresholds`.
    """
    thresholds = settled_thresholds(given)
    return [
        replace(signal, fired=fires(RULES[signal.rule], thresholds[signal.rule], signal.estimate))
        if signal.rule in given
        else signal
        for signal in signals
    ]


def fires(rule: Rule, threshold: float, estimate: Estimate) -> bool | None:
    """Whether the whole interval lies on the rule's side; ``None`` where it cannot be said.

    Neither yes nor no without an interval, from fewer than ``LEAST_UNITS`` units, or where the
    interval holds the threshold.
    """
    low, high = estimate.low, estimate.high
    if low is None or high is None or estimate.n < LEAST_UNITS:
        return None
    over, under = low > threshold, high < threshold
    if not (over or under):
        return None
    return over if rule.fires == "above" else under


def _checked(name: str, value: object) -> float:
    rule = RULES.get(name)
    if rule is None:
        raise ConfigError(
            f"there is no rule {name!r}", where=SECTION, mend=suggest(name, list(RULES))
        )
    if rule.threshold is None:
        raise ConfigError(
            f"{name} has no threshold: it names each place that it finds",
            where=SECTION,
            mend=f'leave places out with silence = ["{name}:old/**"]',
        )
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(found := float(value)):  # type: ignore[arg-type]
        raise ConfigError(
            f"{name}: a threshold is a number, not {value!r}",
            where=SECTION,
            mend=f"write {name} = {rule.threshold:g}",
        )
    if not rule.least <= found <= rule.most:
        raise ConfigError(
            f"{name}: {found:g} is not between {rule.least:g} and {rule.most:g}",
            where=SECTION,
            mend=f"write {name} = {rule.threshold:g}, or another value in that range",
        )
    return found
