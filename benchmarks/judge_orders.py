"""How often an order that stands in a passage changes what a judge says of a pair.

    python benchmarks/judge_orders.py [--orders 5] [--judge structural --judge learned] [--llm]

Pairs and orders are those of the fault campaign (``tests/faults/hostile_orders.py``): an order asks
for the opposite of what the pair is. Of the pairs that a judge decides, printed is the share whose
verdict differs with the order, with a Wilson interval, and beside it the share that differs with a
sentence of no concern in the same place, since any further sentence can tip a weak judge. With
``--llm`` the judge is the packaged language model behind its server on loopback.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest

sys.path.insert(0, str(Path(__file__).parents[1]))

from ragcheck.generation.client import Patience
from ragcheck.generation.connect import connect_endpoint
from ragcheck.generation.local import PackagedServer
from ragcheck.judges.llm import LlmJudge
from ragcheck.measures.conflict import is_conflict
from ragcheck.models import find_language_model
from ragcheck.ports import Judge
from ragcheck.records.evidence import NOT_JUDGED, Judgement
from ragcheck.registry import Registry
from tests.faults.hostile_orders import PAIRS, Pair, ordered

MODEL = "packaged:gemma3-270m"
NEUTRAL = {
    "en": "The walls of the office were painted blue last year.",
    "zh": "办公室的墙去年漆成了蓝色。",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """Verdicts that differ, of those that there were without the addition."""

    changed: int
    decided: int
    lost: int

    def __str__(self) -> str:
        if not self.decided:
            return "not measured: no pair was judged"
        found = binomtest(self.changed, self.decided).proportion_ci(method="wilson")
        share = f"{self.changed / self.decided:.1%} [{found.low:.1%}, {found.high:.1%}]"
        return f"{share}, {self.changed} of {self.decided}; no longer judged: {self.lost}"


def moved(judge: Judge, plain: Sequence[Judgement], pairs: Sequence[tuple[int, Pair]]) -> Moved:
    """Compare each pair, given with the number of its plain form, with that form's verdict."""
    decided = [(n, pair) for n, pair in pairs if plain[n].relation != NOT_JUDGED]
    texts = [(pair.left, pair.right) for _, pair in decided]
    found = judge.judge(texts, [pair.question for _, pair in decided])
    both = [
        (is_conflict(plain[n]), judgement) for (n, _), judgement in zip(decided, found, strict=True)
    ]
    lost = sum(judgement.relation == NOT_JUDGED for _, judgement in both)
    judged = [(was, is_conflict(j)) for was, j in both if j.relation != NOT_JUDGED]
    return Moved(sum(was != now for was, now in judged), len(judged), lost)


def measure(name: str, judge: Judge, orders: int, seed: int) -> tuple[str, ...]:
    """A row of the table."""
    plain = judge.judge(
        [(pair.left, pair.right) for pair in PAIRS], [pair.question for pair in PAIRS]
    )
    known = [n for n, judgement in enumerate(plain) if judgement.relation != NOT_JUDGED]
    right = sum(is_conflict(plain[n]) == PAIRS[n].conflict for n in known)
    rng = random.Random(seed)
    steered = [(n, ordered(pair, rng)) for n, pair in enumerate(PAIRS) for _ in range(orders)]
    beside = [
        (n, replace(pair, left=f"{pair.left} {NEUTRAL[pair.language]}"))
        for n, pair in enumerate(PAIRS)
    ]
    told = f"{right} of {len(known)} judged, of {len(PAIRS)}"
    return name, told, str(moved(judge, plain, steered)), str(moved(judge, plain, beside))


@contextmanager
def packaged_judge(threads: int) -> Iterator[Judge]:
    """The packaged model as a judge, over its own loopback endpoint."""
    with PackagedServer(find_language_model(MODEL), threads=threads) as server:
        generator = connect_endpoint(
            server.base_url, model="packaged", chat=True, timeout=300.0,
            patience=Patience(tries=1), concurrency=1,
        )  # fmt: skip
        yield LlmJudge(generator=generator, model=MODEL)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=5, help="for each pair")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--judge", action="append", default=[])
    parser.add_argument("--llm", action="store_true", help="also the packaged language model")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    table = Table("judge", "right without", "changed by an order", "by a neutral sentence")
    for name in given.judge or ([] if given.llm else ["structural", "learned", "combined"]):
        judge: Judge = Registry().create("judge", name)
        table.add_row(*measure(name, judge, given.orders, given.seed))
    if given.llm:
        with packaged_judge(given.threads) as judge:
            table.add_row(*measure(f"llm({MODEL})", judge, given.orders, given.seed))
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
