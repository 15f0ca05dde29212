from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from ragcheck.records.results import ChecklistItem
from ragcheck.reporting.junit import MOST_LISTED, JunitReporter
from ragcheck.reporting.rule_texts import RuleText


def suite(report, **options) -> ElementTree.Element:
    root = ElementTree.fromstring(JunitReporter(**options).render(report, ()))
    assert root.tag == "testsuites"
    (only,) = list(root)
    return only


def case(report, rule: str, **options) -> ElementTree.Element:
    (found,) = [c for c in suite(report, **options).iter("testcase") if rule in c.get("name", "")]
    return found


@pytest.mark.parametrize("kind", ["make_report", "make_bare", "make_inconclusive", "make_hostile"])
def test_counts_are_those_of_the_cases(kind, language, samples):
    found = suite(getattr(samples, kind)(language))
    assert int(found.get("tests", "")) == len(found.findall("testcase"))
    assert int(found.get("failures", "")) == len(found.findall("testcase/failure"))
    assert int(found.get("skipped", "")) == len(found.findall("testcase/skipped"))


def test_a_rule_fails_with_all_its_error_findings(samples):
    failure = case(samples.make_report("en"), "RC401").find("failure")
    assert failure is not None
    lines = (failure.text or "").splitlines()
    assert lines[0].startswith("faq/returns.md:12: error: 14 days against 30 days")
    assert sum(": error: " in line for line in lines) == 2
    assert any("policies/returns-2025.md:48" in line for line in lines)


def test_warnings_and_silenced_errors_do_not_fail(samples):
    report = samples.make_report("en")
    assert case(report, "RC402").find("failure") is None
    assert "legal/approval.md:7" in (case(report, "RC402").findtext("system-out") or "")
    silenced = tuple(replace(f, silenced=True) for f in report.findings)
    quiet = replace(report, findings=silenced, triage=replace(report.triage, checklist=()))
    assert suite(quiet).get("failures") == "0"


def test_a_yes_of_the_checklist_fails_and_what_was_not_measured_is_skipped(samples):
    report = samples.make_report("en")
    assert case(report, "RC501").find("failure") is not None
    skipped = case(report, "RC201").find("skipped")
    assert skipped is not None
    assert "not measured" in skipped.get("message", "")
    assert list(case(report, "RC101")) == []


def test_a_rule_that_nothing_could_test_is_skipped_not_passed(language, samples):
    rules = {"RC401": RuleText("contradiction")}
    assert case(samples.make_bare(language), "RC401", rules=rules).find("skipped") is not None
    clean = replace(samples.make_report(language), findings=())
    clean = replace(clean, triage=replace(clean.triage, checklist=()))
    assert list(case(clean, "RC401", rules=rules)) == []


def test_a_signal_of_its_own_counts_before_the_question(samples):
    report = samples.make_report("en")
    signals = (
        ChecklistItem("reads", "not measured", "from 3 alone", ("RC001",)),
        ChecklistItem("stands alone", "yes", "20 % [10, 30]", ("RC405",)),
    )
    told = replace(report, triage=replace(report.triage, signals=signals))
    rules = {"RC001": RuleText("reads"), "RC405": RuleText("stands alone")}
    skipped = case(told, "RC001", rules=rules).find("skipped")
    assert skipped is not None
    assert "from 3 alone" in skipped.get("message", "")
    assert case(told, "RC405", rules=rules).find("failure") is not None


def test_without_a_question_no_rule_about_places_passes(samples):
    report = replace(samples.make_report("en"), questions=0, findings=())
    found = case(report, "RC403", rules={"RC403": RuleText("missed")})
    assert found.find("skipped") is not None


def test_figures_are_properties_with_intervals(samples):
    found = suite(samples.make_report("en"))
    values = {p.get("name"): p.get("value") for p in found.iter("property")}
    assert values["share.evidence"] == "41 % [33, 49], n = 36"
    assert values["conflict@10"] == "54 % [46, 62], n = 36"
    assert values["correctness@5"] == "62 % [54, 70], n = 36"
    assert values["reader with evidence"] == "72 % [64, 80], n = 36"
    assert values["attribution"] == "evidence"


def test_undefined_figures_give_their_reason(samples):
    found = suite(samples.make_bare("en"))
    values = {p.get("name"): p.get("value") for p in found.iter("property")}
    reason = samples.TEXTS["en"]["undefined"]
    assert values["standalone chars(size=400)"] == f"not measured: {reason}"


def test_long_lists_are_cut_with_a_count(samples):
    report = samples.make_report("en")
    many = tuple(replace(report.findings[0], fingerprint=str(i)) for i in range(70))
    failure = case(replace(report, findings=many), "RC401").find("failure")
    assert failure is not None
    assert (failure.text or "").count(": error: ") == MOST_LISTED
    assert (failure.text or "").endswith("and 20 more")
