"""What every part of the fault campaign gives: cases, each of which holds or says what broke.

A module of the campaign has one function ``cases(plan) -> Iterator[Case]``; the campaign takes the
modules that :data:`tests.faults.campaign.MODULES` names. A case that breaks raises: an
``AssertionError`` with what was found, or whatever the product let through. One that this machine
cannot try raises :class:`CannotTry` with the reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np


class CannotTry(Exception):  # noqa: N818 - it is no error of the product
    """This machine lacks what the fault needs; the message says what."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign was asked for.

    ``scratch`` is a folder for what a module's cases share (a reference run, a server's log);
    ``kills`` and ``documents`` are how many kill points and hostile documents there are. What is
    entered in ``stack`` stays open for all modules until the campaign ends.
    """

    seed: int
    scratch: Path
    kills: int = 200
    documents: int = 10_000
    stack: ExitStack = field(default_factory=ExitStack)

    def generator(self, *names: str) -> np.random.Generator:
        """The random numbers of one part; equal seeds and names give equal numbers."""
        digest = hashlib.sha256("/".join((str(self.seed), *names)).encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))


@dataclass(frozen=True, slots=True)
class Case:
    """One fault. ``run`` is given an empty folder of its own and raises where the fault wins.

    ``shared`` says that it may run beside others of its kind.
    """

    family: str
    name: str
    run: Callable[[Path], None]
    shared: bool = False
