from __future__ import annotations

import numpy as np
import pytest

from ragcheck.judges.edits import Token, find_edits, name_of, sequence
from ragcheck.judges.features import read_question, read_text
from ragcheck.judges.relevance import RELEVANCE_FEATURES, relevance, relevance_features


def measured(left, right, question=None):
    one, other = read_text(left).sequence, read_text(right).sequence
    asked = read_question(question)
    said = asked.words if asked is not None else frozenset()
    found = relevance_features(one, other, find_edits(one, other), said)
    return dict(zip(RELEVANCE_FEATURES, found, strict=True))


def test_relevance_falls_by_half_every_six_words():
    tokens = [Token("port", "word"), *(Token(f"w{i}", "word") for i in range(12))]
    weights = relevance(tokens, frozenset({"port"}))
    assert weights.sum() == pytest.approx(1)
    raw = np.array([0.02 + 1.0, 0.02 + 0.5, 0.02 + 0.25])
    assert weights[[0, 6, 12]] / weights[0] == pytest.approx(raw / raw[0])


def test_without_a_question_every_word_counts_the_same():
    weights = relevance([Token(str(i), "word") for i in range(4)], frozenset())
    assert weights == pytest.approx([0.25] * 4)
    assert relevance([], frozenset()).shape == (0,)


OTHER_WORDS = " ".join(f"Nobody reads sentence {word}." for word in (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta",
))  # fmt: skip


def test_a_difference_near_the_question_weighs_more_than_one_far_away():
    near = measured(f"The port is 80 here. {OTHER_WORDS} Pages: 7.",
                    f"The port is 81 here. {OTHER_WORDS} Pages: 7.", "Which port?")  # fmt: skip
    far = measured(f"The port is 80 here. {OTHER_WORDS} Pages: 7.",
                   f"The port is 80 here. {OTHER_WORDS} Pages: 8.", "Which port?")  # fmt: skip
    assert near["moved_all_low"] > 2 * far["moved_all_low"] > 0


def test_a_chinese_difference_near_the_question_weighs_more():
    rest = "没有人会读后面这几段文字，它们只是用来占位置的说明而已，和前面的内容毫无关系。" * 2
    near = measured(f"端口为80号。{rest}共有7页。", f"端口为81号。{rest}共有7页。", "端口是多少？")
    far = measured(f"端口为80号。{rest}共有7页。", f"端口为80号。{rest}共有8页。", "端口是多少？")
    assert near["moved_all_low"] > far["moved_all_low"] > 0


def test_what_both_texts_are_about():
    other = measured("`dns_timeout` is 60.", "`read_timeout` is 90.", "What is `dns_timeout`?")
    assert other["opening_codes_apart"] == 1
    assert other["question_codes_one"] == 1
    same = measured("`dns_timeout` is 60.", "`dns_timeout` is 90.", "What is `dns_timeout`?")
    assert (same["opening_codes_equal"], same["question_codes_both"]) == (1, 1)


@pytest.mark.parametrize(
    ("stem", "name"),
    [("urllib3.poolmanager.poolmanager", "poolmanager"), ("setup.cfg", "setup.cfg"),
     ("4.6.1", "4.6.1"), ("word", "word"), ("celery.task", "celery.task")],
)  # fmt: skip
def test_a_dotted_name_is_called_by_its_last_part(stem, name):
    assert name_of(stem) == name


def test_the_order_of_two_texts_does_not_matter():
    left, right = "The limit is 5 MB. It is `fixed`.", "A limit of 6 MB can be set."
    assert measured(left, right, "What is the limit?") == pytest.approx(
        measured(right, left, "What is the limit?")
    )


def test_a_text_without_words_has_no_relevance():
    empty = sequence(read_text("").analysed)
    found = relevance_features(empty, empty, find_edits(empty, empty), frozenset({"limit"}))
    assert np.isfinite(found).all()
    assert len(found) == len(RELEVANCE_FEATURES)
