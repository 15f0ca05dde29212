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
CHECK_FORMATS: Mapping[str, str] = {
    "text": "ragcheck.reporting.plain:TextReporter",
    "json": FORMATS["json"],
    "sarif": FORMATS["sarif"],
    "junit": FORMATS["junit"],
    "github": "ragcheck.reporting.github:GithubReporter",
    "markdown": "ragcheck.reporting.pull_request:PullRequestReporter",
}
"""The formats of a check, which has gates and a baseline and no answers."""
SUFFIXES: Mapping[str, str] = {
    "html": ".html",
    "json": ".json",
    "junit": ".xml",
    "md": ".md",
    "sarif": ".sarif",
}


def reporter(
    name: str,
    *,
    rules: Mapping[str, RuleText] | None = None,
    formats: Mapping[str, str] = FORMATS,
) -> Reporter:
    """The reporter of a format; those that explain rules get the texts.

    Args:
        formats: the table that the name is looked up in.

    Raises:
        ConfigError: there is no such format, with the nearest one that there is.
    """
    if name not in formats:
        raise ConfigError(
            f"there is no report format called {name!r}", mend=suggest(name, list(formats))
        )
    module, _, attribute = formats[name].partition(":")
    factory = getattr(import_module(module), attribute)
    takes_rules = "rules" in inspect.signature(factory).parameters
    built: Reporter = factory(rules=rules) if takes_rules else factory()
    return built
