"""What a text's analysis leaves out: lines that are about the document itself."""

from __future__ import annotations

import pytest

from ragcheck.judges.analysis import IMPRINT, describes_document
from ragcheck.judges.structural import StructuralJudge


@pytest.mark.parametrize(
    "line",
    [
        "Effective 1 March 2024.",
        "Effective date: 1 March 2024",
        "**Owner:** Customer Care (Marta Oyelaran)",
        "Version: 3.2",
        "Last updated: 2024-03-01",
        "生效日期：2024年3月1日",
        "归口部门：客户服务部",
        "版本：3.2",
    ],
)
def test_lines_about_the_document(line: str) -> None:
    assert describes_document(line)


@pytest.mark.parametrize(
    "line",
    [
        "Effective immediately, customers have 45 days to return a product.",
        "Version 3.2 keeps sessions for 30 minutes.",
        "Owners of a Heron can register it within 30 days.",
        "The policy is effective from 1 March 2024.",
        "版本升级需要30分钟。",
        "日期选择器默认显示7天。",
    ],
)
def test_lines_about_the_world(line: str) -> None:
    assert not describes_document(line)


def test_both_languages_have_as_many_beginnings() -> None:
    assert len(IMPRINT["en"]) == len(IMPRINT["zh"])


def test_two_dates_of_two_documents_are_no_conflict() -> None:
    left = "# Warranty\n\nEffective 1 January 2024.\n\nThe meter is covered for two years."
    right = "# Warranty\n\nEffective 1 April 2024.\n\nThe meter is covered for three years."
    dates, terms = StructuralJudge().judge(
        [("Effective 1 January 2024.", "Effective 1 April 2024."), (left, right)]
    )
    assert dates.probability < 0.5
    assert terms.probability >= 0.5
    assert terms.values == ("two years", "three years")


HEADER = "| Setting | Value |\n|---|---|\n"
HEADER_ZH = "| 项目 | 值 |\n|---|---|\n"


@pytest.mark.parametrize(
    ("left", "right", "conflict"),
    [
        (HEADER + "| page size, default | 100 |", HEADER + "| page size, maximum | 1,000 |", False),
        (HEADER + "| page size | 100 |", HEADER + "| page size | 200 |", True),
        ("| Part | Price (UK) |\n|---|---|\n", "| Part | Price (EU) |\n|---|---|\n", False),
        ("## Who plans it\n\nAda.", "## Plans and billing\n\nSee below.", False),
        (HEADER_ZH + "| 标准运费 | 8元 |", HEADER_ZH + "| 加急运费 | 20元 |", False),
        (HEADER_ZH + "| 标准运费 | 8元 |", HEADER_ZH + "| 标准运费 | 12元 |", True),
    ],
)  # fmt: skip
def test_rows_are_about_their_first_cell_and_headings_state_nothing(
    left: str, right: str, conflict: bool
) -> None:
    (judgement,) = StructuralJudge().judge([(left, right)])
    assert (judgement.probability >= 0.5) == conflict
