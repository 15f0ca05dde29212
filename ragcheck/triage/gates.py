"""Does an estimate keep a bound? By its interval, never by the point alone."""

from __future__ import annotations

from collections.abc import Mapping

from ragcheck.records.gates import Bound, Gate
from ragcheck.records.results import SEVERITIES, Estimate, Finding, GateResult
from ragcheck.stats import wilson_interval

MOST_UNITS = 100_000

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "kept": "the whole interval keeps the bound",
        "broken": "the whole interval is beyond the bound",
        "open": "the interval holds the bound: neither kept nor broken",
        "needed": "; at this figure about {n} questions or documents would decide",
        "no_interval": "no interval from {n}",
        "too_few": "measured on {n}, the gate asks for {least}",
        "findings": "{count} of severity {severity} or above",
        "new_findings": "{count} new of severity {severity} or above, {accepted} accepted",
    },
    "zh": {
        "kept": "整个区间都满足界限",
        "broken": "整个区间都超出界限",
        "open": "区间跨越界限：既不能说满足，也不能说超出",
        "needed": "；按目前的数值，约需 {n} 个问题或文档才能判定",
        "no_interval": "仅 {n} 个单位，无区间",
        "too_few": "只测了 {n} 个，闸门要求 {least} 个",
        "findings": "严重程度为 {severity} 及以上的有 {count} 处",
        "new_findings": "新增严重程度为 {severity} 及以上的 {count} 处，已接受 {accepted} 处",
    },
}


def apply_gate(gate: Gate, estimate: Estimate, language: str) -> GateResult:
    """Passed where the whole interval keeps the bound, failed where all of it is beyond.

    In between it is inconclusive; without a value, without an interval or from too few units it
    is not measured. Neither of the two passes.
    """
    outcome, reason = weigh(gate.bound, estimate, language)
    return GateResult(str(gate), outcome, reason, estimate)


def weigh(bound: Bound, estimate: Estimate, language: str) -> tuple[str, str]:
    """Outcome and reason of one estimate against one bound."""
    words = WORDS[language]
    if estimate.value is None:
        return "not measured", estimate.reason or ""
    if estimate.low is None or estimate.high is None:
        return "not measured", words["no_interval"].format(n=estimate.n)
    if estimate.n < bound.least:
        return "not measured", words["too_few"].format(n=estimate.n, least=bound.least)
    low, high = estimate.low, estimate.high
    at_most = bound.relation == "<="
    if high <= bound.threshold if at_most else low >= bound.threshold:
        return "passed", words["kept"]
    if low > bound.threshold if at_most else high < bound.threshold:
        return "failed", words["broken"]
    needed = units_needed(bound, estimate)
    more = words["needed"].format(n=needed) if needed is not None else ""
    return "inconclusive", words["open"] + more


def units_needed(bound: Bound, share: Estimate) -> int | None:
    """From how many units this share's interval would lie on one side of the bound.

    By Wilson's interval at the same share; ``None`` where the share is at the bound, is no share
    of units, or where more than ``MOST_UNITS`` would be needed.
    """
    value = share.value
    if value is None or not 0 <= value <= 1 or value == bound.threshold:
        return None

    def decided(n: int) -> bool:
        low, high = wilson_interval(round(value * n), n, level=share.level)
        return high <= bound.threshold or low >= bound.threshold

    most = max(share.n, 1)
    while not decided(most):
        most *= 2
        if most > MOST_UNITS:
            return None
    least = max(share.n, most // 2)
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if decided(middle) else (middle + 1, most)
    return most if most > share.n else None


def gate_findings(
    findings: tuple[Finding, ...], severity: str, language: str, *, accepted: int | None = None
) -> GateResult:
    """Failed where a finding of this severity or above is not silenced.

    Args:
        accepted: how many findings a baseline silences; ``None`` where there is none.
    """
    count = sum(is_gated(finding, severity) for finding in findings)
    key = "findings" if accepted is None else "new_findings"
    reason = WORDS[language][key].format(count=count, severity=severity, accepted=accepted)
    return GateResult(f"findings: {severity}", "failed" if count else "passed", reason)


def is_gated(finding: Finding, severity: str) -> bool:
    """Whether the gate at this severity fails by this finding; at ``none`` nothing does."""
    if finding.silenced or severity not in SEVERITIES:
        return False
    return SEVERITIES.index(finding.severity) <= SEVERITIES.index(severity)
