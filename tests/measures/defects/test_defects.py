"""The same fault in English and in Chinese is found by the same detector."""

from __future__ import annotations

from dataclasses import fields

import pytest

from ragcheck.measures.defects import find_defects
from ragcheck.measures.defects.chinese import CHINESE
from ragcheck.measures.defects.english import ENGLISH
from ragcheck.measures.defects.languages import Phrases, Scanned, rules_for
from ragcheck.measures.defects.reading import Reading, line_kind
from ragcheck.records.evidence import DEFECT_KINDS

FAULTY: dict[str, dict[str, tuple[str, str]]] = {
    # kind: language: (text, the words that the defect's span starts with)
    "truncated_start": {
        "en": ("of the pump before it runs. Close the valve first. Then drain the tank.", "of the"),
        "zh": ("的，不予退款。申请人应当在七日内提交材料。", "的，不予退款"),
    },
    "truncated_end": {
        "en": ("Close the valve first. The tank must then be drained by the", "The tank must"),
        "zh": ("申请人应当在七日内提交材料。逾期未提交的，由客服主管联系申请人并", "逾期"),
    },
    "dangling_reference": {
        "en": ("It was replaced after the flood of 1953.", "It"),
        "zh": ("它在一九五三年的洪水之后被更换。", "它"),
    },
    "missing_subject": {
        "en": ("We expect revenue to grow by 4% next year.", "We"),
        "zh": ("我们预计明年收入增长百分之四。", "我们"),
    },
    "orphan_list_item": {
        "en": ("- a passport\n- two photographs", "- a passport"),
        "zh": ("- 身份证明\n- 两张照片", "- 身份证明"),
    },
    "table_row_without_header": {
        "en": ("| Basic | 9 | 11 |\n| Pro | 39 | 45 |", "| Basic"),
        "zh": ("| 基础版 | 9 | 11 |\n| 专业版 | 39 | 45 |", "| 基础版"),
    },
    "code_without_context": {
        "en": ("    value = read(7)\n    send(value);\n    close();", "value"),
        "zh": ("    # 读取\n    send(value);\n    close();", "# 读取"),
    },
    "outside_pointer": {
        "en": ("The limits are given in the following table:", "the following"),
        "zh": ("各项限额如下：", "如下"),
    },
    "undefined_abbreviation": {
        "en": ("The QBRT is set before the QBRT starts.", "QBRT"),
        "zh": ("启动QBRT之前应当先设置QBRT。", "QBRT"),
    },
    "broken_markup": {
        "en": ("Prices rose&nbsp;in March.", "&nbsp;"),
        "zh": ("三月份价格上涨&nbsp;。", "&nbsp;"),
    },
    "mixed_topics": {
        "en": (
            "Parcels to the islands take two days longer than others, because the ferry does not "
            "sail at night and customs are open in the morning only.\n\n## Returns\n\n"
            "Goods may be sent back within thirty days, unused, in their original box, together "
            "with a copy of the bill and the number that support has given.",
            "Parcels",
        ),
        "zh": (
            "寄往海岛的包裹比其他包裹多需要两天，遇到台风时先打电话告诉收件人，"
            "并且不收取任何附加费用，特此说明。\n\n"
            "## 退货\n\n商品自签收之日起三十天以内可以退回，退货的运费由顾客承担，"
            "商品有瑕疵的情况除外，具体办法另行公布。",
            "寄往",
        ),
    },
}
IN_DOCUMENT_ONLY = {"missing_heading"}

SOUND = {
    "en": "The Heron is a water meter made by Kestrel Ltd. The Heron stores 10,000 records.",
    "zh": "《退款政策》自2024年起施行。《退款政策》规定退货期限为三十天。",
}


def kinds_of(text: str, language: str) -> set[str]:
    return {defect.kind for defect in find_defects(Reading(text, language))}


def test_every_kind_has_a_case_in_each_language() -> None:
    assert set(FAULTY) | IN_DOCUMENT_ONLY == set(DEFECT_KINDS)
    assert all(set(cases) == {"en", "zh"} for cases in FAULTY.values())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", FAULTY)
def test_the_fault_is_found_where_it_is(kind: str, language: str) -> None:
    text, start = FAULTY[kind][language]
    found = [d for d in find_defects(Reading(text, language)) if d.kind == kind]
    assert found, kinds_of(text, language)
    assert text[found[0].span.start : found[0].span.end].startswith(start)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sound_text_has_no_defect(language: str) -> None:
    assert kinds_of(SOUND[language], language) == set()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_row_of_the_tables_is_filled(language: str) -> None:
    rules = rules_for(language)
    for row in fields(Scanned):
        assert len(getattr(rules.scanned, row.name)) >= 3, row.name
    for row in fields(rules):
        if row.type in ("Phrases", Phrases):
            assert len(getattr(rules, row.name)) >= 3, row.name


