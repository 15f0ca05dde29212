"""One chunking strategy over a whole corpus: do its chunks stand alone, and hold the evidence?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

import numpy as np

from ragcheck.measures.sufficiency import gold_coverage
from ragcheck.measures.wording import say
from ragcheck.records.corpus import Document, Question, Span
from ragcheck.records.evidence import Chunk, Score
from ragcheck.records.results import Estimate, StrategySummary
from ragcheck.stats import mean_estimate, percentile_interval, resampled_sums, wilson_interval

STANDALONE = 0.5
"""A chunk of this value or more stands alone."""


def summarise_strategy(
    strategy: str,
    chunks: Sequence[Chunk],
    scores: Sequence[Score],
    documents: Mapping[str, Document],
    questions: Sequence[Question],
    rng: np.random.Generator,
    *,
    language: str = "en",
) -> StrategySummary:
    """Everything that the table of strategies says of one strategy; ``same_as`` is left open.

    Args:
        chunks: all chunks of the strategy.
        scores: their self-containedness, parallel to ``chunks``.
        documents: the documents by path.
        language: of the reasons for estimates without a value, ``en`` or ``zh``.

    Raises:
        ValueError: ``chunks`` and ``scores`` differ in length.
    """
    if len(chunks) != len(scores):
        raise ValueError(f"{len(chunks)} chunks but {len(scores)} scores")
    return StrategySummary(
        strategy=strategy,
        chunks=len(chunks),
        median_size=float(median(len(chunk.text) for chunk in chunks)) if chunks else 0.0,
        standalone=standalone_share(chunks, scores, rng, language=language),
        defects=count_defects(scores),
        duplication=duplication(chunks),
        gold_coverage=evidence_in_one_piece(chunks, documents, questions, rng, language=language),
    )


def standalone_share(
    chunks: Sequence[Chunk],
    scores: Sequence[Score],
    rng: np.random.Generator,
    *,
    language: str = "en",
) -> Estimate:
    """Share of chunks with a value of at least one half; ``n`` counts documents.

    Chunks of one document share its defects, so the bootstrap draws documents; the chunks left
    without a value are left out. Where all chunks agree, the interval is Wilson's with the
    number of documents, as no resample could differ.
    """
    by_document: dict[str, list[bool]] = defaultdict(list)
    for chunk, score in zip(chunks, scores, strict=True):
        if score.value is not None:
            by_document[chunk.document_id].append(score.value >= STANDALONE)
    if not by_document:
        return Estimate(None, reason=say(language, "no_scored_chunk"))
    counts = np.array([(sum(own), len(own)) for own in by_document.values()], dtype=float)
    alone, scored = counts.sum(axis=0)
    share, n = float(alone / scored), len(counts)
    if n == 1:
        return Estimate(share, n=1)
    if share in (0.0, 1.0):
        low, high = wilson_interval(n if share else 0, n)
    else:
        resampled = resampled_sums(counts, rng)
        low, high = percentile_interval(resampled[:, 0] / resampled[:, 1])
    return Estimate(share, low, high, n=n)


def count_defects(scores: Iterable[Score]) -> Mapping[str, int]:
    """Number of chunks with at least one defect of a kind, the most frequent kind first."""
    kinds = Counter(kind for score in scores for kind in {d.kind for d in score.defects})
    return dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0])))


def duplication(chunks: Iterable[Chunk]) -> float:
    """Share of the covered characters that stand in more than one chunk; 0 for no chunks."""
    by_document: dict[str, list[Span]] = defaultdict(list)
    for chunk in chunks:
        by_document[chunk.document_id].append(chunk.span)
    once = twice = 0
    for spans in by_document.values():
        covered, repeated = _covered_lengths(spans)
        once += covered
        twice += repeated
    return twice / once if once else 0.0


def _covered_lengths(spans: Sequence[Span]) -> tuple[int, int]:
    """Characters in at least one span, and in at least two: a sweep over the ends."""
    turns = sorted([(s.start, 1) for s in spans] + [(s.end, -1) for s in spans])
    covered = repeated = depth = last = 0
    for offset, step in turns:
        if depth >= 1:
            covered += offset - last
        if depth >= 2:
            repeated += offset - last
        depth += step
        last = offset
    return covered, repeated


def evidence_in_one_piece(
    chunks: Sequence[Chunk],
    documents: Mapping[str, Document],
    questions: Sequence[Question],
    rng: np.random.Generator,
    *,
    language: str = "en",
) -> Estimate:
    """Mean over questions with gold of the best single chunk's coverage of the gold spans."""
    by_document: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        by_document[chunk.document_id].append(chunk)
    values = [_best_chunk(question, by_document, documents) for question in questions]
    return mean_estimate(values, rng, reason=say(language, "no_gold"))


def _best_chunk(
    question: Question,
    by_document: Mapping[str, Sequence[Chunk]],
    documents: Mapping[str, Document],
) -> float | None:
    whole = gold_coverage(question, (), documents)
    if whole.value is None:
        return None
    holders = {documents[gold.document].id for gold in question.evidence}
    near = (chunk for holder in sorted(holders) for chunk in by_document.get(holder, ()))
    touching = [c for c in near if _touches(c, question, documents)]
    return max(
        (gold_coverage(question, (c,), documents).value or 0.0 for c in touching), default=0.0
    )


def _touches(chunk: Chunk, question: Question, documents: Mapping[str, Document]) -> bool:
    return any(
        documents[gold.document].id == chunk.document_id and gold.span.overlap(chunk.span) > 0
        for gold in question.evidence
    )
