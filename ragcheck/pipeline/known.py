"""Judgements, scores and answers that an earlier run has, in this folder or in another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragcheck.cache_file import CacheFile, entry_key
from ragcheck.errors import ModelError
from ragcheck.experiment.known import KnownResults
from ragcheck.models import cache_home, file_sha256, find_encoder, find_language_model
from ragcheck.pipeline.inputs import code_fingerprint
from ragcheck.ports import Judge
from ragcheck.processor import preferred_dtype
from ragcheck.records.evidence import Chunk, Judgement, Scope, Score
from ragcheck.records.notation import parse_notation
from ragcheck.records.trials import Answer, Level

RESULTS = "results.sqlite"
MODEL_FREE = frozenset({"structural"})
READING = frozenset({"learned", "combined"})
READ_WITH = ("packaged:minilm", "packaged:gemma3-270m")
"""The models with which ragcheck's own judges read: their weights shape what is judged."""


@dataclass(frozen=True)
class Known:
    """What any run on this machine has computed, by what it depends on."""

    judgements: KnownResults[Judgement]
    scores: KnownResults[Score]
    answers: KnownResults[Answer]
    checks: KnownResults[bool]


def open_known() -> Known:
    """The results beside the vector cache; nothing is opened before the first use."""
    file = CacheFile(cache_home() / RESULTS, contents="results")
    return Known(
        KnownResults(file, Judgement, worth_keeping=lambda found: found.reason is None),
        KnownResults(file, Score),
        KnownResults(file, Answer, worth_keeping=lambda found: found.failure is None),
        KnownResults(file, bool),
    )


class KnownJudge:
    """A judge that judges no pair twice, in any run.

    Args:
        judge: judges what is missing.
        key: names the judge and everything that changes its judgements, but for the pair.
        known: where judgements are kept.
    """

    def __init__(self, judge: Judge, *, key: str, known: KnownResults[Judgement]) -> None:
        self._judge = judge
        self._key = key
        self._known = known

    @property
    def notation(self) -> str:
        return self._judge.notation

    def judge(
        self,
        pairs: Sequence[tuple[str, str]],
        questions: Sequence[str | None] | None = None,
        scopes: Sequence[tuple[Scope, Scope]] | None = None,
    ) -> list[Judgement]:
        """One judgement a pair, in order; arguments and errors are those of the judge."""
        if any(given is not None and len(given) != len(pairs) for given in (questions, scopes)):
            return self._judge.judge(pairs, questions, scopes)
        keys = [
            entry_key(
                "judgement",
                self._key,
                *pair,
                *(() if questions is None else (str(questions[i] is None), questions[i] or "")),
                *(() if scopes is None else map(_scope_text, scopes[i])),
            )
            for i, pair in enumerate(pairs)
        ]

        def compute(positions: Sequence[int]) -> list[Judgement]:
            return self._judge.judge(
                [pairs[i] for i in positions],
                None if questions is None else [questions[i] for i in positions],
                None if scopes is None else [scopes[i] for i in positions],
            )

        return self._known.complete(keys, compute)


def known_judge(judge: Judge, known: Known, *, generator: str | None = None) -> Judge:
    """The judge before what is known already; the judge itself where its weights have no name.

    Args:
        generator: the key of the model that the judge asks, if it asks one.
    """
    name = parse_notation(judge.notation).name
    if generator is not None:
        shaped_by = [generator]
    elif name in MODEL_FREE:
        shaped_by = []
    elif name in READING:
        shaped_by = [*_reading_models(), preferred_dtype()]
    else:
        return judge
    key = "|".join((judge.notation, code_fingerprint(), *shaped_by))
    return KnownJudge(judge, key=key, known=known.judgements)


def check_key(generator: str, factors: Mapping[str, Sequence[Level]]) -> bytes:
    """Names the check that a generator whose key names its weights gets these parameters."""
    return entry_key(
        "check", code_fingerprint("generation"), generator, repr(sorted(factors.items()))
    )


def score_key(measure: str, chunk: Chunk) -> bytes:
    """Names the score of a chunk in its document, whatever strategy cut it.

    A document's ID is the hash of its path and text, so the span in it names the chunk's text.
    """
    place = f"{chunk.start}:{chunk.end}"
    return entry_key(
        "score", measure, code_fingerprint(), chunk.document_id, place, chunk.text, chunk.prefix
    )


@lru_cache(maxsize=65_536)
def _scope_text(scope: Scope) -> str:
    return repr(scope)


def _reading_models() -> list[str]:
    encoder, language_model = READ_WITH
    return [
        _or_none(lambda: find_encoder(encoder).fingerprint),
        _or_none(lambda: file_sha256(find_language_model(language_model))),
    ]


def _or_none(find: Callable[[], str]) -> str:
    try:
        return find()
    except ModelError:
        return "none"