def test_the_tables_have_similar_coverage() -> None:
    for row in fields(Scanned):
        sizes = [len(getattr(rules.scanned, row.name)) for rules in (ENGLISH, CHINESE)]
        assert max(sizes) <= 6 * min(sizes), row.name


def test_phrases_are_lower_case() -> None:
    for rules in (ENGLISH, CHINESE):
        for row in fields(Scanned):
            assert all(phrase == phrase.lower() for phrase in getattr(rules.scanned, row.name))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It is important that every valve is closed."),
        ("en", "This section lists every valve of the plant."),
        ("en", "The valve closes when it is cold."),
        ("en", "The rule says that valves close."),
        ("zh", "其他阀门也要关闭，应该由值班人员确认。"),
        ("zh", "阀门温度过低时它会自动关闭。"),
        ("zh", "因此，值班人员必须确认阀门已经关闭。"),
        ("zh", "今年冬季的供暖自十一月开始。"),
    ],
)
def test_words_that_point_at_nothing_missing(language: str, text: str) -> None:
    assert "dangling_reference" not in kinds_of(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Kestrel Ltd makes water meters. We expect revenue to grow."),
        ("zh", "青禾健康科技有限公司经营线上药房。我们预计收入增长。"),
        ("en", "This License, the GNU GPL, covers the Program."),
        ("zh", "本许可证即《通用公共许可证》，适用于本程序。"),
    ],
)
def test_a_named_party_is_no_missing_subject(language: str, text: str) -> None:
    assert "missing_subject" not in kinds_of(text, language)


def test_a_text_in_lower_case_throughout_is_not_cut_for_that() -> None:
    text = "goodwill is deductible for tax. goodwill is tested every year. it is not amortised."
    assert "truncated_start" not in kinds_of(text, "en")


def test_a_written_out_abbreviation_is_defined() -> None:
    for text in (
        "Average Queue Busy Time (AQBT) is shown. AQBT is a mean.",
        "AQBT (average queue busy time) is shown. AQBT is a mean.",
    ):
        assert "undefined_abbreviation" not in kinds_of(text, "en")


def test_a_list_with_its_lead_in_is_no_orphan() -> None:
    assert "orphan_list_item" not in kinds_of("Bring these papers:\n- a passport\n- a photo", "en")
    assert "orphan_list_item" not in kinds_of("应当提交：\n- 身份证明\n- 照片", "zh")


def test_a_table_with_its_header_is_whole() -> None:
    table = "| Plan | Price |\n|---|---|\n| Basic | 9 |"
    assert "table_row_without_header" not in kinds_of(table, "en")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("## Returns", "heading"),
        ("- a passport", "item"),
        ("（三）其他", "item"),
        ("| a | b |", "row"),
        ("|---|---|", "rule"),
        ("    send(value)", "code"),
        ("const a = 1;", "code"),
        ("Returns are free.", "prose"),
        ("退货免费。", "prose"),
    ],
)
def test_what_a_line_is(line: str, kind: str) -> None:
    assert line_kind(line) == kind


def test_names_are_found_but_not_every_first_word() -> None:
    text = "Pumps stop. The Heron and Blue Water Inc use os.path, max_size and `run` in v2."
    reading = Reading(text, "en")
    names = [reading.quote(span) for span in reading.names]
    assert "Pumps" not in names
    assert {"Heron", "Blue Water Inc", "os.path", "max_size", "`run", "v2"} <= {*names} | {
        name.rstrip("`") for name in names
    }


@pytest.mark.parametrize(
    ("language", "sentence", "defines"),
    [
        ("en", "A sonde is a probe that hangs in the water.", True),
        ("en", "It is a probe that hangs in the water.", False),
        ("en", "The probe hangs in the water.", False),
        ("zh", "先行退款是指验收之前退还货款的做法。", True),
        ("zh", "其是指验收之前退还货款的做法。", False),
        ("zh", "验收之前不得退还货款。", False),
    ],
)
def test_what_a_definition_is(language: str, sentence: str, defines: bool) -> None:
    found = rules_for(language).defining.match(sentence.lower())
    assert (found is not None) is defines
