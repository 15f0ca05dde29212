"""The smallest difference that a design can see, before anything is asked.

A contrast compares two levels within each question, in cells that are alike otherwise, and the
question is the unit. With ``n`` questions and ``m`` matched pairs of answers each, the mean
difference has the variance ``(level + 2 * answer / m) / n``: ``level`` is how much the true
difference varies from question to question, ``answer`` how much one answer varies around what its
cell gives on average (the paired design of Snedecor and Cochran, "Statistical Methods", ch. 6).
The smallest difference found with 80 % power by a two-sided test at 5 % is then
``(t(0.975) + t(0.80)) * error`` with ``n - 1`` degrees of freedom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

POWER = 0.8
ALPHA = 0.05
LEAST_QUESTIONS = 5


@dataclass(frozen=True, slots=True)
class Spread:
    """Variances behind a difference; ``source`` is ``assumed`` or ``measured``."""

    level: float
    answer: float
    source: str = "assumed"


ASSUMED = Spread(level=0.15, answer=0.10)
"""For answers that are right or wrong, until a run has measured its own.

A difference between two levels is 0 for most questions and 1 or -1 for the rest: where one
question in seven changes, its variance is about 0.15. An answer drawn at a temperature above 0
varies by 0.25 where it is right half of the time and by 0 where it always is: 0.10 on average.
"""


def smallest_effect(questions: int, pairs: float, spread: Spread) -> float | None:
    """Smallest difference seen with 80 % power; ``None`` below five questions or without pairs.

    Args:
        pairs: matched pairs of answers a question, on average.
    """
    from scipy import stats

    if questions < LEAST_QUESTIONS or pairs <= 0:
        return None
    error = np.sqrt((spread.level + 2 * spread.answer / pairs) / questions)
    quantiles = stats.t.ppf(1 - ALPHA / 2, questions - 1) + stats.t.ppf(POWER, questions - 1)
    return float(quantiles * error)


def measured_spread(
    rows: Sequence[Mapping[str, object]], factor: str, others: Sequence[str]
) -> Spread | None:
    """The spread behind one factor's differences in the trials of an earlier run.

    Compares every two levels of the factor that the run has, within question and equal levels of
    the ``others``. ``None`` where fewer than five questions saw both levels of any pair.
    """
    cells: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for row in rows:
        if isinstance(row.get("correctness"), int | float) and factor in row:
            key = (row["question"], tuple(row.get(name) for name in others), row[factor])
            cells[key].append(float(row["correctness"]))  # type: ignore[arg-type]
    answer = _within(list(cells.values()))
    levels = sorted({key[2] for key in cells}, key=repr)
    found = [
        _between(cells, one, other, answer)
        for i, one in enumerate(levels)
        for other in levels[i + 1 :]
    ]
    known = [level for level in found if level is not None]
    return Spread(float(np.mean(known)), answer, "measured") if known else None


def _within(cells: Sequence[Sequence[float]]) -> float:
    """Variance of answers around their cell's mean, over all cells with replicates."""
    freedom = sum(len(values) - 1 for values in cells)
    squares = sum(float(np.sum((np.array(v) - np.mean(v)) ** 2)) for v in cells)
    return squares / freedom if freedom else 0.0


def _between(
    cells: Mapping[tuple[object, ...], Sequence[float]],
    one: object,
    other: object,
    answer: float,
) -> float | None:
    """Variance over questions of the true difference: that of the means, less the noise in it."""
    gaps: dict[object, list[float]] = defaultdict(list)
    noise: dict[object, float] = defaultdict(float)
    for (question, rest, level), values in cells.items():
        match = cells.get((question, rest, other)) if level == one else None
        if match is not None:
            gaps[question].append(float(np.mean(match) - np.mean(values)))
            noise[question] += answer * (1 / len(values) + 1 / len(match))
    if len(gaps) < LEAST_QUESTIONS:
        return None
    means = [float(np.mean(values)) for values in gaps.values()]
    known = np.mean([noise[q] / len(values) ** 2 for q, values in gaps.items()])
    return max(0.0, float(np.var(means, ddof=1) - known))
