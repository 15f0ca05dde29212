from __future__ import annotations

import pytest

from ragcheck.scoring.abstention import ALONE, PHRASES, is_abstention
from ragcheck.text.language import LANGUAGES


def test_every_table_covers_every_language():
    for table in (ALONE, PHRASES):
        assert set(table) == set(LANGUAGES)
        assert all(len(words) >= 8 for words in table.values())


@pytest.mark.parametrize("answer", ["Paris", "No", "不可以", "The unknown soldier", "无锡"])
def test_answers_are_no_abstentions(answer):
    assert not is_abstention(answer)


@pytest.mark.parametrize(
    "answer", ["The passage does not say when.", "文中没有说明退款期限。", "The answer is unknown"]
)
def test_abstentions(answer):
    assert is_abstention(answer)
