"""The model that answers, from the configuration; it is started at the first missing answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ragcheck.ports import Generator


@dataclass(frozen=True)
class Reader:
    """A generator that is not started yet. ``key`` is known before anything is loaded."""

    key: str
    connected: Callable[[], AbstractContextManager[Generator]]
