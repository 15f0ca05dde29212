"""One real run over texts that attack its reports, with marked secrets and no network.

Documents, file names, questions, answers and error bodies hold script, terminal escapes, formulas
and orders; the key, the password in the address and its query are marked; sockets are open to
loopback alone. What the run wrote and printed is looked at by the parts of the campaign.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.conftest import DOCUMENTS, QUESTIONS
from tests.faults.case import Plan
from tests.faults.job import endpoint
from tests.generation.conftest import FaultServer, Handler

KEY = "sk-marked-key-5f1e9c77aa"
PASSWORD = "marked-pass-83d0b1"
TOKEN = "marked-token-c4e2f9"
VARIABLE = "RAGCHECK_FAULTS_KEY"
ESCAPES = "\x1b]0;steered\x07\x1b[2J\x1b[31m\x9b31m\x1b[8m"
RAN = "page-was-run"
COMMANDS = ("chunks", "conflicts", "audit")
"""Commands besides ``run`` and ``report`` that show texts on the terminal."""
FORMATS = ("html", "json", "md", "sarif", "junit")
LONGEST_SECONDS = 400

_NO_NETWORK = """
import os, socket

_connect, _connect_ex, _sendto = (
    socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
)
_getaddrinfo = socket.getaddrinfo
_HOME = {"localhost", "127.0.0.1", "::1", None, "", b"localhost", b"127.0.0.1"}

def _refuse(what):
    with open(os.environ["RAGCHECK_FAULTS_NETWORK"], "a", encoding="utf-8") as stream:
        stream.write(f"{what!r}\\n")
    raise OSError(f"no network: {what!r}")

def _checked(own, at):
    def call(self, *given):
        if self.family != socket.AF_UNIX and given[at][0] not in _HOME:
            _refuse(given[at])
        return own(self, *given)
    return call

def _look_up(host, *given, **named):
    if host not in _HOME:
        _refuse(host)
    return _getaddrinfo(host, *given, **named)

socket.socket.connect = _checked(_connect, 0)
socket.socket.connect_ex = _checked(_connect_ex, 0)
socket.socket.sendto = _checked(_sendto, -1)
socket.getaddrinfo = _look_up
socket.gethostbyname = lambda host: _look_up(host, 0)[0][4][0]
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left: its folder, what it printed, and where it wanted to connect."""

    code: int
    folder: Path
    cache: Path
    printed: str
    attempts: tuple[str, ...]
    answered: int
    canary: str


class Canary(ThreadingHTTPServer):
    """Counts whatever comes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Counted)
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Counted(BaseHTTPRequestHandler):
    server: Canary

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        return


@contextmanager
def canary() -> Iterator[Canary]:
    """A running canary."""
    server = Canary()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def attack(url: str) -> str:
    """Markup that would change the page's title, or fetch from ``url``, in any usual way."""
    run = f"document.title='{RAN}'"
    return (
        f"<script>{run};fetch('{url}/script')</script>"
        f"<img src='{url}/image' onerror=\"{run}\"><svg onload=\"{run}\"><a href='{url}'></svg>"
        f"<link rel=stylesheet href='{url}/link'><style>@import url({url}/style)</style>"
        f"<iframe src='{url}/frame'></iframe><base href='{url}/'>\"'><body onload=\"{run}\">"
        f"</title></style></script><meta http-equiv=refresh content='0;url={url}/meta'>"
        f"[link](javascript:{run}) ![image]({url}/markdown)"
    )


def forbid_network(folder: Path) -> dict[str, str]:
    """The environment of a child whose sockets reach loopback alone; attempts go to a file."""
    site = folder / "no-network"
    site.mkdir()
    (site / "sitecustomize.py").write_text(_NO_NETWORK, encoding="utf-8")
    log = folder / "attempts"
    log.touch()
    repository = str(Path(__file__).parents[2])
    return {"PYTHONPATH": f"{site}{os.pathsep}{repository}", "RAGCHECK_FAULTS_NETWORK": str(log)}


@lru_cache(maxsize=1)
def shared_run(plan: Plan) -> Outcome:
    """The one run that the parts of a campaign look at."""
    folder = plan.scratch / "hostile-run"
    folder.mkdir()
    return run_hostile(folder)


