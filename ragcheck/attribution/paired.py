"""Interventions against their references: paired differences, question by question."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from ragcheck.attribution.intervals import MIN_UNITS
from ragcheck.attribution.wording import say
from ragcheck.records.results import AnswerShift, Estimate, EvidenceContrast, InterventionEffect
from ragcheck.records.trials import Trial
from ragcheck.stats import RESAMPLES, mean_estimate, percentile_interval, wilson_interval

POWER = 0.8
SOUND, CONFLICT, MISSING = "sound", "conflict", "missing"
_FIGURES = ("correctness", "wrong", "abstained")

Figures = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Intervention, question and figure to its mean over the question's scored answers."""


@dataclass(frozen=True)
class Undefined:
    """An intervention that is not defined for a question, and why."""

    intervention: str
    question_id: str
    reason: str


def intervention_effects(
    trials: Sequence[Trial],
    references: Mapping[str, str],
    undefined: Sequence[Undefined],
    rng: np.random.Generator,
    language: str,
) -> tuple[InterventionEffect, ...]:
    """Every intervention that has a reference other than itself, in the references' order.

    Args:
        references: what each intervention is compared with, by name.
    """
    figures = _by_question(trials)
    effects = []
    for name, reference in references.items():
        if name == reference:
            continue
        shared = _shared(figures, (name, reference))
        why = Counter(u.reason for u in undefined if u.intervention == name)
        effects.append(
            InterventionEffect(
                name=name,
                reference=reference,
                questions=len(shared),
                shift=_shift(figures, name, reference, shared, rng, language),
                undefined=dict(sorted(why.items())),
            )
        )
    return tuple(effects)


def conflict_or_missing(
    trials: Sequence[Trial],
    sources: Mapping[str, str],
    rng: np.random.Generator,
    language: str,
) -> EvidenceContrast:
    """What costs more: one conflicting passage, or the missing evidence?

    Only questions that were answered with sound evidence, with the conflict and without the
    evidence count, so that the two costs are of the same questions. The verdict is ``conflict``
    or ``missing`` where the 95 % interval of the difference in correctness lies on its side of 0,
    ``no difference`` where it holds 0, and ``not measured`` from fewer than five questions, or
    where neither changed a single answer.

    Args:
        sources: where the conflicting passage of each question came from.
    """
    figures = _by_question(trials)
    shared = _shared(figures, (SOUND, CONFLICT, MISSING))
    conflict = _shift(figures, CONFLICT, SOUND, shared, rng, language)
    missing = _shift(figures, MISSING, SOUND, shared, rng, language)
    difference = _shift(figures, CONFLICT, MISSING, shared, rng, language)
    before = [figures[SOUND][question]["correctness"] for question in shared]
    gaps = _gaps(figures, CONFLICT, MISSING, shared, "correctness")
    smallest = _smallest(gaps)
    verdict = _verdict(conflict, missing, difference, len(shared))
    return EvidenceContrast(
        verdict=verdict,
        reason=_reason(verdict, difference.correctness, len(shared), smallest, language),
        questions=len(shared),
        before=mean_estimate(before, rng, reason=say(language, "no_questions")),
        conflict=conflict,
        missing=missing,
        difference=difference,
        sources=dict(sorted(Counter(sources[q] for q in shared if q in sources).items())),
        smallest_effect=smallest,
    )


def paired_estimate(
    differences: Sequence[float] | NDArray[np.float64],
    rng: np.random.Generator,
    *,
    reason: str,
) -> Estimate:
    """Mean of one difference a question, with a 95 % interval over questions.

    Bootstrap of whole questions, with the percentiles spread as Student's t and the n - 1 of the
    variance ask for (Hesterberg 2015, Am. Statistician 69:371, "expanded percentile"). Where all
    differences are equal every resample is the same, and the upper end of Wilson's interval for
    none in n says how far from it the truth may be. No interval below five questions.
    """
    gaps = np.asarray(differences, dtype=float)
    n = gaps.size
    if n == 0:
        return Estimate(None, reason=reason)
    mean = float(gaps.mean())
    if n < MIN_UNITS:
        return Estimate(mean, n=n)
    if np.ptp(gaps) == 0:
        reach = wilson_interval(0, n)[1]
        return Estimate(mean, mean - reach, mean + reach, n=n)
    from scipy import stats

    quantile = float(stats.t.ppf(0.975, n - 1)) * np.sqrt(n / (n - 1))
    level = 1 - 2 * NormalDist().cdf(-quantile)
    means = rng.choice(gaps, size=(RESAMPLES, n), replace=True).mean(axis=1)
    low, high = percentile_interval(means, level=level)
    return Estimate(mean, min(low, mean), max(high, mean), n=n)


def _by_question(trials: Sequence[Trial]) -> Figures:
    values: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for trial in trials:
        if trial.score.correctness is None:
            continue
        own = values[trial.intervention, trial.question_id]
        own["correctness"].append(trial.score.correctness)
        own["wrong"].append(float(trial.score.verdict == "wrong"))
        own["abstained"].append(float(trial.score.abstained))
    figures: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for (name, question), own in values.items():
        figures[name][question] = {key: float(np.mean(found)) for key, found in own.items()}
    return figures


def _shared(figures: Figures, names: Sequence[str]) -> list[str]:
    """Questions with a scored answer under every one of the interventions, in a fixed order."""
    return sorted(set.intersection(*(set(figures.get(name, {})) for name in names)))


def _gaps(
    figures: Figures, name: str, reference: str, shared: Sequence[str], figure: str
) -> NDArray[np.float64]:
    return np.array(
        [figures[name][q][figure] - figures[reference][q][figure] for q in shared], dtype=float
    )


def _shift(
    figures: Figures,
    name: str,
    reference: str,
    shared: Sequence[str],
    rng: np.random.Generator,
    language: str,
) -> AnswerShift:
    reason = say(language, "no_questions")
    correctness, wrong, abstained = (
        paired_estimate(_gaps(figures, name, reference, shared, figure), rng, reason=reason)
        for figure in _FIGURES
    )
    return AnswerShift(correctness, wrong, abstained)


def _verdict(
    conflict: AnswerShift, missing: AnswerShift, difference: AnswerShift, questions: int
) -> str:
    found = difference.correctness
    if questions < MIN_UNITS or found.low is None or found.high is None:
        return "not measured"
    moved = (conflict.correctness, conflict.abstained, missing.correctness, missing.abstained)
    if not any(estimate.value for estimate in moved):
        return "not measured"
    if found.high < 0:
        return "conflict"
    return "missing" if found.low > 0 else "no difference"


def _reason(
    verdict: str, found: Estimate, questions: int, smallest: float | None, language: str
) -> str:
    if questions < MIN_UNITS:
        return say(language, "few_paired", questions=questions, least=MIN_UNITS)
    if verdict == "not measured":
        return say(language, "nothing_moved", questions=questions)
    told = say(
        language,
        "paired_difference",
        value=found.value,
        low=found.low,
        high=found.high,
        questions=questions,
    )
    if verdict == "no difference" and smallest is not None:
        told += say(language, "could_have_seen", smallest=smallest)
    return told


def _smallest(gaps: NDArray[np.float64]) -> float | None:
    """Smallest mean difference that a two-sided test at 5 % finds with 80 % power."""
    from scipy import stats

    n = gaps.size
    if n < MIN_UNITS or np.ptp(gaps) == 0:
        return None
    quantiles = stats.t.ppf(0.975, n - 1) + stats.t.ppf(POWER, n - 1)
    return float(quantiles * gaps.std(ddof=1) / np.sqrt(n))
