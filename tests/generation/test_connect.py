"""Keys and addresses: what names a model, and what is never written down."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from ragcheck.errors import ConfigError
from ragcheck.generation.client import Patience
from ragcheck.generation.connect import connect_endpoint, connect_ollama
from ragcheck.generation.transport import without_credentials
from ragcheck.ports import Generator
from ragcheck.records.trials import GenerationParameters, GenerationRequest

SECRET = "sk-very-secret-0123456789"


def test_the_key_names_model_address_and_manner() -> None:
    one = connect_endpoint("http://user:pass@host:8000/v1/?token=t", model="m")
    assert one.key == "endpoint:http://host:8000/v1/model:m/chat"
    assert isinstance(one, Generator)
    assert one.key != connect_endpoint("http://host:8000/v1", model="m", chat=False).key
    assert one.key != connect_endpoint("http://host:8000/v1", model="n").key


def test_ollama_is_asked_through_its_compatible_endpoint() -> None:
    assert connect_ollama("gemma3").key == ("endpoint:http://127.0.0.1:11434/v1/model:gemma3/chat")


def test_the_secret_is_sent_and_never_shown(server: Any) -> None:
    server.reply = server.raw(b'{"error": {"message": "bad key %s"}}' % SECRET.encode(), status=401)
    generator = connect_endpoint(
        server.url, model="m", api_key_env="MY_KEY", environment={"MY_KEY": SECRET}
    )
    (answer,) = generator.generate([GenerationRequest("p", GenerationParameters())])
    assert server.headers[0]["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in generator.key
    assert answer.failure is not None
    assert SECRET not in answer.failure
    assert "***" in answer.failure


def test_no_other_service_s_key_is_sent(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    generator = connect_endpoint(server.url, model="m", patience=Patience(tries=1))
    generator.generate([GenerationRequest("p", GenerationParameters())])
    assert SECRET not in str(server.headers)


def test_a_variable_without_a_key_is_an_error() -> None:
    with pytest.raises(ConfigError, match="MY_KEY") as caught:
        connect_endpoint("http://host/v1", model="m", api_key_env="MY_KEY", environment={})
    assert "export MY_KEY" in (caught.value.mend or "")


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://host/v1", "", "http://", "file:///x"])
def test_what_is_no_address_is_an_error(address: str) -> None:
    with pytest.raises(ConfigError, match="base URL"):
        connect_endpoint(address, model="m")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a:b@host.example/v1/", "https://host.example/v1"),
        ("http://[::1]:8080/v1?key=s#f", "http://[::1]:8080/v1"),
    ],
)
def test_addresses_are_shown_without_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


def test_a_secret_is_hidden_in_every_spelling_and_a_stand_in_is_not(server: Any) -> None:
    key = 'sk-"quoted"<&>-9f3a'
    spelled = [key, json.dumps(key), repr(key), quote(key), b64encode(key.encode()).decode()]
    server.reply = server.answering(" ".join(spelled))
    told = connect_endpoint(
        server.url, model="fake", chat=False, api_key_env="KEY", environment={"KEY": key}
    )
    wanted = GenerationRequest("a", GenerationParameters(0.0))
    text = told.generate([wanted])[0].text or ""
    assert "9f3a" not in text and text.count("***") == len(spelled)
    stand_in = connect_endpoint(
        server.url, model="fake", chat=False, api_key_env="KEY", environment={"KEY": "o"}
    )
    server.reply = server.answering("no fog")
    assert stand_in.generate([wanted])[0].text == "no fog"


def test_a_key_where_its_name_belongs_is_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        connect_endpoint("http://127.0.0.1:9/v1", model="m", api_key_env="sk-live-9f3a")
    assert "9f3a" not in str(caught.value)
