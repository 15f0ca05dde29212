"""Endpoints that fail, over real sockets: every fault is retried or unscored, with a reason.

Each fault meets the client alone, for completions and chat, and some of them a whole run, which
must end with a report that counts what was not answered and says why.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ragcheck.generation.client import LlamaIndexGenerator, Patience
from ragcheck.generation.connect import connect_endpoint
from ragcheck.records.trials import Answer, GenerationParameters, GenerationRequest
from tests.faults.case import Case, Plan
from tests.faults.child import run_ragcheck
from tests.faults.job import KEY, endpoint, write_job
from tests.generation.conftest import FaultServer, Handler, Reply

TIMEOUT, PATIENT, TRIES = 0.6, 6.0, 3
"""Seconds for one request where the fault is time itself, and elsewhere."""
LATE = ("no answer in time",)
SLACK = 5.0
"""Seconds that a busy machine may take on top of the time that the configuration gives."""
PROMPTS = 6


@dataclass(frozen=True, slots=True)
class Fault:
    """What the server does, and what an answer that it spoils must say.

    ``passes`` tells that it comes once and the next try succeeds; ``tries`` is the most that one
    prompt may be sent.
    """

    name: str
    reply: Callable[[np.random.Generator], Reply]
    says: tuple[str, ...] = ()
    passes: bool = False
    tries: int = TRIES
    timeout: float = PATIENT


def faults() -> tuple[Fault, ...]:
    """Every fault of the family, with random parts drawn from the generator it is given."""
    busy, raw = _status, FaultServer.raw
    retried = (
        Fault("429, then ready", lambda _: _once(busy(429, "0")), passes=True),
        Fault("429 without Retry-After, then ready", lambda _: _once(busy(429)), passes=True),
        Fault("503 until a date that passed",
              lambda _: _once(busy(503, "Wed, 21 Oct 2015 07:28:00 GMT")), passes=True),
        Fault("429 with a Retry-After that is no time",
              lambda g: _once(busy(429, _nonsense(g))), passes=True),
        Fault("500, then ready", lambda _: _once(busy(500)), passes=True),
        Fault("reset in the middle, then ready", lambda g: _once(_reset(g)), passes=True),
        Fault("closed without a word, then ready", lambda _: _once(_hang_up), passes=True),
        Fault("cut off, then ready", lambda g: _once(_cut(g)), passes=True),
        Fault("every reply sent twice", lambda _: _twice, passes=True, tries=1),
        Fault("another model for one reply", lambda _: _once(_other_model), passes=True),
    )  # fmt: skip
    lasting = (
        Fault("429 for ever", lambda _: busy(429, "0"), ("HTTP 429",)),
        Fault("429 for a century", lambda _: busy(429, "3155760000"), ("HTTP 429",), tries=1),
        Fault("429 until the year 9999",
              lambda _: busy(429, "Fri, 31 Dec 9999 23:59:59 GMT"), ("HTTP 429",), tries=1),
        Fault("500 for ever", lambda _: busy(500), ("HTTP 500",)),
        Fault("400", lambda _: busy(400), ("HTTP 400",), tries=1),
        Fault("404, no such model", lambda _: busy(404), ("HTTP 404",), tries=1),
        Fault("slow drip", lambda _: FaultServer.dripping(0.05), LATE, timeout=TIMEOUT),
        Fault("slow drip of headers", lambda _: _header_drip, LATE, timeout=TIMEOUT),
        Fault("silence", lambda _: _silence, LATE, timeout=TIMEOUT),
        Fault("reset for ever", _reset, ("",)),
        Fault("truncated JSON", _truncated, ("repl",), tries=1),
        Fault("HTML", lambda _: raw(b"<html>Sign in</html>", kind="text/html"), ("repl",), tries=1),
        Fault("HTML that calls itself JSON", lambda _: raw(b"<html>"), ("repl",), tries=1),
        Fault("invalid UTF-8", _not_utf8, ("repl",), tries=1),
        Fault("random bytes", lambda g: raw(g.bytes(200)), ("repl",), tries=1),
        Fault("bytes that are no HTTP", _no_http, ("",)),
        Fault("nothing", lambda _: raw(b""), ("repl",), tries=1),
        Fault("an empty answer", lambda _: _saying(""), ("is empty", "no text"), tries=1),
        Fault("a blank answer", lambda _: _saying(" \n\t "), ("the answer is empty",), tries=1),
        Fault("a null answer", lambda _: _saying(None), ("repl",), tries=1),
        Fault("a number for an answer", lambda _: _saying(7), ("repl",), tries=1),
        Fault("10 MB", lambda _: _saying("x" * 10_000_000), ("longer than",)),
        Fault("100,000 headers", lambda _: _many_headers, ("",)),
        Fault("deep JSON", lambda _: raw(b"[" * 400_000), ("repl",), tries=1),
    )  # fmt: skip
    return retried + lasting


def cases(plan: Plan) -> Iterator[Case]:
    """Every fault for completions and chat, refusals and redirects, then whole runs."""
    for fault in faults():
        for chat in (False, True):
            kind = "chat" if chat else "completion"
            seed = plan.generator("endpoint", fault.name, kind)
            yield Case("endpoint", f"{fault.name}, {kind}", partial(check, fault, chat, seed))
    yield Case("endpoint", "connection refused", check_refused)
    for status in (301, 302, 303, 307, 308):
        yield Case("endpoint", f"{status} to another host", partial(check_redirect, status))
    yield Case("endpoint", "one model, then another", check_swapped_model)
    for name in RUNS:
        yield Case("endpoint, whole run", name, partial(check_run, name))


def check(fault: Fault, chat: bool, seed: np.random.Generator, folder: Path) -> None:
    """Every answer is right or has the reason, within the tries and the time."""
    with endpoint() as server:
        reply = fault.reply(seed)
        server.reply = _echo
        client = _client(server, chat=chat, timeout=fault.timeout)
        client.check_reachable()
        server.bodies.clear()
        server.reply = reply
        began = time.monotonic()
        answers = client.generate([_request(f"prompt {i}") for i in range(PROMPTS)])
        took = time.monotonic() - began
        _check_answers(fault, answers)
        sent = [json.dumps(body, sort_keys=True) for body in server.bodies]
        assert max(map(sent.count, sent), default=0) <= fault.tries, f"{len(sent)} requests"
        rounds = -(-PROMPTS // 3)
        limit = rounds * (TRIES + 1) * fault.timeout + SLACK
        assert took <= limit, f"took {took:.1f} s of {limit:.1f} s"


def check_refused(folder: Path) -> None:
    """No server: a reason, at once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    patience = Patience(tries=TRIES, first_wait=0.01)
    there = connect_endpoint(
        f"http://127.0.0.1:{port}/v1", model="m", timeout=TIMEOUT, patience=patience
    )
    (answer,) = there.generate([_request("a")])
    assert answer.text is None
    assert "refused" in (answer.failure or "").lower(), answer.failure


