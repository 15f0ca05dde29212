"""What the claims inside retrieved chunks say about the pairs of each set.

A judge sees two chunks; here the statements inside them are compared with their headings, wherever
a chunker cut them. Claims are read once for the corpus and compared once for all sets.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from ragcheck.judges.claim_pairs import ComparedClaims, compare_claims
from ragcheck.judges.document_claims import PlacedClaim, document_claims
from ragcheck.judges.resolution import relate
from ragcheck.measures.conflict import is_conflict
from ragcheck.ports import Embedder
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk, Judgement
from ragcheck.records.notation import parse_notation

ASKED_ODDS = 3.0
"""How much likelier two claims conflict that were retrieved for one question."""
LEAST = 0.1
OWN_JUDGES = frozenset({"structural", "learned", "combined"})
INSIDE = 0.6
"""Share of a claim that a chunk must hold."""


class ClaimEvidence:
    """The conflicts among the claims of retrieved chunks.

    Args:
        chunks: every chunk that any question got.
        documents: by ID.
    """

    def __init__(
        self, chunks: Iterable[Chunk], documents: Mapping[str, Document], embedder: Embedder
    ) -> None:
        wanted: dict[str, list[Span]] = defaultdict(list)
        for chunk in chunks:
            wanted[chunk.document_id].append(chunk.span)
        claims: list[PlacedClaim] = []
        for document_id in sorted(wanted, key=lambda i: documents[i].path):
            spans = _merged(wanted[document_id])
            claims += [
                placed
                for placed in document_claims(documents[document_id])
                if any(_holds(span, placed.claim.span) for span in spans)
            ]
        self._compared = compare_claims(claims, embedder, least=LEAST)
        self._places = _by_document(self._compared)
        self._partners: dict[int, list[int]] = defaultdict(list)
        for number, pair in enumerate(self._compared.pairs):
            self._partners[pair.left].append(number)
            self._partners[pair.right].append(number)

    def judgement(self, left: Chunk, right: Chunk) -> Judgement | None:
        """The surest conflict between a claim of each chunk; spans are in the chunks."""
        here, there = set(self._inside(left)), set(self._inside(right))
        best: Judgement | None = None
        for claim in here:
            for number in self._partners.get(claim, ()):
                pair = self._compared.pairs[number]
                other = pair.right if pair.left == claim else pair.left
                if other in there and other not in here:
                    found = self._judgement(number, left, right, turned=pair.left != claim)
                    if best is None or found.probability > best.probability:
                        best = found
        return best

    def _inside(self, chunk: Chunk) -> list[int]:
        starts, numbers, ends = self._places.get(chunk.document_id, ((), (), ()))
        first = max(0, bisect_left(starts, chunk.start) - 1)
        found = []
        for k in range(first, len(starts)):
            if starts[k] >= chunk.end:
                break
            if _holds(chunk.span, Span(starts[k], ends[k])):
                found.append(numbers[k])
        return found

    def _judgement(self, number: int, left: Chunk, right: Chunk, *, turned: bool) -> Judgement:
        pair = self._compared.pairs[number]
        a, b = self._compared.read[pair.left], self._compared.read[pair.right]
        odds = pair.probability / max(1e-9, 1 - pair.probability) * ASKED_ODDS
        found = relate(a, b, pair.difference, odds / (1 + odds))
        values = found.values
        if turned:
            a, b = b, a
            values = None if values is None else (values[1], values[0])
        if found.left_span is None:
            return replace(found, values=values)
        return replace(
            found,
            values=values,
            left_span=_within(a.claim.span, left),
            right_span=_within(b.claim.span, right),
        )


class RetrievedClaims:
    """:class:`ClaimEvidence` that is gathered when it is first needed.

    Args:
        chunks: every chunk that any question got.
        documents: by ID.
    """

    def __init__(
        self, chunks: Sequence[Chunk], documents: Mapping[str, Document], embedder: Embedder
    ) -> None:
        self._chunks, self._documents, self._embedder = chunks, documents, embedder

    @cached_property
    def _evidence(self) -> ClaimEvidence:
        return ClaimEvidence(self._chunks, self._documents, self._embedder)

    def join(
        self, sides: Sequence[tuple[Chunk, Chunk]], judged: Sequence[Judgement], judge: str
    ) -> list[Judgement]:
        """What a judge said of pairs of chunks, joined with what their claims say.

        Args:
            judge: its notation. A judge of another make has the last word on whether there is a
                conflict; the claims then only say where and about what.
        """
        own = parse_notation(judge).name in OWN_JUDGES
        return [
            joined(said, self._evidence.judgement(left, right), own=own)
            for (left, right), said in zip(sides, judged, strict=True)
        ]


def joined(judged: Judgement, stated: Judgement | None, *, own: bool = True) -> Judgement:
    """The surer of what a judge and what claims say of two chunks.

    Where both see a conflict, the claims say what it is about: their places are exact.
    """
    if stated is None or not is_conflict(stated):
        return judged
    if is_conflict(judged):
        return replace(stated, probability=max(judged.probability, stated.probability))
    return stated if own else judged


def _within(span: Span, chunk: Chunk) -> Span:
    start = max(0, span.start - chunk.start)
    return Span(start, max(start, min(len(chunk.text), span.end - chunk.start)))


def _holds(outer: Span, inner: Span) -> bool:
    return outer.overlap(inner) >= INSIDE * len(inner)


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


Places = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def _by_document(compared: ComparedClaims) -> dict[str, Places]:
    """Starts, numbers and ends of the claims of each document, in order of their starts."""
    rows: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for number, placed in enumerate(compared.claims):
        span = placed.claim.span
        rows[placed.document.id].append((span.start, number, span.end))
    found: dict[str, Places] = {}
    for document_id, own in rows.items():
        starts, numbers, ends = zip(*sorted(own), strict=True)
        found[document_id] = (starts, numbers, ends)
    return found
