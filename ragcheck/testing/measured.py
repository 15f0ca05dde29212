"""A figure that compares by its interval: ``evidence.measure("conflict@10") <= 0.05``."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ragcheck.records.gates import Bound
from ragcheck.records.results import Estimate
from ragcheck.reporting.numbers import estimate_text
from ragcheck.triage.gates import weigh


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """An estimate under its notation.

    ``<=`` is true where the upper bound of the interval keeps it, ``>=`` where the lower bound
    does, and false where the whole interval is beyond. Where neither can be said, because the
    interval holds the number, there is none, or too few questions were measured, the comparison
    fails the test: what was not measured never passes, negated or not.
    """

    notation: str
    estimate: Estimate
    language: str = "en"
    least: int = 0

    def __le__(self, threshold: float) -> bool:
        __tracebackhide__ = True
        return self._keeps(Bound("<=", float(threshold), self.least))

    def __ge__(self, threshold: float) -> bool:
        __tracebackhide__ = True
        return self._keeps(Bound(">=", float(threshold), self.least))

    def __repr__(self) -> str:
        return f"{self.notation}: {estimate_text(self.estimate, self.language)}"

    def _keeps(self, bound: Bound) -> bool:
        __tracebackhide__ = True
        outcome, reason = weigh(bound, self.estimate, self.language)
        if outcome in ("inconclusive", "not measured"):
            figure = "" if self.estimate.value is None else f"{self!r}\n"
            pytest.fail(f"{outcome}: {self.notation} {bound}\n{figure}{reason}", pytrace=False)
        return outcome == "passed"
