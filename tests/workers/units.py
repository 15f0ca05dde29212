"""Work for the tests, in a module that worker processes import too."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from ragcheck.errors import CorpusError


def square(number: int) -> int:
    return number * number


def process_of(_number: int) -> int:
    return os.getpid()


def fail(_number: int) -> int:
    raise CorpusError("what", where="where", mend="mend")


def square_dying_once(mark: str, number: int) -> int:
    """The square; the first process that gets the number 5 dies of it."""
    if number == 5 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def square_dying(number: int) -> int:
    """The square, but for the number 5, of which every process dies."""
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def square_when_killed(folder: str, number: int) -> int:
    """The square, once another has killed the first process that came here and said so.

    The process writes its number down and waits; whoever runs the test kills it and writes
    ``killed``, after which units wait for nobody.
    """
    killed = Path(folder) / "killed"
    if number == 5 and not killed.exists():
        (Path(folder) / "process").write_text(str(os.getpid()))
        for _ in range(600):
            time.sleep(0.1)
            if killed.exists():
                break
    return number * number
