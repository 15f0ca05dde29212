from __future__ import annotations

import numpy as np
import pytest

from ragcheck.measures.outcomes import standalone_gold_effect
from ragcheck.records.trials import Answer, AnswerScore, Cell, Trial


def trial(question, alone, right, sufficiency=1.0):
    score = AnswerScore("correct" if right else "wrong", float(right), 1.0, 1.0, False)
    properties = {"gold_self_containedness": alone, "sufficiency": sufficiency}
    return Trial(question, Cell({}, {}), Answer("x"), score, (), properties)


def test_questions_are_their_own_controls():
    """An easy question answered only with sound chunks says nothing about the defect."""
    rows = [trial(f"easy{i}", 0.9, True) for i in range(20)]
    for i in range(10):
        rows += [trial(f"q{i}", 0.9, i < 6), trial(f"q{i}", 0.1, i < 4)]
    effect = standalone_gold_effect(rows, np.random.default_rng(1), "en")
    assert (effect.having.value, effect.lacking.value) == (0.6, 0.4)
    assert effect.difference.value == pytest.approx(0.2)
    assert effect.difference.n == 10
    assert effect.difference.low is not None and effect.difference.low >= 0


def test_incomplete_evidence_does_not_count():
    rows = [trial(f"q{i}", alone, True, 0.5) for i in range(9) for alone in (0.1, 0.9)]
    effect = standalone_gold_effect(rows, np.random.default_rng(1), "en")
    assert effect.difference.value is None
    assert effect.difference.reason == "0 questions were answered with both, 5 are the least"


@pytest.mark.parametrize(("language", "word"), [("en", "both"), ("zh", "两种情况")])
def test_the_reason_is_told_in_both_languages(language, word):
    effect = standalone_gold_effect([], np.random.default_rng(1), language)
    assert word in (effect.difference.reason or "")


def test_equal_differences_have_no_interval():
    rows = [trial(f"q{i}", alone, alone > 0.5) for i in range(6) for alone in (0.1, 0.9)]
    effect = standalone_gold_effect(rows, np.random.default_rng(1), "en")
    assert (effect.difference.value, effect.difference.low) == (1.0, None)
