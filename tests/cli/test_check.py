"""``ragcheck check`` as a user runs it: exit codes, formats, files, the environment of a build."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from ragcheck.cli.app import app
from ragcheck.cli.check import path_from_repository, read_targets
from ragcheck.errors import ConfigError
from tests.conftest import write_config, write_corpus

SCHEMA = Path(__file__).parent.parent / "schemas" / "sarif-2.1.0.json"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose evidence is measured already."""
    home = tmp_path_factory.mktemp("project")
    write_corpus(home / "docs")
    config = write_config(home)
    gate = '[gate]\nfindings = "warning"\n"conflict@1" = "<= 0.9"\n'
    config.write_text(config.read_text(encoding="utf-8") + gate, encoding="utf-8")
    done = CliRunner().invoke(
        app, ["check", str(home / "docs"), "-c", str(config), "-o", str(home / "kept")]
    )
    assert done.exit_code == 1, done.output
    return home


@pytest.fixture
def project(measured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "project"
    shutil.copytree(measured, home)
    monkeypatch.chdir(home)
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    return home


def _check(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", "docs", "-o", "kept", *arguments])


@pytest.mark.model
def test_text_comes_first_and_the_code_says_what_failed(project: Path) -> None:
    done = _check()
    assert done.exit_code == 1
    assert "failed: findings: warning" in done.stdout
    assert "passed: conflict@1 <= 0.9" in done.stdout
    assert "docs/returns-2021.md:7" in done.stdout
    assert "::error" not in done.stdout


@pytest.mark.model
def test_several_formats_at_once_to_files(project: Path) -> None:
    names = {"sarif": "out.sarif", "junit": "out.xml", "json": "out.json", "markdown": "out.md"}
    formats = [f"--format={name}={file}" for name, file in names.items()]
    done = _check("--format=github", *formats)
    assert done.exit_code == 1
    assert all(line.startswith("::") for line in done.stdout.splitlines())
    log = json.loads((project / "out.sarif").read_bytes())
    jsonschema.validate(log, json.loads(SCHEMA.read_bytes()))
    results = log["runs"][0]["results"]
    uris = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in results
        for place in (*result["locations"], *result.get("relatedLocations", ()))
    }
    assert {"docs/returns-2021.md", "docs/returns-2024.md"} <= uris
    for uri in uris:
        assert (project / uri).is_file()
    root = ElementTree.parse(project / "out.xml").getroot()
    assert root.get("failures") == "1"
    report = json.loads((project / "out.json").read_bytes())
    assert [gate["outcome"] for gate in report["gates"]] == ["failed", "passed"]
    assert (project / "out.md").read_text(encoding="utf-8").startswith("## ragcheck: failed")


@pytest.mark.model
def test_every_result_is_at_the_text_that_it_quotes(project: Path) -> None:
    _check("--format=sarif=out.sarif")
    log = json.loads((project / "out.sarif").read_bytes())
    for result in log["runs"][0]["results"]:
        for place in (*result["locations"], *result.get("relatedLocations", ())):
            physical = place["physicalLocation"]
            text = (project / physical["artifactLocation"]["uri"]).read_text(encoding="utf-8")
            region = physical["region"]
            start = region["charOffset"]
            quoted = text[start : start + region["charLength"]]
            assert quoted.startswith(region["snippet"]["text"][:20])
            before = text[:start]
            assert region["startLine"] == before.count("\n") + 1
            assert region["startColumn"] == len(before) - (before.rfind("\n") + 1) + 1


@pytest.mark.model
def test_a_baseline_is_found_by_its_name(project: Path) -> None:
    assert _check("--update-baseline").exit_code == 0
    accepted = _check("--format=markdown")
    assert accepted.exit_code == 0
    assert "accepted by the baseline" in accepted.stdout
    assert _check("--changed-only").exit_code == 0


@pytest.mark.model
def test_annotations_come_by_themselves_on_github_only(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.parent))
    done = _check()
    assert "failed: findings: warning" in done.stdout
    assert "file=project/docs/returns-2021.md,line=7" in done.stdout


@pytest.mark.model
@pytest.mark.parametrize(
    ("gate", "code"),
    [('"conflict@1" = "<= 0.9"', 0), ('"conflict@1" = "<= 0.3"', 3), ('"conflict@77" = "<= 1"', 3)],
)
def test_gates_alone(project: Path, gate: str, code: int) -> None:
    config = project / "ragcheck.toml"
    text = config.read_text(encoding="utf-8").split("[gate]")[0]
    config.write_text(f'{text}[gate]\nfindings = "none"\n{gate}\n', encoding="utf-8")
    assert _check().exit_code == code


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ((), [("text", None)]),
        (("sarif=a=b.sarif",), [("sarif", Path("a=b.sarif")), ("text", None)]),
        (("json",), [("json", None)]),
    ],
)
def test_what_goes_where(formats: tuple[str, ...], expected: list[object]) -> None:
    assert list(read_targets(formats, {})) == expected


def test_github_adds_its_annotations_to_text_alone() -> None:
    on = {"GITHUB_ACTIONS": "true"}
    assert ("github", None) in list(read_targets((), on))
    assert ("github", None) not in list(read_targets(("json",), on))
    assert list(read_targets(("github",), on)) == [("github", None)]


@pytest.mark.parametrize(
    ("formats", "told"),
    [
        (("sarfi",), "did you mean 'sarif'"),
        (("sarif=",), "NAME=FILE"),
        (("text", "json"), "cannot both go to standard output"),
    ],
)
def test_formats_that_cannot_be(formats: tuple[str, ...], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        list(read_targets(formats, {}))
    assert told in str(caught.value)


def test_paths_begin_at_the_workspace_or_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "docs").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a")
    assert path_from_repository(Path("docs"), {}) == "docs"
    assert path_from_repository(Path("docs"), {"GITHUB_WORKSPACE": str(tmp_path)}) == "a/docs"
    (tmp_path / "b").mkdir()
    outside = path_from_repository(tmp_path / "b", {"GITHUB_WORKSPACE": str(tmp_path / "a")})
    assert outside == (tmp_path / "b").as_posix()
