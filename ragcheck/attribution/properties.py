"""How much of the evidence component a measured property of the evidence accounts for."""

from __future__ import annotations

import numpy as np

from ragcheck.attribution.cells import CellTable, combine
from ragcheck.attribution.resampling import UnitBootstrap
from ragcheck.attribution.table import Floats, TrialTable
from ragcheck.attribution.variance import COMPONENTS, Components
from ragcheck.attribution.wording import Undefined, phrase
from ragcheck.records.results import Estimate
from ragcheck.workers import SERIAL, Workers

TAIL = 0.025


def explained(
    table: TrialTable,
    cells: CellTable,
    parts: Components,
    rng: np.random.Generator,
    workers: Workers = SERIAL,
) -> dict[str, Estimate | Undefined]:
    """Share of the evidence component that each property alone explains, in [0, 1].

    Within each unit the mean response of each evidence cell is set against the mean of the
    property there. With ``c`` their mean covariance, ``v`` the mean variance of the property and
    ``V`` the evidence component, the share is ``c**2 / (v * V)``: the squared correlation that a
    noise-free response would have with the property. The sampling variance of ``c`` is taken off
    its square, so that a property without a part in it gives 0 on average before clipping.
    Intervals are bootstrap percentiles over units. Properties that go together explain the same
    part: the shares do not add up.
    """
    effect = COMPONENTS.index("evidence")
    reason = parts.undefined.get("evidence")
    if reason is None and parts.values[effect] <= 0:
        reason = phrase("nothing_to_explain")
    if reason is not None:
        return dict.fromkeys(table.properties, Undefined(reason))
    response = _evidence_means(cells)
    codes, count = combine(table.of_role("evidence"), table.response.size)
    found: dict[str, Estimate | Undefined] = {}
    for name, values in table.properties.items():
        measured = _property_means(table, values, codes, count)
        found[name] = _share(response, measured, parts.by_unit[:, effect], rng, workers)
    return found


def _evidence_means(cells: CellTable) -> Floats:
    """(units, evidence cells): mean over the generation cells that were seen, else NaN."""
    shape = (cells.units, cells.evidence_count, cells.generation_count)
    seen = (cells.count > 0).reshape(shape).sum(axis=2)
    total = cells.mean.reshape(shape).sum(axis=2)
    means: Floats = np.where(seen > 0, total / np.maximum(seen, 1), np.nan)
    return means


def _property_means(table: TrialTable, values: Floats, codes: np.ndarray, count: int) -> Floats:
    known = ~np.isnan(values)
    key = table.units[known] * count + codes[known]
    size = table.unit_count * count
    number = np.bincount(key, minlength=size)
    total = np.bincount(key, weights=values[known], minlength=size)
    means: Floats = np.where(number > 0, total / np.maximum(number, 1), np.nan)
    return means.reshape(table.unit_count, count)


def _share(
    response: Floats,
    measured: Floats,
    effect: Floats,
    rng: np.random.Generator,
    workers: Workers,
) -> Estimate | Undefined:
    covariance, variance = _within_units(response, measured)
    units = int((variance > 0).sum())
    if units < 2:
        return Undefined(phrase("same_within_units"), units)
    columns = np.column_stack([covariance, variance, effect])
    bootstrap = UnitBootstrap(columns, rng, workers=workers)
    own_error = bootstrap.covariance[0, 0] / (len(effect) - 1)
    value = _squared(bootstrap.mean[None], own_error)
    # A resample adds the sampling variance of c to its square once more.
    drawn = _squared(bootstrap.means, 2 * own_error)
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.clip(np.quantile(drawn, [TAIL, 1 - TAIL]), 0.0, 1.0)
    share = float(np.clip(value[0], 0.0, 1.0))
    return Estimate(share, min(float(low), share), max(float(high), share), n=units)


def _squared(means: Floats, error: float) -> Floats:
    bottom = means[:, 1] * means[:, 2]
    bottom = np.where(bottom > 0, bottom, np.nan)
    shares: Floats = (means[:, 0] ** 2 - error) / bottom
    return shares


def _within_units(response: Floats, measured: Floats) -> tuple[Floats, Floats]:
    """Covariance and variance over the evidence cells of each unit, as for all of its cells."""
    known = ~np.isnan(response) & ~np.isnan(measured)
    seen = known.sum(axis=1)
    y, x = np.where(known, response, 0.0), np.where(known, measured, 0.0)
    divisor = np.maximum(seen, 1)[:, None]
    y = (y - y.sum(axis=1, keepdims=True) / divisor) * known
    x = (x - x.sum(axis=1, keepdims=True) / divisor) * known
    cells = response.shape[1]
    scale = (1 - 1 / cells) / np.maximum(seen - 1, 1) * (seen > 1)
    return (x * y).sum(axis=1) * scale, (x * x).sum(axis=1) * scale
