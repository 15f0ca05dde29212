"""The whole diagnosis: read, measure, ask, attribute, decide, report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from ragcheck import rng
from ragcheck.config import RunConfig, read_config
from ragcheck.events import Listener, StageFinished, StageStarted, ignore
from ragcheck.experiment.runner import trial_rows
from ragcheck.experiment.store import RunStore
from ragcheck.measures.outcomes import standalone_gold_effect
from ragcheck.measures.strategies import STANDALONE
from ragcheck.pipeline.answers import Answers, run_experiment
from ragcheck.pipeline.conflicts import conflicting_pairs
from ragcheck.pipeline.contexts import check_interventions
from ragcheck.pipeline.evidence import Evidence, RetrievedSet, Route, gather_evidence, largest_k
from ragcheck.pipeline.inputs import Inputs, default_folder, optional_path, read_inputs
from ragcheck.pipeline.outputs import holds_outputs, question_rows, write_outputs
from ragcheck.pipeline.planning import Readers
from ragcheck.pipeline.provenance import provenance
from ragcheck.pipeline.reader import build_readers
from ragcheck.pipeline.settling import silenced, told_config
from ragcheck.pipeline.storage import is_url, local_corpus, local_run, shown
from ragcheck.pipeline.tools import Tools, build_tools
from ragcheck.pipeline.triaging import Studied
from ragcheck.records.corpus import Corpus, content_id
from ragcheck.records.results import Curve, Finding, Report, StrategySummary
from ragcheck.triage.expectation import expected_changes
from ragcheck.triage.findings import (
    MissedEvidence,
    WeakChunk,
    conflict_findings,
    missed_evidence_findings,
    order_findings,
    weak_chunk_findings,
)
from ragcheck.triage.signals import answer_signals, evidence_signals
from ragcheck.triage.thresholds import redecide
from ragcheck.triage.verdict import decide


def diagnose(
    corpus: Path | str | Corpus,
    questions: Path | str | None = None,
    *,
    config: RunConfig | Path | str | None = None,
    output: Path | str | None = None,
    listen: Listener = ignore,
) -> Report:
    """Diagnose a corpus: does answer quality follow the evidence or the parameters?

    Args:
        corpus: a file, a folder, an fsspec URL, or documents that are loaded already.
        questions: JSON lines; by default the corpus's own questions, or questions made from it.
        config: a configuration, or the path of a ``ragcheck.toml``.
        output: the run folder, by default ``runs/<corpus>-<hash of the inputs>``, or the URL of
            one. A folder that holds part of the same run is gone on with, one that holds all of
            it is read.
        listen: called with every event of the run.

    Raises:
        RagcheckError: input, model or folder cannot be used; the message says how to mend it.
            Bad evidence raises nothing: it is in the report's findings.
    """
    settled = config if isinstance(config, RunConfig) else read_config(optional_path(config))
    with local_run(output) as folder:
        if isinstance(corpus, Corpus):
            inputs = _read(corpus, optional_path(questions), settled, listen)
        else:
            with local_corpus(corpus) as source:
                inputs = _read(source, optional_path(questions), settled, listen)
        report = _diagnosed(inputs, folder or default_folder(inputs), listen)
    if is_url(output):
        return replace(report, provenance={**report.provenance, "run": shown(output)})
    return report


def _diagnosed(inputs: Inputs, folder: Path, listen: Listener) -> Report:
    tools = build_tools(inputs.config, inputs.language)
    check_interventions(inputs.config.experiment)
    readers = build_readers(inputs.config)
    with RunStore(folder) as store:
        key = content_id(
            inputs.key,
            tools.embedder.key,
            tools.judge.notation,
            *_keys(readers),
            inputs.config.triage.model_dump_json(),
        )
        known = store.recall("report", key, Report)
        if known is not None and holds_outputs(folder, known):
            listen(StageStarted("report", 1, "reports"))
            listen(StageFinished("report", 0.0, reused=1))
            return known
        report, answers = _compute(inputs, tools, readers, store, folder, listen)
        listen(StageStarted("report", 1, "reports"))
        begun = monotonic()
        rows = trial_rows((*answers.trials, *answers.edited))
        asked = question_rows(inputs.questions.questions)
        write_outputs(folder, report, rows, answers.contexts, asked)
        report = store.remember("report", key, Report, lambda: report)
        listen(StageFinished("report", monotonic() - begun))
    return report


def _read(
    corpus: Path | Corpus, questions: Path | None, config: RunConfig, listen: Listener
) -> Inputs:
    listen(StageStarted("read", 1, "corpus"))
    begun = monotonic()
    inputs = read_inputs(corpus, questions, config)
    listen(StageFinished("read", monotonic() - begun))
    return inputs


def _compute(
    inputs: Inputs,
    tools: Tools,
    readers: Readers,
    store: RunStore,
    folder: Path,
    listen: Listener,
) -> tuple[Report, Answers]:
    evidence = gather_evidence(inputs, tools, store, listen)
    answers = run_experiment(inputs, evidence, tools, readers, store, listen)
    listen(StageStarted("decide", 1, "decision"))
    begun = monotonic()
    studied = Studied(inputs, evidence, answers, tools.scorer, tools.embedder)
    origin = {**provenance(tools, folder), "model": " ".join(_keys(readers))}
    report = build_report(inputs, evidence, answers, origin, studied)
    studied.write(folder)
    listen(StageFinished("decide", monotonic() - begun))
    return report, answers


def _keys(readers: Readers) -> list[str]:
    return [reader.key for reader in readers.values()]


def build_report(
    inputs: Inputs,
    evidence: Evidence,
    answers: Answers,
    origin: Mapping[str, object],
    studied: Studied | None = None,
) -> Report:
    """Everything that was measured, decided and found, as one record.

    Args:
        studied: the same run as the rules beyond evidence read it; without it only those of
            evidence and answers decide, as in a check.
    """
    questions = {question.id: question for question in inputs.questions.questions}
    attribution = answers.attribution
    language = inputs.language
    curve, crossed = _worst_curve(inputs, evidence.curves), _crossed(inputs, evidence)
    generator = rng.generator(inputs.config.seed, "signals")
    signals = [
        *evidence_signals(curve, crossed, attribution, language),
        *answer_signals(answers.trials, questions, answers.reader, generator, language),
        *(studied.signals() if studied is not None else ()),
    ]
    if studied is not None:
        signals = studied.with_temperature(signals)
    signals = redecide(signals, inputs.config.triage.thresholds())
    expected = expected_changes(
        signals, answers.interventions, attribution, len(questions), language
    )
    found = [*_findings(inputs, evidence), *(studied.findings() if studied is not None else ())]
    return Report(
        corpus=inputs.corpus.name,
        corpus_fingerprint=inputs.corpus.fingerprint,
        language=language,
        documents=len(inputs.corpus.documents),
        characters=sum(len(document.text) for document in inputs.corpus.documents),
        skipped=inputs.corpus.skipped,
        questions=len(questions),
        synthetic_questions=inputs.questions.synthetic,
        strategies=evidence.strategies,
        curves=evidence.curves,
        quality=answers.quality,
        reader=answers.reader,
        attribution=attribution,
        triage=decide(signals, attribution, language, expected=expected),
        findings=silenced(order_findings(found), inputs.config, inputs.corpus.documents),
        warnings=(*inputs.questions.warnings, *evidence.warnings, *answers.warnings),
        left_out=answers.left_out,
        interventions=answers.interventions,
        conflict_or_missing=answers.conflict_or_missing,
        effects=(standalone_gold_effect(answers.trials, generator, language),),
        config=told_config(inputs.config),
        provenance=origin,
    )


def _crossed(inputs: Inputs, evidence: Evidence) -> list[StrategySummary]:
    wanted = inputs.config.experiment.strategies
    return [summary for summary in evidence.strategies if summary.strategy in wanted]


def _best_strategy(strategies: Sequence[StrategySummary]) -> str:
    return max(strategies, key=lambda summary: summary.standalone.value or 0.0).strategy


def _worst_curve(inputs: Inputs, curves: Sequence[Curve]) -> Curve | None:
    """The experiment's curve with the least sufficiency at the largest K."""
    wanted = [c for c in curves if c.strategy in inputs.config.experiment.strategies]

    def sufficiency(curve: Curve) -> float:
        value = curve.points[-1].measures["sufficiency"].value
        return 1.0 if value is None else value

    return min((c for c in wanted if c.points), key=sufficiency, default=None)


