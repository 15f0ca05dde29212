"""Claims: what a text states, with what it states it about."""

from __future__ import annotations

import pytest

from ragcheck.judges.claims import LONGEST, MOST_CLAIMS, read_claims
from ragcheck.records.evidence import Scope


def only(text, part, **given):
    found = [claim for claim in read_claims(text, **given) if part in claim.text]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("text", "cell", "about"),
    [
        ("| Pump | Period |\n|---|---|\n| P-1 | 24 months |\n", "24 months", ("P-1", "Period")),
        ("| 水泵 | 保修 |\n|---|---|\n| 甲型 | 24个月 |\n", "24个月", ("甲型", "保修")),
        (
            "=====  =======\nName   Default\n=====  =======\ndelay  30\n=====  =======\n",
            "30", ("delay", "Default"),
        ),
    ],
)  # fmt: skip
def test_a_cell_is_about_its_row_and_column(text, cell, about):
    claim = only(text, cell)
    assert (claim.kind, claim.about) == ("cell", about)
    assert text[claim.span.start : claim.span.end] == claim.text == cell


def test_an_item_is_about_what_leads_into_its_list_and_inherits_its_negation():
    claim = only("These cannot be returned:\n\n- opened bottles;\n", "opened")
    assert claim.about == ("These cannot be returned:",)
    assert "prohibition" in claim.inherited


def test_a_sentence_that_refers_back_carries_the_one_before():
    claim = only("Version 1 is old. It ends on 3 May 2025.", "ends")
    assert claim.about == ("Version 1 is old.",)


def test_headings_of_the_text_and_of_its_document():
    scope = Scope(path="a.md", title="Refunds", headings=("Refunds", "Periods"))
    claim = only("### Kits\n\nKits go back within 9 days.\n", "9 days", scope=scope)
    assert claim.headings == ("Refunds", "Periods", "Kits")


def test_a_field_is_about_its_record_and_names_state_nothing():
    text = "name: Heron\nprice: 12 euros\n\nname: Plover\nprice: 9 euros\n"
    assert [(c.about, c.text) for c in read_claims(text)] == [
        (("Heron", "price"), "12 euros"),
        (("Plover", "price"), "9 euros"),
    ]


def test_code_and_headings_are_no_claims_and_an_entry_is_named():
    text = (
        "Settings\n========\n\n.. code-block:: python\n   :caption: x\n\n   delay = 3\n\n"
        ".. py:data:: DELAY\n\n    It is 30 seconds.\n"
    )
    found = read_claims(text, Scope(path="a.rst"))
    assert [(claim.text, claim.entry) for claim in found] == [("It is 30 seconds.", "DELAY")]


@pytest.mark.parametrize(
    "text",
    ["", " \n", "\x00\x01\ufffd" * 9_000, "|" * 30_000, "a: b\n" * 30_000, "\u202e5 days." * 4_000,
     "- x\n" * 20_000, "=== ===\n" * 3_000, "`" * 50_000, "\ud800 5 days.", "word " * 50_000],
)  # fmt: skip
def test_hostile_texts_give_few_claims_with_true_spans(text):
    found = read_claims(text)
    assert len(found) <= MOST_CLAIMS
    for claim in found:
        assert claim.span.end <= LONGEST
        assert text[claim.span.start : claim.span.end] == claim.text
