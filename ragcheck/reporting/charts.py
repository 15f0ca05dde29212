"""Small charts as SVG text. Colours and type come from the page's style sheet.

Every chart says in its ``title`` and ``desc`` what it shows, numbers included. Widths are in
per cent for bars, which stretch to their column, and in pixels for the line chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from ragcheck.records.results import Estimate

BAR_HEIGHT = 14
WIDTH, HEIGHT = 340, 190
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 10, 34
MOST_TICKS = 8
CROWDED = 32


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: a name, its estimates over x, and whether it is the one to look at."""

    name: str
    points: tuple[tuple[float, Estimate], ...]
    main: bool = False


def share_bar(estimate: Estimate, title: str, description: str, tone: str = "plain") -> Markup:
    """A bar from 0 to the value on a scale of 0 to 1, with the interval across its end.

    What lies outside of the scale is cut at its end; the text beside the bar has the numbers.
    """
    parts = [_rect(0, 100, "track")]
    if estimate.value is not None:
        parts.append(_rect(0, _percent(estimate.value), f"bar tone-{tone}"))
    if estimate.low is not None and estimate.high is not None:
        parts.append(_interval(_percent(estimate.low), _percent(estimate.high)))
    return _stretched(parts, title, description)


def stacked_bar(parts: Sequence[tuple[str, float]], title: str, description: str) -> Markup:
    """One bar cut into parts, given as tone and size; negative sizes count as nothing."""
    sizes = [(tone, max(0.0, size)) for tone, size in parts]
    total = sum(size for _, size in sizes)
    drawn = [_rect(0, 100, "track")]
    left = 0.0
    for tone, size in sizes:
        width = 100 * size / total if total > 0 else 0.0
        drawn.append(_rect(left, width, f"bar tone-{tone}"))
        left += width
    return _stretched(drawn, title, description)


def difference_bar(estimate: Estimate, reach: float, title: str, description: str) -> Markup:
    """A dot with its interval on a scale of ``-reach`` to ``reach``, with a line at zero."""

    def across(value: float) -> float:
        return 50 + 50 * max(-1.0, min(1.0, value / reach)) if reach > 0 else 50.0

    parts = [_rect(0, 100, "track"), _path(f"M50 0V{BAR_HEIGHT}", "zero")]
    if estimate.low is not None and estimate.high is not None:
        parts.append(_interval(across(estimate.low), across(estimate.high)))
    if estimate.value is not None:
        # A line without length and with round ends stays a circle however the bar is stretched.
        parts.append(_path(f"M{across(estimate.value):.2f} {BAR_HEIGHT / 2}h0", "dot"))
    return _stretched(parts, title, description)


def line_chart(
    series: Sequence[Series], title: str, description: str, percent: str = " %"
) -> Markup:
    """Shares between 0 and 1 over x: bands and points for the main series, thin lines else.

    Args:
        percent: what stands behind a figure on the axis, for example ``" %"``.

    A point without a value leaves a gap. A chart without any value still has its axes.
    """
    xs = sorted({x for one in series for x, _ in one.points})
    scale = _Scale(xs[0] if xs else 0.0, xs[-1] if xs else 1.0)
    drawn = [*_axes(scale, xs, percent)]
    for one in sorted(series, key=lambda one: one.main):
        drawn.extend(_main(one, scale) if one.main else _context(one, scale))
    return Markup(
        '<svg class="lines" role="img" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg">'
        "<title>{}</title><desc>{}</desc>{}</svg>"
    ).format(WIDTH, HEIGHT, title, description, Markup("").join(drawn))


@dataclass(frozen=True, slots=True)
class _Scale:
    first: float
    last: float

    def x(self, value: float) -> float:
        if self.last == self.first:
            return LEFT + (WIDTH - LEFT - RIGHT) / 2
        inner = WIDTH - LEFT - RIGHT - 16
        return LEFT + 8 + inner * (value - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        kept = max(0.0, min(1.0, value))
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - kept)


