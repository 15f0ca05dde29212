"""Judgements and scores to findings with a place, the ones that touch most questions first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ragcheck.records.corpus import Document, Question, Span, content_id
from ragcheck.records.evidence import Chunk, Judgement, Scope, Score
from ragcheck.records.results import SEVERITIES, Finding, Quote
from ragcheck.text.display import one_line
from ragcheck.text.sentences import sentence_spans
from ragcheck.triage.conflict_wording import what_to_do
from ragcheck.triage.rules import RULES
from ragcheck.triage.wording import say

QUOTE_LIMIT = 300
AROUND = 2_000
"""Characters before and behind a span that are read for the sentence around it."""


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Two retrieved chunks of one question that were judged to conflict, or one beside itself.

    ``scopes`` are what the documents say that the two are about, where that is known.
    """

    question_id: str
    left: Chunk
    right: Chunk
    judgement: Judgement
    scopes: tuple[Scope, Scope] | None = None


@dataclass(frozen=True, slots=True)
class WeakChunk:
    """A retrieved chunk that cannot stand alone, and the questions that it was retrieved for."""

    chunk: Chunk
    score: Score
    question_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissedEvidence:
    """A gold span that the top K does not hold."""

    question: Question
    gold: int
    k: int


LINES_TOGETHER, TOGETHER = 10, 0.25
"""So many lines apart two places were written together, and their conflict weighs so much."""


def conflict_findings(
    pairs: Iterable[JudgedPair], documents: Mapping[str, Document], asked: int, language: str
) -> list[Finding]:
    """One finding for each pair of places, with every question that both reach.

    Args:
        documents: by ID.
        asked: number of questions, the denominator of the weight.
    """
    merged: dict[tuple[str, str], tuple[Finding, set[str]]] = {}
    for pair in pairs:
        finding = _conflict_finding(pair, documents, language)
        sides = _line(finding.quote), _line(finding.related)
        known, questions = merged.setdefault(sides, (finding, set()))
        if finding.weight > known.weight:
            merged[sides] = (finding, questions)
        questions.add(pair.question_id)
    return [
        replace(
            finding,
            questions=tuple(sorted(questions)),
            weight=finding.weight * len(questions) / max(1, asked) * _written_apart(finding),
        )
        for finding, questions in merged.values()
    ]


def _written_apart(finding: Finding) -> float:
    """1, and less for two places a few lines apart: they were written together.

    What looks like a contradiction there is mostly about two things; it is listed further down.
    """
    if finding.related is None:
        return 1.0
    one, other = finding.quote.place, finding.related.place
    beside = one.path == other.path and abs(one.line - other.line) <= LINES_TOGETHER
    return TOGETHER if beside else 1.0


def weak_chunk_findings(
    weak: Iterable[WeakChunk], documents: Mapping[str, Document], asked: int
) -> list[Finding]:
    """One finding for each retrieved chunk that cannot stand alone, at its first defect."""
    rule = RULES["RC402"]
    findings = []
    for item in weak:
        if item.score.value is None or not item.score.defects:
            continue
        defect = item.score.defects[0]
        document = documents[item.chunk.document_id]
        span = Span(item.chunk.start + defect.span.start, item.chunk.start + defect.span.end)
        quote = _quote(document, Span(item.chunk.start, item.chunk.end), around=span)
        findings.append(
            Finding(
                rule=rule.id,
                severity="warning",
                message=defect.message,
                quote=quote,
                related=None,
                mend=defect.mend,
                weight=(1 - item.score.value) * len(item.question_ids) / max(1, asked),
                fingerprint=content_id(
                    rule.id, document.path, defect.kind, _statement(document, span)
                ),
                questions=item.question_ids,
            )
        )
    return findings


