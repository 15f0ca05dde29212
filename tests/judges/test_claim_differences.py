"""How claims differ, by class, in both languages."""

from __future__ import annotations

import numpy as np
import pytest

from ragcheck.judges.claim_differences import claim_differences
from ragcheck.judges.claim_features import FEATURES, features, incomparable, masked
from ragcheck.judges.claim_reading import read_claim
from ragcheck.judges.claim_scoring import conflict_probabilities
from ragcheck.judges.claims import read_claims
from ragcheck.judges.resolution import relate
from ragcheck.records.evidence import Scope

TWO_FILES = (Scope(path="a.md"), Scope(path="b.md"))


def claims(left, right, scopes=TWO_FILES):
    return [
        read_claim(read_claims(text, scope)[0], scope)
        for text, scope in zip((left, right), scopes, strict=True)
    ]


def forms(left, right):
    return {(found.form, found.kind) for found in claim_differences(*claims(left, right))}


@pytest.mark.parametrize(
    ("left", "right", "form"),
    [
        ("A fee of 15% is taken.", "We take a fee of 10%.", ("value", "number")),
        ("收取15%的费用。", "费用为10%。", ("value", "number")),
        ("It holds 64 MB of data.", "It holds 64 KB of data.", ("value", "unit")),
        ("It needs Reader 3 or later.", "It needs Reader 4 now.", ("value", "version")),
        ("It ends in 24 hours.", "Cut from 24 hours to 4 hours.", ("value", "number")),
        ("应在24小时内答复。", "时限由24小时缩短为4小时。", ("value", "number")),
        ("当年12月31日清零。", "次年3月31日清零。", ("value", "date")),
        ("Write to Philip Drax, the head of Customer Care.",
         "Ask the head of Customer Care, Marta Hill.", ("name", "name")),
        ("It ends on 3 May 2025.", "It ends on 9 May 2025.", ("value", "date")),
        ("活动于2025年5月3日结束。", "活动于2025年5月9日结束。", ("value", "date")),
        ("Staff may work abroad.", "Staff must not work abroad.", ("polarity", "permission")),
        ("员工可以在境外工作。", "员工不得在境外工作。", ("polarity", "permission")),
        ("The line is open to all customers.", "The line is reserved for members.",
         ("extent", "scope")),
        ("全部科室都可以用。", "仅限内科和儿科使用。", ("extent", "scope")),
        ("The officer is Anna Weber.", "Our officer is Tom Hill.", ("name", "name")),
        ("该险由东方保险公司承保。", "该险由西部保险公司承保。", ("name", "name")),
        ("The customer pays the carriage.", "Kestrel pays the carriage.", ("name", "name")),
    ],
)  # fmt: skip
def test_a_difference_of_each_class(left, right, form):
    assert form in forms(left, right)
    assert form in forms(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("It ends after 30 minutes.", "It ends after 1800 seconds."),
        ("闲置30分钟后结束。", "闲置1800秒后结束。"),
        ("The lamp is off from 22:00 to 05:00.", "The lamp is off between 22:00 and 05:00."),
        ("The period is three years.", "The plan adds two years."),
        ("You may\nnot find it.", "You may not find it."),
        ("It needs Reader 3.", "It needs Printer 4."),
    ],
)
def test_no_difference(left, right):
    assert not forms(left, right)


def test_two_rows_two_records_and_two_entries_are_not_compared():
    table = "| A | B |\n|---|---|\n| x | 3 days |\n| y | 5 days |\n"
    scope = Scope(path="a.md")
    one, other = (read_claim(claim, scope) for claim in read_claims(table))
    assert incomparable(one, other)


def test_one_text_twice_and_texts_about_their_document_are_not_compared():
    assert incomparable(*claims("The **fee** is 5 euros.", "The fee is 5 euros."))
    assert incomparable(*claims("This policy replaces that of 2021.", "It is from 2024."))
    assert incomparable(*claims("本政策自生效之日起取代旧版。", "自2024年起施行。"))


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("A fee of 15% is taken.", "We take a fee of 10%.", "conflict"),
        ("The fee is 15%.", "From 1 May 2025, the fee is 10%.", "supersedes"),
        ("费用为15%。", "自2025年5月1日起，费用调整为10%。", "supersedes"),
        ("In Japan the fee is 15%.", "In Canada the fee is 10%.", "different scope"),
        ("上海订单收取15%。", "广州订单收取10%。", "different scope"),
        ("Until December 2021 the fee was 15%.", "The fee is 10%.", "different scope"),
        ("A SEV1 is answered in 5 minutes.", "A SEV2 is answered in 9 minutes.",
         "different scope"),
    ],
)  # fmt: skip
def test_how_they_relate(left, right, relation):
    one, other = claims(left, right)
    found = relate(one, other, claim_differences(one, other)[0], 0.8)
    assert found.relation == relation
    assert found.explanation


def test_a_newer_document_of_one_title_supersedes():
    old = Scope(path="returns-2021.md", title="Returns", effective="2021")
    new = Scope(path="returns-2024.md", title="Returns policy", effective="2024-03")
    one, other = claims("The fee is 15%.", "The fee is 10%.", (old, new))
    assert relate(one, other, claim_differences(one, other)[0], 0.8).relation == "supersedes"


def test_one_file_of_two_versions_supersedes():
    scopes = [Scope(path=f"tool-{v}/use.rst", versions=(v,)) for v in ("1.4", "2.0.3")]
    one, other = claims("It tries 3 times.", "It tries 5 times.", scopes)
    found = relate(one, other, claim_differences(one, other)[0], 0.8)
    assert (found.relation, found.cause) == ("supersedes", "stale version")


def test_features_are_symmetric_and_weighed():
    one, other = claims("A fee of 15% is taken.", "We take a fee of 10%.")
    near = {"likeness": 0.8, "own": 0.7, "rank": 0}
    row = features(one, other, claim_differences(one, other)[0], **near)
    turned = features(other, one, claim_differences(other, one)[0], **near)
    assert len(row) == len(FEATURES)
    assert row == pytest.approx(turned)
    far = features(one, other, claim_differences(one, other)[0], likeness=0.3, own=0.2, rank=50)
    probabilities = conflict_probabilities(np.array([far, row]))
    assert 0 < probabilities[0] < probabilities[1] < 1
    assert conflict_probabilities(np.zeros((0, len(row)))).shape == (0,)


def test_masked_values():
    claim = read_claims("A fee of 15% is taken within 3 days.")[0]
    assert masked(claim) == "A fee of _ is taken within _."