def check_redirect(status: int, folder: Path) -> None:
    """The other host gets no request, so neither the prompt nor the key."""
    with endpoint() as server, endpoint() as other:
        moved = {"Location": other.url.replace("127.0.0.1", "localhost") + "/completions"}
        server.reply = FaultServer.raw(b"", status=status, headers=moved)
        (answer,) = _client(server).generate([_request("a")])
        assert (answer.failure or "").startswith(f"HTTP {status}"), answer
        assert not other.paths, other.paths


def check_swapped_model(folder: Path) -> None:
    """Once the server answers as another model, no answer of that one is counted."""
    with endpoint() as server:
        server.reply = _echo
        client = _client(server)
        assert client.generate([_request("a")])[0].text == "a"
        server.reply = _other_model
        (answer,) = client.generate([_request("b")])
        assert answer.text is None and "'other'" in (answer.failure or ""), answer


RUNS = {
    "the third of the requests fails with 500": lambda body: _third(body, _status(500)),
    "the third of the answers is empty": lambda body: _third(body, _saying("")),
    "the third of the replies is HTML": lambda body: _third(
        body, FaultServer.raw(b"<html>", kind="text/html")
    ),
    "the third of the replies is cut off": lambda body: _third(body, _truncated_now),
    "every reply of the experiment is 10 MB": lambda body: _saying("x" * 10_000_000),
}
"""Faults of whole runs: the reply to one request of the experiment, ``None`` for a good one."""


def check_run(name: str, folder: Path) -> None:
    """The run ends with a report, which counts the failures that the server counted."""
    with endpoint() as server:
        good, spoilt = server.reply, RUNS[name]
        failed: list[str] = []

        def reply(handler: Handler, body: dict[str, Any]) -> None:
            bad = spoilt(body) if "\n" in str(body["prompt"]) else None
            if bad is not None:
                failed.append(str(body["prompt"]))
            (bad or good)(handler, body)

        server.reply = reply
        job = write_job(folder / "job", server.url)
        text = job.config.read_text(encoding="utf-8")
        job.config.write_text(f"{text}tries = 2\n", encoding="utf-8")
        ended = run_ragcheck(*job.arguments(folder / "run"), cwd=folder, environment={KEY: "any"})
    assert ended.code in (0, 1, 3), ended.printed
    assert "Traceback" not in ended.printed
    assert failed
    report = json.loads((folder / "run" / "report.json").read_text(encoding="utf-8"))
    told = [text for text in report["warnings"] if "gave no answer" in text]
    assert told, report["warnings"]
    assert (folder / "run" / "report.html").stat().st_size > 1000


