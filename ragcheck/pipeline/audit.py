"""What another pipeline retrieved and answered, measured as it was recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from ragcheck import rng
from ragcheck.config import RunConfig
from ragcheck.errors import TraceError
from ragcheck.events import Listener, StageAdvanced, StageFinished, StageStarted, ignore
from ragcheck.measures.conflict import RankedConflicts, candidate_pairs, ranked_conflicts
from ragcheck.measures.curves import MEASURES, QuestionValue, evidence_curve, mean_value
from ragcheck.measures.recorded import evidence_effects, instability
from ragcheck.measures.redundancy import redundancy_curve
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.measures.strategies import STANDALONE, standalone_share
from ragcheck.pipeline.settling import check_triage, silenced, told_config
from ragcheck.pipeline.wording import say
from ragcheck.ports import Judge
from ragcheck.records.corpus import Document, content_id
from ragcheck.records.evidence import Chunk, Judgement, Score
from ragcheck.records.results import Curve, Estimate, Finding, ReaderCheck, Report
from ragcheck.records.traces import Observation, RecordedTraces, TraceRecord
from ragcheck.registry import Registry
from ragcheck.scoring.abstention import is_abstention
from ragcheck.scoring.answer_records import score_records
from ragcheck.scoring.short_answers import holds_answer
from ragcheck.text.language import detect_language
from ragcheck.traces.columns import Columns
from ragcheck.traces.reading import read_traces
from ragcheck.triage.findings import (
    JudgedPair,
    WeakChunk,
    conflict_findings,
    order_findings,
    weak_chunk_findings,
)
from ragcheck.triage.recorded import recorded_signals
from ragcheck.triage.thresholds import redecide
from ragcheck.triage.verdict import decide

RECORDED = "recorded"
"""Stands for strategy and retriever: ragcheck chose neither."""
LARGEST_K = 20
BATCH = 200
"""Records that are judged at once, which bounds what is held in memory."""
_LANGUAGE_SAMPLE = 200


@dataclass(frozen=True)
class Audited:
    """One record with its passages as chunks, and what the judge said of their pairs."""

    record: TraceRecord
    chunks: tuple[Chunk, ...]
    judgements: Mapping[tuple[int, int], Judgement]
    scores: tuple[Score, ...]
    seen: Observation

    @property
    def conflicts(self) -> RankedConflicts:
        return ranked_conflicts(self.judgements, len(self.chunks))


def audit(
    path: Path | str,
    *,
    columns: Columns | None = None,
    config: RunConfig | None = None,
    listen: Listener = ignore,
) -> Report:
    """Audit a file of recorded traces; formats and errors as for :func:`read_traces`."""
    listen(StageStarted("read", 1, "file"))
    begun = monotonic()
    traces = read_traces(Path(path), columns=columns)
    listen(StageFinished("read", monotonic() - begun))
    return audit_traces(traces, config=config, listen=listen)


def audit_records(
    records: Sequence[TraceRecord],
    *,
    source: str,
    config: RunConfig | None = None,
    listen: Listener = ignore,
) -> Report:
    """Audit records that are in memory. ``source`` names where they come from.

    Raises:
        TraceError: there is no record.
    """
    if not records:
        raise TraceError("there is no record to audit", where=source)
    return audit_traces(
        RecordedTraces(source, "memory", tuple(records)), config=config, listen=listen
    )


def audit_traces(
    traces: RecordedTraces, *, config: RunConfig | None = None, listen: Listener = ignore
) -> Report:
    """Measure what was retrieved and answered, nothing is retrieved again, and decide.

    Conflicts, self-containedness and redundancy come from the passages. Which passages hold the
    answer comes from the recording or from its reference answers, as does whether the answers
    are right; where it has neither, a warning says what cannot be known.
    """
    settled = config or RunConfig()
    check_triage(settled)
    language = _language(settled, traces.records)
    judge: Judge = Registry().create("judge", settled.evidence.judge)
    documents: dict[str, Document] = {}
    audited: list[Audited] = []
    listen(StageStarted("audit", len(traces.records), "records"))
    begun = monotonic()
    for first in range(0, len(traces.records), BATCH):
        batch = traces.records[first : first + BATCH]
        audited.extend(_audited(batch, traces.path, judge, documents))
        listen(StageAdvanced("audit", len(batch)))
    listen(StageFinished("audit", monotonic() - begun))
    return _report(traces, audited, documents, settled, language)


def _language(config: RunConfig, records: Sequence[TraceRecord]) -> str:
    if config.language != "auto":
        return config.language
    sample = Counter(detect_language(record.question) for record in records[:_LANGUAGE_SAMPLE])
    return sample.most_common(1)[0][0]


def _audited(
    records: Sequence[TraceRecord], path: str, judge: Judge, documents: dict[str, Document]
) -> list[Audited]:
    chunks = [_chunks(record, path, documents) for record in records]
    pairs = [candidate_pairs([c.text for c in own[:LARGEST_K]]) for own in chunks]
    judged = iter(
        judge.judge(
            [(own[i].text, own[j].text) for own, each in zip(chunks, pairs, strict=True)
             for i, j in each],
            [r.question for r, each in zip(records, pairs, strict=True) for _ in each],
        )
    )  # fmt: skip
    texts = list(dict.fromkeys(chunk.text for own in chunks for chunk in own))
    scores = dict(zip(texts, SelfContainedness().score(texts), strict=True))
    found = []
    for record, own, each in zip(records, chunks, pairs, strict=True):
        judgements = {pair: next(judged) for pair in each}
        alone = tuple(scores[chunk.text] for chunk in own)
        conflict = bool(ranked_conflicts(judgements, len(own)).pairs)
        seen = _observed(record, alone, conflict=conflict)
        found.append(Audited(record, own, judgements, alone, seen))
    return found


def _chunks(record: TraceRecord, path: str, documents: dict[str, Document]) -> tuple[Chunk, ...]:
    """Each passage is a document of its own, at the place of its source or of the record."""
    chunks = []
    for context in record.contexts:
        lines = None if context.source else (record.line,) * (context.text.count("\n") + 1)
        document = Document(context.source or path, context.text, source_lines=lines)
        documents.setdefault(document.id, document)
        chunks.append(Chunk(document.id, 0, len(context.text), context.text, RECORDED))
    return tuple(chunks)


def _observed(record: TraceRecord, alone: Sequence[Score], *, conflict: bool) -> Observation:
    known = [score.value for score in alone if score.value is not None]
    correctness, abstained = record.correctness, None
    if record.answer is not None:
        abstained = is_abstention(record.answer)
        if correctness is None and record.references:
            row = {
                "question": record.question,
                "response": record.answer,
                "reference": list(record.references),
            }
            correctness = score_records([row], tokens={})[0].correctness
    return Observation(
        record=record,
        support_rank=_support_rank(record),
        conflict=conflict,
        standalone=sum(v >= STANDALONE for v in known) / len(known) if known else None,
        correctness=correctness,
        abstained=abstained,
    )


def _support_rank(record: TraceRecord) -> int | None:
    """Rank of the first passage that holds the answer: as recorded, else by the references."""
    stated = [context.supports for context in record.contexts]
    if any(support is not None for support in stated):
        return next((rank for rank, support in enumerate(stated, start=1) if support), 0)
    if not record.references:
        return None
    for rank, context in enumerate(record.contexts, start=1):
        if any(holds_answer(context.text, reference) for reference in record.references):
            return rank
    return 0


def _report(
    traces: RecordedTraces,
    audited: Sequence[Audited],
    documents: Mapping[str, Document],
    config: RunConfig,
    language: str,
) -> Report:
    observations = [item.seen for item in audited]
    generator = rng.generator(config.seed, "audit")
    curve = _curve(audited, config, language)
    effects = evidence_effects(observations, generator, language)
    reader = _reader(observations, config, language)
    standalone = standalone_share(
        [chunk for item in audited for chunk in item.chunks],
        [score for item in audited for score in item.scores],
        generator,
        language=language,
    )
    unstable = instability(observations, generator, language)
    signals = redecide(
        recorded_signals(curve, standalone, effects, unstable, reader, language),
        config.triage.thresholds(),
    )
    return Report(
        corpus=Path(traces.path).name,
        corpus_fingerprint=content_id(*(d for item in audited for d in _identity(item))),
        language=language,
        documents=len(documents),
        characters=sum(len(document.text) for document in documents.values()),
        skipped=(),
        questions=len({item.record.question for item in audited}),
        synthetic_questions=False,
        strategies=(),
        curves=(curve,),
        quality=(),
        reader=reader,
        attribution=None,
        triage=decide(signals, None, language),
        findings=silenced(_findings(audited, documents, language), config, documents.values()),
        warnings=tuple(_warnings(traces, observations, language)),
        left_out=(),
        config=told_config(config),
        provenance={"traces": traces.path, "format": traces.format},
        effects=effects,
    )


def _identity(item: Audited) -> tuple[str, ...]:
    record = item.record
    return record.question, record.answer or "", *(chunk.id for chunk in item.chunks)


def _curve(audited: Sequence[Audited], config: RunConfig, language: str) -> Curve:
    ks = range(1, min(LARGEST_K, max(len(item.chunks) for item in audited)) + 1)
    values: dict[int, dict[str, list[QuestionValue]]] = {
        k: {name: [] for name in MEASURES} for k in ks
    }
    for item in audited:
        conflicts, rank = item.conflicts, item.seen.support_rank
        bears = [position == rank for position in range(1, len(item.chunks) + 1)]
        redundant = redundancy_curve([chunk.text for chunk in item.chunks], ks)
        for k, repeated in zip(ks, redundant, strict=True):
            row = values[k]
            row["conflict"].append(conflicts.has_conflict(k))
            row["sufficiency"].append(None if rank is None else 0 < rank <= k)
            row["contradicted_support"].append(conflicts.contradicted_support(k, bears))
            row["self_containedness"].append(mean_value(item.scores[:k]))
            row["redundancy"].append(repeated)
    return evidence_curve(
        values,
        [item.conflicts.first_conflict_rank for item in audited],
        rng.generator(config.seed, "curve", RECORDED),
        strategy=RECORDED,
        retriever=RECORDED,
        language=language,
    )


def _reader(observations: Sequence[Observation], config: RunConfig, language: str) -> ReaderCheck:
    """Right answers with the answer among the passages, and without it."""
    found = evidence_effects(observations, rng.generator(config.seed, "reader"), language)
    for effect in found:
        if (effect.property, effect.outcome) == ("answer in the passages", "correct"):
            return ReaderCheck(effect.having, effect.lacking)
    unknown = Estimate(None, reason=say(language, "no_correctness_recorded"))
    return ReaderCheck(unknown, unknown)


def _findings(
    audited: Sequence[Audited], documents: Mapping[str, Document], language: str
) -> tuple[Finding, ...]:
    pairs = [
        JudgedPair(item.record.id, item.chunks[i], item.chunks[j], item.judgements[i, j])
        for item in audited
        for i, j in item.conflicts.pairs
    ]
    weak: dict[str, tuple[Chunk, Score, list[str]]] = {}
    for item in audited:
        for chunk, score in zip(item.chunks, item.scores, strict=True):
            if score.value is not None and score.value < STANDALONE:
                weak.setdefault(chunk.id, (chunk, score, []))[2].append(item.record.id)
    chunks = [WeakChunk(c, s, tuple(sorted(set(ids)))) for c, s, ids in weak.values()]
    asked = len(audited)
    return order_findings(
        [
            *conflict_findings(pairs, documents, asked, language),
            *weak_chunk_findings(chunks, documents, asked),
        ]
    )


def _warnings(
    traces: RecordedTraces, observations: Sequence[Observation], language: str
) -> list[str]:
    warnings = []
    if traces.skipped:
        reasons = Counter(skipped.reason for skipped in traces.skipped)
        told = "; ".join(f"{reason} ({count})" for reason, count in reasons.most_common(5))
        count = len(traces.skipped)
        whole = count + len(traces.records)
        warnings.append(say(language, "skipped_records", count=count, all=whole, reasons=told))
    stated = any(c.supports is not None for seen in observations for c in seen.record.contexts)
    if all(seen.supported is None for seen in observations):
        warnings.append(say(language, "no_gold_recorded"))
    elif not stated:
        warnings.append(say(language, "by_reference"))
    if all(seen.correctness is None for seen in observations):
        warnings.append(say(language, "no_correctness_recorded"))
    else:
        warnings.append(say(language, "observed"))
    return warnings
