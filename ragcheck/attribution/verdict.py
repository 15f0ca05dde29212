"""The rule from shares to a verdict, written down.

Components are compared as shares of the variance within units, which is what changing anything
can move. With a margin of 1 % of it:

1. A component **matters** when its estimate is at least the margin and "it is 0" is rejected at
   5 % (one-sided bootstrap-t, adjusted after Holm over the components).
2. A component **does not matter** when its 95 % one-sided upper bound is under the margin: the
   equivalence test of Schuirmann (1987, J. Pharmacokinet. Biopharm. 15:657), for which failing
   to find an effect is not enough.
3. The verdict is the first of these that holds:

   - *interaction*: the interaction matters, is at least a tenth of the larger side and at least
     a third of the geometric mean of the two sides. (A knob that works only in a part ``p`` of
     the evidence cells, and only in a part ``q`` of its own levels, gives an interaction of
     ``sqrt((1 - p) * (1 - q) / (p * q))`` times that mean: once or more for halves or less.
     Two sides that add up under a ceiling stay under a fifth or so.)
   - *both*: evidence and generation matter, and the smaller is at least a tenth of the larger
     (a third of it, as an effect).
   - *evidence*: evidence matters, and its component is larger than that of generation at 5 %
     (one-sided). *Generation* likewise.
   - *neither*: none of the three matters, by the equivalence test.
   - *inconclusive*: everything else, and every table that lacks one of the sides.

The margin is Cohen's small effect: two levels whose means differ by 0.2 standard deviations have
0.2**2 / 4 = 1 % of the variance between them. For a response that is right or wrong half of the
time that is a difference of ten points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ragcheck.attribution.contrasts import holm
from ragcheck.attribution.intervals import MIN_UNITS
from ragcheck.attribution.resampling import Ratio, UnitBootstrap
from ragcheck.attribution.variance import COMPONENTS

MARGIN = 0.01
ALPHA = 0.05
INTERACTION_PART = 1 / 3
SMALLER_PART = 0.1
EFFECTS = COMPONENTS[:3]


@dataclass(frozen=True)
class Part:
    """One component as a share of the variance within units, and what the tests say of it."""

    name: str
    ratio: Ratio
    p_value: float

    @property
    def upper(self) -> float:
        return self.ratio.above(ALPHA)

    @property
    def matters(self) -> bool:
        return self.p_value <= ALPHA and self.ratio.value >= MARGIN

    @property
    def negligible(self) -> bool:
        return self.upper < MARGIN


@dataclass(frozen=True)
class Decision:
    """A verdict with its reason; ``needed`` where it is inconclusive."""

    verdict: str
    reason: str
    needed: str | None = None


def decide(
    bootstrap: UnitBootstrap, undefined: Mapping[str, str], replicates: float, has_noise: bool
) -> Decision:
    """Apply the rule.

    Args:
        undefined: components that the table cannot give, with the reasons.
        replicates: trials a cell of a unit, on average.
        has_noise: whether replicates differ at all.
    """
    missing = [f"{name}: {undefined[name]}" for name in EFFECTS[:2] if name in undefined]
    if missing:
        sides = " and ".join(name for name in EFFECTS[:2] if name in undefined)
        return Decision(
            "inconclusive",
            "the sides cannot be compared; " + "; ".join(missing),
            f"trials that vary {sides} within the same units, everything else unchanged",
        )
    parts = _parts(bootstrap, undefined)
    if parts is None:
        reason = "nothing changed within any unit, whatever was varied"
        return Decision("neither", reason)
    if bootstrap.units < MIN_UNITS:
        return Decision(
            "inconclusive",
            f"{bootstrap.units} units are too few for an interval; {MIN_UNITS} are the least",
            f"{MIN_UNITS - bootstrap.units} more units at least, better 30",
        )
    decision = _settled(bootstrap, parts)
    if decision is not None:
        return decision
    return Decision(
        "inconclusive",
        _list_parts(parts) + ": neither an effect nor its absence is shown",
        _needed(parts, bootstrap.units, replicates, has_noise),
    )


def _parts(bootstrap: UnitBootstrap, undefined: Mapping[str, str]) -> dict[str, Part] | None:
    within = np.array([1.0, 1.0, 1.0, 1.0, 0.0])
    ratios: dict[str, Ratio] = {}
    for index, name in enumerate(EFFECTS):
        if name in undefined:
            continue
        ratio = bootstrap.ratio(np.eye(5)[index], within)
        if ratio is None:
            return None
        ratios[name] = ratio
    adjusted = holm([ratio.p_positive() for ratio in ratios.values()])
    return {
        name: Part(name, ratio, 1.0 if p is None else p)
        for (name, ratio), p in zip(ratios.items(), adjusted, strict=True)
    }


def _settled(bootstrap: UnitBootstrap, parts: Mapping[str, Part]) -> Decision | None:
    shown = _list_parts(parts)
    evidence, generation = parts["evidence"], parts["generation"]
    smaller, larger = sorted((evidence, generation), key=lambda part: part.ratio.value)
    joint = parts.get("interaction")
    if joint is not None and joint.matters and joint.ratio.value >= _entangled(smaller, larger):
        return Decision("interaction", f"{shown}: what one side does depends on the other")
    if (
        smaller.matters
        and larger.matters
        and smaller.ratio.value >= SMALLER_PART * larger.ratio.value
    ):
        return Decision("both", f"{shown}: both sides move the response")
    if larger.matters and _larger(bootstrap, 1.0 if larger is evidence else -1.0):
        return Decision(
            larger.name, f"{shown}: {larger.name} moves the response, {_standing(smaller)}"
        )
    if all(part.negligible for part in parts.values()):
        return Decision("neither", f"{shown}: each is shown to be under {MARGIN:.0%}")
    return None


def _entangled(smaller: Part, larger: Part) -> float:
    """The interaction from which neither side can be judged without the other."""
    mean = math.sqrt(max(smaller.ratio.value, 0.0) * max(larger.ratio.value, 0.0))
    return max(INTERACTION_PART * mean, SMALLER_PART * larger.ratio.value)


def _standing(part: Part) -> str:
    if part.negligible:
        return f"{part.name} is shown not to matter"
    if part.matters:
        return f"{part.name} far less"
    return f"{part.name} is clearly smaller and not shown to matter"


def _larger(bootstrap: UnitBootstrap, sign: float) -> bool:
    gap = bootstrap.ratio(
        sign * np.array([1.0, -1.0, 0.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0, 1.0, 0.0])
    )
    return gap is not None and gap.p_positive() <= ALPHA


def _list_parts(parts: Mapping[str, Part]) -> str:
    listed = ", ".join(
        f"{part.name} {max(part.ratio.value, 0.0):.1%} (at most {max(part.upper, 0.0):.1%})"
        for part in parts.values()
    )
    return f"of the variance within units: {listed}"


def _needed(parts: Mapping[str, Part], units: int, replicates: float, has_noise: bool) -> str:
    """How many more units, or replicates, would decide each open component."""
    factor = max((_width_factor(part) for part in parts.values()), default=1.0)
    factor = max(factor, 1.1)
    if not math.isfinite(factor) or units * factor**2 > 100_000:
        return (
            f"no design of this kind settles it soon: a component is close to the margin of"
            f" {MARGIN:.0%}"
        )
    more = math.ceil(units * (factor**2 - 1))
    text = f"about {more} more units ({units + more} in all)"
    if has_noise:
        each = math.ceil(max(replicates * factor, replicates + 1))
        text += f", or about {each} replicates a cell with the same units"
    return text


def _width_factor(part: Part) -> float:
    """How many times narrower the interval must be to decide this component."""
    if part.matters or part.negligible:
        return 1.0
    if part.ratio.value >= MARGIN:
        return (part.ratio.value - part.ratio.below(ALPHA / 3)) / part.ratio.value
    return (part.upper - part.ratio.value) / (MARGIN - part.ratio.value)
