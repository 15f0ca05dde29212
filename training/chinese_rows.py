"""Questions on Chinese passages, made of XQuAD: windows, edited answers, passages without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from articles import Example

from ragcheck.text.sentences import sentence_spans
from ragcheck.text.values import find_values

HELD_OUT = ("Super_Bowl_50", "Normans", "Amazon_rainforest", "Newcastle_upon_Tyne")
"""Documents of XQuAD that nothing is fitted on."""
ASKED = ("谁", "哪", "何", "多少", "几", "什么", "为什么", "怎")
Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def answer_of(row: Row) -> tuple[str, int]:
    first = row["answers"][0]
    return first["text"], int(first["start"])


def window(row: Row, rng: np.random.Generator) -> Example:
    """The answer with some whole sentences on both sides of it."""
    text, (said, place) = row["context"], answer_of(row)
    spans = sentence_spans(text, "zh")
    inside = [i for i, s in enumerate(spans) if s.end > place and s.start < place + len(said)]
    if not inside:
        return row["question"], text, place, place + len(said)
    before, after = rng.integers(0, 4, 2)
    start = min(spans[max(0, inside[0] - before)].start, place)
    end = max(spans[min(len(spans) - 1, inside[-1] + after)].end, place + len(said))
    return row["question"], text[start:end], place - start, place - start + len(said)


def without(row: Row, rng: np.random.Generator) -> Example | None:
    """One to three sentences of the same passage that do not hold the answer."""
    text, (said, _) = row["context"], answer_of(row)
    spans = sentence_spans(text, "zh")
    for _ in range(4):
        first = int(rng.integers(0, len(spans)))
        last = min(len(spans), first + int(rng.integers(1, 5)))
        part = text[spans[first].start : spans[last - 1].end]
        if said not in part:
            return row["question"], part, -1, -1
    return None


def kind(row: Row) -> tuple[str, str]:
    """What sort of answer a question has: its question word, and the kind of value."""
    return _kind(row["question"], answer_of(row)[0])


@lru_cache(maxsize=4096)
def _kind(question: str, said: str) -> tuple[str, str]:
    values = find_values(said, "zh")
    return next((w for w in ASKED if w in question), ""), values[0].kind if values else ""


def swapped(row: Row, pool: list[Row], rng: np.random.Generator) -> Row | None:
    """The row with another answer of the same kind wherever the right one stands."""
    said, _ = answer_of(row)
    same = [r for r in pool if kind(r) == kind(row) and answer_of(r)[0] != said]
    if not same or len(said) < 2:
        return None
    other = answer_of(same[int(rng.integers(len(same)))])[0]
    text = row["context"].replace(said, other)
    return row | {"context": text, "answers": [{"text": other, "start": text.index(other)}]}


def chinese(zh: list[Row], en: list[Row], rng: np.random.Generator) -> Iterator[Example]:
    """Every Chinese row in several windows, edited, unanswered, and asked in English."""
    asked = {row["id"].split("-")[-1]: row["question"] for row in en}
    for row in zh:
        key = row["id"].split("-")[-1]
        yield window(row, rng)
        yield window(row, rng)
        other = swapped(row, zh, rng)
        if other is not None:
            yield window(other, rng)
            none = without(other, rng)
            if none is not None:
                yield none
        same = [r for r in zh if r["title"] == row["title"] and r["context"] != row["context"]]
        for source in (row, same[int(rng.integers(len(same)))] if same else row):
            none = without(source | {"question": row["question"], "answers": row["answers"]}, rng)
            if none is not None:
                yield none
        if rng.random() < 0.5:
            _, text, start, end = window(row, rng)
            yield asked[key], text, start, end


def chinese_questions(zh: list[Row], en: list[Row], rng: np.random.Generator) -> Iterator[Example]:
    """English passages asked in Chinese."""
    asked = {row["id"].split("-")[-1]: row["question"] for row in zh}
    for row in en:
        if rng.random() < 0.5:
            _, text, start, end = window(row, rng)
            yield asked[row["id"].split("-")[-1]], text, start, end