def run_hostile(folder: Path) -> Outcome:
    """Do the run in a folder; everything that it may write lies below it."""
    with endpoint() as server, canary() as watched:
        corpus = _write_corpus(folder / "corpus", watched.url)
        answered: list[str] = []
        server.reply = _echoing(attack(watched.url), answered)
        address = server.url.replace("//", f"//marked-user:{PASSWORD}@") + f"?token={TOKEN}"
        config = folder / "ragcheck.toml"
        config.write_text(_CONFIG.format(url=address, variable=VARIABLE), encoding="utf-8")
        environment = {
            **os.environ,
            **forbid_network(folder),
            VARIABLE: KEY,
            "RAGCHECK_CACHE": str(folder / "cache"),
            "HOME": str(folder / "home"),
            "HF_TOKEN": KEY,
            "OMP_NUM_THREADS": "1",
            "TERM": "xterm-256color",
        }
        for offline in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
            environment.pop(offline, None)
        (folder / "home").mkdir()
        run = folder / "run"
        code, printed = in_terminal(
            ["run", str(corpus), "-c", str(config), "-o", str(run)], environment, folder
        )
        for kind in FORMATS:
            _, told = in_terminal(["report", str(run), "-f", kind], environment, folder)
            (folder / f"told.{kind}").write_text(told, encoding="utf-8")
        traces = _write_traces(folder / "traces.jsonl", watched.url)
        given = (str(corpus), "-c", str(config))
        for name, arguments in {
            "chunks": ("chunks", *given, "--explain", "3"),
            "conflicts": ("conflicts", *given),
            "audit": ("audit", str(traces), "-o", str(folder / "audit")),
        }.items():
            _, told = in_terminal(list(arguments), environment, folder)
            (folder / f"told.{name}").write_text(told, encoding="utf-8")
    attempts = tuple((folder / "attempts").read_text(encoding="utf-8").splitlines())
    url = watched.url
    return Outcome(code, run, folder / "cache", printed, attempts, len(answered), url)


def in_terminal(arguments: list[str], environment: dict[str, str], cwd: Path) -> tuple[int, str]:
    """``ragcheck`` with a terminal for its output: exit code and every byte that it was sent."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "ragcheck.cli", *arguments],
        cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    sent = bytearray()
    watch = threading.Timer(LONGEST_SECONDS, child.kill)
    watch.start()
    with contextlib.suppress(OSError):  # the terminal is gone when the child has ended
        while piece := os.read(ours, 65536):
            sent += piece
    os.close(ours)
    code = child.wait()
    watch.cancel()
    return code, sent.decode("utf-8", "replace")


_CONFIG = """
threads = 1
[evidence]
strategies = ["recursive(size=450)"]
max_k = 3
[experiment]
strategies = ["recursive(size=450)"]
k = [1, 3]
temperature = [0.0]
replicates = 1
intervention_questions = 2
[model]
name = "<script>document.title='page-was-run'</script>"
base_url = "{url}"
api_key_env = "{variable}"
tries = 2
timeout = 20.0
"""


def _write_corpus(folder: Path, url: str) -> Path:
    folder.mkdir(parents=True)
    bad = f'{attack(url)}{ESCAPES} =HYPERLINK("{url}") ::error file=x::steered {{{{7*7}}}}'
    for number, (name, text) in enumerate(DOCUMENTS.items()):
        title, _, rest = text.partition("\n")
        rest = rest.replace("within 30 days", f"within 30 days {bad}")
        steered = f"{title} {bad}\n{rest}\n{bad}\n".replace("\x07\x1b", "\x1b")
        names = (f"<img src=x onerror=alert({number})>-{name}", f"\x1b[31m={number}-{name}", name)
        (folder / names[number % 3]).write_text(steered, encoding="utf-8")
    (folder / "\x1b]0;steered\x07empty.md").write_text("\n", encoding="utf-8")
    (folder / "\x1b[2J.bin").write_bytes(b"x")
    lines = []
    for question in QUESTIONS:
        named: dict[str, Any] = {**question, "evidence": []}
        named["question"] = f"{question['question']} {bad}"
        named["tags"] = [f"<b>{ESCAPES}"]
        lines.append(json.dumps(named))
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _write_traces(path: Path, url: str) -> Path:
    bad = f"{attack(url)}{ESCAPES}"
    records = [
        {
            "user_input": f"Within how many days? {bad}",
            "retrieved_contexts": [f"Returns are free within {n} days. {bad}" for n in (30, 45)],
            "response": f"45 days {bad}",
            "reference": "45 days",
        }
    ]
    path.write_text("".join(f"{json.dumps(each)}\n" for each in records), encoding="utf-8")
    return path


def _echoing(attacking: str, answered: list[str]) -> Any:
    """Answers hold the attack and what came in the headers; some replies are errors with both."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        sent = f"{handler.headers.get('Authorization')} {KEY} {PASSWORD} {handler.path} {TOKEN}"
        prompt = str(body["prompt"])
        answered.append(prompt)
        if "\n" in prompt and sum(prompt.encode()) % 4 == 0:
            error = json.dumps({"error": {"message": f"{sent} {ESCAPES} {attacking}"}}).encode()
            handler.send(error, status=400)
            return
        said = f"45 days {ESCAPES} =1+1 {sent} {attacking}"
        handler.send(FaultServer.completion(said))

    return reply
