"""Numbers as a reader wants them: with interval and n, or with the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable

from ragcheck.records.results import Estimate
from ragcheck.reporting.wording import say
from ragcheck.text.display import one_line

USUAL_LEVEL = 0.95
REASON_LIMIT = 200

Writer = Callable[[float, str], tuple[str, str]]
"""A value and a language to the figure, and the unit that stands once behind it."""


def share(value: float, language: str) -> tuple[str, str]:
    """A share in percent: whole numbers, one decimal below 1 %."""
    percent = 100 * value
    figure = f"{percent:.1f}" if 0 < abs(percent) < 0.95 else f"{percent:.0f}"
    return unsigned_zero(figure), "%" if language == "zh" else " %"


def difference(value: float, language: str) -> tuple[str, str]:
    """A difference in the response's own unit, with its sign."""
    return unsigned_zero(f"{value:+.3f}" if abs(value) < 0.0995 else f"{value:+.2f}"), ""


def plain(value: float, language: str) -> tuple[str, str]:
    """Any other number, three digits or more."""
    return unsigned_zero(f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"), ""


def unsigned_zero(figure: str) -> str:
    """``-0`` and ``+0.000`` are zero."""
    return figure.lstrip("+-") if not figure.strip("+-0.,") else figure


WRITERS: dict[str, Writer] = {"share": share, "difference": difference, "plain": plain}


def estimate_text(estimate: Estimate, language: str, kind: str = "share") -> str:
    """``42 % [35, 49], n = 40``, with the baseline where there is one, or why it is undefined."""
    if estimate.value is None:
        reason = one_line(estimate.reason or "", REASON_LIMIT)
        return say(language, "not_measured", reason=reason)
    notes = [_with_interval(estimate, language, kind)]
    if estimate.low is None or estimate.high is None:
        notes.append(say(language, "no_interval", n=estimate.n))
    else:
        notes.append(f"n = {estimate.n}")
        if estimate.level != USUAL_LEVEL:
            notes.append(say(language, "level_other", level=f"{100 * estimate.level:g}"))
    if estimate.baseline is not None:
        notes.append(say(language, "baseline", value=value_text(estimate.baseline, language, kind)))
    return ("，" if language == "zh" else ", ").join(notes)


def value_text(value: float, language: str, kind: str = "share") -> str:
    """One number alone."""
    figure, unit = WRITERS[kind](value, language)
    return figure + unit


def _with_interval(estimate: Estimate, language: str, kind: str) -> str:
    write = WRITERS[kind]
    if estimate.value is None:
        raise ValueError("an undefined estimate has no figure")
    text = value_text(estimate.value, language, kind)
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} [{write(estimate.low, language)[0]}, {write(estimate.high, language)[0]}]"


def p_text(value: float | None) -> str:
    """A p-value with three decimals; a dash where there is none."""
    if value is None:
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