def missed_evidence_findings(
    missed: Iterable[MissedEvidence],
    documents: Mapping[str, Document],
    asked: int,
    language: str,
) -> list[Finding]:
    """One finding for each gold span that the top K misses; documents are given by path."""
    rule = RULES["RC403"]
    by_place: dict[tuple[str, Span], list[MissedEvidence]] = defaultdict(list)
    for item in missed:
        gold = item.question.evidence[item.gold]
        by_place[gold.document, gold.span].append(item)
    findings = []
    for (path, span), items in by_place.items():
        quote = _quote(documents[path], span)
        first = items[0]
        findings.append(
            Finding(
                rule=rule.id,
                severity="warning",
                message=say(
                    language, "missed", k=first.k, question=one_line(first.question.text, 200)
                ),
                quote=quote,
                related=None,
                mend=rule.mend[language],
                weight=len(items) / max(1, asked),
                fingerprint=content_id(rule.id, path, quote.text),
                questions=tuple(sorted(item.question.id for item in items)),
            )
        )
    return findings


def order_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By severity, then by weight, largest first; equal ones by fingerprint, to be stable."""
    return tuple(
        sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), -f.weight, f.fingerprint))
    )


def _conflict_finding(
    pair: JudgedPair, documents: Mapping[str, Document], language: str
) -> Finding:
    rule = RULES["RC401"]
    values = pair.judgement.values or ("", "")
    left = _judged_quote(pair.left, pair.judgement.left_span, values[0], documents)
    right = _judged_quote(pair.right, pair.judgement.right_span, values[1], documents)
    if _side(right) < _side(left):
        left, right = right, left
    sides = (documents[pair.left.document_id], documents[pair.right.document_id])
    paths = {document.path: document for document in sides}
    return Finding(
        rule=rule.id,
        severity="error" if pair.judgement.relation == "conflict" else "warning",
        message=pair.judgement.explanation or say(language, "conflict"),
        quote=left,
        related=right,
        mend=what_to_do(
            language, pair.judgement, pair.scopes, one_chunk=pair.left.id == pair.right.id
        ),
        weight=pair.judgement.probability,
        fingerprint=content_id(rule.id, *_identity(left, paths), *_identity(right, paths)),
    )


def _judged_quote(
    chunk: Chunk, span: Span | None, value: str, documents: Mapping[str, Document]
) -> Quote:
    """What was judged, with the words that differ marked where they stand in it."""
    inside = span or Span(0, len(chunk.text))
    document = documents[chunk.document_id]
    whole = Span(chunk.start + inside.start, chunk.start + inside.end)
    at = document.text.find(value, whole.start, whole.end) if value.strip() else -1
    around = Span(at, at + len(value)) if at >= 0 and len(value) < len(whole) else None
    return _quote(document, whole, around)


def _identity(quote: Quote, documents: Mapping[str, Document]) -> tuple[str, str]:
    place = quote.place
    return place.path, _statement(documents[place.path], Span(place.start, place.end))


def _statement(document: Document, span: Span) -> str:
    """The whole sentences that a span touches, wherever a chunk happened to cut them.

    Text elsewhere in the document, and how lines are wrapped, change nothing in it.
    """
    text = document.text
    before = text.rfind("\n\n", max(0, span.start - AROUND), span.start)
    start = before if before >= 0 else max(0, span.start - AROUND)
    after = text.find("\n\n", span.end, span.end + AROUND)
    end = after if after >= 0 else min(len(text), span.end + AROUND)
    found = [
        text[start + sentence.start : start + sentence.end]
        for sentence in sentence_spans(text[start:end])
        if sentence.start < span.end - start and sentence.end > span.start - start
    ]
    return " ".join(" ".join(found or [text[span.start : span.end]]).split())


def _quote(document: Document, span: Span, around: Span | None = None) -> Quote:
    """The span's text, cut to a readable length; ``around`` is marked in it and kept in sight."""
    mark = around or span
    start = span.start
    if mark.start - start > QUOTE_LIMIT // 2:
        start = mark.start - QUOTE_LIMIT // 2
    end = min(span.end, start + QUOTE_LIMIT)
    text = document.text[start:end]
    marked = None
    if around is not None:
        marked = (max(0, around.start - start), min(len(text), around.end - start))
    place = document.place(Span(around.start, around.end) if around else Span(start, end))
    return Quote(place, text, marked)


def _line(quote: Quote | None) -> str:
    """Where strategies cut a sentence differently, it is still one place."""
    return "" if quote is None else str(quote.place)


def _side(quote: Quote | None) -> str:
    return (
        "" if quote is None else f"{quote.place.path}\x1f{quote.place.start:012d}\x1f{quote.text}"
    )
