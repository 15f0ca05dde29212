"""The packaged engine: an OpenAI-compatible server inside the process, on loopback only.

Its answers are a function of the request alone. That takes care, because the engine keeps the
context of the last prompt, and because floating-point sums depend on how many tokens are
evaluated together: the same prompt gives other probabilities when half of it was already there.
:meth:`PackagedServer.prepare` therefore evaluates every prompt in the same pieces, whatever was
evaluated before it, and still pays for a shared beginning only once.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from ragcheck.errors import EndpointError, ModelError
from ragcheck.generation.prompts import segments
from ragcheck.models import file_sha256

END_MARK = "<unused42>"
"""A token that no text holds (:func:`ragcheck.generation.prompts.one_line` breaks it up).

Evaluated after a piece, it makes what follows differ from what the engine holds exactly there,
so that the engine keeps the whole piece and not one token more.
"""

CONTEXT_TOKENS = 8192
EVALUATION_SECONDS = 600.0


class PackagedServer:
    """Serves a GGUF model while its ``with`` block runs.

    Args:
        model: the GGUF file.
        threads: engine threads; the processors of this process where not given.
        context_tokens: longest prompt and answer together.
        segment: cuts a prompt into the pieces that are evaluated one by one. The pieces must
            depend on the prompt alone.

    Raises:
        ModelError: on entering, when the engine is not installed or cannot load the file.
    """

    def __init__(
        self,
        model: Path,
        *,
        threads: int | None = None,
        context_tokens: int = CONTEXT_TOKENS,
        segment: Callable[[str], Sequence[str]] = segments,
    ) -> None:
        self.model = model
        self.threads = threads or _processors()
        self.context_tokens = context_tokens
        self._segment = segment
        self._engine: Any = None
        self._client: httpx.Client | None = None
        self._held: tuple[str, ...] = ()
        self._at_mark = False

    def __enter__(self) -> PackagedServer:
        self._engine = _start(self.model, self.threads, self.context_tokens)
        self._client = httpx.Client(
            base_url=self._engine.listening_address, timeout=EVALUATION_SECONDS, trust_env=False
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._engine = None
        self._held = ()
        gc.collect()

    @property
    def base_url(self) -> str:
        """The OpenAI-compatible address, with ``/v1``."""
        self._running()
        return f"{self._engine.listening_address}/v1"

    @property
    def key(self) -> str:
        """Model hash, engine version, threads and context: what changes the answers."""
        return (
            f"gguf:{file_sha256(self.model)[:16]}/xllamacpp:{engine_version()}"
            f"/threads:{self.threads}/context:{self.context_tokens}"
        )

    def prepare(self, prompt: str) -> None:
        """Bring the engine to the one state from which this prompt is answered.

        Raises:
            EndpointError: the prompt does not fit into the context, or the engine failed.
        """
        wanted = _beginnings(self._segment(prompt))
        kept = _shared(wanted, self._held)
        if kept and (kept < len(self._held) or not self._at_mark):
            self._evaluate(wanted[kept - 1], keep=True)
        for number in range(kept, len(wanted)):
            self._held = wanted[:number]
            self._evaluate(wanted[number], keep=number > 0)
            self._held = wanted[: number + 1]
        self._at_mark = False

    def count_tokens(self, text: str) -> int:
        """Number of the model's tokens in a text, without the one that begins a prompt."""
        reply = self._running().post("/tokenize", json={"content": text})
        return len(reply.raise_for_status().json()["tokens"])

    def _evaluate(self, beginning: str, *, keep: bool) -> None:
        body = {"prompt": beginning + END_MARK, "n_predict": 0, "cache_prompt": keep}
        try:
            reply = self._running().post("/completion", json=body)
        except httpx.HTTPError as problem:
            self._held = ()
            raise EndpointError(
                f"the packaged engine does not answer: {problem or type(problem).__name__}",
                where=str(self.model),
            ) from problem
        self._at_mark = reply.is_success
        if not reply.is_success:
            self._held = ()
            raise EndpointError(_engine_message(reply), where=str(self.model))

    def _running(self) -> httpx.Client:
        if self._client is None:
            raise RuntimeError("PackagedServer serves inside its with block only")
        return self._client


def engine_version() -> str:
    """Version of the installed engine.

    Raises:
        ModelError: it is not installed.
    """
    return str(_engine_module().__version__)


def _engine_module() -> Any:
    try:
        import xllamacpp
    except ImportError as problem:
        raise ModelError(
            f"the engine for packaged language models is not installed ({problem})",
            mend='pip install "ragcheck-evidence[local]", or name an endpoint with a base URL',
        ) from problem
    return xllamacpp


def _start(model: Path, threads: int, context_tokens: int) -> Any:
    module = _engine_module()
    if not model.is_file():
        raise ModelError("there is no such model file", where=str(model))
    options = module.CommonParams()
    options.verbosity = -1
    options.model.path = str(model)
    options.hostnames = ["127.0.0.1"]
    options.port = 0
    options.n_ctx = context_tokens
    options.n_parallel = 1
    options.cpuparams.n_threads = options.cpuparams_batch.n_threads = threads
    options.warmup = False
    # The state must be what the last prompts left in the one slot, and nothing else: no store of
    # earlier contexts, no checkpoints, and the full cache where layers attend to a window.
    options.swa_full = True
    options.cache_ram_mib = 0
    options.n_ctx_checkpoints = 0
    try:
        return module.Server(options)
    except RuntimeError as problem:
        raise ModelError(
            f"the engine cannot load the model: {problem}",
            where=str(model),
            mend="check that the file is a complete GGUF model and that its port may be opened",
        ) from problem


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _beginnings(parts: Sequence[str]) -> tuple[str, ...]:
    beginnings, text = [], ""
    for part in parts:
        text += part
        if part:
            beginnings.append(text)
    return tuple(beginnings)


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _engine_message(reply: httpx.Response) -> str:
    try:
        message = reply.json()["error"]["message"]
    except (ValueError, KeyError, TypeError):
        message = reply.text[:200]
    return f"the packaged engine refused a prompt: {message}"