def _check_answers(fault: Fault, answers: list[Answer]) -> None:
    for number, answer in enumerate(answers):
        if fault.passes:
            assert answer.text == f"prompt {number}", answer
        else:
            assert answer.text is None, answer
            assert answer.failure and len(answer.failure) < 400
            assert any(text in answer.failure for text in fault.says), answer.failure
            assert "\n" not in answer.failure and "Traceback" not in answer.failure


def _client(
    server: FaultServer, *, chat: bool = False, timeout: float = PATIENT
) -> LlamaIndexGenerator:
    return connect_endpoint(
        server.url,
        model="fake",
        chat=chat,
        timeout=timeout,
        patience=Patience(tries=TRIES, first_wait=0.02, longest_wait=0.1),
        concurrency=3,
    )


def _request(prompt: str) -> GenerationRequest:
    return GenerationRequest(prompt, GenerationParameters(0.0, max_tokens=9))


def _prompt(body: dict[str, Any]) -> str:
    return str(body["messages"][-1]["content"] if "messages" in body else body["prompt"])


def _echo(handler: Handler, body: dict[str, Any]) -> None:
    FaultServer.answering(_prompt(body))(handler, body)


def _once(fault: Reply) -> Reply:
    """The fault for the first time that a prompt comes, then the right answer."""
    seen: set[str] = set()

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        prompt = _prompt(body)
        first = prompt not in seen
        seen.add(prompt)
        (fault if first else _echo)(handler, body)

    return reply


def _saying(text: object) -> Reply:
    return lambda handler, body: handler.send(FaultServer.completion(text, chat="messages" in body))


def _status(status: int, after: str | None = None) -> Reply:
    headers = {} if after is None else {"Retry-After": after}
    return FaultServer.raw(b'{"error": {"message": "no"}}', status=status, headers=headers)


def _nonsense(seed: np.random.Generator) -> str:
    words = ("soon", "-1", "nan", "1e999", "99999999999999999999:1 Jan 1", "31 Feb 2020 25:61:61")
    return str(seed.choice(words))


def _twice(handler: Handler, body: dict[str, Any]) -> None:
    sent = FaultServer.completion(_prompt(body), chat="messages" in body)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}"
    handler.wfile.write((head.encode() + b"\r\n\r\n" + sent) * 2)


def _other_model(handler: Handler, body: dict[str, Any]) -> None:
    sent = FaultServer.completion("from elsewhere", chat="messages" in body)
    handler.send(sent.replace(b'"model": "fake"', b'"model": "other"'))


def _reset(seed: np.random.Generator) -> Reply:
    share = float(seed.random())

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        sent = FaultServer.completion(_prompt(body), chat="messages" in body)
        handler.send(sent[: int(share * (len(sent) - 1))], length=len(sent))
        handler.wfile.flush()
        linger = struct.pack("ii", 1, 0)  # closing then sends a reset
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()
        handler.close_connection = True

    return reply


def _cut(seed: np.random.Generator) -> Reply:
    share = float(seed.random())

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        sent = FaultServer.completion(_prompt(body), chat="messages" in body)
        handler.send(sent[: int(share * (len(sent) - 1))], length=len(sent))
        handler.close_connection = True

    return reply


def _hang_up(handler: Handler, _: dict[str, Any]) -> None:
    handler.close_connection = True


def _silence(handler: Handler, _: dict[str, Any]) -> None:
    time.sleep(2 * TIMEOUT)
    handler.close_connection = True


def _header_drip(handler: Handler, _: dict[str, Any]) -> None:
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Wait: ")
    for _turn in range(400):
        time.sleep(0.05)
        handler.wfile.write(b"x")
        handler.wfile.flush()


def _many_headers(handler: Handler, _: dict[str, Any]) -> None:
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-More: yes\r\n" * 100_000 + b"\r\n")


def _no_http(seed: np.random.Generator) -> Reply:
    sent = seed.bytes(300)

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.close_connection = True
        handler.wfile.write(sent)

    return reply


def _truncated(seed: np.random.Generator) -> Reply:
    share = float(seed.random())

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        sent = FaultServer.completion(_prompt(body), chat="messages" in body)
        handler.send(sent[: int(share * (len(sent) - 1))])

    return reply


def _truncated_now(handler: Handler, body: dict[str, Any]) -> None:
    handler.send(FaultServer.completion("half")[:40])


def _not_utf8(seed: np.random.Generator) -> Reply:
    bad = bytes(seed.choice([0xFF, 0xFE, 0xC0, 0x80], size=4).astype(np.uint8))

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        sent = FaultServer.completion("MARK", chat="messages" in body)
        handler.send(sent.replace(b"MARK", bad))

    return reply


def _third(body: dict[str, Any], bad: Reply) -> Reply | None:
    return bad if sum(json.dumps(body, sort_keys=True).encode()) % 3 == 0 else None
