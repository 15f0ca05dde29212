"""[triage] of the configuration, from the file to the report."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ragcheck.config import RunConfig
from ragcheck.errors import ConfigError
from ragcheck.pipeline.audit import audit_records
from ragcheck.pipeline.baseline import Baseline, compare
from ragcheck.pipeline.inputs import read_inputs
from ragcheck.pipeline.settling import check_triage, told_config
from ragcheck.records.corpus import Corpus, Document, Span
from ragcheck.records.results import Finding, Quote
from ragcheck.records.traces import RecordedContext, TraceRecord
from ragcheck.reporting.sarif import SarifReporter
from ragcheck.triage.rules import RULES


def configured(**triage) -> RunConfig:
    return RunConfig.model_validate({"triage": triage})


def test_a_report_tells_every_threshold_with_the_given_ones():
    told = told_config(configured(RC101=0.05, silence=["RC402:old/**"]))["triage"]
    defaults = {rule.id for rule in RULES.values() if rule.threshold is not None}
    assert defaults <= told.keys()
    assert (told["RC101"], told["RC406"]) == (0.05, 0.20)
    assert told["silence"] == ["RC402:old/**"]


@pytest.mark.parametrize("triage", [{"RC1O1": 0.1}, {"RC101": 2.0}, {"silence": ["RC999:a"]}])
def test_a_wrong_section_stops_before_anything_is_read(triage):
    config = configured(**triage)
    with pytest.raises(ConfigError):
        check_triage(config)
    with pytest.raises(ConfigError):
        read_inputs(Corpus("c", (Document("a.md", "text"),)), None, config)


def passages(number: int) -> tuple[RecordedContext, ...]:
    return (
        RecordedContext(
            f"Plan {number}: customers have 30 days to return a product.", f"new/{number}.md"
        ),
        RecordedContext(
            f"It must then be sent back to them within {number} days of that.", f"old/{number}.md"
        ),
    )


def audited(config: RunConfig):
    records = [
        TraceRecord(f"t{n}", f"How long is the window for plan {n}?", passages(n), "30 days",
                    correctness=1.0)
        for n in range(8)
    ]  # fmt: skip
    return audit_records(records, source="memory", config=config)


def test_what_is_silenced_stays_in_the_report_and_is_not_fixed_first():
    plain = audited(RunConfig())
    weak = [f for f in plain.findings if f.rule == "RC402" and "old/" in f.quote.place.path]
    assert weak
    assert not any(finding.silenced for finding in plain.findings)
    quiet = audited(configured(silence=["RC402:old/**"]))
    assert len(quiet.findings) == len(plain.findings)
    silenced = [finding for finding in quiet.findings if finding.silenced]
    assert {f.fingerprint for f in silenced} == {f.fingerprint for f in weak}
    assert not any("old/" in f.quote.place.path for f in quiet.fix_first() if f.rule == "RC402")


def test_a_threshold_of_the_configuration_decides_its_rule():
    def answer(report):
        return next(item.answer for item in report.triage.signals if item.rules == ("RC405",))

    # Hardly any of the passages stands alone, and nothing lies below a share of 0.
    assert answer(audited(configured(RC405=0.9))) == "yes"
    assert answer(audited(configured(RC405=0.0))) != "yes"


def finding(name: str, **more) -> Finding:
    quote = Quote(Document("a.md", "It must.").place(Span(0, 2)), "It must.")
    return Finding("RC402", "warning", "m", quote, None, "mend", 0.1, name, **more)


def test_what_the_configuration_silences_is_neither_new_nor_accepted():
    given = [finding("one"), finding("two", silenced=True, silenced_by="configuration")]
    found, comparison = compare(given, Baseline())
    assert comparison.new == ("one",)
    assert comparison.accepted == 0
    assert [f.silenced for f in found] == [False, True]


@pytest.mark.parametrize(
    ("by", "kind"),
    [("comment", "inSource"), ("configuration", "external"), ("baseline", "external")],
)
def test_sarif_says_where_it_was_suppressed(by, kind):
    report = replace(
        audited(RunConfig()), findings=(finding("one", silenced=True, silenced_by=by),)
    )
    log = json.loads(SarifReporter().render(report, ()))
    assert log["runs"][0]["results"][0]["suppressions"] == [{"kind": kind}]
