"""What happens during a run. Progress bars and logs only listen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage begins; ``total`` counts its units (files, chunks, pairs, calls)."""

    stage: str
    total: int
    unit: str


@dataclass(frozen=True, slots=True)
class StageAdvanced:
    """``done`` more units of the stage are finished."""

    stage: str
    done: int = 1


@dataclass(frozen=True, slots=True)
class StageFinished:
    """A stage ended; ``reused`` counts those of its units that an earlier run had done."""

    stage: str
    seconds: float
    reused: int = 0


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that the run survives and the user should know."""

    message: str


Event = StageStarted | StageAdvanced | StageFinished | Warned
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The listener that does nothing."""
