from __future__ import annotations

import numpy as np
import pytest

from ragcheck.judges.features import read_question, read_text
from ragcheck.judges.learned import LearnedJudge
from ragcheck.judges.subject import SUBJECT_FEATURES, subject_features, weight, with_parts


def measured(left, right, question=None):
    asked = read_question(question)
    found = subject_features(
        read_text(left).subject, read_text(right).subject, asked.named if asked else {}
    )
    return dict(zip(SUBJECT_FEATURES, found, strict=True))


def test_identifiers_name_more_than_rare_words_and_those_more_than_common_ones():
    assert weight("dns_timeout") > weight("libtiff") > weight("default") > 0
    assert weight("缓存") > weight("默认")


def test_identifiers_are_terms_by_their_parts_as_well():
    assert with_parts(["requests_per_domain", "缓存"]) == {
        "requests_per_domain", "request", "per", "domain", "缓存",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("question", "passage", "version", "sibling"),
    [
        ("What is the default of `dns_timeout`?", "`dns_timeout` is 60 by default.",
         "`dns_timeout` is 90 by default.", "`read_timeout` is 90 by default."),
        ("How many requests per domain are made?", "MOST_REQUESTS_PER_DOMAIN: 8.",
         "MOST_REQUESTS_PER_DOMAIN: 16.", "MOST_REQUESTS: 16."),
        ("`dns_timeout` 默认是多少？", "`dns_timeout` 默认为60。", "`dns_timeout` 默认为90。",
         "`read_timeout` 默认为90。"),
        ("缓存默认保留几天？", "缓存默认保留3天。", "缓存默认保留5天。", "日志默认保留5天。"),
    ],
)  # fmt: skip
def test_a_sibling_lacks_what_the_question_names(question, passage, version, sibling):
    same, other = measured(passage, version, question), measured(passage, sibling, question)
    assert same["named_one"] == 0
    assert other["named_one"] > 0
    assert other["named_both"] < same["named_both"]
    assert other["opening_shared"] <= same["opening_shared"]


def test_where_nothing_is_asked_or_named():
    nothing = measured("", "")
    assert len(nothing) == len(SUBJECT_FEATURES)
    assert nothing["named_both"] == nothing["opening_shared"] == -1
    assert nothing["alien_rare_high"] == 0


@pytest.mark.parametrize("text", ["`dns_timeout` is 60.", "缓存保留3天。", "\x00", "a" * 5000])
def test_order_and_case_do_not_matter(text):
    other, question = "`READ_timeout` is 90 for libtiff.", "What is `dns_timeout` for libtiff?"
    there, back = measured(text, other, question), measured(other, text, question)
    assert np.isfinite(list(there.values())).all()
    assert measured(text.upper(), other.lower(), question.upper()) == there
    # which names of the left have a rival depends on the side; the judge sorts the two texts
    assert {**there, "opening_rival": 0} == {**back, "opening_rival": 0}


@pytest.mark.parametrize(
    ("question", "passage", "version", "sibling"),
    [
        ("What is the default of dns_timeout?",
         "``dns_timeout``\n~~~~~~~~~~~~~~~\n\nDefault: 60 seconds.",
         "``dns_timeout``\n~~~~~~~~~~~~~~~\n\nDefault: 90 seconds.",
         "``read_timeout``\n~~~~~~~~~~~~~~~~\n\nDefault: 90 seconds."),
        ("dns_timeout 默认是多少秒？", "| dns_timeout | 解析超时 | `Number` | `60` |",
         "| dns_timeout | 解析超时 | `Number` | `90` |",
         "| read_timeout | 读取超时 | `Number` | `90` |"),
    ],
)  # fmt: skip
def test_another_version_is_likelier_a_conflict_than_a_sibling(question, passage, version, sibling):
    found = LearnedJudge().judge([(passage, version), (passage, sibling)], [question] * 2)
    assert found[0].probability >= 0.5 > found[1].probability
