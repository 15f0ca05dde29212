"""Question and passage as one sequence of pieces: begin, question, line end, passage, line end.

The last line end stands for "no answer": it is the only place that even the causal layers let
see everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.readers.pieces import Piece, Pieces

BEGIN, LINE_END, PADDING = 2, 107, 0
LENGTH = 256
"""Pieces of question and passage together; what is beyond is not read."""
LONGEST_QUESTION = 64


@dataclass(frozen=True, slots=True)
class Joined:
    """``numbers`` of all pieces; ``places`` are those of the passage, from index ``first`` on."""

    numbers: tuple[int, ...]
    first: int
    places: tuple[tuple[int, int], ...]


def join(pieces: Pieces, question: str, passage: str) -> Joined:
    """The sequence of a question and a passage, cut to ``LENGTH``."""
    asked = [number for number, _, _ in pieces.cut(question)][:LONGEST_QUESTION]
    head = [BEGIN, *asked, LINE_END]
    said: list[Piece] = pieces.cut(passage)[: LENGTH - len(head) - 1]
    numbers = (*head, *(number for number, _, _ in said), LINE_END)
    return Joined(numbers, len(head), tuple((start, end) for _, start, end in said))


def padded(sequences: Sequence[Joined]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(count, longest) numbers of pieces, and where they are present."""
    width = max(len(one.numbers) for one in sequences)
    numbers = np.full((len(sequences), width), PADDING, dtype=np.int64)
    present = np.zeros(numbers.shape, dtype=np.bool_)
    for row, one in enumerate(sequences):
        numbers[row, : len(one.numbers)] = one.numbers
        present[row, : len(one.numbers)] = True
    return numbers, present
