"""The whole corpus without questions: which of its statements contradict each other?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TypeVar

from ragcheck.config import RunConfig, read_config
from ragcheck.corpus.loaders import load_corpus
from ragcheck.events import Listener, StageAdvanced, StageFinished, StageStarted, Warned, ignore
from ragcheck.judges.claim_pairs import ClaimPair, ComparedClaims, compare_claims
from ragcheck.judges.document_claims import PlacedClaim, document_claims
from ragcheck.judges.resolution import relate
from ragcheck.pipeline.claim_evidence import OWN_JUDGES
from ragcheck.pipeline.inputs import optional_path
from ragcheck.pipeline.tools import build_tools
from ragcheck.pipeline.wording import say
from ragcheck.ports import Embedder, Judge
from ragcheck.records.corpus import Corpus
from ragcheck.records.evidence import Chunk, Judgement
from ragcheck.records.notation import parse_notation
from ragcheck.records.results import Finding
from ragcheck.text.tokens import normalise
from ragcheck.triage.findings import JudgedPair, conflict_findings

STRUCTURAL = "structural"
LEAST = 0.02
"""Probability from structure alone below which a pair is not worth a judge."""
MOST_JUDGED = 2_000
SHOWN_FROM = 0.2
"""Probability from which a pair is worth a look; about every second one is a conflict."""
COUNTED_TWICE = 0.25
"""Power of the odds of judges that count much of what structure counts as well."""
AT_ONE_PLACE = 3
"""Findings that one place may have: more of them say that the place is misread."""
CONFLICTS = ("conflict", "supersedes")

T = TypeVar("T")


@dataclass(frozen=True)
class Scan:
    """What was found in a corpus, the surest first, and how much was looked at.

    ``claims`` are statements, ``compared`` pairs of them that differ in something, and ``judged``
    those among them that a judge other than the structural one saw. ``recall`` is the share of
    true neighbours that were looked at, on a sample; ``None`` where all were.
    """

    corpus: Corpus
    findings: tuple[Finding, ...]
    claims: int
    compared: int
    judged: int
    recall: float | None = None


def scan(
    corpus: Path | str | Corpus,
    *,
    config: RunConfig | Path | str | None = None,
    least: float = SHOWN_FROM,
    listen: Listener = ignore,
) -> Scan:
    """Find statements of a corpus that contradict each other, without any question.

    Args:
        corpus: a file, a folder, or documents that are loaded already.
        config: its encoder and its judge are used.
        least: the probability from which a conflict is listed.

    Raises:
        RagcheckError: the corpus cannot be read, or a model is missing.
    """
    settled = config if isinstance(config, RunConfig) else read_config(optional_path(config))
    loaded = corpus if isinstance(corpus, Corpus) else load_corpus(Path(corpus))
    if settled.language != "auto":
        loaded = replace(loaded, language=settled.language)
    tools = build_tools(settled.for_language(loaded.language), loaded.language)
    return scan_documents(loaded, tools.embedder, tools.judge, least=least, listen=listen)


def scan_documents(
    corpus: Corpus,
    embedder: Embedder,
    judge: Judge,
    *,
    least: float = SHOWN_FROM,
    listen: Listener = ignore,
) -> Scan:
    """As :func:`scan`, with the collaborators given."""
    claims: list[PlacedClaim] = []
    listen(StageStarted("claims", len(corpus.documents), "documents"))
    begun = monotonic()
    for document in corpus.documents:
        claims.extend(document_claims(document))
        listen(StageAdvanced("claims"))
    listen(StageFinished("claims", monotonic() - begun))
    compared = _timed(
        listen,
        "compare",
        "claims",
        len(claims),
        lambda: compare_claims(claims, embedder, least=LEAST, most=MOST_JUDGED),
    )
    judged = _timed(
        listen, "judge", "pairs", len(compared.pairs), lambda: _judged(compared, judge, least)
    )
    findings = _findings(corpus, compared, judged)
    asked = 0 if judge.notation == STRUCTURAL else len(compared.pairs)
    if compared.recall is not None:
        told = say(corpus.language, "approximate_neighbours", recall=compared.recall)
        listen(Warned(told))
    return Scan(corpus, findings, len(compared.claims), compared.compared, asked, compared.recall)


def _timed(listen: Listener, stage: str, unit: str, count: int, work: Callable[[], T]) -> T:
    listen(StageStarted(stage, count, unit))
    begun = monotonic()
    done = work()
    listen(StageAdvanced(stage, count))
    listen(StageFinished(stage, monotonic() - begun))
    return done


def _judged(
    compared: ComparedClaims, judge: Judge, least: float
) -> list[tuple[ClaimPair, Judgement]]:
    """The conflicts, the surest first: structure alone, or joined with the judge named."""
    pairs = list(compared.pairs)
    if judge.notation != STRUCTURAL and pairs:
        pairs = _joined(compared, pairs, judge)
    found = []
    for pair in sorted(pairs, key=lambda p: (-p.probability, p.left, p.right)):
        if pair.probability < least:
            break
        a, b = compared.read[pair.left], compared.read[pair.right]
        judgement = relate(a, b, pair.difference, pair.probability)
        if judgement.relation in CONFLICTS:
            found.append((pair, judgement))
    return _without_repeats(compared, found)


def _joined(compared: ComparedClaims, pairs: Sequence[ClaimPair], judge: Judge) -> list[ClaimPair]:
    """Odds from structure times odds from the judge, which reads claims with their headings."""
    sides = [(compared.claims[p.left], compared.claims[p.right]) for p in pairs]
    said = judge.judge(
        [(left.claim.stated, right.claim.stated) for left, right in sides],
        None,
        [(left.scope, right.scope) for left, right in sides],
    )
    own = parse_notation(judge.notation).name in OWN_JUDGES
    weight = COUNTED_TWICE if own else 1.0
    return [
        replace(pair, probability=joined_odds(pair.probability, judgement.probability, weight))
        for pair, judgement in zip(pairs, said, strict=True)
        if judgement.reason is None
    ]


def joined_odds(prior: float, judged: float, weight: float = 1.0) -> float:
    """The probability whose odds are the product of both odds, those of the judge to a power."""
    one, other = (min(max(p, 1e-6), 1 - 1e-6) for p in (prior, judged))
    odds = one / (1 - one) * math.exp(weight * math.log(other / (1 - other)))
    return odds / (1 + odds)


def _without_repeats(
    compared: ComparedClaims, found: Sequence[tuple[ClaimPair, Judgement]]
) -> list[tuple[ClaimPair, Judgement]]:
    """One of those that say the same, and at most some at one place."""
    seen: set[frozenset[str]] = set()
    places: Counter[int] = Counter()
    kept = []
    for pair, judgement in found:
        sides = (compared.claims[pair.left].claim, compared.claims[pair.right].claim)
        key = frozenset(normalise(side.text) for side in sides)
        if key in seen or max(places[pair.left], places[pair.right]) >= AT_ONE_PLACE:
            continue
        seen.add(key)
        places.update((pair.left, pair.right))
        kept.append((pair, judgement))
    return kept


def _findings(
    corpus: Corpus, compared: ComparedClaims, judged: Sequence[tuple[ClaimPair, Judgement]]
) -> tuple[Finding, ...]:
    pairs = []
    for pair, judgement in judged:
        left, right = compared.claims[pair.left], compared.claims[pair.right]
        pairs.append(
            JudgedPair("", _chunk(left), _chunk(right), judgement, (left.scope, right.scope))
        )
    found = conflict_findings(pairs, corpus.by_id, 1, corpus.language)
    surest = sorted(found, key=lambda f: (-f.weight, f.fingerprint))
    return tuple(replace(finding, questions=()) for finding in surest)


def _chunk(placed: PlacedClaim) -> Chunk:
    span = placed.claim.span
    text = placed.document.text[span.start : span.end]
    return Chunk(placed.document.id, span.start, span.end, text, "claims")
