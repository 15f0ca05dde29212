"""Answers from any LlamaIndex language model; one that cannot be had is a reason, not an error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Protocol

import httpx

from ragcheck.errors import EndpointError, RagcheckError
from ragcheck.generation.prompts import split_messages
from ragcheck.generation.transport import UnusableReplyError, WireTap
from ragcheck.records.trials import Answer, GenerationParameters, GenerationRequest

PASSING_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
REASON_CHARACTERS = 300


class ContextPreparer(Protocol):
    """Brings an engine to the one state from which a prompt is answered."""

    def prepare(self, prompt: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try one request. Times are in seconds; waits double from ``first_wait``."""

    tries: int = 5
    first_wait: float = 0.5
    longest_wait: float = 30.0
    total: float = 300.0


class OtherModelError(Exception):
    """The reply comes from another model than the replies before it; another try may not."""


class LlamaIndexGenerator:
    """Sends requests to a LlamaIndex LLM and returns its answers.

    Args:
        llm: any LlamaIndex LLM. Its own retries should be off.
        key: names the model and everything that changes its answers; holds no credentials.
        where: address or path of the model, for messages.
        concurrency: requests under way at a time.
        engine: brings an engine with a context cache to a known state before each prompt;
            requires ``concurrency`` 1.
        tap: sees what the LLM sends, where that can be seen.
        secrets: texts that no message and no answer may hold, the longest first.
    """

    def __init__(
        self,
        llm: Any,
        *,
        key: str,
        where: str = "",
        patience: Patience | None = None,
        concurrency: int = 1,
        engine: ContextPreparer | None = None,
        tap: WireTap | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        if engine is not None and concurrency != 1:
            raise ValueError("an engine with one context answers one request at a time")
        self._llm = llm
        self._key = key
        self.where = where or key
        self.tap = tap
        self._patience = patience or Patience()
        self._concurrency = concurrency
        self._engine = engine
        self._secrets = tuple(secret for secret in secrets if secret)
        self._served: str | None = None
        self._lock = Lock()

    @property
    def key(self) -> str:
        """Names the model and everything that changes its answers, but for the request."""
        return self._key

    @property
    def is_chat(self) -> bool:
        """Whether the model reads messages (``build_chat_prompt``) or completes a text."""
        return bool(self._llm.metadata.is_chat_model)

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Answer]:
        """One answer a request, in order; equal requests are sent once.

        Shorter prompts are sent first, so that contexts grow. With the packaged engine an answer
        is a function of its request alone: neither the other requests of the call nor earlier
        calls change it. A request that fails is an answer with the reason, after retries where
        they can help.
        """
        unique = {request.key: request for request in requests}
        ordered = sorted(unique.values(), key=_sending_order)
        if self._concurrency == 1 or len(ordered) < 2:
            answers = self._in_turn(ordered)
        else:
            with ThreadPoolExecutor(min(self._concurrency, len(ordered))) as pool:
                answers = list(pool.map(self._answer, ordered))
        by_key = {request.key: answer for request, answer in zip(ordered, answers, strict=True)}
        return [by_key[request.key] for request in requests]

    def check_reachable(self) -> None:
        """Ask for one token, so that a wrong address, name or key stops the run at its start.

        Raises:
            EndpointError: the model does not answer, with the reason.
        """
        prompt = "1 2 3 4"
        answer = self._in_turn([GenerationRequest(prompt, GenerationParameters(max_tokens=1))])[0]
        if answer.failure is not None:
            raise EndpointError(
                f"the language model cannot be used: {answer.failure}",
                where=self.where,
                mend=_mend(answer.failure),
            )

    def _in_turn(self, ordered: Sequence[GenerationRequest]) -> list[Answer]:
        answers: list[Answer] = []
        for request in ordered:
            try:
                if self._engine is not None:
                    self._engine.prepare(request.prompt)
            except RagcheckError as problem:
                answers.append(Answer(None, failure=self._reason(problem)))
                continue
            answers.append(self._answer(request))
        return answers

    def _answer(self, request: GenerationRequest) -> Answer:
        from tenacity import (
            Retrying,
            retry_if_exception,
            stop_after_attempt,
            stop_before_delay,
        )

        patience = self._patience
        attempts = Retrying(
            retry=retry_if_exception(may_pass),
            stop=stop_after_attempt(patience.tries) | stop_before_delay(patience.total),
            wait=lambda state: _wait(state, patience),
            reraise=True,
        )
        try:
            return self._trim(attempts(self._ask, request), request)
        except Exception as problem:  # any LLM class may stand behind the role
            return Answer(None, failure=self._reason(problem))

    def _ask(self, request: GenerationRequest) -> Answer:
        options = call_options(request)
        if self.is_chat:
            from llama_index.core.llms import ChatMessage

            system, user = split_messages(request.prompt)
            messages = [ChatMessage(role="user", content=user)]
            if system is not None:
                messages.insert(0, ChatMessage(role="system", content=system))
            reply = self._llm.chat(messages, **options)
            text = reply.message.content
        else:
            reply = self._llm.complete(request.prompt, formatted=True, **options)
            text = reply.text
        if not isinstance(text, str):
            raise UnusableReplyError("the reply holds no text")
        if not text.strip() and request.parameters.max_tokens > 1:
            # It would count as a refusal to answer, which is credit on unanswerable questions.
            raise UnusableReplyError("the answer is empty")
        self._check_served(getattr(getattr(reply, "raw", None), "model", None))
        counts = getattr(reply, "additional_kwargs", None) or {}
        return Answer(
            text,
            prompt_tokens=_count(counts.get("prompt_tokens")),
            completion_tokens=_count(counts.get("completion_tokens")),
        )

    def _check_served(self, model: object) -> None:
        """Refuse a reply from another model than the first reply; half a run would be of each.

        The first name is not held against the one that was asked for: gateways and deployments
        answer under names of their own.
        """
        if not isinstance(model, str) or not model:
            return
        with self._lock:
            served = self._served = self._served or model
        if model != served:
            raise OtherModelError(f"the model {model!r} answered, and {served!r} before it")

    def _trim(self, answer: Answer, request: GenerationRequest) -> Answer:
        """Without what some servers leave: the stop text, what follows it, and outer space."""
        text = (answer.text or "").lstrip()
        for stop in request.stop:
            text = text.split(stop, 1)[0] if stop else text
        return replace(answer, text=self._hidden(text.strip()))

    def _reason(self, problem: BaseException) -> str:
        text = " ".join(self._hidden(describe(problem)).split())
        return text if len(text) <= REASON_CHARACTERS else f"{text[:REASON_CHARACTERS]} ..."

    def _hidden(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def call_options(request: GenerationRequest) -> dict[str, Any]:
    """The keyword arguments of one LlamaIndex call, in the terms of the OpenAI interface."""
    p = request.parameters
    options: dict[str, Any] = {"temperature": p.temperature, "max_tokens": p.max_tokens}
    if p.top_p is not None:
        options["top_p"] = p.top_p
    if p.seed is not None:
        options["seed"] = p.seed
    if p.top_k is not None:
        options["extra_body"] = {"top_k": p.top_k}
    if request.stop:
        options["stop"] = list(request.stop)
    return options


def may_pass(problem: BaseException) -> bool:
    """Whether the same request may succeed later: busy, down for a moment, or cut off."""
    causes = _causes(problem)
    if any(isinstance(cause, UnusableReplyError) for cause in causes):
        return False
    if isinstance(problem, OtherModelError):
        return True
    status = getattr(problem, "status_code", None)
    if isinstance(status, int):
        return status in PASSING_STATUS
    return any(isinstance(cause, (httpx.TransportError, ConnectionError)) for cause in causes)


def describe(problem: BaseException) -> str:
    """What went wrong, for people: the innermost cause that says something."""
    causes = _causes(problem)
    status = getattr(problem, "status_code", None)
    if isinstance(status, int):
        return f"HTTP {status}: {problem}"
    for cause in reversed(causes):
        if isinstance(cause, httpx.TimeoutException):
            return f"no answer in time ({type(cause).__name__})"
        if isinstance(
            cause, (UnusableReplyError, OtherModelError, httpx.TransportError, RagcheckError)
        ):
            return str(cause) or type(cause).__name__
    if isinstance(problem, (AttributeError, TypeError, ValueError, LookupError, RecursionError)):
        return f"the reply is not a completion in the OpenAI form ({type(problem).__name__})"
    return f"{type(problem).__name__}: {problem}"


def _causes(problem: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    current: BaseException | None = problem
    while current is not None and current not in found:
        found.append(current)
        hidden = current.__suppress_context__
        current = current.__cause__ or (None if hidden else current.__context__)
    return found


def _wait(state: Any, patience: Patience) -> float:
    """The wait that the server asks for, else doubling waits."""
    problem = state.outcome.exception()
    headers = getattr(getattr(problem, "response", None), "headers", None) or {}
    asked = _seconds(headers.get("retry-after"))
    if asked is not None:
        return asked
    doubled: float = patience.first_wait * 2.0 ** (state.attempt_number - 1)
    return min(patience.longest_wait, doubled)


def _seconds(text: str | None) -> float | None:
    """Value of a Retry-After header: seconds, or a date (RFC 9110, 10.2.3)."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        return _seconds_until(text)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(text: str) -> float | None:
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        then = parsedate_to_datetime(text)
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
        return max(0.0, (then - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None


def _sending_order(request: GenerationRequest) -> tuple[int, str, str]:
    return (len(request.prompt), request.prompt, request.key)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _mend(reason: str) -> str:
    if reason.startswith(("HTTP 401", "HTTP 403")):
        return "set the environment variable that holds the key, and name it as api_key_env"
    if reason.startswith(("HTTP 404", "HTTP 400", "HTTP 405", "HTTP 422")):
        return "check the model's name, the base URL (it usually ends in /v1) and chat = true/false"
    if reason.startswith("HTTP"):
        return "the server answers but refuses: look at its own log, or try again later"
    return "start the server, or correct its base URL"
