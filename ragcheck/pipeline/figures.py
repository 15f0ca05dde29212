"""A measure's notation to its estimate on examined evidence."""

from __future__ import annotations

from ragcheck.errors import ConfigError
from ragcheck.measures.curves import MEASURES
from ragcheck.measures.sufficiency import coverage_curve
from ragcheck.pipeline.evidence import Evidence, Route
from ragcheck.pipeline.examination import Examination
from ragcheck.pipeline.inputs import Inputs
from ragcheck.pipeline.wording import say
from ragcheck.records.evidence import Score
from ragcheck.records.notation import Notation, parse_notation
from ragcheck.records.results import Curve, Estimate, StrategySummary
from ragcheck.registry import suggest

WHOLE_CORPUS = ("standalone", "gold_coverage")
"""Measures of all chunks of a strategy; they take no K."""

PARAMETERS = ("strategy", "retriever", "judge")


def measure(inputs: Inputs, evidence: Evidence, notation: str | Notation) -> Estimate:
    """The estimate that a notation names, or one without a value and with the reason.

    ``conflict@10`` is about the experiment's strategy whose chunks stand alone most often and
    its first retriever, which is the curve that the summary of a run shows. Another one is named
    by ``conflict(strategy="chars(size=450)", retriever=bm25)@10``.

    Raises:
        ConfigError: there is no such measure or parameter, or its K is missing or too much.
    """
    asked = parse_notation(notation) if isinstance(notation, str) else notation
    _check(asked)
    judge = asked.parameters.get("judge")
    if judge is not None and judge != inputs.config.evidence.judge:
        used = inputs.config.evidence.judge
        return Estimate(None, reason=say(inputs.language, "other_judge", judge=used))
    route = _route(inputs, evidence, asked)
    if asked.name in WHOLE_CORPUS:
        found: Estimate = getattr(_summary(evidence, route[0]), asked.name)
        return found
    curve = next((c for c in evidence.curves if (c.strategy, c.retriever) == route), None)
    if curve is None:
        return Estimate(None, reason=say(inputs.language, "no_route", route=" + ".join(route)))
    return _at(curve, asked, inputs.language)


def question_sufficiency(found: Examination, question: str, *, k: int) -> Score:
    """How much of the gold evidence of one question the top ``k`` of the shown route hold.

    Args:
        question: text or ID; where several questions have it, the least of them counts.

    Raises:
        QuestionError: there is no such question.
    """
    route = shown_route(found.inputs, found.evidence)
    scores = []
    for asked in found.named(question):
        own = found.evidence.retrieved(route, asked.id)
        scores += coverage_curve(asked, own.chunks, found.inputs.corpus.by_path, [k])
    return min(scores, key=lambda score: -1.0 if score.value is None else score.value)


def headline(inputs: Inputs, evidence: Evidence) -> dict[str, Estimate]:
    """The figures that sum the evidence up, by notation."""
    k = max((point.k for curve in evidence.curves for point in curve.points), default=1)
    names = [f"conflict@{k}", f"sufficiency@{k}", f"contradicted_support@{k}", "standalone"]
    return {name: measure(inputs, evidence, name) for name in names}


def shown_route(inputs: Inputs, evidence: Evidence) -> Route:
    """The experiment's strategy whose chunks stand alone most often, its first retriever."""
    experiment = inputs.config.experiment
    crossed = [s for s in evidence.strategies if s.strategy in experiment.strategies]
    best = max(crossed, key=lambda summary: summary.standalone.value or 0.0)
    return best.strategy, experiment.retrievers[0]


def _check(asked: Notation) -> None:
    known = (*MEASURES, *WHOLE_CORPUS)
    if asked.name not in known:
        raise ConfigError(
            f"there is no measure called {asked.name!r}",
            where=str(asked),
            mend=suggest(asked.name, (*known, "findings")),
        )
    for key in asked.parameters:
        if key not in PARAMETERS:
            raise ConfigError(
                f"a measure has no parameter {key!r}",
                where=str(asked),
                mend=suggest(key, PARAMETERS),
            )
    if asked.name in WHOLE_CORPUS and asked.cutoff is not None:
        raise ConfigError(
            f"{asked.name} is about all chunks and takes no K",
            where=str(asked),
            mend=f"write {asked.name}",
        )
    if asked.name in MEASURES and not asked.cutoff:
        raise ConfigError(
            f"{asked.name} is measured at a K from 1 on",
            where=str(asked),
            mend=f"write {asked.name}@10",
        )


def _route(inputs: Inputs, evidence: Evidence, asked: Notation) -> Route:
    strategy, retriever = shown_route(inputs, evidence)
    given = [asked.parameters.get(name) for name in ("strategy", "retriever")]
    spelled = [None if value is None else str(parse_notation(str(value))) for value in given]
    if spelled[0] is not None and spelled[0] not in evidence.chunks:
        raise ConfigError(
            f"the strategy {spelled[0]!r} was not measured",
            where=str(asked),
            mend=suggest(spelled[0], list(evidence.chunks)),
        )
    return spelled[0] or strategy, spelled[1] or retriever


def _summary(evidence: Evidence, strategy: str) -> StrategySummary:
    return next(summary for summary in evidence.strategies if summary.strategy == strategy)


def _at(curve: Curve, asked: Notation, language: str) -> Estimate:
    point = next((point for point in curve.points if point.k == asked.cutoff), None)
    if point is None:
        largest = max((point.k for point in curve.points), default=0)
        return Estimate(None, reason=say(language, "beyond_k", k=largest))
    return point.measures[asked.name]
