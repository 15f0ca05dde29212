from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from ragcheck.errors import RagcheckError, StoreError
from ragcheck.records.results import Contrast, Estimate
from ragcheck.reporting.json import JsonReporter, read_report

KINDS = ("make_report", "make_bare", "make_inconclusive")


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_reads_back_as_itself(kind, language, samples):
    report = getattr(samples, kind)(language)
    assert read_report(JsonReporter().render(report, ())) == report


def test_schema_version_is_first_and_provenance_a_block_at_the_end(report):
    block = json.loads(JsonReporter().render(report, ()))
    names = list(block)
    assert names[0] == "schema_version"
    assert names[-1] == "provenance"
    assert block["provenance"]["python"] == "3.11.9"


def test_equal_reports_give_equal_bytes_whatever_the_order_of_their_mappings(report):
    def turned(mapping):
        return dict(reversed(list(mapping.items())))

    other = replace(
        report,
        config=turned(report.config),
        attribution=replace(report.attribution, shares=turned(report.attribution.shares)),
    )
    assert other == report
    assert JsonReporter().render(other, ()) == JsonReporter().render(report, ())


def test_undefined_numbers_are_null_with_their_reason(samples):
    block = json.loads(JsonReporter().render(samples.make_bare("en"), ()))
    gold = block["strategies"][0]["gold_coverage"]
    assert gold["value"] is None
    assert gold["reason"] == samples.TEXTS["en"]["undefined"]


def test_a_number_that_is_none_is_refused_with_its_place(report):
    contrast = Contrast("k", "evidence", 1, 5, Estimate(0.1), p_value=math.nan)
    broken = replace(report, attribution=replace(report.attribution, contrasts=(contrast,)))
    with pytest.raises(RagcheckError) as caught:
        JsonReporter().render(broken, ())
    assert caught.value.where == "attribution.contrasts[0].p_value"


def test_free_blocks_keep_what_json_has_no_word_for_as_text(report):
    free = replace(report, config={"timeout": math.inf, "inner": [math.nan, {1: object}]})
    raw = JsonReporter().render(free, ())
    assert json.loads(raw)["config"]["timeout"] == "inf"
    assert b"NaN" not in raw


def test_hostile_text_survives_but_for_what_is_no_unicode(samples):
    raw = JsonReporter().render(samples.make_hostile(), ())
    assert json.loads(raw)["triage"]["reason"] == " ".join(samples.HOSTILE)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "cannot read"),
        (b"{", "cannot read"),
        (b"\xff\xfe\x00", "cannot read"),
        (b"[" * 100_000, "cannot read"),
        (b"[]", "schema version None"),
        (b'{"schema_version": "99"}', "schema version '99'"),
        (b'{"schema_version": "1", "corpus": NaN}', "NaN"),
        (b'{"schema_version": "1"}', "damaged"),
    ],
)
def test_what_is_no_report_is_refused_in_words(raw, what):
    with pytest.raises(StoreError) as caught:
        read_report(raw)
    assert what in str(caught.value)
    assert caught.value.mend


def test_a_damaged_field_is_named(report):
    block = json.loads(JsonReporter().render(report, ()))
    block["strategies"][0]["chunks"] = "many"
    with pytest.raises(StoreError) as caught:
        read_report(json.dumps(block).encode())
    assert caught.value.where == "strategies.0.chunks"
