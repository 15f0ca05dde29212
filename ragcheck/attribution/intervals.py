"""Intervals for shares, which cannot be under 0 but whose unbiased estimates can."""

from __future__ import annotations

import math

from ragcheck.attribution.resampling import Ratio

TAIL = 0.025
TAIL_NEAR_ZERO = 0.04
MIN_UNITS = 5


def share_interval(ratio: Ratio, units: int) -> tuple[float, float]:
    """95 % interval for a share that may be 0.

    Far from 0 both tails are 2.5 %. Near 0 a miss from above is hardly possible, so the lower
    tail gets 4 % (the unified interval of Feldman and Cousins 1998, Phys. Rev. D 57:3873, with
    bootstrap quantiles; not all of the 5 %, for the standard error shrinks with the estimate
    and some misses from above are left). A true 0 is covered in 95 to 97 % of cases, and the
    interval always holds a possible share. It holds the estimate too, so its lower end is under
    0 where the estimate is. Fewer than five units tell nothing: 0 to 1.

    The bootstrap of a handful of units is too narrow even when studentised; the standard
    deviation of Student's t makes up for it (1.13 for 10 units, 1.02 for 60).
    """
    if units < MIN_UNITS:
        return min(0.0, ratio.value), max(1.0, ratio.value)
    widened = math.sqrt((units - 1) / (units - 3))
    reach = max(0.0, widened * (ratio.above(TAIL) - ratio.value))
    low = ratio.value - widened * (ratio.value - ratio.below(TAIL))
    if low < reach:
        low = min(ratio.below(TAIL_NEAR_ZERO), reach)
    high = min(1.0, max(ratio.value, 0.0) + reach)
    return min(max(low, 0.0), ratio.value), max(high, ratio.value)
