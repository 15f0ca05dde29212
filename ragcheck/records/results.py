"""Estimates, findings, the attribution, the triage and the report that holds them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ragcheck.records.corpus import Place, SkippedSource
from ragcheck.records.trials import Level

SCHEMA_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval. All three are ``None`` exactly where ``reason`` says why.

    ``n`` counts the independent units (questions, documents) behind it; ``baseline`` is what a
    trivial method gives on the same data, where there is one.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    reason: str | None = None
    level: float = 0.95
    baseline: float | None = None

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            raise ValueError("an estimate without a value needs a reason")
        if any(x is not None and x != x for x in (self.value, self.low, self.high, self.baseline)):
            raise ValueError("an estimate is never NaN: use None with a reason")

    def within(self, least: float, most: float) -> Estimate:
        """The estimate with value and interval cut to a range, as a person reads it.

        An unbiased estimate of a share can lie a little below 0 or above 1.
        """
        figures = (self.value, self.low, self.high)
        value, low, high = (None if x is None else min(max(x, least), most) for x in figures)
        return replace(self, value=value, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Quote:
    """Text at a place, with the words that matter given as a range of the quote."""

    place: Place
    text: str
    mark: tuple[int, int] | None = None


SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the evidence that is worth fixing, with its place.

    ``fingerprint`` comes from contents, not from line numbers, so it survives unrelated edits.
    ``weight`` orders findings: the share of questions that it touches, times its certainty.
    ``silenced_by`` says where it was silenced: ``configuration``, ``comment`` or ``baseline``.
    """

    rule: str
    severity: str
    message: str
    quote: Quote
    related: Quote | None
    mend: str
    weight: float
    fingerprint: str
    questions: tuple[str, ...] = ()
    silenced: bool = False
    silenced_by: str = ""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Mean response at ``level`` minus that at ``reference``, within question."""

    factor: str
    role: str
    reference: Level
    level: Level
    difference: Estimate
    p_value: float | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which side the response follows. See :func:`ragcheck.attribute`.

    ``shares`` maps ``evidence``, ``generation``, ``interaction``, ``noise`` and ``unit`` to
    their share of the variance; ``ranges`` are the levels behind them. ``needed`` says, where the
    verdict is inconclusive, what would settle it.
    """

    verdict: str
    reason: str
    shares: Mapping[str, Estimate]
    contrasts: tuple[Contrast, ...]
    ranges: Mapping[str, tuple[Level, ...]]
    roles: Mapping[str, str]
    response: str
    units: int
    trials: int
    method: str
    smallest_effect: float | None = None
    needed: str | None = None
    warnings: tuple[str, ...] = ()
    properties: Mapping[str, Estimate] = field(default_factory=dict)


