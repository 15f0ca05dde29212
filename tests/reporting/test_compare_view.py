from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from ragcheck.records.comparing import (
    CHANGE_VERDICTS,
    FOLLOWS,
    REASONS,
    SETTING_ROLES,
    QuestionChange,
    SettingDifference,
    ShownAnswer,
    ShownPassage,
    StateComparison,
)
from ragcheck.records.results import Estimate
from ragcheck.reporting.compare_view import comparison_markdown, comparison_text
from ragcheck.reporting.compare_wording import WORDS
from ragcheck.reporting.json import record_json

WORDED = {"en": "How long is the window for returns of plan A?", "zh": "方案甲的退货期限是几天？"}


def change(language, question="q1", before=1.0, after=0.0, **more):
    return QuestionChange(
        question, WORDED[language], ("30 days",), before, after,
        ShownAnswer("30 days", before), ShownAnswer("9 days", after, "temperature=1.0"),
        **{"same_evidence": False, "kept": 2, "entered": (ShownPassage("a.md:3", "9 days " * 60),),
           "left": (ShownPassage("b.md:1", "30 days"),), **more},
    )  # fmt: skip


def comparison(language="en", **changed):
    base = StateComparison(
        before_name="runs/before", after_name="runs/after", kind="run", language=language,
        response="correctness", verdict="worse", difference=Estimate(-0.5, -0.7, -0.3, n=20),
        before=Estimate(0.9, n=20), after=Estimate(0.4, n=20), margin=0.05, smallest_effect=0.2,
        questions_needed=None, follows="system", reason="one side differs",
        parts={"system": Estimate(-0.5, -0.7, -0.3, n=20)},
        by_evidence={"same passages": Estimate(0.0, -0.1, 0.1, n=10)},
        differences=(SettingDifference("corpus", "system", ("one",), ("two",)),), questions=20,
        only_before=1, only_after=2,
        changes=(change(language), change(language, "q2"), change(language, "q3", 0.5, 0.5)),
    )  # fmt: skip
    return replace(base, **changed)


@pytest.fixture(params=["en", "zh"])
def language(request):
    return request.param


def test_text_fits_eighty_columns(language):
    lines = comparison_text(comparison(language), 5).splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    assert any("-50" in line and "[-70, -30]" in line for line in lines)
    assert any("a.md:3" in line for line in lines)


@pytest.mark.parametrize("verdict", CHANGE_VERDICTS)
def test_every_verdict_has_words(language, verdict):
    found = comparison(
        language, verdict=verdict, difference=Estimate(None, reason="no question"), questions=0,
        changes=(), by_evidence={},
    ) if verdict == "not measured" else comparison(language, verdict=verdict)  # fmt: skip
    assert comparison_text(found, 3)
    assert comparison_markdown(found, 3)


@pytest.mark.parametrize("follows", FOLLOWS)
@pytest.mark.parametrize("reason", REASONS)
def test_every_side_has_words(language, follows, reason):
    if follows == "not separable" and f"settle.{reason}" not in WORDS["en"]:
        pytest.skip("no state is both")
    text = comparison_text(comparison(language, follows=follows, reason=reason), 0)
    assert WORDS[language][f"follows.{follows}"][:8] in text


def test_every_role_has_words():
    assert all(f"role.{role}" in WORDS["en"] for role in SETTING_ROLES)


def test_an_open_verdict_says_what_it_takes(language):
    found = comparison(language, verdict="inconclusive", questions_needed=385)
    assert "385" in comparison_text(found, 0)
    assert "20 %" in comparison_text(found, 0).replace("20%", "20 %")


def test_only_questions_that_changed_are_shown_and_the_rest_is_counted(language):
    text = comparison_text(comparison(language), 1)
    assert "q1 " in text
    assert "q2 " not in text
    assert "q3 " not in text
    assert re.search(r"\b1\b[^\n]*json", text)


def test_no_text_of_an_answer_makes_markup_or_moves_the_screen(language):
    hostile = "<b>x</b> [l](http://e.example) \x1b[2J\u202e @you #1"
    found = comparison(
        language, before_name=hostile, warnings=(hostile,),
        changes=(change(language, entered=(ShownPassage(hostile, hostile),)),),
    )  # fmt: skip
    page, text = comparison_markdown(found, 3), comparison_text(found, 3)
    assert "<b>" not in page
    assert re.search(r"(?<!\\)\]\(", page) is None
    assert "http://" not in page
    assert "\x1b" not in text + page
    assert "\u202e" not in text + page


def test_json_reads_back(language):
    block = json.loads(record_json(comparison(language)))
    assert block["verdict"] == "worse"
    assert block["difference"]["low"] == -0.7
    assert block["changes"][0]["entered"][0]["place"] == "a.md:3"


def test_both_languages_have_the_same_words_with_the_same_placeholders():
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    for key, english in WORDS["en"].items():
        fields = set(re.findall(r"\{(\w+)\}", english))
        assert fields == set(re.findall(r"\{(\w+)\}", WORDS["zh"][key])), key
