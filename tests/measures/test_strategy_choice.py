from __future__ import annotations

import numpy as np

from ragcheck.measures.strategies import summarise_strategy
from ragcheck.measures.strategy_choice import choose_strategy
from ragcheck.records.evidence import Chunk, Score


def world(shares, documents=12, chunks=10):
    """Strategies whose chunks stand alone in these shares, in every document alike."""
    own, scores = {}, {}
    for name, share in shares.items():
        own[name] = [
            Chunk(f"d{d}", 10 * i, 10 * i + 9, f"{name} {d} {i}", name)
            for d in range(documents)
            for i in range(chunks if name != "coarse" else chunks // 2)
        ]
        for i, chunk in enumerate(own[name]):
            scores[chunk.id] = Score(0.9 if (i * 7919) % 100 < 100 * share else 0.1)
    summaries = [
        summarise_strategy(name, cut, [scores[c.id] for c in cut], {}, (), np.random.default_rng(1))
        for name, cut in own.items()
    ]
    return summaries, own, scores


def test_the_better_strategy_is_chosen_with_how_much_better_it_is():
    choice = choose_strategy(*world({"poor": 0.3, "good": 0.8}), np.random.default_rng(2))
    assert choice is not None
    assert (choice.strategy, choice.differs, choice.tied) == ("good", True, ())
    ahead = choice.ahead["poor"]
    assert ahead.value is not None and ahead.low is not None and ahead.high is not None
    assert ahead.low < 0.5 < ahead.high
    assert ahead.n == 12


def test_of_equal_strategies_the_one_with_fewer_chunks_is_chosen():
    choice = choose_strategy(*world({"fine": 0.5, "coarse": 0.5}), np.random.default_rng(2))
    assert choice is not None
    assert (choice.strategy, choice.differs, choice.tied) == ("coarse", False, ("fine",))


def test_one_strategy_is_no_choice():
    assert choose_strategy(*world({"only": 0.5}), np.random.default_rng(2)) is None
