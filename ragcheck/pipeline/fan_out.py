"""The collaborators of a run whose work is done by workers, in units of a fixed composition.

What a worker needs of a model is its description: it loads the model once, by itself, and refuses
one whose files are not the same. Results come back here, and only this process writes to caches
and run folders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.ports import Embedder, Judge
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk, Judgement, Scope, Score
from ragcheck.registry import Registry
from ragcheck.workers import Workers

PAIRS_A_UNIT = 32
CHUNKS_A_UNIT = 128
"""At most: a unit holds chunks of one document, which is sent with them."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """What one call of a judge gets."""

    pairs: Sequence[tuple[str, str]]
    questions: Sequence[str | None] | None
    scopes: Sequence[tuple[Scope, Scope]] | None

    def judged_by(self, judge: Judge) -> list[Judgement]:
        return judge.judge(self.pairs, self.questions, self.scopes)


@dataclass(frozen=True, slots=True)
class DistributedJudge:
    """A judge whose pairs are judged by workers, each of which builds the judge once.

    Args:
        judge_here: the judge of this process.
        described: the notation from which workers build the same judge.
        encoder: for judges that need one.
        workers: where pairs are judged.
    """

    judge_here: Judge
    described: str
    encoder: Embedder
    workers: Workers

    @property
    def notation(self) -> str:
        return self.judge_here.notation

    def judge(
        self,
        pairs: Sequence[tuple[str, str]],
        questions: Sequence[str | None] | None = None,
        scopes: Sequence[tuple[Scope, Scope]] | None = None,
    ) -> list[Judgement]:
        """One judgement a pair, in order; arguments and errors are those of the judge."""
        if any(given is not None and len(given) != len(pairs) for given in (questions, scopes)):
            return self.judge_here.judge(pairs, questions, scopes)
        units = [
            _Pairs(
                pairs[first : first + PAIRS_A_UNIT],
                None if questions is None else questions[first : first + PAIRS_A_UNIT],
                None if scopes is None else scopes[first : first + PAIRS_A_UNIT],
            )
            for first in range(0, len(pairs), PAIRS_A_UNIT)
        ]
        if self.workers.is_serial:
            found = [unit.judged_by(self.judge_here) for unit in units]
        else:
            found = self.workers.map(partial(_judge_there, self.described, self.encoder), units)
        return [judgement for unit in found for judgement in unit]


@dataclass(frozen=True, slots=True)
class DistributedSelfContainedness:
    """Self-containedness of chunks, measured by workers."""

    measure: SelfContainedness
    workers: Workers

    @property
    def notation(self) -> str:
        return self.measure.notation

    def score_in_documents(
        self, chunks: Sequence[Chunk], documents: Mapping[str, Document]
    ) -> list[Score]:
        """One score a chunk, in order, as :meth:`SelfContainedness.score_chunks` gives it.

        Args:
            chunks: those of one document follow each other.
            documents: by ID.
        """
        units = [
            (own[first : first + CHUNKS_A_UNIT], documents[document_id])
            for document_id, group in groupby(chunks, key=lambda chunk: chunk.document_id)
            for own in [list(group)]
            for first in range(0, len(own), CHUNKS_A_UNIT)
        ]
        found = self.workers.each(partial(_score_unit, self.measure), units)
        return [score for unit in found for score in unit]


def _judge_there(described: str, encoder: Embedder, unit: _Pairs) -> list[Judgement]:
    key = described, encoder.key
    if key not in _judges:
        _judges[key] = Registry().create("judge", described, embedder=encoder)
    return unit.judged_by(_judges[key])


_judges: dict[tuple[str, str], Judge] = {}
"""The judges of this process, built once and kept while it works for others."""


def _score_unit(measure: SelfContainedness, unit: tuple[Sequence[Chunk], Document]) -> list[Score]:
    return measure.score_chunks(*unit)
