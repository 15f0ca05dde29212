"""The model that answers, from the configuration; it is started at the first missing answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial

from ragcheck.config import ModelConfig, RunConfig
from ragcheck.errors import ConfigError
from ragcheck.experiment.design import varied_sampling
from ragcheck.generation.client import LlamaIndexGenerator, Patience
from ragcheck.generation.connect import connect_endpoint, connect_packaged
from ragcheck.generation.local import PackagedServer
from ragcheck.generation.probe import check_parameters_reach
from ragcheck.generation.prompts import build_chat_prompt, build_prompt
from ragcheck.models import find_language_model
from ragcheck.pipeline.known import check_key, open_known
from ragcheck.ports import Generator
from ragcheck.records.trials import Answer, GenerationRequest, Level
from ragcheck.workers import Workers

PACKAGED = "packaged:"
ROUNDS = 8
"""Requests that an endpoint gets in one call, over those that are under way at a time: more leave
fewer of them idle at the end of a call, fewer are sent again after a kill."""


@dataclass(frozen=True)
class Reader:
    """A generator that is not started yet.

    ``key`` is known before anything is loaded; ``prompt`` takes question, passages, template and
    language; ``packaged`` tells whether the unit costs of the packaged engine hold; ``together``
    is how many requests are sent in one call, and stored after it.
    """

    key: str
    prompt: Callable[..., str]
    connected: Callable[[], AbstractContextManager[Generator]]
    packaged: bool
    together: int = 1


def build_reader(config: RunConfig) -> Reader:
    """The reader that the configuration names. Nothing is started or sent.

    Raises:
        ConfigError: the name of the model or of a prompt is unknown, or the variable of the
            key is not set.
        ModelError: the packaged model is not installed.
    """
    for template in config.experiment.prompts:
        build_prompt("", (), template=template, language="en")
    factors = varied_sampling(config.experiment)
    model = config.model
    if model.base_url is not None:
        generator = _endpoint(model, model.base_url)
        prompt = build_chat_prompt if model.chat else build_prompt
        together = ROUNDS * model.concurrency if model.concurrency > 1 else 1
        connect = partial(_shared, generator, factors, model, config.workers.settled())
        return Reader(generator.key, prompt, connect, False, together)
    if not model.name.startswith(PACKAGED):
        raise ConfigError(
            f"the model {model.name!r} needs an address",
            where="model.base_url",
            mend="give the address of its OpenAI-compatible endpoint, or a packaged: model",
        )
    path = find_language_model(model.name)
    server = PackagedServer(path, threads=config.threads)
    start = partial(connect_packaged, path, threads=config.threads)
    return Reader(server.key, build_prompt, partial(_started, start, factors), True)


def build_readers(config: RunConfig) -> Mapping[str, Reader]:
    """The reader of every model that the experiment compares, by the model's name.

    Raises:
        ConfigError, ModelError: as :func:`build_reader`, for any of them.
    """
    names = config.experiment.models or (config.model.name,)
    readers = {}
    for name in names:
        own = config.model.model_copy(update={"name": name})
        readers[name] = build_reader(config.model_copy(update={"model": own}))
    return readers


def _endpoint(model: ModelConfig, base_url: str) -> LlamaIndexGenerator:
    return connect_endpoint(
        base_url,
        model=model.name,
        chat=model.chat,
        api_key_env=model.api_key_env,
        timeout=model.timeout,
        patience=Patience(tries=model.tries),
        concurrency=model.concurrency,
    )


@contextmanager
def _started(
    connect: Callable[[], AbstractContextManager[LlamaIndexGenerator]],
    factors: Mapping[str, Sequence[Level]],
) -> Iterator[Generator]:
    """The packaged generator: its key names its weights, so that it is checked once, ever."""

    def check(_: Sequence[int]) -> list[bool]:
        with _reached(generator, factors):
            return [True]

    with connect() as generator:
        open_known().checks.complete([check_key(generator.key, factors)], check)
        yield generator


@contextmanager
def _reached(
    generator: LlamaIndexGenerator, factors: Mapping[str, Sequence[Level]]
) -> Iterator[Generator]:
    """The generator, once it answers and every parameter that is a factor reaches it."""
    generator.check_reachable()
    check_parameters_reach(generator, factors)
    yield generator


@contextmanager
def _shared(
    generator: LlamaIndexGenerator,
    factors: Mapping[str, Sequence[Level]],
    model: ModelConfig,
    workers: Workers,
) -> Iterator[Generator]:
    with _reached(generator, factors) as checked:
        yield checked if workers.is_serial else DistributedGenerator(checked.key, model, workers)


@dataclass(frozen=True, slots=True)
class DistributedGenerator:
    """An endpoint that workers ask, ``model.concurrency`` requests at a time each.

    For endpoints alone: the packaged engine is one process, whose answers rest on its one context.
    Each worker takes the endpoint's key from its own environment; no key is sent.
    """

    key: str
    model: ModelConfig
    workers: Workers

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Answer]:
        """One answer a request, in order; failures are answers with a reason."""
        size = self.model.concurrency
        units = [requests[first : first + size] for first in range(0, len(requests), size)]
        found = self.workers.each(partial(_ask, self.model), units)
        return [answer for unit in found for answer in unit]


def _ask(model: ModelConfig, requests: Sequence[GenerationRequest]) -> list[Answer]:
    return _endpoint_of_process(model).generate(requests)


@lru_cache(maxsize=8)
def _endpoint_of_process(model: ModelConfig) -> LlamaIndexGenerator:
    assert model.base_url is not None
    return _endpoint(model, model.base_url)
