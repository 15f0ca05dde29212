"""Numbers as a reader wants them: with interval and n, or with the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ragcheck.records.results import Estimate
from ragcheck.reporting.wording import say
from ragcheck.text.display import one_line

USUAL_LEVEL = 0.95
REASON_LIMIT = 200


def percent_sign(language: str) -> str:
    """The unit of a share, with the space that the language puts before it."""
    return "%" if language == "zh" else " %"


def share(value: float, scale: float) -> str:
    """A share in percent: whole numbers, one decimal where all of them are below 2 %."""
    return unsigned_zero(f"{100 * value:.{int(0 < abs(scale) < 0.02)}f}")


def difference(value: float, scale: float) -> str:
    """A difference in the response's own unit, with its sign."""
    return unsigned_zero(f"{value:+,.{_decimals(scale)}f}")


def plain(value: float, scale: float) -> str:
    """Any other number."""
    return unsigned_zero(f"{value:,.{_decimals(scale)}f}")


def unsigned_zero(figure: str) -> str:
    """``-0`` and ``+0.000`` are zero."""
    return figure.lstrip("+-") if not figure.strip("+-0.,") else figure


WRITERS: Mapping[str, Callable[[float, float], str]] = {
    "share": share,
    "difference": difference,
    "plain": plain,
}
"""A value, and the largest number that stands beside it, to a figure."""


def _decimals(scale: float) -> int:
    """So many decimals that the largest of the numbers shows two or three digits."""
    return next((n for n, least in enumerate((100, 1, 0.1)) if abs(scale) >= least), 3)


def estimate_text(estimate: Estimate, language: str, kind: str = "share") -> str:
    """``42 % [35, 49], n = 40``, with the baseline where there is one, or why it is undefined.

    Shares are cut to 0 to 100 %: unbiased ones can lie a little outside of it.
    """
    if kind == "share":
        estimate = estimate.within(0.0, 1.0)
    if estimate.value is None:
        reason = one_line(estimate.reason or "", REASON_LIMIT)
        return say(language, "not_measured", reason=reason)
    known = [x for x in (estimate.value, estimate.low, estimate.high) if x is not None]
    scale = max(known, key=abs)
    write = WRITERS[kind]
    text = value_text(estimate.value, language, kind, scale)
    if estimate.low is None or estimate.high is None:
        notes = [text, say(language, "no_interval", n=estimate.n)]
    else:
        interval = f"[{write(estimate.low, scale)}, {write(estimate.high, scale)}]"
        notes = [f"{text} {interval}", f"n = {estimate.n}"]
        if estimate.level != USUAL_LEVEL:
            notes.append(say(language, "level_other", level=f"{100 * estimate.level:g}"))
    if estimate.baseline is not None:
        notes.append(say(language, "baseline", value=value_text(estimate.baseline, language, kind)))
    return ("，" if language == "zh" else ", ").join(notes)


def value_text(value: float, language: str, kind: str = "share", scale: float | None = None) -> str:
    """One number alone, or with the decimals of the larger one that stands beside it."""
    figure = WRITERS[kind](value, value if scale is None else scale)
    return figure + (percent_sign(language) if kind == "share" else "")


def p_text(value: float | None) -> str:
    """A p-value with three decimals; a dash where there is none."""
    if value is None:
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
