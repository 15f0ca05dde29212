"""The configuration: defaults, files, and errors that name the nearest key."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ragcheck.cli.init import config_text
from ragcheck.config import RunConfig, read_config
from ragcheck.errors import ConfigError


def test_init_writes_the_defaults() -> None:
    assert RunConfig.model_validate(tomllib.loads(config_text())) == RunConfig()


def test_every_key_stands_in_the_written_file() -> None:
    text = config_text()
    for section, field in RunConfig.model_fields.items():
        assert section in text
        inner = getattr(field.annotation, "model_fields", {})
        assert all(f"{key} =" in text for key in inner)


def test_notations_have_one_spelling() -> None:
    one = read_config(None, {"evidence.strategies": ["sentences(size=3,overlap=1)"]})
    other = read_config(None, {"evidence.strategies": ["sentences(overlap=1, size=3)"]})
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("evidence.max_kk", 5, "did you mean 'max_k'?"),
        ("experimnt", {}, "did you mean 'experiment'?"),
        ("evidence.max_k", 0, "evidence.max_k"),
        ("experiment.k", [], "experiment.k"),
        ("experiment.k", [3, 3], "twice"),
        ("experiment.temperature", [-1.0], "experiment.temperature"),
        ("experiment.strategies", ["chars("], "chars("),
        ("evidence.strategies", ["chars(size=1)", "chars( size=1 )"], "twice"),
        ("evidence.strategies", "chars(size=1)", "a list"),
        ("evidence.strategies", ["chars(size=1)@5"], "cutoff"),
        ("evidence.retriever", "bm25@7", "cutoff"),
        ("evidence", 3, "a section"),
        ("experiment.k", [True], "a whole number, not True"),
        ("experiment.k", ["5"], "a whole number, not '5'"),
        ("experiment.k", [10**9], "less than or equal to 100"),
        ("experiment.replicates", 10**9, "less than or equal to 1000"),
        ("experiment.temperature", [float("nan")], "a finite number"),
        ("experiment.temperature", [True], "a number"),
        ("experiment.top_p", [float("inf")], "a finite number"),
        ("model.timeout", float("inf"), "less than or equal to 3600"),
        ("seed", -1, "greater than or equal to 0"),
        ("seed", 10**30, "less than or equal to 1000000"),
        ("threads", 10**6, "less than or equal to 256"),
        ("model.base_url", "http://[bad/v1", "model.base_url"),
        ("model.base_url", "http://host:99999999/v1", "model.base_url"),
        ("model.base_url", "", "http://127.0.0.1:8000/v1"),
    ],
)
def test_a_wrong_key_or_value_is_named(key: str, value: object, expected: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_config(None, {key: value})
    assert expected in str(refused.value)


def test_whole_numbers_serve_where_any_number_does() -> None:
    config = read_config(None, {"experiment.temperature": [0, 1], "model.timeout": 5})
    assert config.experiment.temperature == (0.0, 1.0)


def test_an_override_below_what_is_no_section_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ragcheck.toml"
    path.write_text("evidence = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="a section"):
        read_config(path, {"evidence.max_k": 5})


def test_a_notation_that_cannot_be_read_is_told_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "ragcheck.toml"
    path.write_text('[evidence]\nstrategies = ["chars(size=3"]\n', encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        read_config(path)
    assert (refused.value.where, "chars(size=3" in refused.value.what) == (str(path), True)


def test_overrides_lie_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ragcheck.toml"
    path.write_text("seed = 3\n[evidence]\nmax_k = 7\n", encoding="utf-8")
    config = read_config(path, {"seed": 4})
    assert (config.seed, config.evidence.max_k) == (4, 7)


@pytest.mark.parametrize("content", [b"seed = ", b"\xff\xfe", b"seed = 'x'"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ragcheck.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        read_config(path)
    assert str(path) in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such configuration file"):
        read_config(tmp_path / "none.toml")


def test_thresholds_and_silenced_findings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "ragcheck.toml"
    path.write_text('[triage]\nRC101 = 0.05\nsilence = ["RC402:docs/old/**"]\n', encoding="utf-8")
    config = read_config(path)
    assert config.triage.thresholds() == {"RC101": 0.05}
    assert config.triage.silence == ("RC402:docs/old/**",)
    assert config.fingerprint == read_config(None).fingerprint
