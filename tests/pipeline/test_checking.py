"""A check over a real small corpus: evidence that is kept, figures, gates, baseline, changes."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ragcheck.config import read_config
from ragcheck.errors import ConfigError, StoreError
from ragcheck.events import Event, StageFinished
from ragcheck.pipeline.baseline import baseline_of, compare, read_baseline, write_baseline
from ragcheck.pipeline.changes import changed_against, changed_since
from ragcheck.pipeline.checking import (
    Scope,
    exit_code,
    hold,
    placed,
    read_check_inputs,
)
from ragcheck.pipeline.examination import Examination, examine_inputs
from ragcheck.pipeline.figures import headline, measure, question_sufficiency
from ragcheck.pipeline.kept_evidence import pack, unpack
from ragcheck.records.results import Comparison, GateResult, Report
from tests.conftest import DOCUMENTS, write_config, write_corpus

pytestmark = pytest.mark.model


class Home:
    """A corpus that was examined once, for every test that only looks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus = write_corpus(folder / "handbook")
        self.config = write_config(folder)
        self.found = self.examine()

    def examine(self, gate: dict[str, str] | None = None, **listening: object) -> Examination:
        settled = read_config(self.config, {"gate": gate or {}})
        inputs = read_check_inputs(self.corpus, None, settled)
        return examine_inputs(inputs, output=self.folder / "kept", **listening)  # type: ignore[arg-type]

    def held(self, scope: Scope | None = None, **gate: str) -> Report:
        found = self.examine({"findings": "warning", **gate})
        return hold(found, self.corpus, scope or Scope())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("check"))


def test_kept_evidence_is_the_evidence(home: Home) -> None:
    assert unpack(pack(home.found.evidence), home.found.inputs) == home.found.evidence
    events: list[Event] = []
    again = home.examine(listen=events.append)
    assert again.evidence == home.found.evidence
    assert [e.stage for e in events if isinstance(e, StageFinished) and e.reused] == ["evidence"]


def test_only_the_routes_of_the_experiment_are_examined(home: Home) -> None:
    assert set(home.found.evidence.chunks) == set(home.found.inputs.config.experiment.strategies)


def test_figures_are_those_of_the_curves(home: Home) -> None:
    inputs, evidence = home.found.inputs, home.found.evidence
    other = 'conflict(strategy="headings(path=true, size=200)")@2'
    curve = next(c for c in evidence.curves if c.strategy == "headings(path=true, size=200)")
    assert measure(inputs, evidence, other) == curve.points[1].measures["conflict"]
    assert measure(inputs, evidence, "conflict(judge=other)@2").value is None
    beyond = measure(inputs, evidence, "conflict@99")
    assert beyond.value is None and "K = 4" in (beyond.reason or "")
    assert list(headline(inputs, evidence)) == [
        "conflict@4",
        "sufficiency@4",
        "contradicted_support@4",
        "standalone",
    ]
    assert question_sufficiency(home.found, "carrier", k=4).value == 1.0
    assert question_sufficiency(home.found, "phone", k=4).value is None


@pytest.mark.parametrize(
    ("notation", "told"),
    [
        ("conflct@4", "did you mean 'conflict'"),
        ("conflict", "write conflict@10"),
        ("conflict@0", "write conflict@10"),
        ("standalone@3", "write standalone"),
        ("conflict(size=3)@4", "no parameter 'size'"),
        ('conflict(strategy="chars(size=9)")@4', "was not measured"),
    ],
)
def test_what_is_no_measure_is_refused(home: Home, notation: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        measure(home.found.inputs, home.found.evidence, notation)
    assert told in str(caught.value)


def test_gates_give_exit_codes(home: Home) -> None:
    failed = home.held(**{"conflict@1": "<= 0.9"})
    assert [gate.outcome for gate in failed.gates] == ["failed", "passed"]
    assert exit_code(failed) == 1
    assert exit_code(home.held(findings="none", **{"conflict@1": "<= 0.9"})) == 0
    assert exit_code(home.held(findings="none", **{"conflict@1": "<= 0.3"})) == 3  # inconclusive
    assert exit_code(home.held(findings="none", **{"conflict@9": "<= 0.9"})) == 3  # not measured
    assert exit_code(home.held(findings="none")) == 0
    both = (GateResult("a", "not measured", ""), GateResult("b", "failed", ""))
    assert exit_code(replace(failed, gates=both)) == 1


def test_gates_do_not_change_what_is_measured(home: Home) -> None:
    assert home.examine({"conflict@1": "<= 0.9"}).inputs.key == home.found.inputs.key


def test_without_questions_nothing_passes(home: Home) -> None:
    silent = replace(home.found.inputs.questions, questions=())
    inputs = replace(home.found.inputs, questions=silent)
    found = examine_inputs(inputs, output=home.folder / "silent")
    report = hold(found, home.corpus, Scope())
    assert [gate.outcome for gate in report.gates] == ["not measured"]
    assert exit_code(report) == 3


def test_a_baseline_silences_what_it_holds_and_names_what_is_gone(
    home: Home, tmp_path: Path
) -> None:
    path = tmp_path / "baseline.json"
    written = home.held(Scope(path, update_baseline=True))
    assert exit_code(written) == 0
    assert all(finding.silenced for finding in written.findings)
    baseline = read_baseline(path)
    assert set(baseline.findings) == {finding.fingerprint for finding in written.findings}
    write_baseline(tmp_path / "again.json", baseline)
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()
    findings, comparison = compare(written.findings[1:], baseline)
    gone = written.findings[0]
    assert [accepted.fingerprint for accepted in comparison.gone] == [gone.fingerprint]
    assert comparison.new == () and len(findings) == comparison.accepted
    plain = [replace(finding, silenced=False) for finding in written.findings]
    nothing, other = compare(plain, None)
    assert len(other.new) == len(nothing) and not other.against_baseline


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "there is no such baseline"),
        ("{", "cannot read the baseline"),
        ("[]", "schema version None"),
        ('{"schema_version": "1", "findings": [{"rule": 1}], "documents": {}}', "damaged"),
    ],
)
def test_a_broken_baseline_is_told(tmp_path: Path, text: str | None, told: str) -> None:
    path = tmp_path / "baseline.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        read_baseline(path)
    assert told in str(caught.value)
    assert "--update-baseline" in str(caught.value)


