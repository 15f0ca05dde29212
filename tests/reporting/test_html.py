from __future__ import annotations

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from ragcheck.reporting.html import HtmlReporter
from ragcheck.reporting.rule_texts import RuleText
from ragcheck.reporting.wording import say
from ragcheck.text.display import make_visible

ALL = ("make_report", "make_bare", "make_inconclusive", "make_hostile")


def page(report, trials=(), **options) -> BeautifulSoup:
    return BeautifulSoup(HtmlReporter(**options).render(report, trials), "html.parser")


def text(node) -> str:
    return " ".join(node.get_text(" ").split())


def cells(soup: BeautifulSoup, name: str) -> list[list[str]]:
    """Texts of a table's rows; what charts say of themselves is left out."""
    for chart in soup.select(f"#{name} svg"):
        chart.extract()
    rows = soup.select(f"#{name} tbody tr")
    return [[text(cell) for cell in row.find_all(["th", "td"])] for row in rows]


@pytest.mark.parametrize("kind", ALL)
def test_the_page_is_alone_in_the_world(kind, language, samples):
    soup = page(getattr(samples, kind)(language), samples.make_trials(3))
    policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})
    assert policy["content"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    forbidden = "script link img iframe object embed form base audio video source foreignobject"
    assert soup.find_all(forbidden.split()) == []
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert not {"src", "srcset", "action", "xlink:href"} & set(tag.attrs)
        assert tag.get("href", "#").startswith("#")
        assert "url(" not in tag.get("style", "")
    style = "".join(tag.get_text() for tag in soup.find_all("style"))
    assert not re.search(r"url\(|@import|expression|https?:", style)


@pytest.mark.parametrize("kind", ALL)
def test_the_page_is_well_formed(kind, language, samples):
    soup = page(getattr(samples, kind)(language), samples.make_trials(3))
    assert soup.html["lang"] == {"en": "en", "zh": "zh-Hans"}[language]
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    targets = {a["href"][1:] for a in soup.select("nav a")}
    assert targets <= set(ids)
    raw = HtmlReporter().render(getattr(samples, kind)(language), samples.make_trials(3))
    assert b"None" not in raw
    assert not re.search(rb"\bnan\b|\binf\b", raw)


def test_sections_stand_in_the_order_of_the_questions(report):
    raw = HtmlReporter().render(report, ()).decode()
    order = ["verdict", "curves", "strategies", "findings", "contrasts", "questions", "trials"]
    places = [raw.index(f'id="{name}"') for name in [*order, "config"]]
    assert places == sorted(places)


def test_the_first_section_answers_the_two_questions(report, language, samples):
    section = text(page(report).select_one("#verdict"))
    assert say(language, "verdict.evidence") in section
    assert say(language, "triage.stop tuning parameters") in section
    assert samples.TEXTS[language]["fix"] in section
    figure = {"en": "41 % [33, 49], n = 36", "zh": "41% [33, 49]，n = 36"}[language]
    assert figure in section
    for level in (*samples.STRATEGIES[:1], "0.0", "1.0"):
        assert level in section
    assert "0.060" in section


def test_the_checklist_has_answer_figure_and_rules(report, language, samples):
    rows = cells(page(report), "checklist")
    assert len(rows) == 5
    assert rows[1][1] == say(language, "answer.not measured")
    assert samples.TEXTS[language]["figure"] in rows[3][0]
    assert "RC401" in rows[3][0]


def test_an_inconclusive_verdict_says_what_it_would_take(language, samples):
    report = samples.make_inconclusive(language)
    section = text(page(report).select_one("#verdict"))
    assert say(language, "verdict.inconclusive") in section
    assert samples.TEXTS[language]["needed"] in section
    assert say(language, "no_interval", n=1) in section
    gone = say(language, "not_measured", reason=samples.TEXTS[language]["undefined"])
    assert gone in section
    assert say(language, "level_other", level="90") in section


def test_a_run_that_measured_nothing_says_so_everywhere(language, samples):
    soup = page(samples.make_bare(language))
    whole = text(soup)
    for key in (
        "no_attribution",
        "no_curves",
        "no_quality",
        "no_reader",
        "no_contrasts",
        "no_interventions",
        "no_trials",
    ):
        assert say(language, key) in whole
    assert say(language, "no_findings") in whole
    assert say(language, "questions_none") in whole
    reason = say(language, "not_measured", reason=samples.TEXTS[language]["undefined"])
    assert cells(soup, "strategy-table")[0][3] == reason


def test_conflict_and_missing_evidence_stand_side_by_side(report, language):
    soup = page(report)
    assert say(language, "contrast.missing") in text(soup)
    rows = cells(soup, "conflict-or-missing")
    names = [say(language, f"contrast_{name}") for name in ("conflict", "missing", "difference")]
    assert [row[0] for row in rows] == names
    assert [row[1].split(" ")[0] for row in rows] == ["-0.17", "-0.52", "+0.35"]
    effects = cells(soup, "intervention-table")
    assert effects[0][:2] == [
        say(language, "intervention.gold_last"), say(language, "intervention.none"),
    ]  # fmt: skip
    assert effects[1][5].startswith("3: ")


def test_trials_of_interventions_stay_out_of_the_table(samples):
    trials = samples.make_trials()
    edited = [{**row, "intervention": "missing", "verdict": "correct"} for row in trials]
    crossed = [{**row, "intervention": "none"} for row in trials]
    report = samples.make_report("en")
    assert HtmlReporter().render(report, [*crossed, *edited]) == HtmlReporter().render(
        report, crossed
    )


def test_curves_show_the_chosen_strategy_and_list_all(report, language, samples):
    soup = page(report)
    charts = soup.select("#curves ~ .charts svg")
    assert len(charts) == 3
    assert all(len(chart.select("path.line")) == 1 for chart in charts)
    assert all(len(chart.select("path.context")) == 4 for chart in charts)
    assert "K = 10: 54" in charts[0].find("desc").get_text()
    assert samples.STRATEGIES[4] in text(soup.select_one("#curves ~ p"))
    tables = soup.select("table.curve")
    assert len(tables) == 5
    assert all(len(table.select("tbody tr")) == 10 for table in tables)


def test_quality_has_every_k_with_intervals(samples):
    rows = cells(page(samples.make_report("en")), "quality")
    assert [row[0] for row in rows] == ["1", "5"]
    assert rows[1][1:] == [
        "62 % [54, 70], n = 36", "27 % [19, 35], n = 36", "11 % [3, 19], n = 36",
    ]  # fmt: skip


def test_the_reader_is_compared_with_guessing(samples):
    assert cells(page(samples.make_report("en")), "reader") == [
        ["72 % [64, 80], n = 36", "6 % [1, 11], n = 36"]
    ]


def test_strategies_have_sizes_shares_and_defects(samples):
    rows = cells(page(samples.make_report("en")), "strategy-table")
    assert rows[0][:4] == ["chars(size=400)", "1,240", "380 characters", "52 % [44, 60], n = 42"]
    assert rows[2][5] == "31 %"
    assert rows[3][0] == "recursive(size=400) gives the same chunks as chars(size=400)"


def test_defects_are_counted_by_kind_and_strategy(samples):
    soup = page(samples.make_report("en"))
    assert cells(soup, "defects") == [
        ["cut at the start", "300", "240", "180", "120", "60"],
        ["dangling reference", "120", "121", "122", "123", "124"],
    ]
    bare = samples.make_bare("en")
    clean = replace(bare, strategies=(replace(bare.strategies[0], defects={"mixed_topics": 0}),))
    assert "none found" in text(page(clean))


def test_a_conflict_shows_both_sides_with_the_words_marked(samples):
    soup = page(samples.make_report("en"))
    first = soup.select_one("article.finding")
    assert "RC401" in text(first)
    assert [mark.get_text() for mark in first.find_all("mark")] == ["14 days", "30 days"]
    where = [text(node) for node in first.select(".where")]
    assert where == ["faq/returns.md:12:34", "policies/returns-2025.md:48:42"]
    assert "keep one of the two" in text(first)
    assert "q-012 and 4 more" in text(first)


def test_the_rest_of_the_findings_is_capped_with_a_count(language, samples):
    report = samples.make_report(language)
    many = tuple(replace(report.findings[0], fingerprint=f"{i:05d}") for i in range(130))
    soup = page(replace(report, findings=many))
    assert len(soup.select("article.finding")) == 100
    note = text(soup.select_one("#more-findings"))
    assert "130" in note
    assert "30" in note
    assert "report.json" in note


def test_contrasts_have_their_own_unit(samples):
    rows = cells(page(samples.make_report("en")), "contrast-table")
    assert rows[0] == ["k", "evidence", "1 → 5", "", "+0.21 [+0.12, +0.30], n = 36", "< 0.001"]
    assert rows[2][4:] == ["-0.020 [-0.070, +0.030], n = 36", "–"]


def test_warnings_and_skipped_files_are_listed_once(report, language, samples):
    soup = page(report)
    words = samples.TEXTS[language]
    items = [text(item) for item in soup.select("ul.plain li")]
    assert items == [words["warning"], "top_p has one level and is held constant", words["left"]]
    assert cells(soup, "skipped") == [["archive/scan-2019.pdf", words["skip"]]]


def test_synthetic_questions_are_called_so(language, samples):
    whole = text(page(samples.make_inconclusive(language)))
    assert say(language, "questions_synthetic", n=52) in whole
    assert say(language, "synthetic_short") in whole


def test_trials_are_condensed_by_question(samples):
    soup = page(samples.make_report("en"), samples.make_trials(2))
    rows = cells(soup, "trial-table")
    assert rows[0][0] == "q-000"
    assert rows[1][:2] == ["q-001", "4 of 8"]
    assert "4 of 4" in rows[1]


def test_configuration_and_provenance_are_there(report):
    config = text(page(report).select_one("#config").parent)
    for piece in ("experiment.temperature", "0.0 · 1.0", "packages.numpy", "2.1.0"):
        assert piece in config


def test_rule_texts_are_shown_where_given(samples):
    rules = {"RC401": RuleText("two passages contradict each other", "why <it> matters", "mend")}
    soup = page(samples.make_report("en"), rules=rules)
    assert "two passages contradict each other" in text(soup.select_one("article.finding"))
    assert "why <it> matters" in text(soup.select_one("#config").parent)


def test_hostile_text_is_shown_as_text(language, samples):
    report = samples.make_hostile(language)
    raw = HtmlReporter().render(report, samples.make_trials(2)).decode("utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", raw)
    soup = page(report)
    shown = " ".join(make_visible(" ".join(samples.HOSTILE)).split())
    assert text(soup.h1) == shown
    assert text(soup.title).endswith(shown)
    assert "{{ 7 * 7 }}" in shown
    assert "49" not in text(soup.h1)


def test_a_quote_of_thousands_of_characters_is_cut_around_its_mark(samples):
    soup = page(samples.make_hostile("en"))
    quotes = [quote for quote in soup.select("blockquote") if "not shown" in text(quote)]
    assert quotes
    for quote in quotes:
        assert len(quote.get_text()) < 1200
        assert quote.find("mark").get_text().startswith("xxxxxxxxxx<scr")


def test_the_same_report_gives_the_same_bytes(report, samples):
    trials = samples.make_trials(5)
    assert HtmlReporter().render(report, trials) == HtmlReporter().render(report, trials)


def test_an_unknown_language_is_shown_in_english(samples):
    soup = page(replace(samples.make_report("en"), language="fr"))
    assert soup.html["lang"] == "en"
    assert "Stop tuning parameters" in text(soup)


def test_both_colour_schemes_and_print_are_styled(report):
    style = page(report).style.get_text()
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
    assert "overflow-wrap: anywhere" in style
