"""HTTP under the model's client: bounded answers, a time limit, and a view of what is sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import httpx

ANSWER_BYTES = 1_000_000
"""An answer of a few words takes under 10 kB; what is longer than this is not one."""


class UnusableReplyError(Exception):
    """The server answered, and what it sent cannot be an answer. Sending again does not help."""


class BoundedTransport(httpx.BaseTransport):
    """Reads at most ``limit`` bytes and for at most ``seconds`` a reply.

    The timeouts of httpx bound each read, so that a server which sends a byte now and then
    would hold a request for ever; compressed replies are refused, since their size is unknown.
    """

    def __init__(
        self, inner: httpx.BaseTransport, *, seconds: float, limit: int = ANSWER_BYTES
    ) -> None:
        self._inner = inner
        self._seconds = seconds
        self._limit = limit

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["accept-encoding"] = "identity"
        end = time.monotonic() + self._seconds
        response = self._inner.handle_request(request)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            response.close()
            raise UnusableReplyError("the server sent a compressed reply that was not asked for")
        response.stream = _BoundedStream(response.stream, request, end, self._limit)
        return response

    def close(self) -> None:
        self._inner.close()


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, inner: Any, request: httpx.Request, end: float, limit: int) -> None:
        self._inner = inner
        self._request = request
        self._end = end
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for part in self._inner:
            read += len(part)
            if read > self._limit:
                raise UnusableReplyError(
                    f"the reply is longer than {self._limit} bytes and was cut off"
                )
            if time.monotonic() > self._end:
                raise httpx.ReadTimeout("the reply took too long", request=self._request)
            yield part

    def close(self) -> None:
        self._inner.close()


class WireTap:
    """Sees the body of every request of a client; keeps them only while someone looks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._bodies: list[bytes] | None = None

    def __call__(self, request: httpx.Request) -> None:
        with self._lock:
            if self._bodies is not None:
                self._bodies.append(request.content)

    @contextmanager
    def watching(self) -> Iterator[list[bytes]]:
        """The bodies that are sent while the block runs, in order."""
        bodies: list[bytes] = []
        with self._lock:
            self._bodies = bodies
        try:
            yield bodies
        finally:
            with self._lock:
                self._bodies = None


def bounded_client(base_url: str, *, timeout: float, tap: WireTap) -> httpx.Client:
    """An HTTP client for one server; proxies come from the environment, but not for loopback."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    proxy = None
    if host not in ("localhost", "127.0.0.1", "::1") and not proxy_bypass(host):
        proxy = getproxies().get(parts.scheme)
    return httpx.Client(
        transport=BoundedTransport(httpx.HTTPTransport(proxy=proxy), seconds=timeout),
        timeout=timeout,
        follow_redirects=False,
        event_hooks={"request": [tap]},
    )


def without_credentials(url: str) -> str:
    """The address without user, password, query and fragment, fit to be written down."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    place = f"{host}:{parts.port}" if parts.port else host
    return urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
