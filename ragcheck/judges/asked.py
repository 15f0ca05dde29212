"""The questions beside the pairs of a judge."""

from __future__ import annotations

from collections.abc import Sequence


def question_of_each(
    pairs: Sequence[tuple[str, str]], questions: Sequence[str | None] | None
) -> list[str | None]:
    """One question a pair; ``None`` for each where none are given.

    Raises:
        ValueError: there are not as many questions as pairs.
    """
    asked: list[str | None] = [None] * len(pairs) if questions is None else list(questions)
    if len(asked) != len(pairs):
        raise ValueError(f"{len(asked)} questions for {len(pairs)} pairs")
    return asked
