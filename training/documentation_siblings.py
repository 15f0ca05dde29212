"""Look-alikes by construction: two passages of one version that are about different things.

The documentation of one version does not contradict itself. So a passage that answers a question
of ours, beside the likest passage of the same version that is about something else, is no
conflict, whatever else it says. Of the passages of a project those count that the labelled pairs
hold as they stood; a sibling lacks a term that the question names and that the passage has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conflict_rows import Row, documentation_pairs, read_rows
from rapidfuzz import fuzz

from ragcheck.text.alignment import Frame, coverage, overlap, read_frame, read_words
from ragcheck.text.tokens import words

LEAST_LOST = 0.12
"""Share of the question that the passage has and its sibling has not."""
TWIN = 0.8
LEAST_LIKE = 0.5
OF_ONE_PASSAGE = 2


@dataclass(frozen=True, slots=True)
class _Passage:
    text: str
    version: str
    terms: Frame


def documentation_siblings(path: Path, source: str) -> Iterator[Row]:
    """Both sides of every labelled pair beside their siblings, with the question and without."""
    rows = read_rows(path)
    passages: dict[str, dict[str, _Passage]] = {}
    for row in rows:
        for side in (row["a"], row["b"]):
            if side.get("writing", "original") == "original":
                of_project = passages.setdefault(row["package"], {})
                of_project.setdefault(side["text"], _read(side))
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        for one, other in (("a", "b"), ("b", "a")):
            for sibling in _siblings(row, row[one], row[other], passages[row["package"]]):
                left, right = row[one]["text"], sibling
                key = (min(left, right), max(left, right), row["question"])
                if key in seen:
                    continue
                seen.add(key)
                for question in (row["question"], None):
                    yield Row(
                        source + (", asked" if question else ""), row["package"], left, right,
                        question, False, "look-alike",
                    )  # fmt: skip


def _read(side: Mapping[str, Any]) -> _Passage:
    return _Passage(side["text"], side["version"], read_frame(read_words(side["text"])))


def _siblings(
    row: Mapping[str, Any],
    side: Mapping[str, Any],
    other: Mapping[str, Any],
    known: Mapping[str, _Passage],
) -> list[str]:
    asked = read_frame(read_words(row["question"]))
    own, opposite = _read(side), _read(other)
    said = coverage(asked, own.terms)
    found = []
    for passage in known.values():
        if passage.version != own.version or passage.text in (own.text, opposite.text):
            continue
        kept = coverage(asked, passage.terms)
        twin = max(overlap(each.terms, passage.terms)[1] for each in (own, opposite)) > TWIN
        if twin or said - kept < LEAST_LOST:
            continue
        lengths = sorted((len(own.text), len(passage.text)))
        likeness = (
            fuzz.ratio(own.text, passage.text) / 100
            + 0.5 * overlap(own.terms, passage.terms)[0]
            + 0.5 * kept
            + 0.2 * lengths[0] / lengths[1]
        )
        if likeness >= LEAST_LIKE:
            found.append((likeness, passage.text))
    return [text for _, text in sorted(found, reverse=True)[:OF_ONE_PASSAGE]]


def other_passages(language: str) -> Iterator[Row]:
    """Questions of the labelled pairs, their passage, and one of the project on something else.

    Of the passages whose questions share less than half of the words, the two that share most
    words with the question, as a retriever would bring them.
    """
    of_project: dict[str, list[Row]] = {}
    for row in documentation_pairs(language):
        if row.question is not None:
            of_project.setdefault(row.group, []).append(row)
    for project, rows in of_project.items():
        asked = {row.question or "": set(words(row.question or "")) for row in rows}
        passage = {row.question or "": row.left for row in reversed(rows)}
        for question, said in asked.items():
            others = {
                text: len(said & set(words(text)))
                for row in rows
                if len(said & asked[row.question or ""]) < len(said) / 2
                for text in (row.left, row.right)
            }
            for text in sorted(others, key=lambda text: (-others[text], text))[:2]:
                yield Row(f"other passages {language}", project, passage[question], text, question,
                          False, "one without answer")  # fmt: skip
