from __future__ import annotations

import pytest

from ragcheck.errors import ConfigError
from ragcheck.ports import Reporter
from ragcheck.reporting.formats import FORMATS, SUFFIXES, reporter
from ragcheck.reporting.rule_texts import RuleText


def test_every_format_has_a_suffix():
    assert set(FORMATS) == set(SUFFIXES) == {"html", "json", "junit", "md", "sarif"}


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("kind", ["make_report", "make_bare", "make_inconclusive", "make_hostile"])
def test_every_format_renders_every_report(name, kind, language, samples):
    built = reporter(name)
    assert isinstance(built, Reporter)
    raw = built.render(getattr(samples, kind)(language), samples.make_trials(2))
    assert raw.endswith(b"\n")
    raw.decode("utf-8")
    again = reporter(name).render(getattr(samples, kind)(language), samples.make_trials(2))
    assert raw == again


@pytest.mark.parametrize("name", ["html", "junit", "sarif"])
def test_rule_texts_reach_the_formats_that_explain_rules(name, samples):
    raw = reporter(name, rules={"RC999": RuleText("a rule of its own")}).render(
        samples.make_report("en"), ()
    )
    assert "a rule of its own" in raw.decode()


def test_an_unknown_format_is_refused_with_the_nearest():
    with pytest.raises(ConfigError) as caught:
        reporter("sariff")
    assert "'sarif'" in str(caught.value)
