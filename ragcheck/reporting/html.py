"""The report as one HTML file: no script, no outside resource, readable with no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ragcheck.records.results import Curve, CurvePoint, Estimate, Finding, Report, StrategySummary
from ragcheck.reporting import charts, numbers, views
from ragcheck.reporting.flow import decision_flow
from ragcheck.reporting.quotes import quote_markup, safe
from ragcheck.reporting.rule_texts import RuleText
from ragcheck.reporting.wording import known_language, say, translate

MOST_IDS = 12


class HtmlReporter:
    """A page in English, or in Chinese where the report is about Chinese documents.

    Args:
        rules: what each rule means, by rule ID; listed at the end where given.
    """

    def __init__(self, rules: Mapping[str, RuleText] | None = None) -> None:
        self._rules = dict(rules or {})

    def render(self, report: Report, trials: Sequence[Mapping[str, object]]) -> bytes:
        """One self-contained UTF-8 page; the same report and trials give the same bytes."""
        language = known_language(report.language)
        page = (
            _environment()
            .get_template("report.html.j2")
            .render(
                report=report,
                language=language,
                t=partial(say, language),
                term=partial(translate, language),
                draw=_Drawing(language),
                chosen=views.chosen_curve(report.curves),
                findings=views.split_findings(report.findings),
                trials=views.trial_table(report, trials) if trials else None,
                flatten=views.flatten,
                measures=views.CURVE_MEASURES,
                shares=views.SHARES,
                rules=self._rules,
                most_ids=MOST_IDS,
            )
        )
        return page.encode("utf-8")


class _Drawing:
    """The charts and figures of a page in one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._say = partial(say, language)

    def number(self, estimate: Estimate, kind: str = "share") -> str:
        return numbers.estimate_text(estimate, self._language, kind)

    def share(self, value: float) -> str:
        return numbers.value_text(value, self._language)

    def plain(self, value: float) -> str:
        return numbers.value_text(value, self._language, "plain")

    def size(self, value: float) -> str:
        return self._say("characters_unit", n=numbers.value_text(value, self._language, "plain"))

    def p_value(self, value: float | None) -> str:
        return numbers.p_text(value)

    def bar(self, estimate: Estimate, name: str, tone: str = "plain") -> Markup:
        return charts.share_bar(estimate, safe(name), safe(self.number(estimate)), tone)

    def flow(self, report: Report) -> Markup:
        return decision_flow(report.triage, self._language)

    def stack(self, shares: Mapping[str, Estimate], title: str) -> Markup:
        parts = views.drawable_shares(shares)
        if not parts:
            return Markup("")
        rows = "; ".join(
            f"{self._say(f'share.{name}')} {self.number(shares[name])}" for name, _ in parts
        )
        return charts.stacked_bar(parts, safe(title), safe(self._say("shares_desc", rows=rows)))

    def contrasts(self, report: Report) -> list[Markup]:
        found = report.attribution.contrasts if report.attribution else ()
        reach = views.reach(found)
        return [
            charts.difference_bar(
                contrast.difference,
                reach,
                safe(self._say("contrast_title", factor=contrast.factor)),
                safe(self.number(contrast.difference, "difference")),
            )
            for contrast in found
        ]

    def defects(self, strategies: Sequence[StrategySummary]) -> list[str]:
        """Kinds of defects that some strategy has, the most frequent over all of them first."""
        totals: Counter[str] = Counter()
        for strategy in strategies:
            totals.update(strategy.defects)
        return sorted((kind for kind in totals if totals[kind]), key=lambda k: (-totals[k], k))

    def warnings(self, report: Report) -> tuple[str, ...]:
        """Warnings of the run and of the attribution, each once."""
        own = report.attribution.warnings if report.attribution else ()
        return tuple(dict.fromkeys((*report.warnings, *own)))

    def curves(self, curves: Sequence[Curve], chosen: Curve) -> list[tuple[str, list[str], Markup]]:
        """Title, figures at both ends and chart of each of the first measures.

        The chosen curve is drawn with its intervals, the others are thin lines.
        """
        drawn = []
        for name in views.FIRST_MEASURES:
            title = translate(self._language, "measure", name)
            figures = [
                f"K = {point.k}: {self.number(self.measured(point, name))}"
                for point in sorted(chosen.points, key=lambda point: point.k)
            ]
            ends = figures if len(figures) < 3 else [figures[0], figures[-1]]
            series = [self._series(curve, name, main=curve is chosen) for curve in curves]
            about = self._say("curve_desc", measure=title, rows="; ".join(figures))
            chart = charts.line_chart(
                series, safe(title), safe(about), numbers.percent_sign(self._language)
            )
            drawn.append((title, ends, chart))
        return drawn

    def _series(self, curve: Curve, measure: str, *, main: bool) -> charts.Series:
        points = tuple((float(p.k), self.measured(p, measure)) for p in curve.points)
        return charts.Series(safe(f"{curve.strategy} · {curve.retriever}"), points, main)

    def measured(self, point: CurvePoint, name: str) -> Estimate:
        """The estimate of a measure at one K; without a value where the measure did not run."""
        reason = self._say("not_in_run")
        return point.measures.get(name) or Estimate(None, reason=reason)

    def quote(self, finding: Finding, side: str) -> Markup:
        quote = finding.quote if side == "quote" else finding.related
        return Markup("") if quote is None else quote_markup(quote, self._language)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("ragcheck.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["grouped"] = lambda number: f"{number:,}"
    return environment


def _finalize(value: object) -> object:
    """Whatever a template prints is made safe here, so that no template can forget it."""
    return value if isinstance(value, Markup) else safe(str(value))
