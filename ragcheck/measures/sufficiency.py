"""Is the answer in there? By gold evidence where it is known, by the question's words otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ragcheck.measures.answer_types import content_of, expected_kinds
from ragcheck.records.corpus import Document, Question, Span
from ragcheck.records.evidence import Chunk, Score
from ragcheck.text.language import detect_language
from ragcheck.text.sentences import sentence_spans
from ragcheck.text.tokens import words
from ragcheck.text.values import find_values

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


TYPE_MISSING = 0.5
"""Factor for a passage that has the question's words and no value of the kind that it asks for."""
_CONTEXT = 0.6
"""Weight of a question word that stands in the passage, but not in the best sentence."""


def sufficiency(question: str, passages: Sequence[str]) -> Score:
    """A weak estimate, without gold and without a model, that the passages hold the answer.

    The value is the share of the question's content words (Chinese: character pairs) that the
    best sentence of any one passage holds; a word that stands elsewhere in that passage counts
    0.6. It is halved where the question asks for a number, date or version and neither that
    sentence nor the next has one that the question does not itself give. Wording decides: a
    paraphrase scores low, a sentence on the topic that does not answer scores high.

    ``span`` is that sentence, ``passage`` the 0-based index of its passage. No value for a
    question without content words, or without a passage.
    """
    language = detect_language(question)
    wanted = _stems(content_of(question, language))
    if not wanted:
        return Score(None, reason="the question has no content words")
    if not any(passage.strip() for passage in passages):
        return Score(None, reason="there is no passage")
    kinds = expected_kinds(question, language)
    given = {value.text for value in find_values(question)}
    best = Score(0.0)
    for index, passage in enumerate(passages):
        found = _best_sentence(passage, wanted, kinds, given)
        if found is not None and (found[0] > (best.value or 0.0) or best.span is None):
            best = Score(found[0], span=found[1], passage=index)
    return best


def _best_sentence(
    passage: str, wanted: frozenset[str], kinds: frozenset[str], given: set[str]
) -> tuple[float, Span] | None:
    sentences = sentence_spans(passage)
    here = [_stems(passage[span.start : span.end]) & wanted for span in sentences]
    anywhere = frozenset().union(*here)
    shares = [(len(own) + _CONTEXT * len(anywhere - own)) / len(wanted) for own in here]
    best: tuple[float, Span] | None = None
    for i in sorted(range(len(sentences)), key=lambda i: -shares[i])[:_TRIED]:
        value = shares[i]
        if kinds:
            end = sentences[min(i + 1, len(sentences) - 1)].end
            value *= (
                1.0 if _answers(passage[sentences[i].start : end], kinds, given) else TYPE_MISSING
            )
        if best is None or value > best[0]:
            best = value, sentences[i]
    return best


_TRIED = 5
"""Sentences of a passage, by share of the question's words, that are looked at for a value."""


def _answers(text: str, kinds: frozenset[str], given: set[str]) -> bool:
    return any(value.kind in kinds and value.text not in given for value in find_values(text))


def _stems(text: str) -> frozenset[str]:
    """Words with the commonest English endings cut off; Chinese pairs as they are."""
    return frozenset(_stem(word) for word in words(text))


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.isascii() and word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
