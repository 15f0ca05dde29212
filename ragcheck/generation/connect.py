"""Generators for the packaged engine, for OpenAI-compatible endpoints and for Ollama."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ragcheck.errors import ConfigError, ModelError
from ragcheck.generation.client import LlamaIndexGenerator, Patience
from ragcheck.generation.local import CONTEXT_TOKENS, EVALUATION_SECONDS, PackagedServer
from ragcheck.generation.transport import (
    WireTap,
    address_secrets,
    bounded_client,
    hide_credentials,
    secret_forms,
    without_credentials,
)

OLLAMA_URL = "http://127.0.0.1:11434/v1"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NO_KEY = "none"
"""Sent where no key is named, so that no key of another service is picked up and sent."""


@contextmanager
def connect_packaged(
    model: Path,
    *,
    threads: int | None = None,
    context_tokens: int = CONTEXT_TOKENS,
) -> Iterator[LlamaIndexGenerator]:
    """Serve a GGUF model in this process while the block runs.

    Raises:
        ModelError: the engine is not installed or cannot load the file.
    """
    with PackagedServer(model, threads=threads, context_tokens=context_tokens) as server:
        tap = WireTap()
        llm = _openai_like(
            "packaged",
            server.base_url,
            api_key=NO_KEY,
            chat=False,
            timeout=EVALUATION_SECONDS,
            tap=tap,
        )
        yield LlamaIndexGenerator(
            llm,
            key=server.key,
            where=str(model),
            patience=Patience(tries=1),
            engine=server,
            tap=tap,
        )


def connect_endpoint(
    base_url: str,
    *,
    model: str,
    chat: bool = True,
    api_key_env: str | None = None,
    timeout: float = 60.0,
    patience: Patience | None = None,
    concurrency: int = 4,
    environment: Mapping[str, str] | None = None,
) -> LlamaIndexGenerator:
    """A generator over an OpenAI-compatible endpoint.

    Args:
        base_url: the address up to the interface's version, as ``http://host:8000/v1``.
        chat: whether the model is asked with messages or with a text to complete.
        api_key_env: name of the environment variable that holds the key; the key itself is
            neither stored nor part of any message.
        timeout: seconds for one try. All tries with the waits between them begin within as many
            times this as there are tries, or within what ``patience`` allows if that is less.
        concurrency: requests under way at a time.
        environment: where the variable is looked up, ``os.environ`` where not given.

    Raises:
        ConfigError: the address has not the shape of one, or the variable is not set.
    """
    if not base_url.startswith(("http://", "https://")) or len(base_url.split("/")[2]) == 0:
        raise ConfigError(
            "the base URL is not an http(s) address",
            where=hide_credentials(base_url),
            mend="write for example http://127.0.0.1:8000/v1",
        )
    api_key = _api_key(api_key_env, os.environ if environment is None else environment)
    shown = without_credentials(base_url)
    tap = WireTap()
    patience = patience or Patience()
    longest = min(patience.total, patience.tries * timeout)
    llm = _openai_like(model, base_url, api_key=api_key, chat=chat, timeout=timeout, tap=tap)
    return LlamaIndexGenerator(
        llm,
        key=f"endpoint:{shown}/model:{model}/{'chat' if chat else 'completion'}",
        where=shown,
        patience=replace(patience, total=longest),
        concurrency=concurrency,
        tap=tap,
        secrets=secret_forms(
            *(() if api_key == NO_KEY else (api_key,)), *address_secrets(base_url)
        ),
    )


def connect_ollama(
    model: str,
    *,
    base_url: str = OLLAMA_URL,
    chat: bool = True,
    timeout: float = 300.0,
    patience: Patience | None = None,
    concurrency: int = 1,
) -> LlamaIndexGenerator:
    """A generator over Ollama's OpenAI-compatible endpoint.

    Not over LlamaIndex's ``Ollama`` class, which ignores the parameters of a call.

    Raises:
        ConfigError: the address has not the shape of one.
    """
    return connect_endpoint(
        base_url,
        model=model,
        chat=chat,
        timeout=timeout,
        patience=patience,
        concurrency=concurrency,
    )


def _api_key(name: str | None, environment: Mapping[str, str]) -> str:
    if name is None:
        return NO_KEY
    if not _VARIABLE.fullmatch(name):
        raise ConfigError(
            "api_key_env is not the name of an environment variable",
            where="model.api_key_env",
            mend="write the name of the variable there, never the key itself",
        )
    value = environment.get(name, "").strip()
    if not value:
        raise ConfigError(
            f"the environment variable {name} holds no key",
            mend=f"export {name}=..., or leave api_key_env out where the server needs no key",
        )
    return value


def _openai_like(
    model: str, base_url: str, *, api_key: str, chat: bool, timeout: float, tap: WireTap
) -> Any:
    try:
        from llama_index.llms.openai_like import OpenAILike
    except ImportError as problem:
        raise ModelError(
            f"LlamaIndex's OpenAI-compatible client is not installed ({problem})",
            mend="pip install llama-index-llms-openai-like",
        ) from problem
    return OpenAILike(
        model=model,
        api_base=base_url,
        api_key=api_key,
        is_chat_model=chat,
        timeout=timeout,
        max_retries=0,
        http_client=bounded_client(base_url, timeout=timeout, tap=tap),
    )
