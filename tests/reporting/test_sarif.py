from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest

from ragcheck.records.corpus import Place
from ragcheck.records.results import Comparison, Quote
from ragcheck.reporting.rule_texts import RuleText
from ragcheck.reporting.sarif import SarifReporter, relative_uri

SCHEMA = json.loads(
    (Path(__file__).parent.parent / "schemas" / "sarif-2.1.0.json").read_text("utf-8")
)


def run(report, **options) -> dict:
    log = json.loads(SarifReporter(**options).render(report, ()))
    jsonschema.validate(log, SCHEMA)
    return log["runs"][0]


@pytest.mark.parametrize("kind", ["make_report", "make_bare", "make_inconclusive", "make_hostile"])
def test_every_report_has_the_shape_of_sarif(kind, language, samples):
    report = getattr(samples, kind)(language)
    assert len(run(report)["results"]) == len(report.findings)


def test_the_schema_refuses_a_column_before_the_first(samples):
    log = json.loads(SarifReporter().render(samples.make_report("en"), ()))
    region = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    region["startColumn"] = 0
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(log, SCHEMA)


def test_a_result_has_place_level_and_fingerprint(samples):
    found = run(samples.make_report("en"))
    assert found["columnKind"] == "unicodeCodePoints"
    result = found["results"][0]
    assert (result["ruleId"], result["level"]) == ("RC401", "error")
    assert result["partialFingerprints"] == {"ragcheck/v1": "aa11bb22cc33dd44"}
    region = result["locations"][0]["physicalLocation"]["region"]
    # "14 days" begins at the 30th character of a quote that begins in column 5 of line 12.
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (12, 34, 41)
    assert (region["charOffset"], region["charLength"]) == (989, 7)
    assert region["snippet"]["text"] == "14 days"


def test_the_other_side_of_a_conflict_is_related_and_linked(samples):
    result = run(samples.make_report("en"))["results"][0]
    (other,) = result["relatedLocations"]
    assert other["physicalLocation"]["artifactLocation"]["uri"] == "policies/returns-2025.md"
    assert "30 days" in other["message"]["text"]
    assert "[policies/returns-2025.md:48](1)" in result["message"]["text"]


def test_rules_are_described_and_indexed(samples):
    rules = {"RC401": RuleText("contradiction", "why", "mend")}
    found = run(samples.make_report("en"), rules=rules)
    described = found["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == ["RC401", "RC402", "RC403"]
    assert described[0]["shortDescription"]["text"] == "contradiction"
    for result in found["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]


def test_silenced_findings_are_suppressed(samples):
    results = run(samples.make_report("en"))["results"]
    assert [("suppressions" in result) for result in results] == [False] * 4 + [True]


def test_what_was_not_read_is_a_notification(samples):
    notes = run(samples.make_report("en"))["invocations"][0]["toolExecutionNotifications"]
    texts = [note["message"]["text"] for note in notes]
    assert "archive/scan-2019.pdf: scanned pages hold no text" in texts


@pytest.mark.parametrize(
    "path", ["升级 notes.md", "a b/100%.md", "c:\\x.md", "q?#[1].md", "a:b.md"]
)
def test_paths_are_encoded_and_decode_to_themselves(path):
    uri = relative_uri(path)
    assert unquote(uri) == path
    assert not set(uri) & set(" ?#[]:\\")


def test_names_that_are_no_unicode_keep_their_bytes():
    assert relative_uri("a\udcff.md") == "a%FF.md"
    assert relative_uri("a\ud800.md") == "a%3F.md"


def test_a_path_outside_of_the_sources_is_a_file_uri(samples):
    report = samples.make_report("en")
    place = replace(report.findings[0].quote.place, path="/srv/docs/a b.md")
    finding = replace(report.findings[0], quote=Quote(place, "text"))
    result = run(replace(report, findings=(finding,)))["results"][0]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "file:///srv/docs/a%20b.md"}


def test_results_say_whether_the_baseline_knows_them(samples):
    report = samples.make_report("en")
    assert all("baselineState" not in result for result in run(report)["results"])
    new = tuple(finding.fingerprint for finding in report.findings[:1])
    held = replace(report, comparison=Comparison(new, accepted=4, against_baseline=True))
    states = [result["baselineState"] for result in run(held)["results"]]
    assert states == ["new", "unchanged", "unchanged", "unchanged", "unchanged"]


def at(place: Place, samples) -> dict:
    report = samples.make_report("en")
    finding = replace(report.findings[0], quote=Quote(place, "text"), related=None)
    result = run(replace(report, findings=(finding,)))["results"][0]
    return result["locations"][0]["physicalLocation"]["region"]


def test_lines_and_columns_never_fall_below_one(samples):
    region = at(Place("a.md", 0, 0, 0, 0, 0, 0), samples)
    names = ("startLine", "startColumn", "endLine", "endColumn")
    assert [region[name] for name in names] == [1, 1, 1, 1]


def test_a_region_over_lines_may_end_in_an_earlier_column(samples):
    region = at(Place("a.md", 3, 40, 5, 2, 100, 180), samples)
    assert (region["endLine"], region["endColumn"]) == (5, 2)


def test_converted_sources_have_no_offset_into_their_file(samples):
    assert "charOffset" not in at(Place("a.html", 3, 1, 3, 9, 100, 108), samples)
    assert "charOffset" not in at(Place("a.PDF", 3, 1, 3, 9, 100, 108), samples)


def test_a_document_cannot_add_a_link_to_a_message(samples):
    report = samples.make_report("en")
    hostile = replace(report.findings[0], message="[click](http://evil.example)\x1b", related=None)
    message = run(replace(report, findings=(hostile,)))["results"][0]["message"]["text"]
    assert "](" not in message
    assert "\x1b" not in message