def _findings(inputs: Inputs, evidence: Evidence) -> list[Finding]:
    """Findings on the routes of the experiment: what the model was really given.

    Weak chunks are those that the best strategy leaves: the others are mended by choosing it.
    """
    config = inputs.config
    routes = [
        (strategy, retriever)
        for strategy in config.experiment.strategies
        for retriever in config.experiment.retrievers
    ]
    sets = [found for route in routes for found in evidence.sets[route]]
    asked, language = len(inputs.questions.questions), inputs.language
    by_id, by_path = inputs.corpus.by_id, inputs.corpus.by_path
    missed = _missed(inputs, evidence, routes)
    best = _best_strategy(_crossed(inputs, evidence))
    kept = [found for route in routes if route[0] == best for found in evidence.sets[route]]
    return [
        *conflict_findings(conflicting_pairs(sets, by_id), by_id, asked, language),
        *weak_chunk_findings(_weak_chunks(kept, evidence), by_id, asked),
        *missed_evidence_findings(missed, by_path, asked, language),
    ]


def _weak_chunks(sets: Sequence[RetrievedSet], evidence: Evidence) -> list[WeakChunk]:
    asked: dict[str, set[str]] = defaultdict(set)
    chunks = {}
    for found in sets:
        for chunk in found.chunks:
            value = evidence.scores[chunk.id].value
            if value is not None and value < STANDALONE:
                asked[chunk.id].add(found.question.id)
                chunks[chunk.id] = chunk
    return [
        WeakChunk(chunk, evidence.scores[chunk.id], tuple(sorted(asked[chunk.id])))
        for chunk in chunks.values()
    ]


def _missed(inputs: Inputs, evidence: Evidence, routes: Sequence[Route]) -> list[MissedEvidence]:
    """Gold spans that no route of the experiment holds at the largest K."""
    k = largest_k(inputs)
    documents = inputs.corpus.by_path
    missed = []
    for question in inputs.questions.questions:
        chunks = [c for route in routes for c in evidence.retrieved(route, question.id).chunks]
        for index, gold in enumerate(question.evidence):
            document = documents.get(gold.document)
            held = document is not None and any(
                chunk.document_id == document.id and chunk.span.overlap(gold.span) > 0
                for chunk in chunks
            )
            if document is not None and not held:
                missed.append(MissedEvidence(question, index, k))
    return missed
