"""Intervals for shares, which cannot be under 0 but whose unbiased estimates can."""

from __future__ import annotations

from ragcheck.attribution.resampling import Ratio

TAIL = 0.025
MIN_UNITS = 5


def share_interval(ratio: Ratio, units: int) -> tuple[float, float]:
    """95 % interval for a share that may be 0.

    Far from 0 both tails are 2.5 %. Near 0 a miss from above is impossible, so the whole 5 %
    goes to the lower tail (the unified interval of Feldman and Cousins 1998, Phys. Rev. D
    57:3873, with bootstrap quantiles): a true 0 is covered in 95 % of cases instead of 97.5 %,
    and the interval always holds a possible share. It holds the estimate too, so its lower end
    is under 0 where the estimate is. Fewer than five units tell nothing: 0 to 1.
    """
    if units < MIN_UNITS:
        return min(0.0, ratio.value), max(1.0, ratio.value)
    reach = ratio.above(TAIL) - ratio.value
    high = min(1.0, max(ratio.value, 0.0) + max(reach, 0.0))
    low = ratio.below(TAIL)
    if low < reach:
        low = min(ratio.below(2 * TAIL), max(reach, 0.0))
    low = max(low, 0.0)
    return min(low, ratio.value), max(high, ratio.value)
