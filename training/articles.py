"""Groups of passages about one question, written for ragcheck (CC0), and the rows made of them.

``articles/<language>_*.txt`` holds groups with an empty line between them. A group begins with
``# kind | topic`` and ``? question``; then each passage has two lines: ``side | answer`` and the
text. Passages of one side answer alike in other words, sides contradict each other, and ``-``
stands over a passage about the same thing that does not answer. Names and facts are invented.

The readers are fitted on four groups in five; on the others, what they read is joined, so that
its margins there are as sure as they will be elsewhere.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from conflict_rows import Row

FOLDER = Path(__file__).parent / "articles"
WINDOW = 700
PAIRS_A_KIND = 4
_SIDE = re.compile(r"(?P<side>[abc]) *\| *(?P<answer>.+)|-")
Example = tuple[str, str, int, int]
"""Question, passage, and first and last-plus-one character of the answer; -1: there is none."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text, the side it is on, and the answer as it stands in it; both ``None`` without one."""

    text: str
    side: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """What several sources say about one question."""

    kind: str
    topic: str
    question: str
    passages: tuple[Passage, ...]


def article_groups(language: str) -> list[Group]:
    """Every group of a language, in the order of the files.

    Raises:
        ValueError: a group is not written as it should be, or an answer does not stand in its
            passage.
    """
    return [
        _group(part, path.name)
        for path in sorted(FOLDER.glob(f"{language}_*.txt"))
        for part in re.split(r"\n\s*\n", path.read_text("utf-8").strip())
    ]


def _group(part: str, place: str) -> Group:
    lines = [line.strip() for line in part.splitlines()]
    if len(lines) % 2 or not lines[0].startswith("#") or not lines[1].startswith("?"):
        raise ValueError(f"{place}: not a group: {part[:80]!r}")
    kind, _, topic = lines[0][1:].partition("|")
    passages = tuple(
        _passage(said, text, place) for said, text in zip(lines[2::2], lines[3::2], strict=True)
    )
    return Group(kind.strip(), topic.strip(), lines[1][1:].strip(), passages)


def _passage(said: str, text: str, place: str) -> Passage:
    match = _SIDE.fullmatch(said)
    if match is None:
        raise ValueError(f"{place}: not a side: {said!r}")
    answer = match["answer"]
    if answer is not None and answer not in text:
        raise ValueError(f"{place}: {answer!r} does not stand in {text[:80]!r}")
    return Passage(text, match["side"], answer)


def is_read(group: Group) -> bool:
    """Whether the readers are fitted on a group."""
    return zlib.crc32(group.question.encode()) % 5 != 0


def article_examples(language: str, rng: np.random.Generator) -> Iterator[Example]:
    """The passages of the groups that the readers are fitted on, and each question elsewhere.

    That is a passage of another group of the same topic, or else of the same kind, without the
    answer.
    """
    read = [group for group in article_groups(language) if is_read(group)]
    for group in read:
        for passage in group.passages:
            yield group.question, *windowed(passage)
        beside = [g for g in read if g.topic == group.topic and g is not group]
        others = beside or [g for g in read if g.kind == group.kind and g is not group]
        if others:
            passages = others[int(rng.integers(len(others)))].passages
            text = passages[int(rng.integers(len(passages)))].text
            yield group.question, text[:WINDOW], -1, -1


def windowed(passage: Passage) -> tuple[str, int, int]:
    """The characters up to and around the answer, and where it stands in them; -1 without one."""
    if passage.answer is None:
        return passage.text[:WINDOW], -1, -1
    at = passage.text.index(passage.answer)
    low = max(0, at + len(passage.answer) - WINDOW)
    return passage.text[low : low + WINDOW], at - low, at - low + len(passage.answer)


def article_pairs(language: str, rng: np.random.Generator) -> Iterator[Row]:
    """Pairs of passages of each other group: some of every kind, with their question."""
    for group in article_groups(language):
        if is_read(group):
            continue
        of_kind: dict[str, list[tuple[Passage, Passage]]] = {}
        for one, other in itertools.combinations(group.passages, 2):
            of_kind.setdefault(_kind(one, other), []).append((one, other))
        for kind, pairs in of_kind.items():
            for i in rng.permutation(len(pairs))[:PAIRS_A_KIND]:
                one, other = pairs[i]
                yield Row(f"articles {language}", f"{language} {group.question}", one.text,
                          other.text, group.question, kind == "conflict", kind)  # fmt: skip


def _kind(one: Passage, other: Passage) -> str:
    if one.side is None or other.side is None:
        return "one without answer" if one.side or other.side else "none with answer"
    return "same answer" if one.side == other.side else "conflict"
