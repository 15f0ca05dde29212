"""Interventions on small sets: what each does, where it is not defined, and that it is pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragcheck.experiment.interventions import INTERVENTIONS, with_references
from ragcheck.experiment.passages import Edited, EvidenceSet, Passage, Pool
from ragcheck.experiment.wording import REASONS
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.text.edits import TextEdit

SENTENCES = (
    "Returns are open for 45 days.", "Once it is sent, a label comes.", "The fee is 10 percent.",
    "Old returns were open for 30 days.", "Parcels weigh 2 kg.", "The shop closes at six.",
    "Bicycles are not sent.", "Gifts are wrapped.", "Invoices come by mail.", "Points expire.",
)  # fmt: skip
TEXT = "# Shop\n\n## Returns\n\n" + " ".join(SENTENCES) + "\n"
DOCUMENT = Document("shop.md", TEXT)


def _chunk(number: int) -> Chunk:
    start = TEXT.index(SENTENCES[number])
    return Chunk(DOCUMENT.id, start, start + len(SENTENCES[number]), SENTENCES[number], "s")


CHUNKS = tuple(_chunk(i) for i in range(len(SENTENCES)))
GOLD = Passage(CHUNKS[0], supports=True)
RIVAL = Passage(CHUNKS[3], contradicts=True)
EDITED = Passage(CHUNKS[0], contradicts=True, edit=TextEdit(Span(21, 28), "46 days", "value"))
PLAIN = tuple(Passage(chunk) for chunk in (*CHUNKS[1:3], *CHUNKS[4:]))
POOL = Pool(
    gold=(GOLD,),
    rivals=(RIVAL, EDITED),
    near=PLAIN[4:6],
    others=PLAIN[6:],
    documents={DOCUMENT.id: DOCUMENT},
    cuts={DOCUMENT.id: CHUNKS},
)


def _edit(name: str, *passages: Passage, pool: Pool = POOL, seed: int = 0) -> Edited:
    return INTERVENTIONS[name].apply(EvidenceSet(passages, pool), np.random.default_rng(seed))


def _made(name: str, *passages: Passage, pool: Pool = POOL, seed: int = 0) -> tuple[Passage, ...]:
    found = _edit(name, *passages, pool=pool, seed=seed).passages
    assert found is not None
    return found


A, B, C = PLAIN[:3]


@pytest.mark.parametrize(
    ("name", "given_", "expected"),
    [
        ("none", (A, GOLD), (A, GOLD)),
        ("gold_alone", (A, B), (GOLD,)),
        ("keep_supported_side", (A, RIVAL, GOLD, B), (A, GOLD, B)),
        ("keep_other_side", (A, RIVAL, GOLD, B), (A, RIVAL, B)),
        ("drop_support", (A, GOLD, RIVAL), (A, RIVAL)),
        ("gold_first", (A, B, GOLD, C), (GOLD, A, B, C)),
        ("gold_middle", (GOLD, A, B), (A, GOLD, B)),
        ("gold_last", (GOLD, A, B), (A, B, GOLD)),
        ("sound", (A, GOLD, B), (A, GOLD, B)),
        ("sound", (A, RIVAL, GOLD), (A, GOLD)),
        ("missing", (A, RIVAL, GOLD), (A,)),
    ],
)
def test_what_an_intervention_makes(
    name: str, given_: tuple[Passage, ...], expected: tuple[Passage, ...]
) -> None:
    assert _made(name, *given_) == expected


def test_sound_evidence_gets_the_gold_that_was_not_retrieved_and_keeps_its_size() -> None:
    made = _made("sound", A, B, C)
    assert GOLD in made
    assert [p for p in made if p is not GOLD] == [A, B]


def test_a_conflict_is_real_where_there_is_one_and_made_where_there_is_none() -> None:
    assert RIVAL in _made("conflict", A, GOLD)
    made = _made("conflict", A, GOLD, pool=replace(POOL, rivals=(EDITED,)))
    assert EDITED in made
    assert EDITED.text == "Returns are open for 46 days."
    assert EDITED.chunk.text == TEXT[EDITED.chunk.start : EDITED.chunk.end]


def test_a_conflict_differs_from_sound_evidence_in_one_passage() -> None:
    for seed in range(10):
        base = _made("sound", A, B, C, seed=seed)
        assert [p for p in _made("conflict", A, B, C, seed=seed) if p is not RIVAL] == list(base)
        assert _made("missing", A, B, C, seed=seed) == tuple(p for p in base if p is not GOLD)


@pytest.mark.parametrize(
    ("name", "given_", "pool", "reason"),
    [
        ("gold_alone", (A,), Pool(), "no_gold"),
        ("sound", (A,), Pool(), "no_gold"),
        ("missing", (A,), Pool(), "no_gold"),
        ("keep_supported_side", (A, GOLD), POOL, "no_conflict"),
        ("keep_other_side", (A, RIVAL), POOL, "no_conflict"),
        ("inject_conflict", (A, GOLD, RIVAL), POOL, "has_conflict"),
        ("inject_conflict", (A,), POOL, "no_support"),
        ("conflict", (A, GOLD), replace(POOL, rivals=()), "no_rival"),
        ("drop_support", (A,), POOL, "no_support"),
        ("gold_first", (A,), POOL, "no_support"),
        ("near_misses", (A,), Pool(), "no_near"),
        ("random_passages", (A,), Pool(), "no_others"),
        ("repair_heading", (A,), Pool(), "nothing_to_repair"),
        ("repair_neighbour", (A,), replace(POOL, cuts={DOCUMENT.id: (A.chunk,)}),
         "nothing_to_repair"),
        ("repair_subject", (GOLD,), POOL, "nothing_to_repair"),
    ],
)  # fmt: skip
def test_what_is_not_defined_has_a_reason(
    name: str, given_: tuple[Passage, ...], pool: Pool, reason: str
) -> None:
    assert _edit(name, *given_, pool=pool) == Edited(None, reason)
    assert all(reason in words for words in REASONS.values())


def test_repairs_put_in_front_what_a_passage_lacks() -> None:
    (heading,) = _made("repair_heading", A)
    assert heading.content == f"Shop > Returns\n{A.text}"
    (subject,) = _made("repair_subject", A)
    assert subject.content == f"{SENTENCES[0]}\n{A.text}"
    (grown,) = _made("repair_neighbour", A)
    assert grown.text == f"{SENTENCES[0]} {A.text}"


def test_an_edit_keeps_its_place_when_its_passage_grows() -> None:
    later = Passage(CHUNKS[3], contradicts=True, edit=TextEdit(Span(26, 33), "31 days", "value"))
    (grown,) = _made("repair_neighbour", later)
    assert grown.text == f"{SENTENCES[2]} Old returns were open for 31 days."


def test_both_languages_tell_every_reason() -> None:
    assert set(REASONS["en"]) == set(REASONS["zh"])


def test_references_come_with_what_is_compared_with_them() -> None:
    assert with_references(("missing", "conflict")) == ("sound", "conflict", "missing")
    assert with_references(("gold_last",)) == ("none", "gold_last")
    assert with_references(()) == ()
    assert all(row.reference in INTERVENTIONS for row in INTERVENTIONS.values())


RANKINGS = st.lists(
    st.sampled_from((GOLD, RIVAL, EDITED, *PLAIN)), unique_by=lambda p: p.id, max_size=8
)
REPAIRS = ("repair_heading", "repair_subject", "repair_neighbour")
REMOVED = {  # what an intervention may take away, and what it may bring in
    "drop_support": (lambda p: p.supports, lambda _: False),
    "keep_supported_side": (lambda p: p.contradicts, lambda _: False),
    "keep_other_side": (lambda p: p.supports, lambda _: False),
    "inject_conflict": (lambda _: False, lambda p: p.contradicts),
    "near_misses": (lambda _: False, lambda p: p in POOL.near),
    "random_passages": (lambda _: False, lambda p: p in POOL.others),
    "none": (lambda _: False, lambda _: False),
}


@settings(max_examples=60)
@given(RANKINGS, st.sampled_from(sorted(REMOVED)), st.integers(0, 5))
def test_what_is_not_named_stays_in_its_order(ranking: list[Passage], name: str, seed: int) -> None:
    goes, comes = REMOVED[name]
    made = _edit(name, *ranking, seed=seed).passages
    if made is not None:
        assert [p for p in made if p in ranking] == [p for p in ranking if not goes(p)]
        assert all(comes(p) for p in made if p not in ranking)


@settings(max_examples=60)
@given(RANKINGS, st.sampled_from(("gold_first", "gold_middle", "gold_last")))
def test_moving_gold_moves_nothing_else(ranking: list[Passage], name: str) -> None:
    made = _edit(name, *ranking).passages
    if made is not None:
        assert sorted(p.id for p in made) == sorted(p.id for p in ranking)
        assert [p for p in made if not p.supports] == [p for p in ranking if not p.supports]


@settings(max_examples=60)
@given(RANKINGS, st.sampled_from(sorted(INTERVENTIONS)), st.integers(0, 5))
def test_interventions_are_pure_and_keep_exact_spans(
    ranking: list[Passage], name: str, seed: int
) -> None:
    before = tuple(ranking)
    first, second = (_edit(name, *ranking, seed=seed) for _ in range(2))
    assert first == second
    assert tuple(ranking) == before
    for passage in first.passages or ():
        chunk = passage.chunk
        assert DOCUMENT.text[chunk.start : chunk.end] == chunk.text
        if name not in REPAIRS:
            assert passage in ranking or passage in (*POOL.gold, *POOL.rivals, *PLAIN)
    assert first.passages is None or len({p.id for p in first.passages}) == len(first.passages)


@settings(max_examples=40)
@given(RANKINGS, st.integers(0, 5))
def test_sound_evidence_holds_all_gold_and_no_conflict(ranking: list[Passage], seed: int) -> None:
    made = _made("sound", *ranking, seed=seed)
    assert GOLD in made
    assert not any(p.contradicts for p in made)
    assert len(made) <= max(len(ranking), 1)
