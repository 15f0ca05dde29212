"""The ``ragcheck`` command."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

TRACEBACK = "RAGCHECK_TRACEBACK"
"""Environment variable; where it is set, a fault of ragcheck itself prints where it happened."""


class _Stopped(BaseException):
    """The user, or the system, asked the process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def main() -> None:
    """Run the command line. What goes wrong is told in words, never with a traceback.

    Exit codes: 2 for every error, 130 after Ctrl-C, 143 after SIGTERM.
    """
    from ragcheck.cli.app import app
    from ragcheck.errors import RagcheckError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no middle dot
    try:
        with _stoppable():
            app()
    except RagcheckError as problem:
        _fail(str(problem))
    except _Stopped as stopped:
        print("stopped; what is done is kept, run the same command to go on", file=sys.stderr)
        sys.exit(stopped.code)
    except Exception as problem:
        _fail(_fault(problem))


@contextmanager
def _stoppable() -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends the block in order, the second one the process."""
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop(number: int, _frame: FrameType | None) -> None:
        for other in numbers:
            signal.signal(other, signal.SIG_DFL)
        raise _Stopped(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _fail(message: str) -> NoReturn:
    from ragcheck.text.display import make_visible

    print(f"error: {make_visible(message)}", file=sys.stderr)
    sys.exit(2)


def _fault(problem: Exception) -> str:
    """What to say about an error that nobody foresaw."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(problem)
    frame = traceback.extract_tb(problem.__traceback__)[-1]
    return (
        f"ragcheck met a fault of its own: {type(problem).__name__}: {problem}\n"
        f"  where: {frame.filename}:{frame.lineno}\n"
        f"  mend:  what is done is kept; report it with what {TRACEBACK}=1 prints"
    )
