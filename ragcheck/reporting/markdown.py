"""A summary for a pull request: the answers, the figures behind them, what to fix first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from ragcheck.records.results import (
    AnswerShift,
    Curve,
    CurvePoint,
    Estimate,
    Finding,
    Quote,
    Report,
)
from ragcheck.reporting import views
from ragcheck.reporting.numbers import estimate_text
from ragcheck.reporting.quotes import excerpt
from ragcheck.reporting.wording import known_language, say, translate
from ragcheck.text.display import one_line

LONGEST = 200
MOST_NOTES = 10
_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~#$])")
_LINKED = re.compile(r"@(?=\w)|:(?=//)|#(?=\d)|(?<=www)\.", re.IGNORECASE)
_JOINER = "\u2060"


class MarkdownReporter:
    """GitHub-flavoured Markdown; no text of a document can make a link, a mention or markup."""

    def render(self, report: Report, trials: Sequence[Mapping[str, object]]) -> bytes:  # noqa: ARG002
        """A page of some dozen lines, in English or Chinese, with one trailing newline."""
        language = known_language(report.language)
        blocks = [
            f"# {prose(say(language, 'page_title', corpus=report.corpus))}",
            *_attribution(report, language),
            *_triage(report, language),
            *_effects(report, language),
            *_interventions(report, language),
            *_curves(report, language),
            *_strategies(report, language),
            *_findings(report, language),
            *_notes(report, language),
        ]
        return ("\n\n".join(block for block in blocks if block) + "\n").encode("utf-8")


def prose(text: str, limit: int = LONGEST) -> str:
    """Text of any origin on one line, with everything that Markdown would read escaped.

    A word joiner breaks what GitHub links by itself: mentions, issue numbers and addresses.
    """
    broken = _LINKED.sub(lambda found: found.group() + _JOINER, one_line(text, limit))
    return _SPECIAL.sub(r"\\\1", broken)


def code(text: str, limit: int = LONGEST) -> str:
    """Text of any origin as a code span that stays one, in tables too."""
    line = one_line(text, limit).replace("|", "\uff5c") or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def figure(estimate: Estimate, language: str, kind: str = "share") -> str:
    """The estimate's text; the reason of an undefined one is escaped."""
    text = estimate_text(estimate, language, kind)
    return prose(text) if estimate.value is None else text


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A pipe table, or nothing where there are no rows. Cells are Markdown already."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _attribution(report: Report, language: str) -> list[str]:
    t = partial(say, language)
    attribution = report.attribution
    if attribution is None:
        return [f"**{t('no_attribution')}** {t('no_attribution_why')}"]
    response = prose(translate(language, "response", attribution.response))
    verdict = translate(language, "verdict", attribution.verdict)
    lines = [f"**{prose(verdict)}** {prose(attribution.reason)}"]
    if attribution.needed:
        lines.append(prose(t("needed", needed=attribution.needed)))
    rows = [
        [t(f"share.{name}"), figure(attribution.shares[name], language)]
        for name in views.SHARES
        if name in attribution.shares
    ]
    lines.append(table([t("shares_title", response=response), t("estimate")], rows))
    ranges = "; ".join(
        f"{code(name)}: {', '.join(code(str(level)) for level in levels)}"
        for name, levels in attribution.ranges.items()
    )
    lines.append(f"{t('shares_depend')} {ranges}")
    return lines


def _triage(report: Report, language: str) -> list[str]:
    t = partial(say, language)
    triage = report.triage
    lines = [
        f"## {prose(translate(language, 'triage', triage.verdict))}",
        prose(triage.reason),
    ]
    for name, text in (("fix_first", triage.fix_first), ("measure_next", triage.measure_next)):
        if text:
            lines.append(f"**{t(name)}**: {prose(text)}")
    rows = [
        [
            prose(item.question),
            prose(translate(language, "answer", item.answer)),
            prose(item.figure),
            " ".join(code(rule) for rule in item.rules),
        ]
        for item in triage.checklist
    ]
    head = [t("question"), t("answer"), t("value"), t("rules")]
    return [*lines, table(head, rows)]


def _effects(report: Report, language: str) -> list[str]:
    t = partial(say, language)
    rows = [
        [
            prose(translate(language, "effect", effect.property)),
            prose(translate(language, "outcome", effect.outcome)),
            figure(effect.having, language),
            figure(effect.lacking, language),
            figure(effect.difference, language, "difference"),
        ]
        for effect in report.effects
    ]
    head = [t(f"effect_{name}") for name in ("property", "outcome", "having", "lacking")]
    if not rows:
        return []
    return [f"## {t('s_effects')}", t("effects_lead"), table([*head, t("difference")], rows)]