def _git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_changed_documents_by_git(home: Home, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "repository" / "docs")
    _git(tmp_path / "repository", "init", "-q", "-b", "main")
    _git(corpus, "add", ".")
    _git(corpus, "commit", "-q", "-m", "first")
    _git(corpus, "checkout", "-q", "-b", "branch")
    loaded = home.found.inputs.corpus
    assert changed_since(corpus, "main", loaded) == ()
    (corpus / "shipping.md").write_text("# Shipping\n\nBy boat.\n", encoding="utf-8")
    assert changed_since(corpus, "main", loaded) == ("shipping.md",)
    _git(corpus, "commit", "-q", "-a", "-m", "second")
    assert changed_since(corpus, "main", loaded) == ("shipping.md",)
    assert changed_since(corpus, "HEAD", loaded) == ()
    for revision in ("nowhere", "--output=x"):
        with pytest.raises(ConfigError, match="git knows no revision"):
            changed_since(corpus, revision, loaded)
    with pytest.raises(ConfigError, match="git knows no revision"):
        changed_since(tmp_path, "main", loaded)


def test_a_check_of_changed_documents_leaves_out_the_others(home: Home, tmp_path: Path) -> None:
    corpus = home.found.inputs.corpus
    baseline = baseline_of((), corpus)
    assert changed_against(baseline, corpus) == ()
    old = replace(baseline, documents={**baseline.documents, "shipping.md": "another"})
    write_baseline(tmp_path / "b.json", old)
    quiet = home.held(Scope(tmp_path / "b.json", changed_only=True))
    assert quiet.comparison is not None and quiet.comparison.changed == ("shipping.md",)
    assert all("shipping.md" in {f.quote.place.path} for f in quiet.findings)
    moved = {**baseline.documents, "returns-2021.md": "another"}
    write_baseline(tmp_path / "b.json", replace(baseline, documents=moved))
    told = home.held(Scope(tmp_path / "b.json", changed_only=True))
    assert any(f.rule == "RC401" for f in told.findings)
    with pytest.raises(ConfigError, match="changed since when"):
        home.held(Scope(changed_only=True))


def test_places_are_given_from_the_repository(home: Home) -> None:
    report = placed(home.held(), "docs/handbook")
    paths = {finding.quote.place.path for finding in report.findings}
    assert paths and all(path.startswith("docs/handbook/") for path in paths)


def test_fingerprints_survive_edits_elsewhere(home: Home, tmp_path: Path) -> None:
    before = {f.fingerprint for f in home.held().findings if f.rule == "RC401"}
    corpus = write_corpus(tmp_path / "handbook")
    for name, text in DOCUMENTS.items():
        edited = f"# Preface\n\nThis page was moved to a new server in the spring.\n\n{text}"
        (corpus / name).write_text(edited, encoding="utf-8")
    settled = read_config(home.config)
    found = examine_inputs(read_check_inputs(corpus, None, settled), output=tmp_path / "kept")
    after = {f.fingerprint for f in hold(found, corpus, Scope()).findings if f.rule == "RC401"}
    assert before and before <= after


def test_a_report_without_a_check_has_no_gates(home: Home) -> None:
    assert exit_code(replace(home.held(), gates=(), comparison=Comparison())) == 0
