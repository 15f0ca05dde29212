"""A whole diagnosis with the real packaged models, on a corpus of three documents."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

import ragcheck
from ragcheck.config import read_config
from ragcheck.events import Event, StageFinished, StageStarted
from ragcheck.models import cache_home
from ragcheck.pipeline import diagnose
from ragcheck.records.results import Report
from tests.conftest import write_config, write_corpus

pytestmark = pytest.mark.model


@dataclass(frozen=True)
class Finished:
    """A run that ended: what it was given, its folder and its report."""

    corpus: Path
    config: Path
    folder: Path
    report: Report


def _outcome(folder: Path) -> dict[str, object]:
    """Everything that the run found, without where and with what it was run."""
    found: dict[str, object] = json.loads((folder / "report.json").read_bytes())
    del found["provenance"]
    return found


def _calls(events: list[Event]) -> list[int]:
    asked = [e.total for e in events if isinstance(e, StageStarted) and e.stage == "generate"]
    known = [e.reused for e in events if isinstance(e, StageFinished) and e.stage == "generate"]
    return [total - reused for total, reused in zip(asked, known, strict=True)]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """One whole run, for every test that only looks at it or copies it."""
    home = tmp_path_factory.mktemp("finished")
    corpus, config = write_corpus(home / "handbook"), write_config(home)
    report = diagnose(corpus, config=config, output=home / "run")
    return Finished(corpus, config, home / "run", report)


@pytest.fixture
def copied(finished: Finished, tmp_path: Path) -> Finished:
    """The finished run in folders of the test's own."""
    for name in ("handbook", "run"):
        shutil.copytree(finished.folder.parent / name, tmp_path / name)
    return Finished(tmp_path / "handbook", finished.config, tmp_path / "run", finished.report)


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without vectors and results; models are those of the other tests."""
    own = tmp_path / "cache"
    own.mkdir()
    (own / "models").symlink_to(cache_home() / "models", target_is_directory=True)
    monkeypatch.setenv("RAGCHECK_CACHE", str(own))
    return own


def test_the_report_agrees_with_the_trials(finished: Finished) -> None:
    rows = [row for row in _table(finished, "trials") if row["intervention"] == "none"]
    # 4 questions, 2 strategies, 2 K, 2 temperatures, 2 replicates
    assert len(rows) == 4 * 2 * 2 * 2 * 2
    for point in finished.report.quality:
        of_question: dict[str, list[float]] = defaultdict(list)
        for row in rows:
            if row["k"] == point.k and row["correctness"] is not None:
                of_question[row["question"]].append(row["correctness"])
        means = [sum(own) / len(own) for own in of_question.values()]
        assert point.correctness.value == pytest.approx(sum(means) / len(means))
    greedy: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    for row in rows:
        if row["temperature"] == 0:
            greedy[row["question"], row["strategy"], row["k"]].add(row["answer"])
    assert {len(answers) for answers in greedy.values()} == {1}


def _table(finished: Finished, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(
        finished.folder / f"{name}.parquet"
    ).to_pylist()
    return rows


def test_interventions_are_stored_with_what_the_reader_saw(finished: Finished) -> None:
    trials = [row for row in _table(finished, "trials") if row["intervention"] != "none"]
    # Three questions have gold evidence; each is answered three ways at the most careful setting.
    assert {(row["question"], row["intervention"]) for row in trials} == {
        (question, name)
        for question in ("window", "carrier", "refund")
        for name in ("sound", "conflict", "missing")
    }
    assert {(row["k"], row["temperature"]) for row in trials} == {(3, 0.0)}
    seen: dict[str, str] = defaultdict(str)
    for row in _table(finished, "contexts"):
        seen[row["context"]] += row["text"] + "\n"
        if row["edited_from"] is None:
            text = (finished.corpus / row["document"]).read_text(encoding="utf-8")
            assert row["text"] == text[row["start"] : row["end"]]
            assert text[: row["start"]].count("\n") == row["line"] - 1
    texts = {(row["question"], row["intervention"]): seen[row["context"]] for row in trials}
    assert "within 45 days" in texts["window", "sound"]
    assert "within 30 days" not in texts["window", "sound"]
    assert "within 30 days" in texts["window", "conflict"]
    assert "within 45 days" not in texts["window", "missing"]
    assert "Corvida Freight" not in texts["carrier", "missing"]
    assert len(texts["carrier", "conflict"]) > len(texts["carrier", "sound"])


def test_the_contrast_follows_from_the_trials(finished: Finished) -> None:
    by_name: dict[str, dict[str, float | None]] = defaultdict(dict)
    for row in _table(finished, "trials"):
        if row["intervention"] != "none":
            by_name[row["intervention"]][row["question"]] = row["correctness"]
    told = finished.report.conflict_or_missing
    assert told is not None
    assert told.verdict == "not measured"
    scored = [q for q in by_name["sound"] if all(own[q] is not None for own in by_name.values())]
    assert 0 < told.questions == len(scored)
    for name, shift in (("conflict", told.conflict), ("missing", told.missing)):
        costs = [(by_name[name][q] or 0.0) - (by_name["sound"][q] or 0.0) for q in scored]
        assert shift.correctness.value == pytest.approx(sum(costs) / len(costs))
    assert {effect.name for effect in finished.report.interventions} >= {"conflict", "missing"}


def test_the_verdict_follows_from_the_table_of_trials(finished: Finished) -> None:
    again = ragcheck.attribute(
        finished.folder / "trials.parquet",
        response="correctness",
        unit="question",
        evidence=["strategy", "k"],
        generation=["temperature"],
        replicate="replicate",
    )
    told = finished.report.attribution
    assert told is not None
    assert again.verdict == told.verdict
    for name, share in told.shares.items():
        assert again.shares[name].value == pytest.approx(share.value)


def test_the_stale_policy_is_found_with_its_place(finished: Finished) -> None:
    conflicts = [finding for finding in finished.report.findings if finding.rule == "RC401"]
    windows = [
        (finding.quote, finding.related)
        for finding in conflicts
        if finding.related and "days of delivery" in finding.quote.text
    ]
    assert [(str(left.place), str(right.place)) for left, right in windows] == [
        ("returns-2021.md:7", "returns-2024.md:7")
    ]


def test_a_second_run_computes_nothing(copied: Finished) -> None:
    events: list[Event] = []
    again = diagnose(
        copied.corpus, config=copied.config, output=copied.folder, listen=events.append
    )
    # the copied folder says where it is now
    assert replace(again, provenance={}) == replace(copied.report, provenance={})
    assert {e.stage for e in events if isinstance(e, StageStarted)} == {"read", "report"}


@pytest.mark.usefixtures("empty_cache")
def test_another_question_asks_only_what_is_new(copied: Finished) -> None:
    path = copied.corpus / "questions.jsonl"
    new = {"id": "free", "question": "Above which amount is delivery free?", "answers": ["150 EUR"]}
    path.write_text(path.read_text() + json.dumps(new) + "\n")
    events: list[Event] = []
    diagnose(copied.corpus, config=copied.config, output=copied.folder, listen=events.append)
    # One question without gold evidence: 2 strategies, 2 K, one greedy and two sampled calls;
    # an answer that could not be used is asked for again.
    failed = sum(row["failure"] is not None for row in _table(copied, "trials"))
    assert 0 < sum(_calls(events)) <= 2 * 2 * 3 + failed


def test_another_folder_takes_everything_from_the_cache(finished: Finished, tmp_path: Path) -> None:
    events: list[Event] = []
    folder = tmp_path / "elsewhere"
    diagnose(finished.corpus, config=finished.config, output=folder, listen=events.append)
    started = {e.stage: e.total for e in events if isinstance(e, StageStarted)}
    reused = {e.stage: e.reused for e in events if isinstance(e, StageFinished)}
    for stage in ("embed", "judge", "measure"):
        assert reused[stage] == started[stage] > 0
    # What failed, as an empty answer does, is asked again.
    failed = sum(row["failure"] is not None for row in _table(finished, "trials"))
    assert 0 <= started["generate"] - reused["generate"] <= failed
    assert failed < started["generate"] / 2
    assert _outcome(folder) == _outcome(finished.folder)


@pytest.mark.usefixtures("empty_cache")
def test_a_killed_run_goes_on_and_ends_the_same(finished: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "ragcheck.cli", "run", str(finished.corpus)]
    command += ["-c", str(finished.config), "-o", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        _wait_for_answers(folder, run)
        os.kill(run.pid, signal.SIGKILL)
    events: list[Event] = []
    diagnose(finished.corpus, config=finished.config, output=folder, listen=events.append)
    assert 0 < sum(_calls(events)) < 4 * 2 * 2 * 3 + 3 * 3
    assert _outcome(folder) == _outcome(finished.folder)


def _wait_for_answers(folder: Path, run: subprocess.Popen[bytes]) -> None:
    """Until the run has stored more answers than there were when it started."""
    import sqlite3

    def count() -> int:
        try:
            with sqlite3.connect(f"file:{folder}/run.sqlite?mode=ro", uri=True) as database:
                return int(database.execute("SELECT count(*) FROM answers").fetchone()[0])
        except sqlite3.Error:
            return 0

    before, deadline = count(), time.monotonic() + 120
    while count() <= before and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_budget_leaves_out_whole_questions_and_says_so(
    small_corpus: Path, small_config: Path, tmp_path: Path
) -> None:
    config = read_config(small_config, {"budget": 13})
    report = diagnose(small_corpus, config=config, output=tmp_path / "run")
    assert any("budget of 13" in note for note in report.left_out)


def test_questions_are_made_where_none_are_given(small_config: Path, tmp_path: Path) -> None:
    text = "# Meter\n\nThe battery of the Heron meter lasts 40 hours.\n\nThe meter weighs 310 g.\n"
    (tmp_path / "meter.md").write_text(text)
    report = diagnose(tmp_path / "meter.md", config=small_config, output=tmp_path / "run")
    assert report.synthetic_questions
    assert report.questions >= 1
