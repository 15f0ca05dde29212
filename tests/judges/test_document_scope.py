"""What documents say about their passages, in both languages."""

from __future__ import annotations

import pytest

from ragcheck.judges.document_scope import scope_at, scopes_of
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk, Scope

ENGLISH = """# Refunds: Canada

Effective 1 March 2023, last changed 4 May 2024. Owner: Shop.

## 1 Deadlines

### 1.1 Kits for Android

A kit goes back within 20 days.
"""
CHINESE = """# 退款规则（V2.1）

生效日期：2023年3月1日
适用范围：北京门店

## 一、期限

签收后20天内可以退货。
"""


@pytest.mark.parametrize(
    ("path", "text", "quote", "headings", "effective", "regions", "versions"),
    [
        (
            "docs/refunds.md", ENGLISH, "A kit", ("Refunds: Canada", "1 Deadlines",
            "1.1 Kits for Android"), "2024-05-04", ("canada",), (),
        ),
        (
            "docs/退款.md", CHINESE, "签收后", ("退款规则（V2.1）", "一、期限"), "2023-03-01",
            ("北京",), ("2.1",),
        ),
    ],
)  # fmt: skip
def test_headings_dates_and_names(path, text, quote, headings, effective, regions, versions):
    scope = scope_at(Document(path, text), text.index(quote))
    assert scope.headings == headings
    assert scope.title == headings[0]
    assert (scope.path, scope.effective) == (path, effective)
    assert scope.regions == regions
    assert scope.versions == versions


def test_a_heading_names_a_platform_for_what_is_under_it_alone():
    document = Document("a.md", ENGLISH)
    assert scope_at(document, ENGLISH.index("A kit")).platforms == ("android",)
    assert scope_at(document, ENGLISH.index("## 1 Dead")).platforms == ()


def test_year_and_version_of_a_path():
    assert scope_at(Document("rules/returns-2021.txt", "Some text."), 0).effective == "2021"
    assert scope_at(Document("manual-3.2/use.rst", "Some text."), 0).versions == ("3.2",)


def test_a_replaced_document_gives_no_date():
    text = "# Rules\n\nEffective 1 May 2023.\n\nThis replaces the rules of 2 June 2025.\n"
    assert scope_at(Document("a.md", text), len(text) - 3).effective == "2023-05-01"


def test_until_when_a_list_holds():
    text = "# Prices\n\nValid from 1 February 2025 to 31 January 2026.\n\nA pen is 2 euros.\n"
    scope = scope_at(Document("a.md", text), len(text) - 3)
    assert (scope.effective, scope.until) == ("2025-02-01", "2026-01-31")


def test_a_record_has_its_own_title_and_date():
    text = (
        "id: 1\ntitle: Opening\ndate: 2022-06-20\ntext: We open.\n\n"
        "id: 2\ntitle: Closing\ndate: 2023-01-05\ntext: We close.\n"
    )
    scope = scope_at(Document("log.jsonl", text), text.index("We close"))
    assert scope.headings == ("Closing",)
    assert scope.effective == "2023-01-05"


def test_chunks_of_unknown_documents_have_no_scope():
    document = Document("a.md", ENGLISH)
    known = Chunk(document.id, 0, 5, ENGLISH[:5], "x")
    unknown = Chunk("nowhere", 0, 5, ENGLISH[:5], "x")
    first, second = scopes_of([known, unknown], {document.id: document})
    assert first.title == "Refunds: Canada"
    assert second == Scope()


@pytest.mark.parametrize("text", ["", "\n" * 300_000, "# " * 200_000, "a: b\n\n" * 50_000, "\x00﻿"])
def test_hostile_documents(text):
    assert scope_at(Document("x.md", text), 0).path == "x.md"
