"""A check: evidence without a language model, held against gates and a baseline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ragcheck.config import RunConfig
from ragcheck.errors import ConfigError
from ragcheck.events import Listener, ignore
from ragcheck.models import cache_home
from ragcheck.pipeline.answers import NO_ANSWERS
from ragcheck.pipeline.baseline import (
    BY_BASELINE,
    Baseline,
    baseline_of,
    compare,
    read_baseline,
    write_baseline,
)
from ragcheck.pipeline.changes import changed_against, changed_since
from ragcheck.pipeline.diagnosis import build_report
from ragcheck.pipeline.examination import Examination, examine_inputs
from ragcheck.pipeline.figures import measure
from ragcheck.pipeline.inputs import Inputs, read_inputs
from ragcheck.pipeline.wording import say
from ragcheck.records.corpus import content_id
from ragcheck.records.gates import Gate
from ragcheck.records.results import Finding, GateResult, Quote, Report
from ragcheck.triage.gates import apply_gate, gate_findings

HEALTHY, FOUND, UNDECIDED = 0, 1, 3
NONE = "none"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a check is held against. Paths that are given must be there.

    ``since`` names a revision of git; ``changed_only`` without it compares with the documents of
    the baseline. Either narrows the findings to those with a side in a changed document; what
    that document is compared with is the whole corpus all the same.
    """

    baseline: Path | None = None
    update_baseline: bool = False
    changed_only: bool = False
    since: str | None = None


def check(
    corpus: Path,
    questions: Path | None,
    config: RunConfig,
    scope: Scope,
    *,
    output: Path | None = None,
    listen: Listener = ignore,
) -> Report:
    """Examine the corpus and apply the configuration's gates; asks no language model.

    Args:
        output: folder that keeps the measured evidence, by default one of the corpus's own in
            ragcheck's cache.

    Raises:
        RagcheckError: an input cannot be used, a gate names no measure, or the baseline or the
            revision of ``scope`` is not there. Bad evidence raises nothing.
    """
    inputs = read_check_inputs(corpus, questions, config)
    found = examine_inputs(inputs, output=output or kept_folder(corpus), listen=listen)
    return hold(found, corpus, scope)


def read_check_inputs(corpus: Path, questions: Path | None, config: RunConfig) -> Inputs:
    """Inputs narrowed to what the model would be given: the experiment's routes."""
    inputs = read_inputs(corpus, questions, config)
    settled = inputs.config
    named = {gate.measure.parameters.get("strategy") for gate in config.gate.measures()}
    compared = [s for s in settled.evidence.strategies if s in named]
    evidence = settled.evidence.model_copy(
        update={
            "strategies": tuple(dict.fromkeys((*settled.experiment.strategies, *compared))),
            "retriever": settled.experiment.retrievers[0],
        }
    )
    return replace(inputs, config=settled.model_copy(update={"evidence": evidence}))


def kept_folder(corpus: Path) -> Path:
    """Where a check keeps its evidence: one folder a corpus, whatever its content."""
    return cache_home() / "checks" / content_id(str(corpus.resolve()))


def hold(found: Examination, corpus: Path, scope: Scope) -> Report:
    """The report of an examination, against gates and baseline."""
    inputs = found.inputs
    report = build_report(inputs, found.evidence, NO_ANSWERS, found.provenance)
    baseline = _baseline(report, inputs, scope)
    findings, comparison = compare(report.findings, baseline)
    changed = _changed(corpus, inputs, baseline, scope)
    if changed is not None:
        findings = tuple(f for f in findings if touches(f, changed))
        new = tuple(f.fingerprint for f in findings if not f.silenced)
        accepted = sum(finding.silenced_by == BY_BASELINE for finding in findings)
        comparison = replace(comparison, new=new, accepted=accepted, changed=changed)
    report = replace(report, findings=findings, comparison=comparison)
    return replace(report, gates=_apply(report, found))


def exit_code(report: Report) -> int:
    """0 healthy, 1 a gate failed, 3 none failed but one is inconclusive or was not measured."""
    outcomes = {gate.outcome for gate in report.gates}
    if "failed" in outcomes:
        return FOUND
    return UNDECIDED if outcomes - {"passed"} else HEALTHY


def touches(finding: Finding, documents: tuple[str, ...]) -> bool:
    """Whether either side of the finding is in one of the documents."""
    sides = (finding.quote, finding.related)
    return any(quote is not None and quote.place.path in documents for quote in sides)


def placed(report: Report, root: str) -> Report:
    """The report with every place's path given from further up, for example the repository."""
    return replace(report, findings=tuple(moved(finding, root) for finding in report.findings))


def moved(finding: Finding, root: str) -> Finding:
    """The finding with the paths of its places given from further up."""

    def further(quote: Quote) -> Quote:
        path = str(PurePosixPath(root) / quote.place.path.lstrip("/"))
        return replace(quote, place=replace(quote.place, path=path))

    related = further(finding.related) if finding.related is not None else None
    return replace(finding, quote=further(finding.quote), related=related)


def apply_measure_gate(gate: Gate, found: Examination) -> GateResult:
    """The outcome of one gate on a measure."""
    estimate = measure(found.inputs, found.evidence, gate.measure)
    return apply_gate(gate, estimate, found.inputs.language)


def _apply(report: Report, found: Examination) -> tuple[GateResult, ...]:
    gates = found.inputs.config.gate
    results = [apply_measure_gate(gate, found) for gate in gates.measures()]
    if gates.findings == NONE:
        return tuple(results)
    name, comparison = f"findings: {gates.findings}", report.comparison
    if not report.questions:
        first = GateResult(name, "not measured", say(report.language, "no_questions"))
    else:
        known = comparison is not None and comparison.against_baseline
        accepted = comparison.accepted if comparison is not None and known else None
        first = gate_findings(report.findings, gates.findings, report.language, accepted=accepted)
    return (first, *results)


def _baseline(report: Report, inputs: Inputs, scope: Scope) -> Baseline | None:
    if scope.baseline is None:
        return None
    if scope.update_baseline:
        baseline = baseline_of(report.findings, inputs.corpus)
        write_baseline(scope.baseline, baseline)
        return baseline
    return read_baseline(scope.baseline)


def _changed(
    corpus: Path, inputs: Inputs, baseline: Baseline | None, scope: Scope
) -> tuple[str, ...] | None:
    if scope.since is not None:
        return changed_since(corpus, scope.since, inputs.corpus)
    if not scope.changed_only:
        return None
    if baseline is None:
        raise ConfigError(
            "changed since when?",
            where="--changed-only",
            mend="name a revision with --since REF, or give a --baseline to compare with",
        )
    return changed_against(baseline, inputs.corpus)
