from __future__ import annotations

import re

import pytest

from ragcheck.reporting.markdown import MarkdownReporter, code, prose
from ragcheck.reporting.wording import say


def lines(report) -> list[str]:
    return MarkdownReporter().render(report, ()).decode("utf-8").splitlines()


def test_the_summary_answers_in_the_order_of_the_questions(report, language):
    whole = "\n".join(lines(report))
    keys = ["verdict.evidence", "triage.stop tuning parameters", "s_curves", "s_strategies"]
    places = [whole.index(say(language, key)) for key in [*keys, "worth_first"]]
    assert places == sorted(places)


def test_figures_stand_with_their_intervals(samples):
    found = lines(samples.make_report("en"))
    assert "| Evidence | 41 % [33, 49], n = 36 |" in found
    rows = [line.split("|")[1].strip() for line in found if re.match(r"\| \d+ \|", line)]
    assert rows == ["1", "5", "10"]


def test_interventions_have_a_table_of_their_own(samples, language):
    found = lines(samples.make_report(language))
    assert any(say(language, "contrast.missing").rstrip(".") in line for line in found)
    row = next(line for line in found if line.startswith(f"| {say(language, 'contrast_missing')}"))
    assert row.split("|")[2].strip().startswith("-0.52")
    effect = say(language, "intervention.repair_heading")
    assert sum(line.startswith(f"| {effect} |") for line in found) == 1


def test_the_reader_is_compared_with_guessing(samples):
    found = lines(samples.make_report("en"))
    assert "- All of the gold evidence in the prompt: 72 % [64, 80], n = 36" in found


def test_the_first_findings_have_place_and_quote(samples):
    found = lines(samples.make_report("en"))
    assert "1. **RC401** (error) 14 days against 30 days for the same return window" in found
    assert any("`faq/returns.md:12`" in line and "14 days of delivery" in line for line in found)
    assert "Findings: error 2, warning 2, note 0, silenced 1." in found


def test_what_was_not_measured_is_said(language, samples):
    whole = "\n".join(lines(samples.make_bare(language)))
    for key in ("no_attribution", "no_curves", "no_findings"):
        assert say(language, key) in whole
    assert say(language, "not_measured", reason="")[:3] in whole


@pytest.mark.parametrize("kind", ["make_report", "make_bare", "make_inconclusive", "make_hostile"])
def test_tables_are_whole(kind, language, samples):
    for line in lines(getattr(samples, kind)(language)):
        if line.startswith("|"):
            assert line.endswith("|")
    blocks = "\n".join(lines(getattr(samples, kind)(language))).split("\n\n")
    for block in (block for block in blocks if block.startswith("|")):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1


def test_hostile_text_stays_text(samples):
    whole = "\n".join(lines(samples.make_hostile("en")))
    spans = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", whole)
    assert not re.search(r"(?<!\\)<", spans)
    assert "@everyone" not in spans
    assert not re.search(r"(?<!\\)\[[^\]]*[^\\]\]\(", spans)
    assert "://" not in spans
    assert "\x1b" not in whole
    assert "\u202e" not in whole


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain text.", "plain text."),
        ("a*b_c", r"a\*b\_c"),
        ("<b>", r"\<b\>"),
        ("a\nb", "a b"),
        ("@me", "@\u2060me"),
        ("fixes #12", "fixes \\#\u206012"),
        ("https://x", "https:\u2060//x"),
        ("WWW.x", "WWW.\u2060x"),
    ],
)
def test_prose_escapes_what_markdown_reads(text, written):
    assert prose(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x", "`x`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("```x", "```` ```x ````"),
        ("a|b", "`a｜b`"),
        ("", "` `"),
    ],
)
def test_code_spans_hold_any_text(text, written):
    assert code(text) == written
