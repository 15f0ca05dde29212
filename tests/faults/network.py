"""No network without an endpoint: the main jobs with sockets that reach loopback alone.

Nothing is set that would keep the libraries of the models from asking their hubs; what they try
anyway is written down by the sockets themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from tests.conftest import write_corpus
from tests.faults.case import Case, Plan
from tests.faults.child import run_ragcheck
from tests.faults.hostile_run import forbid_network, shared_run

_CONFIG = """
threads = 1
[evidence]
strategies = ["recursive(size=200)", "semantic(size=200)"]
max_k = 3
[experiment]
strategies = ["recursive(size=200)"]
k = [1, 2]
temperature = [0.0]
questions = 2
intervention_questions = 1
"""
JOBS: Mapping[str, tuple[str, ...]] = {
    "run": ("run", "{corpus}", "-c", "{config}", "-o", "{run}"),
    "conflicts": ("conflicts", "{corpus}", "-c", "{config}"),
    "chunks": ("chunks", "{corpus}", "-c", "{config}"),
}
"""Command lines that need no endpoint; the reader of the run is the packaged model."""


def cases(plan: Plan) -> Iterator[Case]:
    """Each main job, and a run with an endpoint, which reaches that endpoint alone."""
    for name, arguments in JOBS.items():
        yield Case("network", f"ragcheck {name}", partial(check_job, arguments))

    def with_endpoint(folder: Path) -> None:
        attempts = shared_run(plan).attempts
        assert not attempts, attempts

    yield Case("network", "ragcheck run with an endpoint", with_endpoint)
    yield Case("network", "the watch itself", check_watch)


def check_job(arguments: tuple[str, ...], folder: Path) -> None:
    """The job ends as it does with a network, and nobody tried to use one."""
    corpus = write_corpus(folder / "corpus")
    config = folder / "ragcheck.toml"
    config.write_text(_CONFIG, encoding="utf-8")
    named = {"corpus": corpus, "config": config, "run": folder / "run"}
    environment = {**forbid_network(folder), "HOME": str(folder), "HF_TOKEN": "hf_none"}
    environment |= dict.fromkeys(("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "DO_NOT_TRACK"), "")
    ended = run_ragcheck(
        *(part.format(**named) for part in arguments), cwd=folder, environment=environment
    )
    attempts = (folder / "attempts").read_text(encoding="utf-8")
    assert not attempts, attempts
    assert ended.code in (0, 1, 3), ended.printed[-2000:]
    if "run" in arguments:
        report = json.loads((folder / "run" / "report.json").read_text(encoding="utf-8"))
        assert report["curves"] and report["reader"], "the job did nothing"


def check_watch(folder: Path) -> None:
    """A job that does need the network is seen, so that silence means something."""
    corpus = write_corpus(folder / "corpus")
    config = folder / "ragcheck.toml"
    address = "http://192.0.2.1:8000/v1"  # of the range that is kept for documentation
    config.write_text(
        f'{_CONFIG}[model]\nname = "m"\ntries = 1\nbase_url = "{address}"\n', encoding="utf-8"
    )
    ended = run_ragcheck(
        "run", str(corpus), "-c", str(config), "-o", str(folder / "run"),
        cwd=folder, environment=forbid_network(folder),
    )  # fmt: skip
    assert ended.code == 2, ended.printed
    assert "192.0.2.1" in (folder / "attempts").read_text(encoding="utf-8")