def _axes(scale: _Scale, xs: Sequence[float], percent: str) -> list[Markup]:
    drawn = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = scale.y(share)
        drawn.append(_path(f"M{LEFT} {y:.1f}H{WIDTH - RIGHT}", "base" if share == 0 else "grid"))
        if share in (0.0, 0.5, 1.0):
            drawn.append(_text(LEFT - 6, y + 4, f"{100 * share:.0f}{percent}", "end"))
    step = -(-len(xs) // MOST_TICKS) if xs else 1
    for x in [*xs[:-1:step], *xs[-1:]]:
        near_last = x != xs[-1] and scale.x(xs[-1]) - scale.x(x) < CROWDED
        if not near_last:
            drawn.append(_text(scale.x(x), HEIGHT - BOTTOM + 15, f"{x:g}", "middle"))
    drawn.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 3, "K", "middle"))
    return drawn


def _main(series: Series, scale: _Scale) -> list[Markup]:
    drawn = []
    for run in _unbroken(series):
        band = [(x, e.low, e.high) for x, e in run if e.low is not None and e.high is not None]
        if len(band) == len(run) > 1:
            upper = [f"{scale.x(x):.1f} {scale.y(high):.1f}" for x, _, high in band]
            lower = [f"{scale.x(x):.1f} {scale.y(low):.1f}" for x, low, _ in reversed(band)]
            drawn.append(_path("M" + "L".join([*upper, *lower]) + "Z", "band"))
        else:
            drawn.extend(
                _path(f"M{scale.x(x):.1f} {scale.y(low):.1f}V{scale.y(high):.1f}", "whisker")
                for x, low, high in band
            )
        drawn.append(_path(_line(run, scale), "line"))
        drawn.extend(
            Markup('<circle class="point" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(
                scale.x(x), scale.y(estimate.value or 0.0)
            )
            for x, estimate in run
        )
    return drawn


def _context(series: Series, scale: _Scale) -> list[Markup]:
    return [
        Markup('<path class="context" d="{}"><title>{}</title></path>').format(
            _line(run, scale), series.name
        )
        for run in _unbroken(series)
    ]


def _line(run: Sequence[tuple[float, Estimate]], scale: _Scale) -> str:
    return "M" + "L".join(f"{scale.x(x):.1f} {scale.y(e.value or 0.0):.1f}" for x, e in run)


def _unbroken(series: Series) -> list[list[tuple[float, Estimate]]]:
    """The points in runs without a missing value between them."""
    runs: list[list[tuple[float, Estimate]]] = [[]]
    for x, estimate in sorted(series.points, key=lambda point: point[0]):
        if estimate.value is None:
            runs.append([])
        else:
            runs[-1].append((x, estimate))
    return [run for run in runs if run]


def _stretched(parts: Sequence[Markup], title: str, description: str) -> Markup:
    return Markup(
        '<svg class="bars" role="img" viewBox="0 0 100 {}" preserveAspectRatio="none" '
        'xmlns="http://www.w3.org/2000/svg"><title>{}</title><desc>{}</desc>{}</svg>'
    ).format(BAR_HEIGHT, title, description, Markup("").join(parts))


def _percent(value: float) -> float:
    return 100 * max(0.0, min(1.0, value))


def _rect(left: float, width: float, css: str) -> Markup:
    return Markup('<rect class="{}" x="{:.2f}" y="3" width="{:.2f}" height="{}"/>').format(
        css, left, width, BAR_HEIGHT - 6
    )


def _interval(low: float, high: float) -> Markup:
    middle = BAR_HEIGHT / 2
    return _path(
        f"M{low:.2f} {middle}H{high:.2f}M{low:.2f} 3V{BAR_HEIGHT - 3}"
        f"M{high:.2f} 3V{BAR_HEIGHT - 3}",
        "interval",
    )


def _path(shape: str, css: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(css, shape)


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, escape(text)
    )
