"""What a person reads in a terminal of 80 columns: the summary of a report, and its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ragcheck.records.results import (
    Attribution,
    Curve,
    Estimate,
    EvidenceContrast,
    EvidenceEffect,
    Finding,
    QualityPoint,
    Quote,
    Report,
    StrategySummary,
    Triage,
)
from ragcheck.reporting.terminal_wording import WORDS
from ragcheck.reporting.views import unsilenced
from ragcheck.reporting.wording import say, translate
from ragcheck.text.display import make_visible, one_line

SHARES = ("evidence", "generation", "interaction", "noise", "unit")
DECIDED = ("stop tuning parameters", "keep tuning")
FEW_KS = (1, 2, 3, 5, 10, 20)

Words = Mapping[str, str]


def summarise(report: Report) -> RenderableType:
    """The answers to the four questions, in their order, on one screen."""
    words = WORDS[report.language]
    synthetic = words["synthetic"] if report.synthetic_questions else ""
    head = words["head"].format(
        corpus=one_line(report.corpus, 40),
        documents=report.documents,
        questions=report.questions,
        synthetic=synthetic,
    )
    parts: list[RenderableType] = [Text(head, style="bold"), _heading(words["q1"])]
    if report.attribution is None:
        parts.append(_indented(words["no_experiment"]))
    else:
        parts.append(show_attribution(report.attribution, report.language))
    parts += _decision(report, words)
    curve = _shown_curve(report)
    if curve is not None:
        names = {"strategy": curve.strategy, "retriever": curve.retriever}
        parts += [_heading(words["q2"].format(**names)), _by_k(curve, report.quality, words)]
    if len(report.effects) > 1:
        parts += [_heading(words["q_effects"]), _effects(report)]
    if report.strategies:
        parts += [_heading(words["q3"]), show_strategies(report.strategies, report.language)]
        parts += [_indented(_outcome(effect, words)) for effect in report.effects[:1]]
    first = report.fix_first()
    told = unsilenced(report.findings)
    title = words["q4"].format(shown=len(first), total=len(told))
    parts += [_heading(title), show_findings(first, report.language, count=len(first))]
    if len(told) < len(report.findings):
        count = len(report.findings) - len(told)
        parts.append(Text(words["silenced"].format(count=count), style="dim"))
    notes = len(report.warnings) + len(report.left_out) + len(report.skipped)
    if notes:
        parts.append(Text(words["warnings"].format(count=notes), style="dim"))
    return Group(*parts)


def show_attribution(attribution: Attribution, language: str) -> RenderableType:
    """Verdict, shares with intervals, the levels behind them, and what would settle it."""
    words = WORDS[language]
    shares = " · ".join(
        f"{words['share_' + name]} {percent(attribution.shares.get(name), words)}"
        for name in SHARES
    )
    factors = " | ".join(
        f"{name} {', '.join(str(level) for level in levels)}"
        for name, levels in attribution.ranges.items()
    )
    varied = words["varied"].format(
        factors=factors, units=attribution.units, trials=attribution.trials
    )
    verdict = words[attribution.verdict]
    if attribution.verdict == "inconclusive":
        verdict += ("" if language == "zh" else " ") + attribution.reason
    lines = [
        _indented(make_visible(verdict), style="bold"),
        _indented(shares),
        _indented(make_visible(varied)),
    ]
    if attribution.needed and attribution.verdict == "inconclusive":
        lines.append(_indented(words["needed"].format(needed=attribution.needed)))
    return Group(*lines)


def show_strategies(strategies: Sequence[StrategySummary], language: str) -> RenderableType:
    """One row a strategy, the one whose chunks stand alone most often first."""
    words = WORDS[language]
    table = _table(words["strategy"], words["chunks"], words["standalone"], words["gold"])
    for summary in sorted(strategies, key=lambda s: -(s.standalone.value or 0.0)):
        gold = percent(summary.gold_coverage, words)
        if summary.same_as:
            gold = words["same"].format(strategy=summary.same_as)
        table.add_row(
            summary.strategy, str(summary.chunks), percent(summary.standalone, words), gold
        )
    return Padding(table, (0, 0, 0, 3))


def show_curves(curves: Sequence[Curve], language: str) -> RenderableType:
    """For each curve the share of questions with a conflict, at a few K."""
    words = WORDS[language]
    largest = max((point.k for curve in curves for point in curve.points), default=0)
    ks = sorted({k for k in (1, 5, largest) if k <= largest})
    table = _table(words["strategy"], *(f"K = {k}" for k in ks))
    for curve in curves:
        points = {point.k: point.measures.get("conflict") for point in curve.points}
        table.add_row(curve.strategy, *(percent(points.get(k), words) for k in ks))
    retrievers = ", ".join(dict.fromkeys(curve.retriever for curve in curves))
    title = _heading(f"{words['conflict']} ({retrievers})")
    return Group(title, Padding(table, (0, 0, 0, 3)))


def show_findings(findings: Sequence[Finding], language: str, *, count: int) -> RenderableType:
    """The first findings: rule, place and quote, with the other side of a conflict."""
    words = WORDS[language]
    if not findings:
        return _indented(words["none"])
    return Group(*(_finding(finding, words) for finding in findings[:count]))


def percent(estimate: Estimate | None, words: Words) -> str:
    """``42 % [35, 49]``, cut to 0 to 100 %, or that it was not measured."""
    share = None if estimate is None else estimate.within(0.0, 1.0)
    if share is None or share.value is None:
        return words["not_measured"]
    if share.low is None or share.high is None:
        return f"{100 * share.value:.0f} %"
    return f"{100 * share.value:.0f} % [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def _decision(report: Report, words: Words) -> list[RenderableType]:
    lines: list[RenderableType] = []
    if report.reader is not None:
        with_ = percent(report.reader.with_evidence, words)
        without = percent(report.reader.without_evidence, words)
        lines.append(_indented(words["reader"].format(with_=with_, without=without)))
    if report.conflict_or_missing is not None:
        lines.append(_indented(make_visible(_contrast(report.conflict_or_missing, words))))
    triage: Triage = report.triage
    decided = words[triage.verdict if triage.verdict in DECIDED else "decision_open"]
    decision = decided + triage.reason
    lines.append(_indented(make_visible(decision), style="bold"))
    if triage.fix_first:
        lines.append(_indented(words["fix_first"].format(what=triage.fix_first)))
    if triage.measure_next:
        lines.append(_indented(words["measure_next"].format(what=triage.measure_next)))
    return lines


def _outcome(effect: EvidenceEffect, words: Words) -> str:
    """What a defect of the gold evidence costs, where this was seen."""
    if effect.difference.value is None:
        return words["outcome_unknown"].format(reason=effect.difference.reason)
    return words["outcome"].format(difference=_points(effect.difference, words))


def _effects(report: Report) -> RenderableType:
    """Shares of right answers and refusals, with and without each property of the evidence."""
    language, words = report.language, WORDS[report.language]
    heads = ("property", "outcome", "having", "lacking")
    table = _table(
        *(say(language, f"effect_{name}") for name in heads), say(language, "difference")
    )
    for effect in report.effects:
        table.add_row(
            translate(language, "effect", effect.property),
            translate(language, "outcome", effect.outcome),
            percent(effect.having, words),
            percent(effect.lacking, words),
            _points(effect.difference, words),
        )
    return Padding(table, (0, 0, 0, 3))


def _contrast(contrast: EvidenceContrast, words: Words) -> str:
    """What a conflict and what missing evidence cost, and which of them costs more."""
    told = words["contrast_" + contrast.verdict]
    if contrast.verdict == "not measured":
        return told.format(reason=contrast.reason)
    conflict, missing = (
        _points(shift.correctness, words) for shift in (contrast.conflict, contrast.missing)
    )
    return words["contrast"].format(conflict=conflict, missing=missing) + told


def _points(estimate: Estimate, words: Words) -> str:
    """``-12 % [-30, +5]``: a change of a share, with its sign."""
    if estimate.value is None:
        return words["not_measured"]
    text = f"{100 * estimate.value:+.0f} %"
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} [{100 * estimate.low:+.0f}, {100 * estimate.high:+.0f}]"


def _by_k(curve: Curve, quality: Sequence[QualityPoint], words: Words) -> RenderableType:
    names = ("conflict", "sufficiency", "correctness", "abstained")
    table = _table("K", *(words[name] for name in names))
    answered = {point.k: point for point in quality}
    shown = {curve.points[0].k, curve.points[-1].k, *FEW_KS, *answered}
    for point in curve.points:
        if point.k not in shown:
            continue
        answers = answered.get(point.k)
        table.add_row(
            str(point.k),
            percent(point.measures.get("conflict"), words),
            percent(point.measures.get("sufficiency"), words),
            percent(answers.correctness, words) if answers else "",
            percent(answers.abstained, words) if answers else "",
        )
    return Padding(table, (0, 0, 0, 3))


def _finding(finding: Finding, words: Words) -> RenderableType:
    head = Text()
    head.append(f"{finding.rule} ", style="yellow")
    head.append(_place(finding.quote), style="underline")
    quotes = [finding.quote]
    if finding.related is None:
        lines = [_indented(f"  {one_line(finding.message, 74)}")]
    else:
        head.append(f" {words['against']} ")
        head.append(_place(finding.related), style="underline")
        quotes.append(finding.related)
        lines = []
    lines += [_indented(f"  “{_words_at_mark(quote)}”") for quote in quotes]
    return Group(Padding(head, (0, 0, 0, 3)), *lines)


def _place(quote: Quote) -> str:
    return f"{make_visible(quote.place.path)}:{quote.place.line}"


def _words_at_mark(quote: Quote, width: int = 71) -> str:
    """The quote on one line, from a little before the marked words on."""
    start = max(0, quote.mark[0] - width // 3) if quote.mark and quote.mark[1] > width else 0
    return ("…" if start else "") + one_line(quote.text[start:], width - bool(start))


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _heading(text: str) -> Text:
    return Text(text, style="bold cyan")


def _indented(text: str, style: str = "") -> Padding:
    """The text three columns from the left; wrapped lines begin where the first one does."""
    inside = text.lstrip(" ")
    return Padding(Text(inside, style=style), (0, 0, 0, 3 + len(text) - len(inside)))


def _shown_curve(report: Report) -> Curve | None:
    """The curve of the experiment's strategy with most chunks standing alone."""
    named = report.config.get("experiment")
    crossed = named.get("strategies", []) if isinstance(named, Mapping) else []
    alone = {s.strategy: s.standalone.value or 0.0 for s in report.strategies}
    candidates = [c for c in report.curves if c.strategy in crossed] or list(report.curves)
    return max(candidates, key=lambda curve: alone.get(curve.strategy, 0.0), default=None)
