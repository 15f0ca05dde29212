from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from ragcheck.records.results import ChecklistItem, Triage
from ragcheck.reporting.flow import decision_flow, taken
from ragcheck.reporting.html import HtmlReporter

QUESTIONS = ("data?", "evaluation?", "system?", "evidence?", "explanation?")
SVG = "{http://www.w3.org/2000/svg}"


def triage(verdict, *answers, model="no"):
    checklist = tuple(
        ChecklistItem(question, answer, "42 % [30, 50]", ("RC101",))
        for question, answer in zip(QUESTIONS, answers, strict=True)
    )
    signal = ChecklistItem("model", model, "70 %", ("RC001",))
    return Triage(verdict, "why", checklist, signals=(signal,))


def marked(drawing):
    root = ElementTree.fromstring(str(drawing))
    boxes = [group for group in root.iter(f"{SVG}g") if group.get("class") == "node on"]
    return ["".join(text.text or "" for text in box.iter(f"{SVG}text")) for box in boxes]


def test_two_yes_lead_to_the_stop():
    drawing = decision_flow(
        triage("stop tuning parameters", "yes", "no", "no", "yes", "not measured"), "en"
    )
    told = marked(drawing)
    assert [text.split("?")[0] for text in told[:3]] == [
        "Is it the model's ability", "data", "evidence",
    ]  # fmt: skip
    assert told[3].startswith("Stop tuning parameters")
    assert len(told) == 4


def test_a_model_that_cannot_read_ends_the_way_at_once():
    told = marked(decision_flow(
        triage("stop tuning parameters", "yes", "no", "no", "yes", "no", model="yes"), "en"
    ))  # fmt: skip
    assert len(told) == 2
    assert "stronger model" in told[1]


def test_all_no_leads_to_tuning_on():
    told = marked(decision_flow(triage("keep tuning", "no", "no", "no", "no", "no"), "en"))
    assert told[-1].startswith("Keep tuning")
    assert len(told) == 7


@pytest.mark.parametrize(
    ("verdict", "answers", "expected"),
    [
        ("stop tuning parameters", ("yes", "no", "yes", "no", "no"), (0, 2)),
        ("inconclusive", ("no", "not measured", "no", "no", "no"), (1,)),
        ("inconclusive", ("no", "yes", "not measured", "no", "no"), (1,)),
        ("keep tuning", ("no", "no", "no", "no", "no"), (0, 1, 2, 3, 4)),
        ("inconclusive", ("no", "no", "no", "no", "no"), (0, 1, 2, 3, 4)),
    ],
)
def test_questions_that_the_decision_comes_from(verdict, answers, expected):
    assert taken(triage(verdict, *answers)) == expected


def test_text_is_escaped_and_stays_in_its_box():
    hostile = triage("inconclusive", *["yes"] * 5)
    item = ChecklistItem('<script>alert("x")</script>\u202e' * 9, "yes", "<b>", ("RC101",))
    drawing = decision_flow(replace(hostile, checklist=(item,) * 5), "en")
    root = ElementTree.fromstring(str(drawing))
    assert "<script" not in str(drawing)
    assert "\u202e" not in str(drawing)
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{name}" for name in ("svg", "title", "desc", "path", "g", "rect", "text")
    }


def test_nothing_is_drawn_without_a_checklist():
    assert decision_flow(Triage("inconclusive", "", ()), "en") == ""


def test_the_drawing_says_in_words_what_it_shows():
    drawing = str(decision_flow(triage("inconclusive", *["no"] * 5), "zh"))
    told = re.search("<desc>(.*?)</desc>", drawing).group(1)
    assert "42 % [30, 50]" in told
    assert "无法得出结论" in told


def test_the_page_holds_the_drawing(report):
    page = HtmlReporter().render(report, ()).decode()
    assert page.count('<svg class="flow"') == 1
    assert 'id="flow"' in page
