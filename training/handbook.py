"""Statements of imagined handbooks: written for ragcheck, CC0, and the pages made of them.

A line of ``handbook_statements_<language>.tsv`` holds, between tabs, the kind of house, a
question, and three statements with the answer as it stands in each (``-`` where yes or no is
asked): one, one that answers otherwise, one that says the same as the first in other words; then
a statement of the same house that looks alike and does not answer the question. The reader is
fitted on two houses in three of that file; on the others, and on ``handbook_joining_<language>``,
what it reads is joined, so that its margins there are as sure as they will be elsewhere.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from conflict_rows import Row

FOLDER = Path(__file__).parent
PAGES_A_STATEMENT = 3
SENTENCES_BESIDE = 4


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement and what it answers; ``None`` where it does not, "" where yes or no is asked."""

    text: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """A question, and statements of one house: two that agree, one that contradicts, one beside."""

    house: str
    language: str
    question: str
    stated: Statement
    contradicting: Statement
    agreeing: Statement
    beside: Statement


def reader_groups(language: str) -> list[Group]:
    """The groups that a reader is fitted on: two houses in three."""
    return [group for group in _groups("statements", language) if _is_read(group)]


def joining_groups(language: str) -> list[Group]:
    """The groups that no reader has seen."""
    others = [group for group in _groups("statements", language) if not _is_read(group)]
    return [*others, *_groups("joining", language)]


def all_groups(language: str) -> list[Group]:
    """Every group."""
    return [*_groups("statements", language), *_groups("joining", language)]


def _groups(part: str, language: str) -> list[Group]:
    lines = (FOLDER / f"handbook_{part}_{language}.tsv").read_text("utf-8").splitlines()
    return [_group(line.split("\t"), language) for line in lines]


def _is_read(group: Group) -> bool:
    return zlib.crc32(group.house.encode()) % 3 != 0


def _group(cells: Sequence[str], language: str) -> Group:
    house, question, one, first, two, second, three, third, beside = cells
    stated = [_statement(*each) for each in ((one, first), (two, second), (three, third))]
    return Group(house, language, question, *stated, Statement(beside, None))


def _statement(text: str, answer: str) -> Statement:
    said = "" if answer == "-" else answer
    if said not in text:
        raise ValueError(f"{answer!r} does not stand in {text!r}")
    return Statement(text, said)


def pages(
    groups: Sequence[Group], rng: np.random.Generator
) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """A question, a page, and where its answer stands: (-1, -1) where it does not.

    Each statement stands alone, and among others of its house. Questions of yes or no are left
    out: they have no span.
    """
    for group in groups:
        if not group.stated.answer:
            continue
        for statement in (group.stated, group.contradicting, group.agreeing, group.beside):
            for count in (0, *rng.integers(1, SENTENCES_BESIDE + 1, PAGES_A_STATEMENT)):
                page, start = page_of(statement, group, groups, int(count), rng)
                at = statement.text.find(statement.answer) if statement.answer else -1
                place = (start + at, start + at + len(statement.answer or "")) if at >= 0 else at
                yield group.question, page, place if isinstance(place, tuple) else (-1, -1)
        for other in groups:
            if other.house == group.house and other is not group:
                yield group.question, other.stated.text, (-1, -1)


def page_of(
    statement: Statement,
    group: Group,
    groups: Sequence[Group],
    count: int,
    rng: np.random.Generator,
) -> tuple[str, int]:
    """A statement among ``count`` statements of other groups of its house, and where it begins."""
    house = [other for other in groups if other.house == group.house and other is not group]
    chosen = [house[i] for i in rng.permutation(len(house))[:count]]
    beside = [(other.stated, other.contradicting, other.beside)[int(rng.integers(3))].text
              for other in chosen]  # fmt: skip
    place = int(rng.integers(len(beside) + 1))
    gap = "" if group.language == "zh" else " "
    texts = [*beside[:place], statement.text, *beside[place:]]
    return gap.join(texts), sum(len(text) + len(gap) for text in beside[:place])


def handbook_pairs(language: str, rng: np.random.Generator) -> Iterator[Row]:
    """Pairs of statements, alone and on pages of their house, with their question.

    The pages around them may contradict each other in what the question does not ask for.
    """
    groups = joining_groups(language)
    for group in groups:
        one, two, three, beside = (
            group.stated,
            group.contradicting,
            group.agreeing,
            group.beside,
        )
        for left, right, kind in (
            (one, two, "conflict"),
            (two, three, "conflict"),
            (one, three, "agreement"),
            (one, beside, "look-alike"),
            (two, beside, "look-alike"),
        ):
            for counts in ((0, 0), rng.integers(0, SENTENCES_BESIDE + 1, 2)):
                sides = [page_of(each, group, groups, int(count), rng)[0]
                         for each, count in zip((left, right), counts, strict=True)]  # fmt: skip
                yield Row(f"handbook {language}", f"{language} {group.house}", *sides,
                          group.question, kind == "conflict", kind)  # fmt: skip
        for other in [g for g in groups if g.house == group.house and g is not group][:2]:
            sides = [page_of(each, own, groups, int(rng.integers(0, 3)), rng)[0]
                     for each, own in ((one, group), (other.stated, other))]  # fmt: skip
            yield Row(f"handbook {language}", f"{language} {group.house}", *sides,
                      group.question, False, "one without answer")  # fmt: skip
