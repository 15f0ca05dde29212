"""Defects are told in the language of their text."""

from __future__ import annotations

import re

from ragcheck.measures.defects.wording import PHRASES
from ragcheck.measures.self_containedness import SelfContainedness


def test_both_languages_have_the_same_phrases_and_values() -> None:
    assert PHRASES["en"].keys() == PHRASES["zh"].keys()
    for phrase, english in PHRASES["en"].items():
        for one, other in zip(english, PHRASES["zh"][phrase], strict=True):
            assert set(re.findall(r"\{(\w+)\}", one)) == set(re.findall(r"\{(\w+)\}", other))


def test_a_chinese_text_is_told_of_in_chinese() -> None:
    english, chinese = SelfContainedness().score(
        ["| 360 | 200,000 |\n| 98 | 100,000 |", "| 禾安住院险 | 360元起 |\n| 禾安意外险 | 98元 |"]
    )
    for score, is_chinese in ((english, False), (chinese, True)):
        assert score.defects
        for found in score.defects:
            assert bool(re.search("[一-鿿]", found.message)) == is_chinese
