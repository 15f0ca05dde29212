"""Runs on little: no questions, no answers, no factor; what is not measured is said so."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ragcheck.config import RunConfig, read_config
from ragcheck.pipeline import diagnose, examine, forecast
from ragcheck.records.results import Report
from ragcheck.reporting.terminal import summarise
from tests.conftest import write_corpus
from tests.reporting.test_terminal import printed

pytestmark = pytest.mark.model
ONE = "recursive(size=200)"


class _Endpoint(BaseHTTPRequestHandler):
    """Gives one answer to everything, but varied ones to the check of the parameters."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        hot = "Twelve words" in request["prompt"] and request["temperature"] > 0
        text = f"word {request.get('seed')}" if hot else "45 days"
        choice = {"index": 0, "text": text, "finish_reason": "stop", "logprobs": None}
        reply = {"id": "1", "object": "text_completion", "created": 1, "model": "m"}
        raw = json.dumps({**reply, "choices": [choice]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()


def _config(endpoint: str, **more: object) -> RunConfig:
    small = {
        "evidence.strategies": [ONE],
        "evidence.max_k": 3,
        "experiment.strategies": [ONE],
        "experiment.k": [1, 3],
        "model.name": "m",
        "model.base_url": endpoint,
    }
    return read_config(None, {**small, **{key.replace("__", "."): v for key, v in more.items()}})


def _questions(folder: Path, *questions: dict[str, object]) -> Path:
    path = folder / "asked.jsonl"
    path.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    return path


def _told(report: Report) -> str:
    text = "\n".join(printed(summarise(report), 120))
    assert "nan" not in text.lower().split()
    return text


def test_a_corpus_that_gives_no_question_is_measured_as_far_as_it_goes(
    endpoint: str, tmp_path: Path
) -> None:
    (tmp_path / "line.txt").write_text("Only one line here without a number")
    report = diagnose(tmp_path / "line.txt", config=_config(endpoint), output=tmp_path / "run")
    assert report.questions == 0
    assert any("no question could be made" in warning for warning in report.warnings)
    assert {m.value for c in report.curves for p in c.points for m in p.measures.values()} == {None}
    assert report.strategies[0].standalone.value is not None
    assert "not measured" in _told(report)
    found = examine(tmp_path / "line.txt", config=_config(endpoint), output=tmp_path / "run")
    assert found.conflicts(k=3) == ()


def test_questions_without_answers_and_gold_cost_no_call(
    endpoint: str, small_corpus: Path, tmp_path: Path
) -> None:
    asked = _questions(tmp_path, {"question": "Within how many days?"}, {"question": "Which one?"})
    config = _config(endpoint)
    report = diagnose(small_corpus, asked, config=config, output=tmp_path / "run")
    assert not (tmp_path / "run" / "trials.parquet").exists()
    assert [point.correctness.value for point in report.quality] == [None, None]
    assert report.left_out[0].endswith(": 2")
    assert report.triage.verdict == "inconclusive"
    assert "not measured" in _told(report)
    assert forecast(small_corpus, asked, config=config).calls == 0
    assert diagnose(small_corpus, asked, config=config, output=tmp_path / "run") == report


def test_only_unanswerable_questions(endpoint: str, small_corpus: Path, tmp_path: Path) -> None:
    asked = _questions(
        tmp_path, *({"question": f"What is {i}?", "unanswerable": True} for i in range(6))
    )
    report = diagnose(small_corpus, asked, config=_config(endpoint), output=tmp_path / "run")
    assert [point.correctness.value for point in report.quality] == [0.0, 0.0]
    assert report.reader is None
    system = next(item for item in report.triage.checklist if "RC601" in item.rules)
    assert system.answer == "yes"
    assert "evidence found" in _told(report)


def test_an_experiment_that_varies_nothing(
    endpoint: str, small_corpus: Path, tmp_path: Path
) -> None:
    still = _config(
        endpoint, experiment__k=[3], experiment__temperature=[0.0], experiment__replicates=1
    )
    report = diagnose(small_corpus, config=still, output=tmp_path / "run")
    assert report.attribution is None
    assert "no attribution: the experiment varies no factor" in report.warnings
    assert "Not measured" in _told(report)


def test_one_side_alone_and_no_replicate(endpoint: str, small_corpus: Path, tmp_path: Path) -> None:
    hot = _config(endpoint, experiment__temperature=[1.0], experiment__replicates=1)
    report = diagnose(small_corpus, config=hot, output=tmp_path / "run")
    assert report.attribution is not None
    assert report.attribution.verdict == "inconclusive"
    assert report.attribution.shares["generation"].value is None
    assert report.attribution.reason in " ".join(_told(report).split())


def test_a_damaged_report_is_written_anew(endpoint: str, tmp_path: Path) -> None:
    corpus, run = write_corpus(tmp_path / "handbook"), tmp_path / "run"
    report = diagnose(corpus, config=_config(endpoint), output=run)
    before = {path.name: path.read_bytes() for path in run.iterdir() if "report" in path.name}
    for name in before:
        (run / name).write_bytes(b"{")
    (run / "trials.parquet").unlink()
    assert diagnose(corpus, config=_config(endpoint), output=run) == report
    assert {name: (run / name).read_bytes() for name in before} == before
    assert (run / "trials.parquet").is_file()
