from __future__ import annotations

import pytest

from ragcheck.records.results import Estimate
from ragcheck.reporting.numbers import estimate_text, p_text, value_text


@pytest.mark.parametrize(
    ("estimate", "kind", "english"),
    [
        (Estimate(0.42, 0.35, 0.49, n=40), "share", "42 % [35, 49], n = 40"),
        (Estimate(0.004, 0.0, 0.012, n=40), "share", "0.4 % [0.0, 1.2], n = 40"),
        (Estimate(-0.001, -0.04, 0.03, n=9), "share", "0 % [0, 3], n = 9"),
        (Estimate(-0.013, -0.04, -0.01, n=9), "share", "0 % [0, 0], n = 9"),
        (Estimate(1.02, 0.97, 1.04, n=9), "share", "100 % [97, 100], n = 9"),
        (Estimate(0.083, 0.01, 0.16, n=36), "difference", "+0.08 [+0.01, +0.16], n = 36"),
        (Estimate(-0.02, -0.07, 0.03, n=36), "difference", "-0.020 [-0.070, +0.030], n = 36"),
        (Estimate(412.3, -80.0, 1250.4, n=5), "difference", "+412 [-80, +1,250], n = 5"),
        (Estimate(0.0, 0.0, 0.0, n=5), "difference", "0.000 [0.000, 0.000], n = 5"),
        (Estimate(3.4, 2.6, 4.4, n=17), "plain", "3.4 [2.6, 4.4], n = 17"),
        (Estimate(0.5, n=1), "share", "50 %, no interval from 1"),
        (Estimate(0.5, 0.4, 0.6, n=9, level=0.9), "share", "50 % [40, 60], n = 9, 90 % interval"),
        (
            Estimate(0.5, 0.4, 0.6, n=9, baseline=0.31),
            "share",
            "50 % [40, 60], n = 9, baseline 31 %",
        ),
        (Estimate(None, reason="no gold"), "share", "not measured: no gold"),
    ],
)
def test_every_number_stands_with_its_interval_and_n(estimate, kind, english):
    assert estimate_text(estimate, "en", kind) == english


def test_chinese_numbers_have_chinese_punctuation():
    assert estimate_text(Estimate(0.42, 0.35, 0.49, n=40), "zh") == "42% [35, 49]，n = 40"
    assert estimate_text(Estimate(None, reason="没有金标"), "zh") == "未测量：没有金标"


def test_a_reason_is_one_visible_line():
    text = estimate_text(Estimate(None, reason="a\x1b[31m\nb" + "x" * 900), "en")
    assert "\x1b" not in text
    assert "\n" not in text
    assert len(text) < 300


def test_single_values():
    assert value_text(0.31, "en") == "31 %"
    assert value_text(380.0, "en", "plain") == "380"
    assert value_text(12345.6, "zh", "plain") == "12,346"


def test_p_values():
    assert [p_text(p) for p in (None, 0.0, 0.0009, 0.021, 1.0)] == [
        "–", "< 0.001", "< 0.001", "0.021", "1.000",
    ]  # fmt: skip
