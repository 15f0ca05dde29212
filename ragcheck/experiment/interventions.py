"""Edits of the evidence: each is a pure function from a ranking to a ranking.

An intervention changes what it names and nothing else: every passage that it keeps is the same
passage, in the same order. It is compared with its reference within question and under the same
generation parameters, so that the difference is what the edit did. Where a set has not what the
intervention is about (no conflict to drop), it gives a reason and no ranking.

The two that the mission asks about, ``conflict`` and ``missing``, are compared with ``sound``:
the gold evidence, and as many of the retrieved passages as there were, without a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ragcheck.experiment.passages import Edited, EvidenceSet, Passage
from ragcheck.experiment.repairs import Repair, with_heading_path, with_neighbour, with_subject

ADDED = 2
"""Passages that ``near_misses`` and ``random_passages`` add."""

Edit = Callable[[EvidenceSet, np.random.Generator], Edited]


@dataclass(frozen=True, slots=True)
class Intervention:
    """One row of the table. ``reference`` names what it is compared with."""

    name: str
    apply: Edit
    reference: str = "none"


def as_retrieved(given: EvidenceSet, rng: np.random.Generator) -> Edited:  # noqa: ARG001
    """The ranking itself."""
    return Edited(given.passages)


def gold_alone(given: EvidenceSet, rng: np.random.Generator) -> Edited:  # noqa: ARG001
    """The chunks that hold the gold evidence, in document order, and nothing else."""
    return Edited(given.pool.gold) if given.pool.gold else Edited(None, "no_gold")


def keep_supported_side(given: EvidenceSet, rng: np.random.Generator) -> Edited:  # noqa: ARG001
    """Without the passages that contradict the gold evidence."""
    if not _in_conflict(given.passages):
        return Edited(None, "no_conflict")
    return Edited(tuple(p for p in given.passages if not p.contradicts))


def keep_other_side(given: EvidenceSet, rng: np.random.Generator) -> Edited:  # noqa: ARG001
    """Without the passages that bear gold evidence, where another contradicts them."""
    if not _in_conflict(given.passages):
        return Edited(None, "no_conflict")
    return Edited(tuple(p for p in given.passages if p.contradicts or not p.supports))


def inject_conflict(given: EvidenceSet, rng: np.random.Generator) -> Edited:
    """One passage that contradicts the gold evidence comes in, at a rank drawn at random.

    A real one of the corpus where there is one, else an edited copy of a gold passage.
    """
    if any(p.contradicts for p in given.passages):
        return Edited(None, "has_conflict")
    if not any(p.supports for p in given.passages):
        return Edited(None, "no_support")
    present = {p.id for p in given.passages}
    rival = next((p for p in given.pool.rivals if p.id not in present), None)
    if rival is None:
        return Edited(None, "no_rival")
    return Edited(_inserted(given.passages, [rival], rng))


def drop_support(given: EvidenceSet, rng: np.random.Generator) -> Edited:  # noqa: ARG001
    """Without the passages that bear gold evidence."""
    if not any(p.supports for p in given.passages):
        return Edited(None, "no_support")
    return Edited(tuple(p for p in given.passages if not p.supports))


def near_misses(given: EvidenceSet, rng: np.random.Generator) -> Edited:
    """The next passages of the retriever that neither support nor contradict come in."""
    present = {p.id for p in given.passages}
    added = [p for p in given.pool.near if p.id not in present][:ADDED]
    return Edited(_inserted(given.passages, added, rng)) if added else Edited(None, "no_near")


def random_passages(given: EvidenceSet, rng: np.random.Generator) -> Edited:
    """Passages drawn from the rest of the corpus come in."""
    present = {p.id for p in given.passages}
    others = [p for p in given.pool.others if p.id not in present]
    if not others:
        return Edited(None, "no_others")
    chosen = rng.choice(len(others), size=min(ADDED, len(others)), replace=False)
    return Edited(_inserted(given.passages, [others[int(i)] for i in chosen], rng))


def gold_first(given: EvidenceSet, rng: np.random.Generator) -> Edited:  # noqa: ARG001
    """The passages that bear gold evidence come before all others."""
    return _moved(given, lambda rest: 0)  # noqa: ARG005


def gold_middle(given: EvidenceSet, rng: np.random.Generator) -> Edited:  # noqa: ARG001
    """The passages that bear gold evidence stand in the middle of the others."""
    return _moved(given, lambda rest: rest // 2)


def gold_last(given: EvidenceSet, rng: np.random.Generator) -> Edited:  # noqa: ARG001
    """The passages that bear gold evidence come after all others."""
    return _moved(given, lambda rest: rest)


def repaired(repair: Repair) -> Edit:
    """An intervention that repairs every passage that can be; the others stay.

    Passages that a repair makes equal are one, at the rank of the better.
    """

    def apply(given: EvidenceSet, rng: np.random.Generator) -> Edited:  # noqa: ARG001
        mended = [repair(passage, given.pool) for passage in given.passages]
        if not any(mended):
            return Edited(None, "nothing_to_repair")
        kept: dict[str, Passage] = {}
        for new, old in zip(mended, given.passages, strict=True):
            kept.setdefault((new or old).id, new or old)
        return Edited(tuple(kept.values()))

    return apply


def sound(given: EvidenceSet, rng: np.random.Generator) -> Edited:
    """All gold evidence and no conflict: what the reader would get from a healthy system.

    Passages that contradict the gold evidence go, gold that was not retrieved comes in at a rank
    drawn at random, and the last passages without gold go until there are no more than before.
    """
    if not given.pool.gold:
        return Edited(None, "no_gold")
    kept = [p for p in given.passages if not p.contradicts]
    present = {p.id for p in kept}
    added = [p for p in given.pool.gold if p.id not in present]
    size = max(len(given.passages), len(given.pool.gold))
    held = [p for p in kept if p.supports or p.id in {g.id for g in given.pool.gold}]
    room = max(0, size - len(added) - len(held))
    fillers = [p for p in kept if p not in held][:room]
    chosen = tuple(p for p in kept if p in held or p in fillers)
    return Edited(_inserted(chosen, added, rng))


def after(first: Edit, second: Edit) -> Edit:
    """``second`` applied to what ``first`` makes; both draw the same numbers as alone."""

    def apply(given: EvidenceSet, rng: np.random.Generator) -> Edited:
        begun = first(given, rng)
        if begun.passages is None:
            return begun
        return second(EvidenceSet(begun.passages, given.pool), rng)

    return apply


def _table(rows: Iterable[Intervention]) -> Mapping[str, Intervention]:
    return {row.name: row for row in rows}


INTERVENTIONS: Mapping[str, Intervention] = _table(
    (
        Intervention("none", as_retrieved),
        Intervention("sound", sound),
        Intervention("conflict", after(sound, inject_conflict), "sound"),
        Intervention("missing", after(sound, drop_support), "sound"),
        Intervention("gold_alone", gold_alone),
        Intervention("keep_supported_side", keep_supported_side),
        Intervention("keep_other_side", keep_other_side),
        Intervention("inject_conflict", inject_conflict),
        Intervention("drop_support", drop_support),
        Intervention("near_misses", near_misses),
        Intervention("random_passages", random_passages),
        Intervention("gold_first", gold_first),
        Intervention("gold_middle", gold_middle),
        Intervention("gold_last", gold_last),
        Intervention("repair_heading", repaired(with_heading_path)),
        Intervention("repair_subject", repaired(with_subject)),
        Intervention("repair_neighbour", repaired(with_neighbour)),
    )
)
"""Every intervention by name: what ``experiment.edits`` and ``experiment.interventions`` take."""


def with_references(names: Sequence[str]) -> tuple[str, ...]:
    """The names in the table's order, with those that they are compared with."""
    wanted = {*names, *(INTERVENTIONS[name].reference for name in names)} - (
        set() if names else {"none"}
    )
    return tuple(name for name in INTERVENTIONS if name in wanted)


def _in_conflict(passages: Sequence[Passage]) -> bool:
    return any(p.supports for p in passages) and any(p.contradicts for p in passages)


def _inserted(
    passages: tuple[Passage, ...], added: Sequence[Passage], rng: np.random.Generator
) -> tuple[Passage, ...]:
    """The passages in their order, with the added ones at ranks drawn at random."""
    ranking = list(passages)
    for passage in added:
        ranking.insert(int(rng.integers(len(ranking) + 1)), passage)
    return tuple(ranking)


def _moved(given: EvidenceSet, place: Callable[[int], int]) -> Edited:
    gold = tuple(p for p in given.passages if p.supports)
    rest = tuple(p for p in given.passages if not p.supports)
    if not gold:
        return Edited(None, "no_support")
    at = place(len(rest))
    return Edited((*rest[:at], *gold, *rest[at:]))
