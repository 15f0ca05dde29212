"""The small real job that the campaign breaks: three documents, four questions, an endpoint.

The documents are three of the handbook in ``corpora/``, the encoder is the packaged one, and the
reader is a server on loopback whose answers follow from the request alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ragcheck.generation.probe import OPEN_PROMPT
from tests.generation.conftest import FaultServer

HANDBOOK = Path(__file__).parents[2] / "corpora" / "kestrel-handbook"
DOCUMENTS = {
    "returns-2021.md": ("1. How long you have", "3. Restocking"),
    "returns-2024.md": ("The return window", "Deductions"),
    "shipping.md": ("Carriers", "Times and charges"),
}
"""Document to the sections that are kept of it."""
QUESTIONS = ("kestrel-005", "kestrel-027", "kestrel-036", "kestrel-037")

KEY = "RAGCHECK_FAULT_READER"
"""The variable with a run's key: by it the endpoint tells one run's requests from another's."""

CONFIG = """
threads = 1
[evidence]
strategies = ["recursive(size=450)"]
max_k = 4
[experiment]
strategies = ["headings(path=true, size=450)"]
k = [1, 3]
intervention_questions = 4
[model]
name = "reader"
base_url = "{url}"
api_key_env = "{key}"
timeout = 60.0
"""


@dataclass(frozen=True, slots=True)
class Job:
    """What ``ragcheck run`` is given."""

    corpus: Path
    config: Path

    def arguments(self, run: Path) -> list[str]:
        """Of the command line, for this run folder."""
        return ["run", str(self.corpus), "-c", str(self.config), "-o", str(run)]


class Endpoint(FaultServer):
    """A reader whose answer is a piece of its prompt that the whole request chooses.

    The requests that only try the endpoint are not among those of the experiment.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reply = self.answering(_answer)

    def asked(self, key: str) -> list[str]:
        """Each request of the experiment that came with this key, in one spelling."""
        with self.lock:
            came = list(zip(self.headers, self.bodies, strict=False))
        return [
            json.dumps(body, sort_keys=True)
            for headers, body in came
            if headers.get("authorization") == f"Bearer {key}" and "\n" in _prompt(body)
        ]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed while it asked is what the campaign is about."""
        if not isinstance(sys.exc_info()[1], ConnectionError | json.JSONDecodeError):
            super().handle_error(request, client_address)

    def forget(self, key: str) -> None:
        """What was asked with this key does not count."""
        with self.lock:
            for headers in self.headers:
                if headers.get("authorization") == f"Bearer {key}":
                    headers["authorization"] = ""


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """A running endpoint."""
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_job(folder: Path, url: str) -> Job:
    """The job's corpus, questions and configuration in a new folder."""
    corpus = folder / "handbook"
    corpus.mkdir(parents=True)
    for name, sections in DOCUMENTS.items():
        whole = (HANDBOOK / "docs" / "policies" / name).read_text(encoding="utf-8")
        (corpus / name).write_text(_cut(whole, sections), encoding="utf-8")
    text = "\n".join(_wanted()).replace("docs/policies/", "") + "\n"
    (corpus / "questions.jsonl").write_text(text, encoding="utf-8")
    config = folder / "ragcheck.toml"
    config.write_text(CONFIG.format(url=url, key=KEY), encoding="utf-8")
    return Job(corpus, config)


@cache
def _wanted() -> tuple[str, ...]:
    """The lines of the handbook's questions that are asked."""
    lines = (HANDBOOK / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if json.loads(line)["id"] in QUESTIONS)


@cache
def _accepted() -> dict[str, str]:
    """The first accepted answer of each question, by the question."""
    questions = (json.loads(line) for line in _wanted())
    return {question["question"]: question["answers"][0] for question in questions}


def _cut(text: str, sections: tuple[str, ...]) -> str:
    """The document's head and those of its sections."""
    head, *parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return head + "".join(p for p in parts if p.removeprefix("## ").startswith(sections))


def _prompt(body: dict[str, Any]) -> str:
    return str(body["prompt"]).removeprefix(OPEN_PROMPT)


def _answer(body: dict[str, Any]) -> str:
    """Greedy requests get one answer a prompt; others follow their seed too. Half are right."""
    chosen = {"prompt": body["prompt"], "seed": body.get("seed") if body["temperature"] else None}
    digest = hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).digest()
    right = [answer for asked, answer in _accepted().items() if asked in str(body["prompt"])]
    if right and digest[4] % 2:
        return right[0]
    words = re.findall(r"\w+", str(body["prompt"]))
    start = int.from_bytes(digest[:4], "big") % len(words)
    return " ".join(words[start : start + 3])
