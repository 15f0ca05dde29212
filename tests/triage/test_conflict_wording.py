"""What a person would do about a conflict."""

from __future__ import annotations

import pytest

from ragcheck.records.evidence import Judgement, Scope
from ragcheck.triage.conflict_wording import _PHRASES, by_date, by_version, what_to_do

FOUND = Judgement("conflict", 0.9)
OLD = Scope(path="a-2021.md", title="Rules", effective="2021-02")
NEW = Scope(path="b.md", title="Rules", effective="2024-03-01")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_newer_source_is_named_first_whichever_side_it_is(language):
    for scopes in ((OLD, NEW), (NEW, OLD)):
        told = what_to_do(language, FOUND, scopes, one_chunk=False)
        assert told.index("b.md") < told.index("a-2021.md")


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [
        ("2021", "2024-03-01", True),
        ("2024", "2024-03-01", False),
        ("", "2024", False),
        ("2024-03-01", "2024-03-02", True),
    ],
)
def test_dates_are_compared_as_far_as_both_are_known(one, other, known):
    older = by_date((Scope(effective=one), Scope(effective=other)))
    assert (older is not None) is known
    if older is not None:
        assert (older[0].effective, older[1].effective) == (one, other)


def test_versions_tell_where_there_are_no_dates():
    old, new = (
        Scope(path="v1.9/a.md", versions=("1.9",)),
        Scope(path="v1.10/a.md", versions=("1.10",)),
    )
    assert by_version((new, old)) == (old, new)
    assert by_version((old, old)) is None
    told = what_to_do("en", FOUND, (old, new), one_chunk=False)
    assert told.startswith("v1.10/a.md (1.10) is newer")


def test_a_source_about_one_region():
    japan = Scope(path="japan.md", title="Rules: Japan", regions=("japan",), effective="2025")
    assert "japan alone" in what_to_do("en", FOUND, (japan, OLD), one_chunk=False)


def test_both_languages_say_the_same_things():
    assert set(_PHRASES["en"]) == set(_PHRASES["zh"])
    for judgement, scopes, one_chunk in (
        (FOUND, None, False),
        (FOUND, None, True),
        (Judgement("conflict", 0.9, cause="table against text"), (OLD, NEW), False),
    ):
        told = {what_to_do(x, judgement, scopes, one_chunk=one_chunk) for x in ("en", "zh")}
        assert len(told) == 2
