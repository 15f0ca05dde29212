from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from ragcheck.cli.app import app
from ragcheck.errors import RagcheckError


def table(path: Path, rate: str, version: str, *, every: int) -> Path:
    lines = ["question,learning_rate,corpus_version,correct,answer"]
    lines += [f"q{n},{rate},{version},{int(n % every == 0)},answer {n}" for n in range(24)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


COLUMNS = ["--response", "correct", "--unit", "question",
           "--parameters", "learning_rate", "--system", "corpus_version"]  # fmt: skip


def invoke(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_tables_before_and_after_a_fine_tune(tmp_path):
    before = table(tmp_path / "a.csv", "1e-5", "v1", every=1)
    after = table(tmp_path / "b.csv", "2e-5", "v1", every=2)
    found = invoke("compare", before, after, *COLUMNS)
    assert found.exit_code == 0, found.output
    assert "It goes with the parameters." in found.output
    assert "learning_rate: 1e-05 -> 2e-05" in found.output
    assert max(cell_len(line) for line in found.output.splitlines()) <= 80


def test_json_and_markdown(tmp_path):
    before = table(tmp_path / "a.csv", "1e-5", "v1", every=1)
    after = table(tmp_path / "b.csv", "1e-5", "v2", every=2)
    block = json.loads(invoke("compare", before, after, *COLUMNS, "--format", "json").output)
    assert (block["verdict"], block["follows"]) == ("worse", "system")
    assert len(block["changes"]) == 24
    written = tmp_path / "out.md"
    found = invoke("compare", before, after, *COLUMNS, "-f", "md", "-o", written)
    assert found.exit_code == 0
    assert written.read_text("utf-8").startswith("# ")


def test_a_table_without_columns_says_what_to_name(tmp_path):
    path = table(tmp_path / "a.csv", "1e-5", "v1", every=1)
    found = invoke("compare", path, path)
    assert isinstance(found.exception, RagcheckError)
    assert "--response" in str(found.exception)
    half = invoke("compare", path, path, "--response", "correct")
    assert "--unit" in str(half.exception)


def test_there_is_no_such_format(tmp_path):
    path = table(tmp_path / "a.csv", "1e-5", "v1", every=1)
    found = invoke("compare", path, path, *COLUMNS, "--format", "xml")
    assert isinstance(found.exception, RagcheckError)


@pytest.mark.parametrize("names", [("--evidence", "--generation"), ("--system", "--parameters")])
def test_attribute_takes_either_pair_of_names(tmp_path, names):
    lines = ["question,learning_rate,corpus_version,correct"]
    lines += [
        f"q{n},{rate},{version},{int(version == 'v1' or n % 2)}"
        for n in range(20)
        for rate in ("1e-5", "2e-5")
        for version in ("v1", "v2")
    ]
    path = tmp_path / "results.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = invoke(
        "attribute", path, "--response", "correct", "--unit", "question",
        names[0], "corpus_version", names[1], "learning_rate",
    )  # fmt: skip
    assert found.exit_code == 0, found.output
    assert "The evidence." in found.output
