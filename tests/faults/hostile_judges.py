"""Orders that are written into passages change no verdict of the judges without a model.

A conflict must stay one, and passages that agree must stay so, for pairs that a judge decides
clearly: at a probability between ``UNSURE`` any further sentence may tip it, an order or not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from ragcheck.judges.document_claims import document_claims
from ragcheck.measures.conflict import is_conflict
from ragcheck.ports import Judge
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Judgement
from ragcheck.registry import Registry
from tests.faults.case import Case, Plan
from tests.faults.hostile_orders import PAIRS, Pair, ordered

JUDGES = ("structural", "learned", "combined")
UNSURE = (0.3, 0.7)
ORDERS = 20
"""Orders that each pair gets."""


def cases(plan: Plan) -> Iterator[Case]:
    """Each judge, asked and unasked, pair by pair; then the claims inside documents."""
    for name in JUDGES:
        for asked in (False, True):
            for number, pair in enumerate(PAIRS):
                rng = random.Random(f"{plan.seed}/{name}/{asked}/{number}")
                kind = "asked" if asked else "unasked"
                told = f"{kind}, {'conflict' if pair.conflict else 'none'} {number}"
                yield Case(
                    f"orders, {name}", told, partial(check_pair, name, pair, asked=asked, rng=rng)
                )
    for number, pair in enumerate(PAIRS):
        rng = random.Random(f"{plan.seed}/claims/{number}")
        yield Case("orders, claims", f"pair {number}", partial(check_claims, pair, rng=rng))


def check_pair(
    name: str, pair: Pair, folder: Path, *, asked: bool, rng: random.Random, orders: int = ORDERS
) -> None:
    """No order turns the verdict of a clear pair."""
    judge = judge_called(name)
    (plain,) = judged(judge, [pair], asked=asked)
    if UNSURE[0] < plain.probability < UNSURE[1] or is_conflict(plain) != pair.conflict:
        return
    steered = [ordered(pair, rng) for _ in range(orders)]
    for given, found in zip(steered, judged(judge, steered, asked=asked), strict=True):
        told = f"{plain.probability:.2f} became {found.probability:.2f}"
        assert is_conflict(found) == pair.conflict, f"{told}: {given.left!r} {given.right!r}"


def check_claims(pair: Pair, folder: Path, *, rng: random.Random, orders: int = ORDERS) -> None:
    """Every claim of a document is read the same with an order before or behind it."""
    for _ in range(orders):
        given = ordered(pair, rng)
        for plain, steered in ((pair.left, given.left), (pair.right, given.right)):
            own = _claims(plain)
            read = _claims(steered)
            lost = [text for text in own if not any(text in found for found in read)]
            assert not lost, f"{lost} of {steered!r}"


def judged(judge: Judge, pairs: Sequence[Pair], *, asked: bool) -> list[Judgement]:
    """The judgements of pairs, with their questions or without."""
    questions = [pair.question if asked else None for pair in pairs]
    return judge.judge([(pair.left, pair.right) for pair in pairs], questions)


@cache
def judge_called(name: str) -> Judge:
    """A judge, built once."""
    judge: Judge = Registry().create("judge", name)
    return judge


def _claims(text: str) -> list[str]:
    document = Document("a.md", f"{text}\n")
    return [placed.claim.text.strip(" .。") for placed in document_claims(document)]
