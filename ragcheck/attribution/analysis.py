"""From a results table to an attribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragcheck.attribution.cells import CellTable, cell_table
from ragcheck.attribution.contrasts import Difference, contrasts
from ragcheck.attribution.intervals import share_interval
from ragcheck.attribution.properties import explained
from ragcheck.attribution.resampling import RESAMPLES, UnitBootstrap
from ragcheck.attribution.table import TrialTable, read_trials
from ragcheck.attribution.variance import COMPONENTS, Components, components
from ragcheck.attribution.verdict import Decision, decide
from ragcheck.attribution.wording import (
    Phrase,
    Undefined,
    check_language,
    join,
    phrase,
    say,
    word,
    worded,
)
from ragcheck.records.results import Attribution, Contrast, Estimate
from ragcheck.workers import SERIAL, Workers

SEED = 0


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
    language: str = "en",
    workers: Workers = SERIAL,
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
        language: of the sentences (reasons, warnings, method, what is needed): ``en`` or ``zh``.
            Verdicts and names of components stay as they are.
        workers: draw the resamples of large tables; they change no figure.

    Returns:
        Shares of the total variance (definitions: :mod:`ragcheck.attribution.variance`), which
        add up to 1 and are unbiased, so that a share that is truly 0 is estimated a little
        below 0 about as often as above; 95 % intervals by a cluster bootstrap over units
        (:mod:`ragcheck.attribution.resampling`); contrasts in the response's own unit; and the
        verdict of the rule in :mod:`ragcheck.attribution.verdict`.

    Raises:
        TableError: the table cannot be read or analysed, or there are no sentences in the
            language; the message says where and how to mend it.
    """
    check_language(language)
    table = read_trials(
        trials, response=response, unit=unit, evidence=evidence, generation=generation,
        replicate=replicate, properties=properties,
    )  # fmt: skip
    cells = cell_table(table)
    parts = components(cells)
    generator = np.random.default_rng(SEED) if rng is None else rng
    shares, decision = _shares_and_verdict(table, cells, parts, generator, workers)
    differences, smallest = contrasts(table)
    properties_told = explained(table, cells, parts, generator, workers) if table.properties else {}
    warnings = (*table.warnings, *parts.warnings, *_design_warnings(cells, parts))
    return Attribution(
        verdict=decision.verdict,
        reason=word(language, decision.reason),
        shares={name: worded(language, share) for name, share in shares.items()},
        contrasts=tuple(_contrast(language, difference) for difference in differences),
        ranges={factor.name: factor.levels for factor in (*table.factors, *table.constants)},
        roles={factor.name: factor.role for factor in (*table.factors, *table.constants)},
        response=response,
        units=table.unit_count,
        trials=table.response.size,
        method=_method(language, parts),
        smallest_effect=smallest,
        needed=None if decision.needed is None else word(language, decision.needed),
        warnings=tuple(word(language, warning) for warning in warnings),
        properties={name: worded(language, share) for name, share in properties_told.items()},
    )


def _shares_and_verdict(
    table: TrialTable,
    cells: CellTable,
    parts: Components,
    rng: np.random.Generator,
    workers: Workers,
) -> tuple[dict[str, Estimate | Undefined], Decision]:
    if np.ptp(table.response) == 0:
        reason = phrase("same_response", response=table.response_name)
        return _no_shares(reason), Decision("inconclusive", reason, phrase("need_response"))
    if cells.units == 1:
        reason = phrase("single_unit")
        return _no_shares(reason), Decision("inconclusive", reason, phrase("need_ten_units"))
    bootstrap = UnitBootstrap(parts.by_unit, rng, workers=workers)
    shares: dict[str, Estimate | Undefined] = {}
    for index, name in enumerate(COMPONENTS):
        ratio = bootstrap.ratio(np.eye(5)[index], np.ones(5))
        if name in parts.undefined:
            shares[name] = Undefined(parts.undefined[name], cells.units)
        elif ratio is None:
            shares[name] = Undefined(phrase("no_variance"), cells.units)
        else:
            low, high = share_interval(ratio, cells.units)
            shares[name] = Estimate(ratio.value, low, high, n=cells.units)
    replicates = float(cells.count.sum() / (cells.count > 0).sum())
    has_noise = bool(parts.values[COMPONENTS.index("noise")] > 0)
    return shares, decide(bootstrap, parts.undefined, replicates, has_noise)


def _no_shares(reason: Phrase) -> dict[str, Estimate | Undefined]:
    return dict.fromkeys(COMPONENTS, Undefined(reason))


def _contrast(language: str, found: Difference) -> Contrast:
    estimate = worded(language, found.difference)
    return Contrast(found.factor, found.role, found.reference, found.level, estimate, found.p_value)


def _design_warnings(cells: CellTable, parts: Components) -> list[Phrase]:
    warnings: list[Phrase] = []
    seen = cells.count > 0
    empty = int((~seen).sum())
    if empty:
        never = int((~seen.any(axis=0)).sum())
        told = [phrase("empty_cells", empty=empty, cells=seen.size)]
        told += [phrase("never_tried", never=never)] if never else []
        warnings.append(join("comma", told))
    single = int((seen.sum(axis=1) == 1).sum())
    if single:
        warnings.append(phrase("one_cell_only", single=single, units=cells.units))
    if parts.noise_source == "interaction residual":
        warnings.append(phrase("noise_of_interaction"))
    elif parts.noise_source == "unit residual":
        warnings.append(phrase("noise_of_units"))
    return warnings


def _method(language: str, parts: Components) -> str:
    source = phrase("noise_" + parts.noise_source.replace(" ", "_"))
    return say(language, "method", noise=source, resamples=RESAMPLES)
