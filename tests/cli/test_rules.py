from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from ragcheck.cli.app import app
from ragcheck.cli.rules import WORDS, rule_text
from ragcheck.errors import ConfigError
from ragcheck.triage.rules import RULES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("language", "name"), [("en", "rules.md"), ("zh", "rules.zh.md")])
def test_the_page_of_rules_is_up_to_date(language, name):
    told = rule_text((), format_name="md", language=language)
    written = (DOCS / name).read_text("utf-8")
    again = f"ragcheck rules --format md --language {language} > docs/{name}"
    assert written == told, f"write it anew: {again}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_says_why_its_threshold_how_to_mend_and_how_to_silence(language):
    for rule in RULES.values():
        page = rule_text([rule.id], format_name="md", language=language)
        for key in ("threshold", "mend", "silence"):
            assert f"**{WORDS[language][key]}**" in page
        assert rule.why[language] in page
        if rule.threshold is not None:
            assert f"{rule.threshold:g}" in page
            assert rule.source[language] in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_fits_eighty_columns(language):
    told = rule_text((), format_name="text", language=language)
    assert max(cell_len(line) for line in told.splitlines()) <= 80
    assert all(rule in told for rule in RULES)


def test_a_threshold_of_the_configuration_is_told_beside_the_default(tmp_path):
    config = tmp_path / "ragcheck.toml"
    config.write_text("[triage]\nRC101 = 0.05\n", encoding="utf-8")
    told = rule_text(["RC101"], format_name="md", language="en", config=config)
    assert "0.05" in told
    assert "the default is 0.1" in told


def test_a_rule_that_there_is_not_gets_the_nearest(tmp_path):
    with pytest.raises(ConfigError, match="RC1O1") as problem:
        rule_text(["RC1O1"], format_name="text", language="en")
    assert "RC101" in problem.value.mend
    config = tmp_path / "ragcheck.toml"
    config.write_text("[triage]\nRC999 = 0.05\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        rule_text((), format_name="text", language="en", config=config)


def test_the_command_takes_names():
    found = CliRunner().invoke(app, ["rules", "RC402"])
    assert found.exit_code == 0
    assert found.output.startswith("RC402 ")
    assert "RC101" not in found.output


def test_both_languages_have_the_same_words():
    assert WORDS["en"].keys() == WORDS["zh"].keys()
