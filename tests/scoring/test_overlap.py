from __future__ import annotations

import pytest

from ragcheck.scoring.overlap import exact_match, rouge_l, token_f1, token_recall


def test_exact_match_ignores_case_articles_and_punctuation():
    assert exact_match("The Eiffel Tower.", "eiffel tower")
    assert not exact_match("tower eiffel", "eiffel tower")


def test_token_f1_is_the_squad_definition():
    # two of three answer tokens are right, two of four gold tokens are found
    assert token_f1("red green blue", "red green black white") == pytest.approx(4 / 7)
    assert token_f1("退款七天", "退款七日") == pytest.approx(0.75)


def test_nothing_equals_nothing_only():
    assert token_f1("", "") == rouge_l("", "") == 1.0
    assert token_f1("", "word") == rouge_l("word", "") == 0.0


def test_rouge_l_counts_the_longest_common_subsequence():
    # police killed gunman / police ended gunman: 2 in common, in order
    assert rouge_l("police killed gunman", "police ended gunman") == pytest.approx(2 / 3)
    assert rouge_l("gunman police", "police gunman") == pytest.approx(0.5)


def test_recall_is_over_the_reference():
    assert token_recall("one two three", "two four") == pytest.approx(0.5)
