"""Does a defect of the gold evidence lower the quality of the answers? Paired within question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragcheck.measures.strategies import STANDALONE
from ragcheck.measures.wording import say
from ragcheck.records.results import Estimate, EvidenceEffect
from ragcheck.records.trials import Trial
from ragcheck.stats import RESAMPLES, mean_estimate, percentile_interval

LEAST = 5
"""Questions below which nothing is compared."""
COMPLETE = 1.0


def standalone_gold_effect(
    trials: Sequence[Trial], rng: np.random.Generator, language: str
) -> EvidenceEffect:
    """Correctness where the gold passages stand alone, and where they do not.

    Only trials whose gold evidence is complete count, and only questions that were answered with
    both: each contributes the difference of its own means, so that hard questions weigh on both
    sides alike. What else differs between the strategies that cut the passages is not held equal.
    """
    by_question: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for trial in trials:
        alone = trial.properties.get("gold_self_containedness")
        whole = trial.properties.get("sufficiency") == COMPLETE
        if whole and alone is not None and trial.score.correctness is not None:
            side = int(alone >= STANDALONE)
            by_question[trial.question_id][side].append(trial.score.correctness)
    paired = [sides for sides in by_question.values() if sides[0] and sides[1]]
    n = len(paired)
    if n < LEAST:
        unknown = Estimate(None, n=n, reason=say(language, "too_few_paired", n=n, least=LEAST))
        return EvidenceEffect("gold passages stand alone", "correct", unknown, unknown, unknown)
    lacking, having = ([float(np.mean(sides[i])) for sides in paired] for i in (0, 1))
    differences = [h - w for h, w in zip(having, lacking, strict=True)]
    return EvidenceEffect(
        "gold passages stand alone",
        "correct",
        mean_estimate(having, rng),
        mean_estimate(lacking, rng),
        _difference(np.array(differences), rng),
    )


def _difference(differences: NDArray[np.float64], rng: np.random.Generator) -> Estimate:
    """Mean with a bootstrap interval; none where all are equal, as no resample could differ."""
    mean, n = float(differences.mean()), differences.size
    if np.ptp(differences) == 0:
        return Estimate(mean, n=n)
    low, high = percentile_interval(rng.choice(differences, size=(RESAMPLES, n)).mean(axis=1))
    return Estimate(mean, low, high, n=n)
