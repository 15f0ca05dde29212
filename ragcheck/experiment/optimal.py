"""Fractional designs: some of the cells, chosen so that what matters stays identified.

The model is a block effect for each question, the main effects of every factor, and the
two-factor interactions of each evidence factor with each generation factor. A fraction is
D-optimal when the determinant of the information on these effects, adjusted for blocks, is as
large as any other fraction's of its size. Found by exchanging one cell of one block at a time for
the best candidate (Fedorov 1972, "Theory of Optimal Experiments"; for blocks: Cook and Nachtsheim
1989, Technometrics 31:339), from several random starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

STARTS = 4
PASSES = 20
RIDGE = 1e-7
_GAIN = 1e-9


@dataclass(frozen=True)
class Fraction:
    """Blocks of candidate indices, with what they identify.

    ``efficiency`` is the D-efficiency a trial against the full factorial: the p-th root of the
    ratio of the determinants, each divided by its number of trials a block. 0 where an effect is
    not identified.
    """

    blocks: tuple[tuple[int, ...], ...]
    parameters: int
    rank: int
    efficiency: float

    @property
    def identified(self) -> bool:
        """Whether every effect of the model can be told from the others and from the blocks."""
        return self.rank == self.parameters


def model_matrix(evidence: Sequence[int], generation: Sequence[int]) -> Matrix:
    """Effects of the full factorial, a row a cell in the order of ``itertools.product``.

    Args:
        evidence, generation: numbers of levels of the factors of each side.

    Returns:
        (cells, p) orthonormal contrasts: main effects, then evidence x generation interactions.
        Factors with one level give no column.
    """
    sizes = (*evidence, *generation)
    levels = np.array(list(product(*(range(size) for size in sizes))), dtype=int)
    levels = levels.reshape(-1, len(sizes))
    coded = [_contrasts(size)[levels[:, i]] for i, size in enumerate(sizes)]
    own, other = coded[: len(evidence)], coded[len(evidence) :]
    joint = [
        (one[:, :, None] * two[:, None, :]).reshape(len(levels), -1) for one in own for two in other
    ]
    return np.hstack([np.zeros((len(levels), 0)), *coded, *joint])


def _contrasts(size: int) -> Matrix:
    """Helmert contrasts of a factor, (levels, levels - 1), each column of mean square 1."""
    columns = np.zeros((size, size - 1))
    for j in range(1, size):
        columns[:j, j - 1] = 1.0
        columns[j, j - 1] = -j
    scale = np.sqrt((columns**2).mean(axis=0))
    return columns / scale if size > 1 else columns


def d_optimal(
    candidates: Matrix, *, blocks: int, size: int, rng: np.random.Generator, starts: int = STARTS
) -> Fraction:
    """``blocks`` sets of ``size`` candidates with the largest determinant that was found.

    A block holds no candidate twice.

    Raises:
        ValueError: a block is larger than the candidates, or there is none.
    """
    if not 1 <= size <= len(candidates) or blocks < 1:
        raise ValueError(f"{blocks} blocks of {size} out of {len(candidates)} cells")
    best = max(
        (
            _improved(candidates, _random_start(candidates, blocks, size, rng))
            for _ in range(starts)
        ),
        key=lambda found: _log_determinant(candidates, found),
    )
    return describe(candidates, best)


def describe(candidates: Matrix, blocks: Sequence[Sequence[int]]) -> Fraction:
    """What given blocks identify, and how well."""
    parameters = candidates.shape[1]
    information = _information(candidates, blocks)
    rank = int(np.linalg.matrix_rank(information)) if parameters else 0
    efficiency = 1.0
    if parameters:
        whole = _information(candidates, [range(len(candidates))]) / len(candidates)
        trials = sum(len(block) for block in blocks)
        efficiency = 0.0
        if rank == parameters:
            gap = np.linalg.slogdet(information / trials)[1] - np.linalg.slogdet(whole)[1]
            efficiency = float(np.exp(gap / parameters))
    ordered = tuple(tuple(sorted(int(i) for i in block)) for block in blocks)
    return Fraction(ordered, parameters, rank, efficiency)


def _random_start(
    candidates: Matrix, blocks: int, size: int, rng: np.random.Generator
) -> list[list[int]]:
    return [
        [int(i) for i in rng.choice(len(candidates), size=size, replace=False)]
        for _ in range(blocks)
    ]


def _improved(candidates: Matrix, blocks: list[list[int]]) -> list[list[int]]:
    """Exchange until a whole pass gains nothing."""
    for _ in range(PASSES):
        gained = False
        for number, block in enumerate(blocks):
            others = _information(candidates, [b for i, b in enumerate(blocks) if i != number])
            for place in range(len(block)):
                gained |= _exchange(candidates, block, place, others)
        if not gained:
            break
    return blocks


def _exchange(candidates: Matrix, block: list[int], place: int, others: Matrix) -> bool:
    """Put the best candidate into one place of a block; whether it is another one than before."""
    rest = block[:place] + block[place + 1 :]
    kept = candidates[rest] if rest else np.zeros((1, candidates.shape[1]))
    base = others + RIDGE * np.eye(candidates.shape[1])
    centre = kept.mean(axis=0)
    weight = 0.0
    if rest:
        centred = kept - centre
        base = base + centred.T @ centred
        weight = len(rest) / len(block)
    # A row added to a block of n - 1 adds (n - 1) / n times its squared distance from their mean.
    away = candidates - centre
    gain = weight * np.einsum("ij,ij->i", away @ np.linalg.inv(base), away)
    allowed = np.ones(len(candidates), dtype=bool)
    allowed[rest] = False
    best = int(np.argmax(np.where(allowed, gain, -np.inf)))
    if np.log1p(gain[best]) <= np.log1p(gain[block[place]]) + _GAIN:
        return False
    block[place] = best
    return True


def _information(candidates: Matrix, blocks: Sequence[Sequence[int]]) -> Matrix:
    """The information on the effects, adjusted for the blocks: (p, p)."""
    total = np.zeros((candidates.shape[1],) * 2)
    for block in blocks:
        rows = candidates[list(block)]
        centred = rows - rows.mean(axis=0)
        total += centred.T @ centred
    return total


def _log_determinant(candidates: Matrix, blocks: Sequence[Sequence[int]]) -> float:
    ridge = RIDGE * np.eye(candidates.shape[1])
    return float(np.linalg.slogdet(_information(candidates, blocks) + ridge)[1])
