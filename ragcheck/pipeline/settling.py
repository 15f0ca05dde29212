"""The section [triage] of the configuration: checked, told in reports, and applied to findings."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ragcheck.config import RunConfig
from ragcheck.generation.transport import hide_credentials
from ragcheck.records.corpus import Document
from ragcheck.records.results import Finding
from ragcheck.triage.silencing import read_silences, silence
from ragcheck.triage.thresholds import settled_thresholds


def check_triage(config: RunConfig) -> None:
    """Nothing, where every threshold and every silenced finding names a rule that there is.

    Raises:
        ConfigError: a rule is not known, or a value does not fit it.
    """
    settled_thresholds(config.triage.thresholds())
    read_silences(config.triage.silence)


def told_config(config: RunConfig) -> dict[str, object]:
    """The configuration as a report shows it: with the threshold of every rule, and no secret."""
    dumped = config.model_dump_json(exclude={"gate", "triage", "workers"})
    told: dict[str, object] = json.loads(dumped, object_hook=_without_secrets)
    thresholds = settled_thresholds(config.triage.thresholds())
    return told | {"triage": {**thresholds, "silence": list(config.triage.silence)}}


def _without_secrets(section: dict[str, object]) -> dict[str, object]:
    """Addresses without user, password and query, wherever one stands."""
    return {
        key: hide_credentials(value) if isinstance(value, str) else value
        for key, value in section.items()
    }


def silenced(
    findings: Iterable[Finding], config: RunConfig, documents: Iterable[Document]
) -> tuple[Finding, ...]:
    """The findings, those marked that the configuration or a comment in a document silences."""
    return silence(findings, read_silences(config.triage.silence), documents)
