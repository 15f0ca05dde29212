"""HTTP under the model's client: bounded answers, a time limit, and a view of what is sent."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR
from threading import Event, Lock, Timer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import httpx

_ADDRESS = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>]+")
_SECRET_NAME = re.compile(r"key|token|secret|sig|pass|auth", re.IGNORECASE)
LEAST_SECRET = 8
ANSWER_BYTES = 1_000_000
"""An answer of a few words takes under 10 kB; what is longer than this is not one."""


class UnusableReplyError(Exception):
    """The server answered, and what it sent cannot be an answer. Sending again does not help."""


class BoundedTransport(httpx.BaseTransport):
    """Reads at most ``limit`` bytes and for at most ``seconds`` a reply, headers included.

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
        deadline = _Deadline(self._seconds, request)
        with deadline.kept_on_failure():
            response = self._inner.handle_request(request)
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                response.close()
                raise UnusableReplyError(
                    "the server sent a compressed reply that was not asked for"
                )
        response.stream = _BoundedStream(response.stream, deadline, self._limit)
        return response

    def close(self) -> None:
        self._inner.close()


class _Deadline:
    """Shuts the socket of one request when its time is over, whatever is being read then."""

    def __init__(self, seconds: float, request: httpx.Request) -> None:
        self._request = request
        self._stream: Any = None
        self._passed = Event()
        self._timer = Timer(seconds, self._pass)
        self._timer.daemon = True
        request.extensions = {**request.extensions, "trace": self._see}
        self._timer.start()

    @contextmanager
    def kept_on_failure(self) -> Iterator[None]:
        """Ends the deadline where the block fails; an error after it says that time was over."""
        try:
            yield
        except BaseException as problem:
            self.end()
            if self._passed.is_set() and isinstance(problem, httpx.TransportError):
                raise httpx.ReadTimeout("the reply took too long", request=self._request) from None
            raise

    def end(self) -> None:
        self._timer.cancel()

    def _see(self, event: str, info: Mapping[str, Any]) -> None:
        """Called by httpcore: remembers the connection that the request goes over."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = info["return_value"]
            if self._passed.is_set():
                self._shut()

    def _pass(self) -> None:
        self._passed.set()
        self._shut()

    def _shut(self) -> None:
        opened = None if self._stream is None else self._stream.get_extra_info("socket")
        if opened is not None:
            with suppress(OSError):  # it is closed already
                opened.shutdown(SHUT_RDWR)


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, inner: Any, deadline: _Deadline, limit: int) -> None:
        self._inner = inner
        self._deadline = deadline
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        with self._deadline.kept_on_failure():
            for part in self._inner:
                read += len(part)
                if read > self._limit:
                    raise UnusableReplyError(
                        f"the reply is longer than {self._limit} bytes and was cut off"
                    )
                yield part

    def close(self) -> None:
        self._deadline.end()
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
    # A connection serves one request: what a server sends twice on a kept one would be read as
    # the answer to the next question.
    single = httpx.Limits(max_keepalive_connections=0)
    inner = httpx.HTTPTransport(proxy=proxy, limits=single)
    return httpx.Client(
        transport=BoundedTransport(inner, seconds=timeout),
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


def hide_credentials(text: str) -> str:
    """The text with every address in it as :func:`without_credentials` shows it."""
    return _ADDRESS.sub(lambda found: _shown(found.group()), text)


def secret_forms(*secrets: str) -> tuple[str, ...]:
    """Every spelling in which a server may send a secret back, the longest first.

    As it is, quoted for JSON, Python, HTML or an address, and in base64. A key of fewer than 8
    characters (``x``, ``EMPTY``) is a stand-in that local servers take, and may be part of any
    answer: it is not hidden.
    """
    forms = {
        form
        for secret in secrets
        if len(secret) >= LEAST_SECRET
        for form in (
            secret,
            quote(secret, safe=""),
            unquote(secret),
            json.dumps(secret)[1:-1],
            repr(secret)[1:-1],
            html.escape(secret),
            b64encode(secret.encode()).decode(),
        )
    }
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def address_secrets(url: str) -> tuple[str, ...]:
    """Password, the text of the header that carries it, and values that are named as secrets."""
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    given = [f"{user}:{password}", password] if password else []
    queried = [value for name, value in parse_qsl(parts.query) if _SECRET_NAME.search(name)]
    return (*given, *queried)


def _shown(url: str) -> str:
    try:
        return without_credentials(url)
    except ValueError:  # no address after all
        return url.split("://", 1)[0] + "://***"
