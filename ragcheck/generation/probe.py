"""Does a parameter reach the model? Many adapters take a value and drop it without a word.

A factor that does not reach the model has no effect, and an experiment would report exactly that
about the wrong cause.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ragcheck.errors import ModelError
from ragcheck.generation.client import LlamaIndexGenerator
from ragcheck.ports import Generator
from ragcheck.records.trials import GenerationParameters, GenerationRequest, Level

PARAMETERS = ("temperature", "top_p", "top_k", "seed", "max_tokens")
SEEDS = (11, 23, 37, 41)
OPEN_PROMPT = "Twelve words that have nothing to do with each other:"
"""Open enough that a sampled continuation practically never comes twice."""
OPEN_TOKENS = 12
HOT = 1.0
NARROW: Mapping[str, GenerationParameters] = {
    "top_p": GenerationParameters(HOT, top_p=0.001, max_tokens=OPEN_TOKENS),
    "top_k": GenerationParameters(HOT, top_k=1, max_tokens=OPEN_TOKENS),
}


def check_parameters_reach(generator: Generator, factors: Mapping[str, Sequence[Level]]) -> None:
    """Refuse to vary a sampling parameter that the model does not get.

    Where the outgoing requests can be seen, every level must give another request; temperature
    must besides be able to change the text. Where they cannot be seen, each parameter is judged
    by what the model does. Names that are not sampling parameters (``prompt``) and factors of one
    level are left alone. Costs about ten calls of a few tokens for each parameter.

    Args:
        factors: sampling parameters by name, with the levels that the experiment will use.

    Raises:
        ModelError: names each parameter that does not reach the model, or that it refuses.
    """
    problems: dict[str, str] = {}
    for name, levels in factors.items():
        distinct = tuple(dict.fromkeys(levels))
        if name in PARAMETERS and len(distinct) > 1:
            problem = _problem(generator, name, distinct)
            if problem is not None:
                problems[name] = problem
    if problems:
        listed = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
        raise ModelError(
            f"{', '.join(problems)} cannot be a factor, because it does not reach the model",
            where=f"{generator.key} ({listed})",
            mend="use an OpenAI-compatible endpoint (Ollama, vLLM and llama.cpp have one), "
            "or give the parameter a single level",
        )


def _problem(generator: Generator, name: str, levels: Sequence[Level]) -> str | None:
    try:
        seen = _seen_requests(generator, name, levels)
        if seen is None:
            return _misbehaviour(generator, name, levels)
        if len(set(seen)) < len(levels):
            return "different levels give the same request"
        if name == "temperature":
            return _temperature_can_matter(generator, levels)
    except _RefusedError as refusal:
        return str(refusal)
    return None


class _RefusedError(Exception):
    """The model did not answer a request of the check."""


def _seen_requests(
    generator: Generator, name: str, levels: Sequence[Level]
) -> tuple[str, ...] | None:
    """The request body for each level, in a canonical form; ``None`` if it cannot be seen."""
    tap = generator.tap if isinstance(generator, LlamaIndexGenerator) else None
    if tap is None:
        return None
    bodies: list[str] = []
    for level in levels:
        values: dict[str, Level] = {"temperature": HOT, "max_tokens": 1, name: level}
        with tap.watching() as sent:
            _texts(generator, [_with(values)])
        if not sent:
            return None
        bodies.append(_canonical(sent[-1]))
    return tuple(bodies)


def _temperature_can_matter(generator: Generator, levels: Sequence[Level]) -> str | None:
    cold = _texts(generator, [GenerationParameters(0.0, max_tokens=OPEN_TOKENS)])
    if len({*cold, *_texts(generator, _hot(levels))}) < 2:
        return f"{len(SEEDS)} seeds at a high temperature all gave the greedy text"
    return None


def _temperature_behaves(generator: Generator, levels: Sequence[Level]) -> str | None:
    parameters = GenerationParameters(0.0, max_tokens=OPEN_TOKENS)
    cold = [text for _ in SEEDS for text in _texts(generator, [parameters])]
    hot = _texts(generator, _hot(levels))
    if len(set(cold)) >= len(set(hot)):
        return "texts vary no more at a high temperature than at zero"
    return None


def _narrowing_behaves(generator: Generator, name: str) -> str | None:
    narrow = [text for _ in SEEDS for text in _texts(generator, [NARROW[name]])]
    if len(set(narrow)) >= len(set(_texts(generator, _hot((HOT,))))):
        return "texts vary no less with the narrowest choice of tokens"
    return None


def _seed_behaves(generator: Generator) -> str | None:
    parameters = _hot((HOT,))
    first, second = _texts(generator, parameters), _texts(generator, parameters)
    if len(set(first)) < 2:
        return "different seeds gave the same text"
    if first != second:
        return "the same seed gave different texts"
    return None


def _length_behaves(generator: Generator) -> str | None:
    short, long = _texts(
        generator,
        [GenerationParameters(0.0, max_tokens=1), GenerationParameters(0.0, max_tokens=64)],
    )
    return None if len(short) < len(long) else "a limit of 1 token gave as long a text as 64"


def _misbehaviour(generator: Generator, name: str, levels: Sequence[Level]) -> str | None:
    if name == "temperature":
        return _temperature_behaves(generator, levels)
    if name == "seed":
        return _seed_behaves(generator)
    if name == "max_tokens":
        return _length_behaves(generator)
    return _narrowing_behaves(generator, name)


def _hot(levels: Sequence[Level]) -> list[GenerationParameters]:
    temperature = max(HOT, *(float(level) for level in levels))
    return [GenerationParameters(temperature, seed=seed, max_tokens=OPEN_TOKENS) for seed in SEEDS]


def _with(values: Mapping[str, Level]) -> GenerationParameters:
    top_p, top_k, seed = values.get("top_p"), values.get("top_k"), values.get("seed")
    return GenerationParameters(
        temperature=float(values["temperature"]),
        top_p=None if top_p is None else float(top_p),
        top_k=None if top_k is None else int(top_k),
        seed=None if seed is None else int(seed),
        max_tokens=int(values["max_tokens"]),
    )


def _texts(generator: Generator, parameters: Sequence[GenerationParameters]) -> list[str]:
    answers = generator.generate([GenerationRequest(OPEN_PROMPT, one) for one in parameters])
    for answer in answers:
        if answer.text is None:
            raise _RefusedError(f"the model did not answer the check: {answer.failure}")
    return [answer.text or "" for answer in answers]


def _canonical(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), sort_keys=True)
    except ValueError:
        return body.decode("utf-8", "replace")
