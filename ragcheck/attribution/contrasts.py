"""Differences of means between the levels of each factor, within unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ragcheck.attribution.cells import combine
from ragcheck.attribution.table import Codes, Factor, Floats, TrialTable
from ragcheck.attribution.wording import Undefined, phrase
from ragcheck.records.results import Estimate
from ragcheck.records.trials import Level

LEVEL = 0.95
POWER = 0.8


@dataclass(frozen=True)
class Difference:
    """Mean response at ``level`` minus that at ``reference``, with its standard error."""

    factor: str
    role: str
    reference: Level
    level: Level
    difference: Estimate | Undefined
    error: float | None
    p_value: float | None


def contrasts(table: TrialTable) -> tuple[tuple[Difference, ...], float | None]:
    """Every level of every factor against the factor's reference, and the smallest visible one.

    A unit's difference compares trials of that unit that are the same in every other factor; the
    estimate is the mean over units with Student's t interval, so that the unit is what is
    counted. Where hardly any such trials exist (a fractional design), it is the coefficient of a
    least-squares fit of all factors within unit, with cluster-robust errors. p-values are
    two-sided and adjusted over all contrasts after Holm (1979, Scand. J. Statist. 6:65).

    The second value is the smallest difference that a test at 5 % finds with 80 % power, for the
    least precise contrast; ``None`` where no contrast has a standard error.
    """
    found: list[Difference] = []
    for factor in table.factors:
        found += _factor_differences(table, factor)
    adjusted = holm([difference.p_value for difference in found])
    visible = [_visible(d.error, d.difference.n) for d in found if d.error is not None]
    listed = tuple(replace(d, p_value=p) for d, p in zip(found, adjusted, strict=True))
    return listed, max(visible, default=None)


def reference_level(factor: Factor) -> int:
    """The level with the most trials; the first of them where several have."""
    return int(np.argmax(np.bincount(factor.codes, minlength=len(factor.levels))))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Step-down adjusted p-values; ``None`` stays and does not count."""
    known = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, index) in enumerate(known):
        largest = max(largest, min(1.0, p * (len(known) - rank)))
        adjusted[index] = largest
    return adjusted


def _factor_differences(table: TrialTable, factor: Factor) -> list[Difference]:
    others = [other for other in table.factors if other.name != factor.name]
    rest, rest_count = combine(others, table.response.size)
    unit_of, mean, seen = _matched(table, factor, table.units * rest_count + rest, rest_count)
    reference = reference_level(factor)
    differences = []
    for level in range(len(factor.levels)):
        if level == reference:
            continue
        both = seen[:, level] & seen[:, reference]
        gaps = mean[both, level] - mean[both, reference]
        by_unit = _unit_means(unit_of[both], gaps)
        if by_unit.size < _units_with_both(table, factor, level, reference) / 2:
            estimate, error, p_value = _fitted(table, factor, level, reference)
        else:
            estimate, error, p_value = _mean_with_t(by_unit)
        one, other = factor.levels[reference], factor.levels[level]
        differences.append(
            Difference(factor.name, factor.role, one, other, estimate, error, p_value)
        )
    return differences


def _matched(
    table: TrialTable, factor: Factor, key: Codes, rest_count: int
) -> tuple[Codes, Floats, np.ndarray]:
    """Mean response of each level within each (unit, rest) group that was seen."""
    groups, code = np.unique(key, return_inverse=True)
    width = len(factor.levels)
    cell = code * width + factor.codes
    count = np.bincount(cell, minlength=groups.size * width).reshape(-1, width)
    total = np.bincount(cell, weights=table.response, minlength=groups.size * width)
    mean = total.reshape(-1, width) / np.maximum(count, 1)
    return groups // rest_count, mean, count > 0


def _unit_means(units: Codes, values: Floats) -> Floats:
    _, code = np.unique(units, return_inverse=True)
    means: Floats = np.bincount(code, weights=values) / np.maximum(np.bincount(code), 1)
    return means


def _units_with_both(table: TrialTable, factor: Factor, level: int, reference: int) -> int:
    one = np.unique(table.units[factor.codes == level])
    other = np.unique(table.units[factor.codes == reference])
    return int(np.intersect1d(one, other, assume_unique=True).size)


def _mean_with_t(by_unit: Floats) -> tuple[Estimate | Undefined, float | None, float | None]:
    n = int(by_unit.size)
    if n == 0:
        return Undefined(phrase("levels_apart")), None, None
    mean = float(by_unit.mean())
    if n == 1:
        return Estimate(mean, n=1), None, None
    error = float(by_unit.std(ddof=1) / np.sqrt(n))
    if error < 1e-12 * max(abs(mean), 1e-300):
        error = 0.0
    return _with_t(mean, error, n)


def _with_t(mean: float, error: float, n: int) -> tuple[Estimate, float, float]:
    from scipy import stats

    reach = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1)) * error
    if error > 0:
        p_value = float(2 * stats.t.sf(abs(mean) / error, n - 1))
    else:
        p_value = 1.0 if mean == 0 else 0.0
    # Not even equal differences say more than n equal signs do.
    p_value = max(p_value, min(1.0, 2.0 ** (1 - n)))
    return Estimate(mean, mean - reach, mean + reach, n=n, level=LEVEL), error, p_value


def _fitted(
    table: TrialTable, factor: Factor, level: int, reference: int
) -> tuple[Estimate | Undefined, float | None, float | None]:
    """The coefficient of ``level`` in a least-squares fit of all factors with unit intercepts."""
    columns = [factor.codes == level]
    columns += [
        factor.codes == code for code in range(len(factor.levels)) if code not in (level, reference)
    ]
    for other in table.factors:
        if other.name != factor.name:
            columns += [other.codes == code for code in range(1, len(other.levels))]
    count = np.bincount(table.units, minlength=table.unit_count)
    stacked = np.column_stack([table.response, *columns]).astype(np.float64)
    for index in range(stacked.shape[1]):
        total = np.bincount(table.units, stacked[:, index], minlength=table.unit_count)
        stacked[:, index] -= (total / np.maximum(count, 1))[table.units]
    y, first, others = stacked[:, 0], stacked[:, 1], stacked[:, 2:]
    if others.shape[1]:
        fit = np.linalg.lstsq(others, np.column_stack([y, first]), rcond=None)[0]
        y, first = y - others @ fit[:, 0], first - others @ fit[:, 1]
    weight = float(first @ first)
    if weight < 1e-9 * first.size:
        return Undefined(phrase("confounded")), None, None
    mean = float(first @ y) / weight
    scores = np.bincount(table.units, first * (y - mean * first), minlength=table.unit_count)
    n = int((np.bincount(table.units, first**2, minlength=table.unit_count) > 0).sum())
    if n < 2:
        return Estimate(mean, n=n), None, None
    error = float(np.sqrt((scores**2).sum() * n / (n - 1)) / weight)
    return _with_t(mean, error, n)


def _visible(error: float, n: int) -> float:
    from scipy import stats

    quantiles = stats.t.ppf(0.5 + LEVEL / 2, n - 1) + stats.t.ppf(POWER, n - 1)
    return float(quantiles * error)
