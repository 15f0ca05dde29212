"""Names of formats to reporters."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module

from ragcheck.errors import ConfigError
from ragcheck.ports import Reporter
from ragcheck.registry import suggest
from ragcheck.reporting.rule_texts import RuleText

FORMATS: Mapping[str, str] = {
    "html": "ragcheck.reporting.html:HtmlReporter",
    "json": "ragcheck.reporting.json:JsonReporter",
    "junit": "ragcheck.reporting.junit:JunitReporter",
    "md": "ragcheck.reporting.markdown:MarkdownReporter",
    "sarif": "ragcheck.reporting.sarif:SarifReporter",
}
SUFFIXES: Mapping[str, str] = {
    "html": ".html",
    "json": ".json",
    "junit": ".xml",
    "md": ".md",
    "sarif": ".sarif",
}


def reporter(name: str, *, rules: Mapping[str, RuleText] | None = None) -> Reporter:
    """The reporter of a format; those that explain rules get the texts.

    Raises:
        ConfigError: there is no such format, with the nearest one that there is.
    """
    if name not in FORMATS:
        raise ConfigError(
            f"there is no report format called {name!r}", mend=suggest(name, list(FORMATS))
        )
    module, _, attribute = FORMATS[name].partition(":")
    factory = getattr(import_module(module), attribute)
    takes_rules = "rules" in inspect.signature(factory).parameters
    built: Reporter = factory(rules=rules) if takes_rules else factory()
    return built
