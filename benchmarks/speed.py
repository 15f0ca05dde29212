"""What is computed again, and what it costs: every demand on speed with its figure, in one run.

    python benchmarks/speed.py                       # all, some minutes on two idle processors
    python benchmarks/speed.py --only alone encode   # some parts
    python benchmarks/speed.py --documents 20 --questions 2   # on a busy machine

Every figure is a ratio of two things done here, one after the other, or a count. Work that this
process does is told in processor time, which other work on the machine disturbs less than the
clock; the endpoint, which waits, by the clock. The corpus is the Kestrel handbook cut into
sections, each a document of its own. Caches and run folders are temporary.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from statistics import median
from typing import TypeVar

import embedding as encoding  # benchmarks/embedding.py

from ragcheck.cli.profile import Profile, print_profile
from ragcheck.config import RunConfig, read_config
from ragcheck.events import ignore
from ragcheck.experiment.design import Plan, PlannedTrial
from ragcheck.experiment.runner import answer_all
from ragcheck.generation.client import LlamaIndexGenerator, Patience
from ragcheck.generation.connect import connect_endpoint, connect_packaged
from ragcheck.generation.local import PackagedServer
from ragcheck.generation.prompts import build_prompt, stop_sequences
from ragcheck.models import cache_home, find_language_model
from ragcheck.pipeline import diagnose, examine, tools
from ragcheck.ports import Embedder, Vectors
from ragcheck.records.corpus import Question
from ragcheck.records.trials import (
    Answer,
    Cell,
    GenerationParameters,
    GenerationRequest,
)

HERE = Path(__file__).resolve().parent
HANDBOOK = HERE.parent / "corpora" / "kestrel-handbook"
EIGHT = (
    "chars(size=450)", "tokens(size=110)", "sentences(overlap=1, size=3)", "recursive(size=450)",
    "recursive(overlap=90, size=450)", "headings(size=450)", "headings(path=true, size=450)",
    "semantic(size=450)",
)  # fmt: skip
CROSSED = ("chars(size=450)", "headings(path=true, size=450)")
DELAY = 0.3
"""Seconds that the endpoint takes for an answer."""
CONCURRENCY = 4
ENCODED = 160
"""Texts with which the two ways to encode are compared."""

T = TypeVar("T")


@dataclass
class Sizes:
    documents: int
    questions: int
    alone: int
    groups: int


@dataclass(frozen=True)
class Demand:
    """What is asked for, the figure, and whether it holds."""

    name: str
    figure: float
    limit: float
    at_least: bool = False
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit

    def __str__(self) -> str:
        asked = f"at {'least' if self.at_least else 'most'} {self.limit:g}"
        verdict = "holds" if self.holds else "FALLS SHORT"
        note = f"\n      {self.note}" if self.note else ""
        return f"{verdict:<12}{self.figure:9.3f}  {asked:<13} {self.name}{note}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--alone", type=int, default=30, help="documents of the eight strategies")
    parser.add_argument("--groups", type=int, default=2, help="contexts asked of the engine")
    parser.add_argument("--only", nargs="*", choices=list(PARTS), default=list(PARTS))
    options = parser.parse_args()
    sizes = Sizes(options.documents, options.questions, options.alone, options.groups)
    demands: list[Demand] = []
    models = cache_home() / "models"
    with tempfile.TemporaryDirectory() as home:
        for name in options.only:
            begun = time.perf_counter()
            demands += PARTS[name](Place(Path(home) / name, models), sizes)
            print(f"  ({name}: {time.perf_counter() - begun:.0f} s by the clock)", flush=True)
    print("\n" + "\n".join(map(str, demands)))


# --- where and on what ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A folder of a part's own; ``models`` are the assembled ones, which every part may use."""

    folder: Path
    models: Path

    def empty_cache(self, name: str) -> None:
        """From here on nothing is known."""
        own = self.folder / f"cache-{name}"
        own.mkdir(parents=True)
        if self.models.is_dir():
            (own / "models").symlink_to(self.models, target_is_directory=True)
        os.environ["RAGCHECK_CACHE"] = str(own)

    def corpus(self, documents: int, questions: int) -> Path:
        """So many sections of the handbook, each a document, and questions to them."""
        corpus = self.folder / "corpus"
        corpus.mkdir(parents=True)
        for number, text in enumerate(sections()[:documents]):
            (corpus / f"section-{number:03}.md").write_text(text, encoding="utf-8")
        asked = (HANDBOOK / "questions.jsonl").read_text(encoding="utf-8").splitlines()[:questions]
        kept = [{k: json.loads(row)[k] for k in ("id", "question", "answers")} for row in asked]
        lines = [json.dumps(row) for row in kept]
        (corpus / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return corpus


def sections() -> list[str]:
    """The sections of every document of the handbook, under the document's title."""
    found = []
    for path in sorted(HANDBOOK.rglob("*.md")):
        title, *parts = re.split(r"\n(?=## )", path.read_text(encoding="utf-8"))
        heading = title.strip().splitlines()[0]
        found += [f"{heading}\n\n{part.strip()}\n" for part in parts]
    return found


def configured(**given: object) -> RunConfig:
    base = {
        "threads": 1,
        "experiment.strategies": list(CROSSED),
        "evidence.strategies": list(EIGHT),
    }
    return read_config(None, {**base, **{k.replace("__", "."): v for k, v in given.items()}})


def seconds(action: Callable[[], T]) -> tuple[float, T]:
    """Processor time of this process, all threads together."""
    begun = time.process_time()
    result = action()
    return time.process_time() - begun, result


@dataclass
class Watched:
    """An embedder that writes down what it is sent, and how long it takes."""

    inner: Embedder
    log: EncoderLog

    @property
    def key(self) -> str:
        return self.inner.key

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.log.sent.update(texts)
        taken, vectors = seconds(lambda: self.inner.encode(texts))
        self.log.seconds += taken
        return vectors


@dataclass
class EncoderLog:
    """What encoders of some runs were sent, and their processor time."""

    sent: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


@contextmanager
def watched_encoders() -> Iterator[EncoderLog]:
    """Every encoder that a run builds in the block writes into one log."""
    log, load = EncoderLog(), tools.load_embedder

    def watched(name: str, **options: int) -> Watched:
        return Watched(load(name, **options), log)

    tools.load_embedder = watched  # type: ignore[assignment]
    try:
        yield log
    finally:
        tools.load_embedder = load


# --- the parts -----------------------------------------------------------------------------------


def again(place: Place, sizes: Sizes) -> list[Demand]:
    """A whole run, the same again, and again with one document changed."""
    corpus = place.corpus(sizes.documents, sizes.questions)
    place.empty_cache("runs")
    config = configured()

    def run(folder: str) -> None:
        profile = Profile(ignore)
        diagnose(corpus, config=config, output=place.folder / folder, listen=profile)
        print_profile(profile, "en")

    with watched_encoders() as log:
        first, _ = seconds(lambda: run("first"))
        second, _ = seconds(lambda: run("first"))
        changed = sorted(corpus.glob("*.md"))[sizes.documents // 2]
        changed.write_text(changed.read_text(encoding="utf-8") + "\nIt holds for 91 days.\n")
        third, _ = seconds(lambda: run("changed"))
    twice = sum(1 for count in log.sent.values() if count > 1)
    note = f"{len(log.sent)} distinct texts in three runs over {sizes.documents} documents"
    return [
        Demand("texts that an encoder got more than once", twice, 0, note=note),
        Demand("first run over the same run again", first / second, 40, at_least=True),
        Demand("one changed document over the first run", third / first, 0.1),
    ]


def alone(place: Place, sizes: Sizes) -> list[Demand]:
    """Eight strategies together, and each by itself, all cold."""
    corpus = place.corpus(sizes.alone, sizes.questions)

    def cold(name: str, strategies: Sequence[str]) -> float:
        place.empty_cache(name)
        config = configured(
            evidence__strategies=list(strategies), experiment__strategies=[strategies[0]]
        )
        taken, _ = seconds(lambda: examine(corpus, config=config, output=place.folder / name))
        return taken

    cold("warm-up", EIGHT[:1])
    with watched_encoders() as log:
        together = cold("together", EIGHT)
    each = {name: cold(f"alone-{number}", [name]) for number, name in enumerate(EIGHT)}
    dearest = max(each, key=each.__getitem__)
    ratio = together / each[dearest]
    for name, taken in each.items():
        print(f"  {taken / together:6.2f} of all eight: {name}")
    around = 1 - log.seconds / together
    return [
        Demand("eight strategies over the dearest alone", ratio, 3, note=dearest),
        Demand("share of a cold run that is not the encoder's", around, 0.15),
    ]


def encode(_: Place, __: Sizes) -> list[Demand]:
    """Our encoding beside ``SentenceTransformer.encode``."""
    demands = []
    for label, size in encoding.CHARACTERS.items():
        texts = encoding.pieces([HANDBOOK / "docs"], size, ENCODED)
        found = encoding.compare(texts, "bfloat16", 3)
        name = f"our encoding over SentenceTransformer.encode in bfloat16, {label}"
        demands.append(Demand(name, found.ratio, 1.3))
    return demands


def samples(_: Place, sizes: Sizes) -> list[Demand]:
    """The packaged engine: a second sample of a context, and the grid against a plain loop."""
    grid = small_grid(sizes.groups)
    model = find_language_model("packaged:gemma3-270m")
    with connect_packaged(model, threads=1) as generator:
        generator.generate([grid[0].request])
        first, second = sample_costs(generator)
        ours, _ = seconds(lambda: answered(grid, generator))
    with PackagedServer(model, threads=1) as server:
        plain = connect_endpoint(
            server.base_url, model="packaged", chat=False, concurrency=1, patience=Patience(tries=1)
        )
        plain.generate([grid[0].request])
        naive, _ = seconds(lambda: one_by_one(grid, plain))
    note = f"{len(grid)} trials, {len({trial.key for trial in grid})} distinct requests"
    return [
        Demand("second sample of a context over the first, packaged engine", second / first, 0.1),
        Demand("plain loop over our order, packaged engine", naive / ours, 4, True, note),
    ]


def endpoint(_: Place, sizes: Sizes) -> list[Demand]:
    """An endpoint that takes a fixed time: ours against one request after another."""
    grid = small_grid(3 * sizes.groups)
    with slow_server() as (url, seen):
        ours_client, plain = (
            connect_endpoint(url, model="m", chat=False, concurrency=n) for n in (CONCURRENCY, 1)
        )
        for client in (ours_client, plain):  # whoever comes first would import for both
            client.check_reachable()
        seen.clear()
        begun = time.perf_counter()
        answered(grid, ours_client, together=8 * CONCURRENCY)
        ours, sent = time.perf_counter() - begun, len(seen)
        begun = time.perf_counter()
        one_by_one(grid, plain)
        naive = time.perf_counter() - begun
    note = f"{sent} requests of ours for {len(grid)} trials, {CONCURRENCY} at a time"
    return [
        Demand("requests of ours that were sent twice", sent - len(set(seen[:sent])), 0),
        Demand("plain loop over ours, endpoint with a fixed delay", naive / ours, 4, True, note),
    ]


PARTS: Mapping[str, Callable[[Place, Sizes], list[Demand]]] = {
    "encode": encode, "alone": alone, "again": again, "samples": samples, "endpoint": endpoint,
}  # fmt: skip


# --- answers -------------------------------------------------------------------------------------


@dataclass
class Memory:
    """An answer store for one measurement."""

    kept: dict[str, Answer] = field(default_factory=dict)

    def answers(self, keys: Sequence[str]) -> dict[str, Answer]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    def keep_answers(self, answers: Mapping[str, Answer]) -> None:
        self.kept.update(answers)


def small_grid(groups: int) -> list[PlannedTrial]:
    """K of 5 and 10, two temperatures and three seeds, for so many questions."""
    text = " ".join(" ".join(sections()).split())
    pieces = [text[i : i + 450] for i in range(0, len(text), 450)]
    trials = []
    for number, k, temperature, seed in product(range(groups), (5, 10), (0.0, 1.0), range(3)):
        question = Question(f"q{number}", f"What holds for case {number}?", ("a",))
        own = [pieces[(10 * number + i) % len(pieces)] for i in range(k)]
        cell = Cell({"k": k}, {"temperature": temperature}, seed)
        request = asked(question.text, own, temperature, seed)
        trials.append(PlannedTrial(question, cell, request, ()))
    return trials


def asked(
    question: str, passages: Sequence[str], temperature: float, seed: int
) -> GenerationRequest:
    prompt = build_prompt(question, passages, template="plain", language="en")
    parameters = GenerationParameters(temperature, seed=seed, max_tokens=8)
    return GenerationRequest(prompt, parameters, stop_sequences("en"))


def answered(
    grid: Sequence[PlannedTrial], generator: LlamaIndexGenerator, together: int = 1
) -> None:
    """As the pipeline asks: a group a question, each request once."""
    groups: dict[str, list[PlannedTrial]] = {}
    for trial in grid:
        groups.setdefault(trial.question.id, []).append(trial)
    plan = Plan(tuple(tuple(group) for group in groups.values()))
    found = answer_all(plan, Memory(), lambda _: generator, ignore, together={"": together})
    check(found.values())


def one_by_one(grid: Sequence[PlannedTrial], generator: LlamaIndexGenerator) -> None:
    """The plain loop: cell after cell of the grid, every question in it."""
    order = list(dict.fromkeys(repr(trial.cell) for trial in grid))
    by_cell = sorted(grid, key=lambda trial: order.index(repr(trial.cell)))
    check([generator.generate([trial.request])[0] for trial in by_cell])


def check(answers: Iterable[Answer]) -> None:
    """An empty answer now and then took its time all the same; no answers at all are no figure."""
    failures = [answer.failure for answer in answers]
    failed = [failure for failure in failures if failure is not None]
    if 2 * len(failed) > len(failures):
        raise SystemExit(f"{len(failed)} of {len(failures)} requests failed: {failed[0]}")


def sample_costs(generator: LlamaIndexGenerator) -> tuple[float, float]:
    """Seconds of the first and of a second sample of a context of ten passages: the medians."""
    text = " ".join(" ".join(sections()).split())

    def sample(number: int, seed: int) -> float:
        start = 20_000 + 4_500 * number
        own = [text[i : i + 450] for i in range(start, start + 4_500, 450)]
        request = asked("What is said of dates?", own, 1.0, seed)
        return seconds(lambda: generator.generate([request]))[0]

    both = [(sample(number, 1), sample(number, 2)) for number in range(3)]
    first, second = (median(column) for column in zip(*both, strict=True))
    return first, second


@contextmanager
def slow_server() -> Iterator[tuple[str, list[bytes]]]:
    """The address of an endpoint on loopback, and the bodies that it was sent."""
    seen: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            seen.append(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(DELAY)
            choice = {"text": "fine", "index": 0, "finish_reason": "stop", "logprobs": None}
            reply = json.dumps(
                {
                    "id": "1",
                    "object": "text_completion",
                    "created": 0,
                    "model": "m",
                    "choices": [choice],
                }
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    main()
