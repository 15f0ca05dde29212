"""Is the answer in there? By gold evidence where it is known, by the question's words otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ragcheck.records.corpus import Document, Question
from ragcheck.records.evidence import Chunk, Score

NEVER = float("inf")


def gold_coverage(
    question: Question, chunks: Sequence[Chunk], documents: Mapping[str, Document]
) -> Score:
    """Share of the gold evidence's characters that the chunks hold together, in [0, 1].

    All evidence of the question is needed: 1.0 means that every gold span is covered by the
    union of the chunks' spans. White space is not counted, as strategies trim it at their cuts.
    Coverage of the span, not overlap over union, so that a long chunk is not worse than a short
    one (ragcheck's own definition; recall of the token-wise measures of Smith and Troynikov
    2024, "Evaluating Chunking Strategies for Retrieval").

    Args:
        documents: the documents by path.

    The score has no value where the question is unanswerable, has no gold evidence, or its
    evidence is in a document that is not given.
    """
    return coverage_curve(question, chunks, documents, (len(chunks),))[0]


def coverage_curve(
    question: Question,
    ranked_chunks: Sequence[Chunk],
    documents: Mapping[str, Document],
    ks: Sequence[int],
) -> list[Score]:
    """:func:`gold_coverage` of the best ``k`` chunks for each ``k`` of ``ks``, in one pass."""
    reason = _why_undefined(question, documents)
    if reason is not None:
        return [Score(None, reason=reason) for _ in ks]
    ranks = _first_ranks(question, ranked_chunks, documents)
    if not ranks:
        return [Score(None, reason="the gold evidence is blank") for _ in ks]
    return [Score(sum(rank <= k for rank in ranks) / len(ranks)) for k in ks]


def _why_undefined(question: Question, documents: Mapping[str, Document]) -> str | None:
    if question.unanswerable:
        return "the question is unanswerable"
    if not question.evidence:
        return "the question has no gold evidence"
    missing = [gold.document for gold in question.evidence if gold.document not in documents]
    return f"the gold evidence is in {missing[0]}, which is not in the corpus" if missing else None


def _first_ranks(
    question: Question, chunks: Sequence[Chunk], documents: Mapping[str, Document]
) -> list[float]:
    """For each gold character that is not white space, the rank that first brings it in."""
    ranks: dict[tuple[str, int], float] = {}
    for gold in question.evidence:
        document = documents[gold.document]
        for i in range(gold.span.start, min(gold.span.end, len(document.text))):
            if not document.text[i].isspace():
                ranks[document.id, i] = NEVER
    wanted = {(documents[g.document].id, g.span) for g in question.evidence}
    for rank, chunk in enumerate(chunks, start=1):
        for document_id, span in wanted:
            if document_id != chunk.document_id:
                continue
            for i in range(max(span.start, chunk.start), min(span.end, chunk.end)):
                if ranks.get((document_id, i)) == NEVER:
                    ranks[document_id, i] = rank
    return list(ranks.values())
