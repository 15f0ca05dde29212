"""Runs of ``ragcheck`` as processes of their own that can be broken, at a bearable price.

A run is a fork of a parent that has imported everything and opened nothing. It is a real process:
it can be killed, and it shares nothing with the next one but files. The vectors of the job's texts
were computed once by the real encoder and lie in the parent's memory; a run that asks for one is
counted as having encoded it, and a text that the parent does not know goes to the encoder.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.faults.case import CannotTry

SHIM_SOURCE = Path(__file__).with_name("interpose.c")
SHIM = "RAGCHECK_FAULT_SHIM"
COUNT, KILL_BEFORE, KILL_WITHIN, KILL_AFTER, FULL = range(5)
LIMIT_SECONDS = 400
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Fault:
    """What breaks inside of the process: see ``interpose.c``; ``at`` counts from 0."""

    mode: int = COUNT
    at: int = -1


@dataclass(frozen=True, slots=True)
class Request:
    """One run: the command line, the folder that is watched, and what is done to it.

    ``setup`` names a function (``module:function``) that the process calls before it starts.
    """

    arguments: Sequence[str]
    watched: str
    log: str
    fault: Fault = field(default_factory=Fault)
    environment: Mapping[str, str] = field(default_factory=dict)
    setup: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code, or minus the number of the signal that killed it.

    ``changes`` counts the calls that changed files, ``encoded`` the texts that were encoded; both
    are ``None`` where the process did not live to tell.
    """

    code: int
    out: str
    err: str
    changes: int | None = None
    encoded: int | None = None

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Running:
    """A run under way."""

    def __init__(self, parent: Parent, pid: int, log: Path) -> None:
        self.pid = pid
        self._parent = parent
        self._log = log

    def kill(self) -> None:
        """SIGKILL, where it still runs; it stays a zombie, and its number its own, until waited."""
        os.kill(self.pid, signal.SIGKILL)

    def lives(self) -> bool:
        """Whether it has not ended yet."""
        with suppress(FileNotFoundError):
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
            return state not in ("Z", "X")
        return False

    def wait(self) -> Ended:
        """Wait for the end."""
        while "status" not in (reply := self._parent.ask({"wait": self.pid})):
            time.sleep(POLL_SECONDS)
        told: dict[str, int] = {}
        with suppress(FileNotFoundError):
            told = json.loads((self._log / "told.json").read_text())
        out, err = ((self._log / name).read_text(errors="replace") for name in ("out", "err"))
        return Ended(os.waitstatus_to_exitcode(reply["status"]), out, err, **told)


class Parent:
    """The warm parent; see :func:`warm_parent`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._turn = threading.Lock()

    def start(self, request: Request) -> Running:
        """Fork a run."""
        log = Path(request.log)
        shutil.rmtree(log, ignore_errors=True)
        log.mkdir(parents=True)
        for name in ("out", "err"):
            (log / name).touch()  # the process may be killed before it opens them
        return Running(self, self.ask({"run": asdict(request)})["pid"], log)

    def run(self, request: Request) -> Ended:
        """Fork a run and wait for its end."""
        return self.start(request).wait()

    def learn(self, request: Request) -> Ended:
        """A first run; the parent then imports what it imported and keeps what it encoded."""
        ended = self.start(request).wait()
        self.ask({"learn": request.log})
        return ended

    def ask(self, question: Mapping[str, Any]) -> dict[str, int]:
        """The parent's reply."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._turn:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        assert line, "the parent of the runs ended"
        reply: dict[str, int] = json.loads(line)
        return reply


@contextmanager
def warm_parent(scratch: Path) -> Iterator[Parent]:
    """Start the parent; needs a C compiler for the library that breaks calls.

    Raises:
        CannotTry: there is no compiler, or no fork.
    """
    if not hasattr(os, "fork"):
        raise CannotTry("this system has no fork")
    shim = _compiled(scratch / "interpose.so")
    root = Path(__file__).parents[2]
    paths = [str(root), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        SHIM: str(shim),
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
        "TOKENIZERS_PARALLELISM": "false",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.warm"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=scratch,
    ) as process:
        try:
            yield Parent(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


def _compiled(library: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise CannotTry("no C compiler to build the library that breaks calls")
    options = ["-shared", "-fPIC", "-O1", "-o", str(library), str(SHIM_SOURCE), "-ldl"]
    subprocess.run([compiler, *options], check=True, capture_output=True)
    return library


class _Vectors:
    """The encoder of a run: knows what the parent learnt, counts, and keeps what is new."""

    def __init__(self) -> None:
        self.known: dict[str, NDArray[np.float32]] = {}
        self.encoded = 0

    def install(self) -> None:
        """Stand before every encoder of this process."""
        from ragcheck.retrieval.embedding import SentenceTransformerEmbedder

        real = SentenceTransformerEmbedder.encode

        def encode(model: Any, texts: Sequence[str]) -> NDArray[np.float32]:
            self.encoded += len(texts)
            unknown = [text for text in texts if text not in self.known]
            if unknown or not texts:
                self.known.update(zip(unknown, found := real(model, unknown), strict=True))
                if not texts:
                    return found
            return np.stack([self.known[text] for text in texts])

        SentenceTransformerEmbedder.encode = encode  # type: ignore[method-assign]

    def save(self, path: Path) -> None:
        np.savez(path, texts=list(self.known), vectors=list(self.known.values()))

    def load(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as kept:
            self.known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))


def _serve() -> None:
    """The parent: forks on request. It opens no database and starts no thread."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    vectors = _Vectors()
    for line in sys.stdin:
        asked = json.loads(line)
        if "run" in asked:
            pid = os.fork()
            if pid == 0:
                _be_run(asked["run"], vectors)
            reply = {"pid": pid}
        elif "wait" in asked:
            pid, status = os.waitpid(asked["wait"], os.WNOHANG)
            reply = {"status": status} if pid else {}
        else:
            _learn(Path(asked["learn"]), vectors)
            reply = {}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()
    os._exit(0)  # nothing is open, and taking torch apart takes seconds


def _learn(log: Path, vectors: _Vectors) -> None:
    for name in json.loads((log / "modules.json").read_text()):
        with suppress(Exception), warnings.catch_warnings(action="ignore"):
            import_module(name)
    vectors.load(log / "vectors.npz")


def _be_run(asked: Mapping[str, Any], vectors: _Vectors) -> None:
    """The child: never returns."""
    code = 70
    try:
        code = _run(asked, vectors)
    finally:
        os._exit(code)


def _run(asked: Mapping[str, Any], vectors: _Vectors) -> int:
    signal.alarm(LIMIT_SECONDS)
    log = Path(asked["log"])
    for descriptor, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(log / name, os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(asked["environment"])
    vectors.install()
    if asked["setup"]:
        module, _, function = asked["setup"].partition(":")
        setup: Callable[[], None] = getattr(import_module(module), function)
        setup()
    shim = ctypes.CDLL(os.environ[SHIM])
    fault = asked["fault"]
    shim.fault_arm(asked["watched"].encode(), fault["mode"], ctypes.c_long(fault["at"]))
    code = _command(asked["arguments"])
    told = {"changes": shim.fault_seen(), "encoded": vectors.encoded}
    shim.fault_arm(b"", COUNT, ctypes.c_long(-1))
    (log / "told.json").write_text(json.dumps(told))
    (log / "modules.json").write_text(json.dumps(sorted(sys.modules)))
    if vectors.known:
        vectors.save(log / "vectors.npz")
    return code


def _command(arguments: Sequence[str]) -> int:
    from ragcheck.cli import main

    sys.argv = ["ragcheck", *arguments]
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    _serve()
