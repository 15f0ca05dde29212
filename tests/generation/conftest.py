"""A model server on loopback that misbehaves on request: real HTTP, no mocks."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Reply = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    """Hands each POST to the server's reply function, after writing it down."""

    protocol_version = "HTTP/1.1"
    server: FaultServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.server.lock:
            self.server.bodies.append(json.loads(raw))
            self.server.paths.append(self.path)
            self.server.headers.append(
                {name.lower(): value for name, value in self.headers.items()}
            )
            self.server.active += 1
            self.server.most_active = max(self.server.most_active, self.server.active)
        try:
            self.server.reply(self, json.loads(raw))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with self.server.lock:
                self.server.active -= 1

    def send(
        self,
        body: bytes,
        *,
        status: int = 200,
        kind: str = "application/json",
        length: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        return


class FaultServer(ThreadingHTTPServer):
    """Answers with what ``reply`` does."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.active = 0
        self.most_active = 0
        self.reply: Reply = self.answering("fine")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @staticmethod
    def completion(text: object, *, chat: bool = False) -> bytes:
        """A reply in the form of the OpenAI interface."""
        choice: dict[str, Any] = {"index": 0, "finish_reason": "stop"}
        if chat:
            choice["message"] = {"role": "assistant", "content": text}
        else:
            choice["text"] = text
        return json.dumps(
            {
                "id": "x",
                "object": "chat.completion" if chat else "text_completion",
                "created": 1,
                "model": "fake",
                "choices": [choice],
                "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
            }
        ).encode()

    @staticmethod
    def answering(text: str | Callable[[dict[str, Any]], str]) -> Reply:
        def reply(handler: Handler, body: dict[str, Any]) -> None:
            said = text if isinstance(text, str) else text(body)
            handler.send(FaultServer.completion(said, chat="messages" in body))

        return reply

    @staticmethod
    def in_turn(*replies: Reply) -> Reply:
        """The first reply to the first request, and so on; the last one stays."""
        left = list(replies)

        def reply(handler: Handler, body: dict[str, Any]) -> None:
            (left.pop(0) if len(left) > 1 else left[0])(handler, body)

        return reply

    @staticmethod
    def raw(body: bytes, **options: Any) -> Reply:
        return lambda handler, _: handler.send(body, **options)

    @staticmethod
    def dripping(pause: float) -> Reply:
        """Sends a byte, waits, and goes on for ever."""

        def reply(handler: Handler, _: dict[str, Any]) -> None:
            handler.send(b"{", length=100_000)
            handler.close_connection = True
            for _turn in range(200):
                time.sleep(pause)
                handler.wfile.write(b" ")
                handler.wfile.flush()

        return reply


@pytest.fixture
def server() -> Iterator[FaultServer]:
    running = FaultServer()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()
