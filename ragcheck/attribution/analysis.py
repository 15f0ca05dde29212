"""From a results table to an attribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragcheck.attribution.cells import CellTable, cell_table
from ragcheck.attribution.contrasts import contrasts
from ragcheck.attribution.intervals import share_interval
from ragcheck.attribution.properties import explained
from ragcheck.attribution.resampling import RESAMPLES, UnitBootstrap
from ragcheck.attribution.table import TrialTable, read_trials
from ragcheck.attribution.variance import COMPONENTS, Components, components
from ragcheck.attribution.verdict import Decision, decide
from ragcheck.records.results import Attribution, Estimate

SEED = 0
_SOURCES = {
    "replicates": "noise from replicates of a cell within a unit",
    "interaction residual": "noise from what is left of the interaction within units",
    "unit residual": "noise from what is left of the main effects within units",
}


def attribute(
    trials: Any,
    *,
    response: str,
    unit: str,
    evidence: Sequence[str],
    generation: Sequence[str],
    replicate: str | None = None,
    properties: Sequence[str] = (),
    rng: np.random.Generator | None = None,
) -> Attribution:
    """Which side the response follows: the evidence factors or the generation factors.

    Args:
        trials: path of a CSV, TSV, Parquet, JSON or JSON-lines file, a pandas data frame, an
            Arrow table, or a sequence of mappings; one row a trial.
        response: column with the score of a trial, a number; empty where it was not scored.
        unit: column that identifies the question (or whatever is the independent unit).
        evidence, generation: columns that were varied, by side.
        replicate: column that numbers repeats of a cell; only used to warn of repeated rows.
        properties: numeric columns with measured properties of the evidence.
        rng: draws the resamples; ``None`` gives the same ones each time.

    Returns:
        Shares of the total variance (definitions: :mod:`ragcheck.attribution.variance`), which
        add up to 1 and are unbiased, so that a share that is truly 0 is estimated a little
        below 0 about as often as above; 95 % intervals by a cluster bootstrap over units
        (:mod:`ragcheck.attribution.resampling`); contrasts in the response's own unit; and the
        verdict of the rule in :mod:`ragcheck.attribution.verdict`.

    Raises:
        TableError: the table cannot be read or analysed; the message says where and how to
            mend it.
    """
    table = read_trials(
        trials, response=response, unit=unit, evidence=evidence, generation=generation,
        replicate=replicate, properties=properties,
    )  # fmt: skip
    cells = cell_table(table)
    parts = components(cells)
    generator = np.random.default_rng(SEED) if rng is None else rng
    shares, decision = _shares_and_verdict(table, cells, parts, generator)
    differences, smallest = contrasts(table)
    told = explained(table, cells, parts, generator) if table.properties else {}
    return Attribution(
        verdict=decision.verdict,
        reason=decision.reason,
        shares=shares,
        contrasts=differences,
        ranges={factor.name: factor.levels for factor in (*table.factors, *table.constants)},
        roles={factor.name: factor.role for factor in (*table.factors, *table.constants)},
        response=response,
        units=table.unit_count,
        trials=table.response.size,
        method=_method(parts),
        smallest_effect=smallest,
        needed=decision.needed,
        warnings=(*table.warnings, *_design_warnings(cells, parts)),
        properties=told,
    )


def _shares_and_verdict(
    table: TrialTable, cells: CellTable, parts: Components, rng: np.random.Generator
) -> tuple[dict[str, Estimate], Decision]:
    if np.ptp(table.response) == 0:
        reason = f"{table.response_name!r} has the same value in every trial"
        return _no_shares(reason), Decision("inconclusive", reason, _OTHER_RESPONSE)
    if cells.units == 1:
        reason = "there is a single unit, and nothing to generalise from"
        return _no_shares(reason), Decision("inconclusive", reason, "more units, at least 10")
    bootstrap = UnitBootstrap(parts.by_unit, rng)
    shares: dict[str, Estimate] = {}
    for index, name in enumerate(COMPONENTS):
        ratio = bootstrap.ratio(np.eye(5)[index], np.ones(5))
        if name in parts.undefined:
            shares[name] = Estimate(None, n=cells.units, reason=parts.undefined[name])
        elif ratio is None:
            reason = "no variance is left once noise is taken off"
            shares[name] = Estimate(None, n=cells.units, reason=reason)
        else:
            low, high = share_interval(ratio, cells.units)
            shares[name] = Estimate(ratio.value, low, high, n=cells.units)
    replicates = float(cells.count.sum() / (cells.count > 0).sum())
    has_noise = bool(parts.values[COMPONENTS.index("noise")] > 0)
    return shares, decide(bootstrap, parts.undefined, replicates, has_noise)


_OTHER_RESPONSE = "a response that tells trials apart, or harder questions"


def _no_shares(reason: str) -> dict[str, Estimate]:
    return {name: Estimate(None, reason=reason) for name in COMPONENTS}


def _design_warnings(cells: CellTable, parts: Components) -> tuple[str, ...]:
    warnings = list(parts.warnings)
    seen = cells.count > 0
    empty = int((~seen).sum())
    if empty:
        never = int((~seen.any(axis=0)).sum())
        warnings.append(
            f"{empty} of {seen.size} cells (unit x levels) have no trial"
            + (f", {never} combinations of levels were never tried" if never else "")
        )
    single = int((seen.sum(axis=1) == 1).sum())
    if single:
        warnings.append(f"{single} of {cells.units} units were seen in one cell only")
    if parts.noise_source == "interaction residual":
        warnings.append(
            "no cell has replicates: noise cannot be told apart from how single units respond"
            " to combinations of both sides, and both are counted as noise"
        )
    elif parts.noise_source == "unit residual":
        warnings.append(
            "no cell has replicates and both sides were not varied together: only effects that"
            " units share are told apart from noise"
        )
    return tuple(warnings)


def _method(parts: Components) -> str:
    return (
        "unbiased components of variance by expected mean squares on pairs of cells within unit;"
        f" {_SOURCES[parts.noise_source]}; 95 % intervals by a studentised cluster bootstrap over"
        f" units ({RESAMPLES} resamples); contrasts by Student's t over units, Holm-adjusted"
    )
