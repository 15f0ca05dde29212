"""Two states, question by question: the difference, and which side of the prompt it goes with.

A state is a set of cells, each a parameter setting crossed with a system setting. Where the two
states differ on one side alone, the whole difference goes with that side. Where they differ on
both, the difference is split along a cell that lies between them: the parameters of one with the
system of the other. With one such state the parts are those along that path; with both, each part
is the mean over the two paths, which is the Shapley value of two players (Shapley 1953, in
Contributions to the Theory of Games II), and the interaction is by how much the paths differ.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragcheck.attribution.intervals import MIN_UNITS
from ragcheck.attribution.paired import POWER, paired_estimate
from ragcheck.records.results import Estimate
from ragcheck.stats import wilson_interval

MARGIN = 0.05
"""Share of the response's range below which two states count as equal: five answers of 100."""
MOST_QUESTIONS = 100_000

Cell = tuple[Hashable, Hashable]
"""A parameter setting and a system setting."""
CellMeans = Mapping[str, Mapping[Cell, float]]
"""Question and cell to the mean response of its answers."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reply:
    """One scored answer: its question, the settings of both sides, and its response."""

    question: str
    parameters: Hashable
    system: Hashable
    response: float


def cell_means(replies: Iterable[Reply]) -> CellMeans:
    """Mean response of each question in each of its cells."""
    values: dict[str, dict[Cell, list[float]]] = defaultdict(lambda: defaultdict(list))
    for reply in replies:
        values[reply.question][reply.parameters, reply.system].append(reply.response)
    return {
        question: {cell: float(np.mean(found)) for cell, found in cells.items()}
        for question, cells in values.items()
    }


def question_means(means: CellMeans) -> dict[str, float]:
    """Mean of each question over its cells, every cell with the same weight."""
    return {question: float(np.mean(list(cells.values()))) for question, cells in means.items()}


def split_difference(
    before: CellMeans, after: CellMeans, rng: np.random.Generator, *, reason: str
) -> dict[str, Estimate]:
    """The parts of the difference by side, with intervals over questions.

    ``parameters`` and ``system``, and ``interaction`` where both paths were measured; empty where
    no question has a state between the two, or where the cells of a state are not crossed.
    """
    parts: dict[str, list[float]] = defaultdict(list)
    for question in sorted(before.keys() & after.keys()):
        for name, value in _parts(before[question], after[question]).items():
            parts[name].append(value)
    counts = {len(values) for values in parts.values()}
    if len(counts) > 1:  # both paths for some questions only: one path, the same for all
        parts.pop("interaction", None)
    return {name: paired_estimate(values, rng, reason=reason) for name, values in parts.items()}


def change_verdict(gaps: Sequence[float], difference: Estimate, margin: float) -> str:
    """``better`` or ``worse`` where the whole interval is on its side of 0.

    ``no difference`` where all of it lies within the margin (the equivalence test of Schuirmann
    1987, J. Pharmacokinet. Biopharm. 15:657); else ``inconclusive``.
    """
    if difference.value is None:
        return "not measured"
    low, high = difference.low, difference.high
    if low is None or high is None or len(gaps) < MIN_UNITS:
        return "inconclusive"
    if low > 0 or high < 0:
        return "better" if low > 0 else "worse"
    return "no difference" if low >= -margin and high <= margin else "inconclusive"


def smallest_difference(gaps: Sequence[float]) -> float | None:
    """The smallest mean difference that a test at 5 % finds with 80 % power."""
    deviation = _deviation(gaps)
    if len(gaps) < MIN_UNITS or deviation == 0:
        return None
    from scipy import stats

    quantiles = stats.t.ppf(0.975, len(gaps) - 1) + stats.t.ppf(POWER, len(gaps) - 1)
    return float(quantiles * deviation / math.sqrt(len(gaps)))


def questions_needed(gaps: Sequence[float], margin: float) -> int | None:
    """How many questions would decide, at the spread and the mean that were seen.

    To tell the mean from 0 where it is at least the margin, else to show that no difference is
    larger than the margin, with 80 % power. ``None`` where that is more than ``MOST_QUESTIONS``.
    """
    deviation = _deviation(gaps)
    if len(gaps) < MIN_UNITS or deviation == 0:
        return next(
            n for n in range(MIN_UNITS, MOST_QUESTIONS) if wilson_interval(0, n)[1] < margin
        )
    from scipy import stats

    mean = abs(float(np.mean(gaps)))
    target = mean if mean >= margin else margin - mean
    quantiles = stats.norm.ppf(0.975) + stats.norm.ppf(POWER)
    needed = (quantiles * deviation / target) ** 2
    if not needed < MOST_QUESTIONS:
        return None
    return max(len(gaps) + 1, math.ceil(needed))


def side_that_moves(parts: Mapping[str, Estimate]) -> str:
    """The side whose part has an interval without 0; ``both``, or ``inconclusive`` for none."""
    moving = [name for name in ("parameters", "system") if _is_clear(parts.get(name))]
    if len(moving) == 2:
        return "both"
    return moving[0] if moving else "inconclusive"


def _is_clear(estimate: Estimate | None) -> bool:
    if estimate is None or estimate.low is None or estimate.high is None:
        return False
    return estimate.low > 0 or estimate.high < 0


def _parts(before: Mapping[Cell, float], after: Mapping[Cell, float]) -> dict[str, float]:
    if not (_is_crossed(before) and _is_crossed(after)):
        return {}
    known = {
        cell: float(np.mean([side[cell] for side in (before, after) if cell in side]))
        for cell in {*before, *after}
    }
    start, end = (float(np.mean(list(cells.values()))) for cells in (before, after))
    new_parameters = _between(known, parameters=after, system=before)
    new_system = _between(known, parameters=before, system=after)
    paths = []
    if new_parameters is not None:
        paths.append((new_parameters - start, end - new_parameters))
    if new_system is not None:
        paths.append((end - new_system, new_system - start))
    if not paths:
        return {}
    parameters, system = (float(np.mean(part)) for part in zip(*paths, strict=True))
    found = {"parameters": parameters, "system": system}
    if len(paths) == 2:
        found["interaction"] = paths[1][0] - paths[0][0]
    return found


def _between(
    known: Mapping[Cell, float], *, parameters: Mapping[Cell, float], system: Mapping[Cell, float]
) -> float | None:
    """Mean over the parameters of one state crossed with the system of the other."""
    cells = [(p, s) for p in _levels(parameters, 0) for s in _levels(system, 1)]
    if not all(cell in known for cell in cells):
        return None
    return float(np.mean([known[cell] for cell in cells]))


def _is_crossed(cells: Mapping[Cell, float]) -> bool:
    return len(cells) == len(_levels(cells, 0)) * len(_levels(cells, 1))


def _levels(cells: Mapping[Cell, float], side: int) -> list[Hashable]:
    return list(dict.fromkeys(cell[side] for cell in cells))


def _deviation(gaps: Sequence[float]) -> float:
    return float(np.std(gaps, ddof=1)) if len(gaps) > 1 else 0.0
