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
from ragcheck.attribution.wording import Phrase, join, phrase

MARGIN = 0.01
ALPHA = 0.05
BETTER_UNITS = 30
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
    reason: Phrase
    needed: Phrase | None = None


def decide(
    bootstrap: UnitBootstrap, undefined: Mapping[str, Phrase], replicates: float, has_noise: bool
) -> Decision:
    """Apply the rule.

    Args:
        undefined: components that the table cannot give, with the reasons.
        replicates: trials a cell of a unit, on average.
        has_noise: whether replicates differ at all.
    """
    missing = [name for name in EFFECTS[:2] if name in undefined]
    if missing:
        reasons = [phrase("because", name=phrase(n), reason=undefined[n]) for n in missing]
        return Decision(
            "inconclusive",
            phrase("sides_apart", reasons=join("semicolon", reasons)),
            phrase("need_sides", sides=join("and", map(phrase, missing))),
        )
    parts = _parts(bootstrap, undefined)
    if parts is None:
        return Decision("neither", phrase("no_change"))
    if bootstrap.units < MIN_UNITS:
        return Decision(
            "inconclusive",
            phrase("few_units", units=bootstrap.units, least=MIN_UNITS),
            phrase("need_some_units", count=MIN_UNITS - bootstrap.units, better=BETTER_UNITS),
        )
    decision = _settled(bootstrap, parts)
    if decision is not None:
        return decision
    return Decision(
        "inconclusive",
        phrase("undecided", parts=_list_parts(parts)),
        _needed(parts, bootstrap.units, replicates, has_noise),
    )


def _parts(bootstrap: UnitBootstrap, undefined: Mapping[str, Phrase]) -> dict[str, Part] | None:
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
        return Decision("interaction", phrase("depends", parts=shown))
    if (
        smaller.matters
        and larger.matters
        and smaller.ratio.value >= SMALLER_PART * larger.ratio.value
    ):
        return Decision("both", phrase("both_move", parts=shown))
    if larger.matters and _larger(bootstrap, 1.0 if larger is evidence else -1.0):
        moved = phrase(
            "one_moves", parts=shown, larger=phrase(larger.name), smaller=_standing(smaller)
        )
        return Decision(larger.name, moved)
    if all(part.negligible for part in parts.values()):
        return Decision("neither", phrase("all_negligible", parts=shown, margin=MARGIN))
    return None


def _entangled(smaller: Part, larger: Part) -> float:
    """The interaction from which neither side can be judged without the other."""
    mean = math.sqrt(max(smaller.ratio.value, 0.0) * max(larger.ratio.value, 0.0))
    return max(INTERACTION_PART * mean, SMALLER_PART * larger.ratio.value)


def _standing(part: Part) -> Phrase:
    name = phrase(part.name)
    if part.negligible:
        return phrase("does_not_matter", name=name)
    if part.matters:
        return phrase("far_less", name=name)
    return phrase("clearly_smaller", name=name)


def _larger(bootstrap: UnitBootstrap, sign: float) -> bool:
    gap = bootstrap.ratio(
        sign * np.array([1.0, -1.0, 0.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0, 1.0, 0.0])
    )
    return gap is not None and gap.p_positive() <= ALPHA


def _list_parts(parts: Mapping[str, Part]) -> Phrase:
    listed = [
        phrase(
            "part",
            name=phrase(part.name),
            share=max(part.ratio.value, 0.0),
            upper=max(part.upper, 0.0),
        )
        for part in parts.values()
    ]
    return phrase("parts", listed=join("comma", listed))


def _needed(parts: Mapping[str, Part], units: int, replicates: float, has_noise: bool) -> Phrase:
    """How many more units, or replicates, would decide each open component."""
    factor = max((_width_factor(part) for part in parts.values()), default=1.0)
    factor = max(factor, 1.1)
    if not math.isfinite(factor) or units * factor**2 > 100_000:
        return phrase("need_other_design", margin=MARGIN)
    more = math.ceil(units * (factor**2 - 1))
    total = units + more
    if not has_noise:
        return phrase("need_units", more=more, total=total)
    each = math.ceil(max(replicates * factor, replicates + 1))
    return phrase("need_units_or_replicates", more=more, total=total, each=each)


def _width_factor(part: Part) -> float:
    """How many times narrower the interval must be to decide this component."""
    if part.matters or part.negligible:
        return 1.0
    if part.ratio.value >= MARGIN:
        return (part.ratio.value - part.ratio.below(ALPHA / 3)) / part.ratio.value
    return (part.upper - part.ratio.value) / (MARGIN - part.ratio.value)