def _interventions(report: Report, language: str) -> list[str]:
    t = partial(say, language)
    lines = [f"## {t('s_interventions')}"]
    contrast = report.conflict_or_missing
    shifts = []
    if contrast is not None:
        verdict = translate(language, "contrast", contrast.verdict)
        lines.append(f"**{prose(verdict)}** {prose(contrast.reason)}")
        lines.append(f"{t('contrast_before')}: {figure(contrast.before, language)}")
        shifts = [
            (t("contrast_conflict"), contrast.conflict),
            (t("contrast_missing"), contrast.missing),
            (t("contrast_difference"), contrast.difference),
        ]
    for effect in report.interventions:
        if contrast is None or effect.name not in ("conflict", "missing"):
            name = translate(language, "intervention", effect.name)
            shifts.append((prose(name), effect.shift))
    rows = [
        [name, *(figure(e, language, "difference") for e in _figures(shift))]
        for name, shift in shifts
    ]
    head = [t("change"), *(t(f"quality.{name}") for name in ("correctness", "wrong", "abstained"))]
    return [*lines, table(head, rows) or t("no_interventions")]


def _figures(shift: AnswerShift) -> tuple[Estimate, Estimate, Estimate]:
    return shift.correctness, shift.wrong, shift.abstained


def _curves(report: Report, language: str) -> list[str]:
    t = partial(say, language)
    chosen = views.chosen_curve(report.curves)
    lines = [f"## {t('s_curves')}"]
    if chosen is None:
        return [*lines, t("no_curves")]
    quality = {point.k: point for point in report.quality}
    absent = Estimate(None, reason=t("not_in_run"))
    rows = []
    for point in _telling_points(chosen, set(quality)):
        found = [point.measures.get(name, absent) for name in views.FIRST_MEASURES]
        answers = quality.get(point.k)
        right = answers.correctness if answers else absent
        rows.append([str(point.k), *(figure(estimate, language) for estimate in [*found, right])])
    head = ["K", *(t(f"measure.{name}") for name in views.FIRST_MEASURES), t("quality.correctness")]
    first = figure(chosen.first_conflict_rank, language, "plain")
    reader = report.reader
    checks = [t("no_reader")]
    if reader is not None:
        checks = [
            f"- {t('reader_with')}: {figure(reader.with_evidence, language)}",
            f"- {t('reader_without')}: {figure(reader.without_evidence, language)}",
        ]
    return [
        *lines,
        f"{code(chosen.strategy)} · {code(chosen.retriever)}",
        table(head, rows),
        f"{t('first_conflict')}: {first}",
        f"**{t('reader_title')}**",
        "\n".join(checks),
    ]


def _telling_points(curve: Curve, wanted: set[int]) -> list[CurvePoint]:
    """The first and the last K, and those at which answers were generated."""
    points = sorted(curve.points, key=lambda point: point.k)
    ends = {points[0].k, points[-1].k}
    return [point for point in points if point.k in wanted | ends]


def _strategies(report: Report, language: str) -> list[str]:
    t = partial(say, language)
    rows = [
        [
            code(row.strategy),
            f"{row.chunks:,}",
            figure(row.standalone, language),
            figure(row.gold_coverage, language),
        ]
        for row in report.strategies
    ]
    head = [t("strategy"), t("chunks"), t("standalone"), t("gold_coverage")]
    return [f"## {t('s_strategies')}", table(head, rows) or t("no_strategies")]


def _findings(report: Report, language: str) -> list[str]:
    t = partial(say, language)
    split = views.split_findings(report.findings)
    lines = [f"## {t('worth_first')}"]
    if not report.findings:
        return [*lines, t("no_findings")]
    lines += [_finding(number, f, language) for number, f in enumerate(split.first, 1)]
    counts = views.count_severities(report.findings)
    total = ", ".join(f"{t(f'severity.{name}')} {count}" for name, count in counts.items())
    silenced = sum(finding.silenced for finding in report.findings)
    if silenced:
        total += f", {t('silenced')} {silenced}"
    return [*lines, f"{t('s_findings')}: {total}."]


def _finding(number: int, finding: Finding, language: str) -> str:
    severity = prose(translate(language, "severity", finding.severity))
    lines = [f"{number}. **{prose(finding.rule)}** ({severity}) {prose(finding.message)}"]
    lines += [
        f"   - {code(f'{quote.place.path}:{quote.place.line}')} {code(_shortened(quote))}"
        for quote in (finding.quote, finding.related)
        if quote is not None
    ]
    if finding.mend:
        lines.append(f"   - {say(language, 'mend')}: {prose(finding.mend)}")
    return "\n".join(lines)


def _shortened(quote: Quote) -> str:
    part = excerpt(quote, LONGEST)
    return part.before + part.marked + part.after


def _notes(report: Report, language: str) -> list[str]:
    lines = []
    for name, notes in (("warnings", report.warnings), ("left_out", report.left_out)):
        if notes:
            shown = [f"- {prose(note)}" for note in notes[:MOST_NOTES]]
            if len(notes) > MOST_NOTES:
                shown.append("- " + say(language, "more_ids", n=len(notes) - MOST_NOTES))
            lines.append(f"**{say(language, name)}**\n\n" + "\n".join(shown))
    if report.skipped:
        rows = [[code(s.path), prose(s.reason)] for s in report.skipped[:MOST_NOTES]]
        lines.append(table([say(language, "skipped"), say(language, "reason")], rows))
        hidden = len(report.skipped) - MOST_NOTES
        if hidden > 0:
            lines.append(say(language, "more_ids", n=hidden))
    return lines
