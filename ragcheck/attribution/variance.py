"""Components of variance of a crossed, possibly unbalanced table, by the method of moments.

With ``m[u, e, g]`` the expected response of unit ``u`` in evidence cell ``e`` and generation cell
``g``, units drawn from a population and the levels as they are, equally weighted:

- evidence     ``mean over u, e of (m[u, e, .] - m[u, ., .])**2``
- generation   ``mean over u, g of (m[u, ., g] - m[u, ., .])**2``
- interaction  ``mean over u, e, g of (m[u, e, g] - m[u, e, .] - m[u, ., g] + m[u, ., .])**2``
- noise        ``mean over u, e, g`` of the variance of replicates
- unit         ``variance over u of m[u, ., .]``

They add up to the variance of a random trial of a random unit in a random cell. What the evidence
does to this unit alone (unit x evidence) is part of the evidence component, for the answer to this
question follows the evidence whether or not other questions follow it the same way; likewise for
the others. No distribution is assumed: means of squared differences less their noise are unbiased
for continuous, bounded and binary responses alike.

The estimates are the analysis-of-variance ones (expected mean squares; Searle, Casella and
McCulloch 1992, Variance Components, ch. 4 and 5) where the table is balanced. The correction for
noise is that of omega-squared (Hays 1963) against eta-squared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragcheck.attribution.cells import CellTable
from ragcheck.attribution.noise import Noise, replicate_noise
from ragcheck.attribution.pairs import PairAverage, PairSums, pair_weights, unit_covariance
from ragcheck.attribution.table import Floats
from ragcheck.attribution.wording import Phrase, phrase

COMPONENTS = ("evidence", "generation", "interaction", "noise", "unit")


@dataclass(frozen=True)
class Components:
    """Unbiased components, which may be a little below 0, and each unit's part in them.

    ``by_unit`` is (units, 5) in the order of ``COMPONENTS``, with the components as its column
    means. ``undefined`` gives the reason for each component that the table cannot give; such a
    column is 0. ``noise_source`` is ``replicates``, ``interaction residual`` or ``unit residual``.
    """

    values: Floats
    by_unit: Floats
    undefined: dict[str, Phrase]
    noise_source: str
    warnings: tuple[Phrase, ...] = ()


def components(table: CellTable) -> Components:
    """Estimate the five components of variance of a cell table."""
    sums = PairSums(table)
    weights = pair_weights(table, sums.both > 0)
    differences = [sums.squared_difference(kind) for kind in weights]
    undefined = _undefined(table, differences)
    noise = replicate_noise(table)
    if noise is not None:
        columns = _with_replicates(table, sums, differences, noise)
        source, warnings = "replicates", _borrowed(noise, table)
    else:
        columns, source = _without_replicates(table, sums, differences)
        warnings = ()
    for index, name in enumerate(COMPONENTS):
        if name in undefined:
            columns[:, index] = 0.0
    return Components(columns.mean(axis=0), columns, undefined, source, warnings)


def _undefined(table: CellTable, differences: list[PairAverage]) -> dict[str, Phrase]:
    reasons: dict[str, Phrase] = {}
    counts = (table.evidence_count, table.generation_count)
    for name, count, pair in zip(COMPONENTS[:2], counts, differences[:2], strict=True):
        if count == 1:
            reasons[name] = phrase("not_varied", side=phrase(name))
        elif pair.value is None:
            reasons[name] = phrase("not_within_unit", side=phrase(name))
    if reasons:
        reasons["interaction"] = phrase("needs_both_sides")
    elif differences[2].value is None:
        reasons["interaction"] = phrase("no_square")
    return reasons


def _borrowed(noise: Noise, table: CellTable) -> tuple[Phrase, ...]:
    if not noise.borrowed:
        return ()
    return (phrase("borrowed_noise", count=noise.borrowed, cells=table.cells),)


def effects(table: CellTable, pairs: list[PairAverage], values: list[Floats]) -> Floats:
    """(..., 3): evidence, generation and interaction from the three averages over pairs.

    The variance over evidence cells within a generation cell is the evidence component and the
    interaction together. A side that was not varied within units counts as a single cell.
    """
    e = table.evidence_count if pairs[0].value is not None else 1
    g = table.generation_count if pairs[1].value is not None else 1
    one_e, one_g, excess = values
    interaction = (e - 1) * (g - 1) / (2 * e * g) * excess
    return np.stack(
        [
            (e - 1) / (2 * e) * one_e - interaction,
            (g - 1) / (2 * g) * one_g - interaction,
            interaction,
        ],
        axis=-1,
    )


def _with_replicates(
    table: CellTable, sums: PairSums, differences: list[PairAverage], noise: Noise
) -> Floats:
    clean = [_less_noise(pair, noise) for pair in differences]
    unit = _less_noise(unit_covariance(sums), noise)
    level = noise.variance.mean() + noise.by_unit.mean(axis=1)
    return np.column_stack([effects(table, differences, clean), level, unit])


def _less_noise(pair: PairAverage, noise: Noise) -> Floats:
    return pair.by_unit - pair.per_noise @ noise.variance - noise.by_unit @ pair.per_noise


def _without_replicates(
    table: CellTable, sums: PairSums, differences: list[PairAverage]
) -> tuple[Floats, str]:
    """Noise is what units do not share: of the interaction, or else of the main effects."""
    weights = pair_weights(table, sums.both > 2)
    means = [sums.squared_mean_difference(kind) for kind in weights]
    common = effects(table, means, [pair.by_unit for pair in means])
    if means[2].value is not None:
        raw = effects(table, differences, [pair.by_unit for pair in differences])
        e, g = table.evidence_count, table.generation_count
        noise = (raw[:, 2] - common[:, 2]) * e * g / ((e - 1) * (g - 1))
        evidence = raw[:, 0] - noise * (e - 1) / (e * g)
        generation = raw[:, 1] - noise * (g - 1) / (e * g)
        effect = np.column_stack([evidence, generation, common[:, 2]])
        source = "interaction residual"
    else:
        halves = [
            (full.by_unit - mean.by_unit) / 2
            for full, mean in zip(differences[:2], means[:2], strict=True)
            if full.value is not None and mean.value is not None
        ]
        noise = np.mean(halves, axis=0) if halves else np.zeros(table.units)
        effect, source = common, "unit residual"
    covariance = unit_covariance(sums)
    unit = covariance.by_unit - noise * covariance.per_noise.sum()
    return np.column_stack([effect, noise, unit]), source
