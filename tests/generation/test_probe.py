"""A parameter that does not reach the model is found, however it gets lost."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ragcheck.errors import ModelError
from ragcheck.generation.client import LlamaIndexGenerator, Patience
from ragcheck.generation.connect import connect_endpoint
from ragcheck.generation.probe import check_parameters_reach

EVERY = {
    "temperature": (0.0, 0.7),
    "top_p": (0.5, 1.0),
    "top_k": (1, 40),
    "seed": (0, 1, 2),
    "max_tokens": (4, 24),
}


def sampled(body: dict[str, Any]) -> str:
    """What a server that honours every parameter says: a function of the request."""
    options = {**body, "extra": body.get("top_k")}
    greedy = options["temperature"] == 0 or options["extra"] == 1 or options.get("top_p") == 0.001
    source = "greedy" if greedy else f"{options['temperature']}{options.get('seed')}"
    words = [hashlib.sha256(f"{source}{i}".encode()).hexdigest()[:5] for i in range(100)]
    return " ".join(words[: options["max_tokens"]])


def over(server: Any, **changes: Any) -> LlamaIndexGenerator:
    generator = connect_endpoint(
        server.url, model="m", chat=False, patience=Patience(tries=1), concurrency=1
    )
    generator._llm.additional_kwargs.update(changes)
    return generator


class Adapter:
    """A LlamaIndex-like class whose requests cannot be seen, and that drops some parameters."""

    class metadata:  # noqa: N801
        is_chat_model = False

    def __init__(self, *dropped: str, own: dict[str, Any] | None = None) -> None:
        self._dropped = dropped
        self._own = own or {"temperature": 0.0, "max_tokens": 30}
        self._calls = 0

    def complete(self, prompt: str, *, formatted: bool, **options: Any) -> Any:
        self._calls += 1
        options.update(options.pop("extra_body", {}))
        used = {**options, **{n: self._own.get(n) for n in self._dropped}}
        if "seed" in self._dropped or used.get("seed") is None:
            used["seed"] = self._calls

        class Reply:
            text = sampled(used)

        return Reply()


def test_every_parameter_reaches_a_server_that_honours_them(server: Any) -> None:
    server.reply = server.answering(sampled)
    check_parameters_reach(over(server), EVERY)
    assert {body["temperature"] for body in server.bodies} >= {0.0, 0.7}
    assert {body.get("seed") for body in server.bodies} >= {0, 1, 2}


@pytest.mark.parametrize(
    ("name", "value"), [("temperature", 0.2), ("top_p", 0.9), ("seed", 7), ("max_tokens", 5)]
)
def test_a_value_that_the_client_overrides_is_named(server: Any, name: str, value: float) -> None:
    server.reply = server.answering(sampled)
    with pytest.raises(ModelError, match=rf"^{name} cannot be a factor") as caught:
        check_parameters_reach(over(server, **{name: value}), {name: EVERY[name]})
    assert "same request" in (caught.value.where or "")


def test_each_lost_parameter_is_named(server: Any) -> None:
    server.reply = server.answering(sampled)
    with pytest.raises(ModelError, match=r"^top_p, seed cannot be a factor"):
        check_parameters_reach(over(server, top_p=1.0, seed=3), EVERY)


def test_a_server_that_ignores_temperature_is_found(server: Any) -> None:
    server.reply = server.answering(lambda body: sampled({**body, "temperature": 0}))
    with pytest.raises(ModelError, match="temperature") as caught:
        check_parameters_reach(over(server), {"temperature": (0.0, 1.0)})
    assert "greedy" in (caught.value.where or "")


def test_a_server_that_refuses_a_level_is_found(server: Any) -> None:
    server.reply = server.raw(b'{"error": {"message": "temperature is fixed"}}', status=400)
    with pytest.raises(ModelError, match="temperature") as caught:
        check_parameters_reach(over(server), {"temperature": (0.0, 1.0)})
    assert "HTTP 400" in (caught.value.where or "")


def test_one_level_and_other_factors_cost_no_call(server: Any) -> None:
    check_parameters_reach(
        over(server), {"temperature": (0.0, 0.0), "prompt": ("plain", "cautious"), "top_p": (1.0,)}
    )
    assert server.bodies == []


@pytest.mark.parametrize("name", sorted(EVERY))
def test_an_adapter_that_passes_parameters_on_is_accepted(name: str) -> None:
    check_parameters_reach(LlamaIndexGenerator(Adapter(), key="a"), {name: EVERY[name]})


@pytest.mark.parametrize("temperature", [0.0, 0.9])
@pytest.mark.parametrize("name", sorted(EVERY))
def test_an_adapter_that_drops_a_parameter_is_found(name: str, temperature: float) -> None:
    own = {"temperature": temperature, "max_tokens": 30}
    generator = LlamaIndexGenerator(Adapter(name, own=own), key="a")
    with pytest.raises(ModelError, match=name):
        check_parameters_reach(generator, {name: EVERY[name]})
