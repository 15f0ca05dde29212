"""Figures of the signals, as a person reads them."""

from __future__ import annotations

import pytest

from ragcheck.records.results import Attribution, Estimate
from ragcheck.triage.signals import evidence_signals


@pytest.mark.parametrize(
    ("language", "evidence", "noise"),
    [
        (
            "en",
            "evidence share of the variance: 100 % [96, 100]",
            "replicate noise in the variance: 0 % [0, 3]",
        ),
        ("zh", "证据所占的方差比例：100 % [96, 100]", "重复噪声所占的方差比例：0 % [0, 3]"),
    ],
)
def test_shares_of_the_variance_are_read_between_0_and_100_percent(
    language: str, evidence: str, noise: str
) -> None:
    attribution = Attribution(
        verdict="evidence",
        reason="",
        shares={
            "evidence": Estimate(1.02, 0.96, 1.04, n=36),
            "noise": Estimate(-0.02, -0.02, 0.03, n=36),
        },
        contrasts=(),
        ranges={},
        roles={},
        response="correctness",
        units=36,
        trials=576,
        method="",
    )
    signals = evidence_signals(None, (), attribution, language)
    assert [signal.figure for signal in signals] == [evidence, noise]
    assert [signal.fired for signal in signals] == [True, False]
