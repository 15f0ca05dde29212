"""A whole examination gives the same report, wherever its work was done."""

from __future__ import annotations

import json
import pickle
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ragcheck.config import ModelConfig, read_config
from ragcheck.pipeline.checking import Scope, check
from ragcheck.pipeline.outputs import render
from ragcheck.pipeline.reader import DistributedGenerator
from ragcheck.records.trials import GenerationParameters, GenerationRequest
from ragcheck.workers import Workers
from tests.generation.conftest import FaultServer


def checked(corpus: Path, config: Path, folder: Path, overrides: Mapping[str, object]) -> bytes:
    """The report as JSON, without its provenance."""
    settled = read_config(config, overrides)
    report = check(corpus, None, settled, Scope(), output=folder)
    return render(replace(report, provenance={}), (), "json")


@pytest.mark.slow
@pytest.mark.model
def test_a_check_by_processes_writes_the_same_report(
    small_corpus: Path, small_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = {}
    for backend in ("serial", "loky"):
        monkeypatch.setenv("RAGCHECK_CACHE", str(tmp_path / f"cache-{backend}"))
        overrides = {"workers.backend": backend}
        reports[backend] = checked(small_corpus, small_config, tmp_path / backend, overrides)
    assert json.loads(reports["serial"])["strategies"], "something was measured"
    assert reports["loky"] == reports["serial"]


@pytest.mark.slow
def test_processes_ask_an_endpoint_and_answers_keep_their_order() -> None:
    requests = [
        GenerationRequest(f"question {number}", GenerationParameters(seed=number))
        for number in range(7)
    ]
    with FaultServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.reply = server.answering(lambda body: f"{body['prompt']}, seed {body['seed']}")
        model = ModelConfig(name="m", base_url=server.url, concurrency=2)
        answers = DistributedGenerator("key", model, Workers("loky", 2)).generate(requests)
        server.shutdown()
    assert [a.text for a in answers] == [f"question {n}, seed {n}" for n in range(7)]
    assert len(server.bodies) == 7


def test_no_key_is_sent_to_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGCHECK_TEST_KEY", "sk-marked")
    model = ModelConfig(name="m", base_url="http://h/v1", api_key_env="RAGCHECK_TEST_KEY")
    sent = pickle.dumps(DistributedGenerator("key", model, Workers("loky", 2)))
    assert b"RAGCHECK_TEST_KEY" in sent
    assert b"sk-marked" not in sent