ATTRIBUTION_VERDICTS = (
    "evidence", "generation", "both", "interaction", "neither", "inconclusive",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What the evidence looks like at one K: rates over questions."""

    k: int
    measures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Curve:
    """Measures over K for one strategy and one retriever."""

    strategy: str
    retriever: str
    points: tuple[CurvePoint, ...]
    first_conflict_rank: Estimate


@dataclass(frozen=True, slots=True)
class QualityPoint:
    """What the answers were worth at one K, over every other factor: means over questions."""

    k: int
    correctness: Estimate
    wrong: Estimate
    abstained: Estimate


@dataclass(frozen=True, slots=True)
class ReaderCheck:
    """What the model makes of the evidence, at its most careful sampling setting.

    Shares of right answers over answerable questions: with all of the gold evidence in the
    prompt, and with none of it, which is what guessing gives.
    """

    with_evidence: Estimate
    without_evidence: Estimate


@dataclass(frozen=True, slots=True)
class AnswerShift:
    """What a change of the evidence does to the answers: means over questions of after - before.

    ``wrong`` and ``abstained`` are shares of the answers; what ``correctness`` loses goes to
    either.
    """

    correctness: Estimate
    wrong: Estimate
    abstained: Estimate


@dataclass(frozen=True, slots=True)
class InterventionEffect:
    """One intervention against its reference, within question, under the same parameters.

    ``undefined`` counts the questions for which the intervention is not defined, by reason.
    """

    name: str
    reference: str
    questions: int
    shift: AnswerShift
    undefined: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidenceContrast:
    """Conflict against insufficiency, from the same questions and the same starting evidence.

    ``conflict`` is what one conflicting passage does, ``missing`` what leaving out the supporting
    passages does, ``difference`` the first less the second: below 0 in correctness means that a
    conflict costs more. ``sources`` counts where the conflicting passages came from: ``corpus``
    or ``edited``. ``smallest_effect`` is the smallest difference in correctness that so many
    questions show with 80 % power.
    """

    verdict: str
    reason: str
    questions: int
    before: Estimate
    conflict: AnswerShift
    missing: AnswerShift
    difference: AnswerShift
    sources: Mapping[str, int] = field(default_factory=dict)
    smallest_effect: float | None = None


CONTRAST_VERDICTS = ("conflict", "missing", "no difference", "not measured")


@dataclass(frozen=True, slots=True)
class EvidenceEffect:
    """What answers are worth with and without a property of their evidence, as observed.

    ``outcome`` is ``correct`` or ``abstained``; ``having`` and ``lacking`` are its shares, and
    ``difference`` is the first minus the second. Nothing was set by an experiment: harder
    questions may have worse evidence.
    """

    property: str
    outcome: str
    having: Estimate
    lacking: Estimate
    difference: Estimate


EFFECT_PROPERTIES = (
    "answer in the passages", "conflict", "all passages stand alone", "gold passages stand alone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StrategySummary:
    """One chunking strategy over the whole corpus. Sizes are in characters."""

    strategy: str
    chunks: int
    median_size: float
    standalone: Estimate
    defects: Mapping[str, int]
    duplication: float
    gold_coverage: Estimate
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One of the five triage questions. ``answer`` is ``yes``, ``no`` or ``not measured``."""

    question: str
    answer: str
    figure: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Triage:
    """The decision: ``stop tuning parameters``, ``keep tuning`` or ``inconclusive``.

    ``signals`` answers for each rule that is measured by a figure, where the checklist puts
    several rules into one question.
    """

    verdict: str
    reason: str
    checklist: tuple[ChecklistItem, ...]
    fix_first: str | None = None
    measure_next: str | None = None
    signals: tuple[ChecklistItem, ...] = ()


@dataclass(frozen=True, slots=True)
class GateResult:
    """What came of one gate of a check. ``outcome`` is one of ``GATE_OUTCOMES``.

    ``estimate`` is ``None`` for the gate on findings, which counts and does not estimate.
    """

    gate: str
    outcome: str
    reason: str
    estimate: Estimate | None = None


GATE_OUTCOMES = ("passed", "failed", "inconclusive", "not measured")


@dataclass(frozen=True, slots=True)
class AcceptedFinding:
    """A finding that a baseline holds: enough to recognise it, and to say what it was."""

    fingerprint: str
    rule: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Findings against a baseline; the accepted ones that are still there are silenced.

    ``new`` holds fingerprints, ``accepted`` counts. ``against_baseline`` is false where there was
    none: every finding is new then. ``changed`` are the documents that the check was narrowed to,
    or ``None`` where it looked at all of them.
    """

    new: tuple[str, ...] = ()
    gone: tuple[AcceptedFinding, ...] = ()
    accepted: int = 0
    against_baseline: bool = False
    changed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a run found. Equal runs give equal reports, outside ``provenance``.

    ``gates`` and ``comparison`` are those of a check.
    """

    corpus: str
    corpus_fingerprint: str
    language: str
    documents: int
    characters: int
    skipped: tuple[SkippedSource, ...]
    questions: int
    synthetic_questions: bool
    strategies: tuple[StrategySummary, ...]
    curves: tuple[Curve, ...]
    quality: tuple[QualityPoint, ...]
    reader: ReaderCheck | None
    attribution: Attribution | None
    triage: Triage
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    left_out: tuple[str, ...]
    config: Mapping[str, object]
    provenance: Mapping[str, object] = field(default_factory=dict)
    schema_version: str = SCHEMA_VERSION
    interventions: tuple[InterventionEffect, ...] = ()
    conflict_or_missing: EvidenceContrast | None = None
    gates: tuple[GateResult, ...] = ()
    comparison: Comparison | None = None
    effects: tuple[EvidenceEffect, ...] = ()

    def fix_first(self, count: int = 3) -> tuple[Finding, ...]:
        """The heaviest findings that are not silenced, no two about the same place."""
        chosen: list[Finding] = []
        places: set[tuple[str, int]] = set()
        for finding in self.findings:
            quotes = [quote for quote in (finding.quote, finding.related) if quote is not None]
            sides = {(quote.place.path, quote.place.line) for quote in quotes}
            if not finding.silenced and not sides & places:
                chosen.append(finding)
                places |= sides
            if len(chosen) == count:
                break
        return tuple(chosen)
