"""The summary of a report on one screen: what it answers, in the order of its questions."""

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
    QualityPoint,
    Quote,
    Report,
    StrategySummary,
)
from ragcheck.text.display import make_visible, one_line

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "{corpus}: {documents} documents, {questions} questions{synthetic}",
        "synthetic": " (synthetic: made from the corpus)",
        "q1": "1  Does answer quality follow the evidence or the parameters?",
        "q2": "2  What happens as K grows?  ({strategy}, {retriever})",
        "q3": "3  Which chunks stand alone?",
        "q4": "4  Worth fixing first ({shown} of {total} findings)",
        "evidence": "The evidence.",
        "generation": "The generation parameters.",
        "both": "Both.",
        "interaction": "Their interaction: one side matters only with the other.",
        "neither": "Neither: what was varied does not move the answers.",
        "inconclusive": "Inconclusive.",
        "no_experiment": "Not measured: no answers could be attributed.",
        "share_evidence": "evidence",
        "share_generation": "generation",
        "share_interaction": "interaction",
        "share_noise": "noise",
        "share_unit": "question",
        "varied": "varied: {factors}; {units} questions, {trials} answers",
        "needed": "it would take: {needed}",
        "reader": "with all evidence in the prompt {with_} of the answers are right, "
        "with none {without}",
        "stop tuning parameters": "Decision: stop tuning parameters. ",
        "keep tuning": "Decision: keep tuning. ",
        "decision_open": "Decision: inconclusive. ",
        "fix_first": "Fix first: {what}",
        "conflict": "conflict",
        "sufficiency": "evidence found",
        "correctness": "answers right",
        "abstained": "abstained",
        "strategy": "strategy",
        "chunks": "chunks",
        "standalone": "stand alone",
        "gold": "evidence in one piece",
        "same": "cuts as {strategy}",
        "against": "against",
        "mend": "mend: ",
        "none": "no findings",
        "warnings": "{count} warnings and omissions, in the report",
        "not_measured": "not measured",
    },
    "zh": {
        "head": "{corpus}：{documents} 篇文档，{questions} 个问题{synthetic}",
        "synthetic": "（合成：由语料生成）",
        "q1": "1  回答质量取决于证据还是生成参数？",
        "q2": "2  K 增大时会怎样？（{strategy}，{retriever}）",
        "q3": "3  哪种切分的片段能独立理解？",
        "q4": "4  最值得先修复的（{total} 项发现中的 {shown} 项）",
        "evidence": "取决于证据。",
        "generation": "取决于生成参数。",
        "both": "两者都有影响。",
        "interaction": "取决于两者的交互：一方只在另一方的条件下起作用。",
        "neither": "都不是：所改变的因素没有影响回答。",
        "inconclusive": "无法下结论。",
        "no_experiment": "未测量：没有可以归因的回答。",
        "share_evidence": "证据",
        "share_generation": "生成",
        "share_interaction": "交互",
        "share_noise": "噪声",
        "share_unit": "问题",
        "varied": "改变的因素：{factors}；{units} 个问题，{trials} 个回答",
        "needed": "还需要：{needed}",
        "reader": "证据全部在提示中时正确率为 {with_}，完全没有证据时为 {without}",
        "stop tuning parameters": "决定：停止调参。",
        "keep tuning": "决定：继续调参。",
        "decision_open": "决定：尚无结论。",
        "fix_first": "先修复：{what}",
        "conflict": "冲突",
        "sufficiency": "找到证据",
        "correctness": "回答正确",
        "abstained": "拒答",
        "strategy": "切分策略",
        "chunks": "片段数",
        "standalone": "可独立理解",
        "gold": "证据未被切开",
        "same": "切法同 {strategy}",
        "against": "对照",
        "mend": "修复：",
        "none": "没有发现",
        "warnings": "{count} 条警告与省略，见报告",
        "not_measured": "未测量",
    },
}
SHARES = ("evidence", "generation", "interaction", "noise", "unit")


def summarise(report: Report) -> RenderableType:
    """The summary as something that a rich console prints; made for 80 columns."""
    words = WORDS[report.language]
    synthetic = words["synthetic"] if report.synthetic_questions else ""
    head = words["head"].format(
        corpus=one_line(report.corpus, 40),
        documents=report.documents,
        questions=report.questions,
        synthetic=synthetic,
    )
    curve = _shown_curve(report)
    parts: list[RenderableType] = [
        Text(head, style="bold"),
        _heading(words["q1"]),
        *_follows(report, words),
    ]
    if curve is not None:
        names = {"strategy": curve.strategy, "retriever": curve.retriever}
        parts += [_heading(words["q2"].format(**names)), _by_k(curve, report.quality, words)]
    parts += [_heading(words["q3"]), _strategies(report.strategies, words)]
    parts += _first_findings(report, words)
    notes = len(report.warnings) + len(report.left_out) + len(report.skipped)
    if notes:
        parts.append(Text(words["warnings"].format(count=notes), style="dim"))
    return Group(*parts)


def percent(estimate: Estimate | None, words: Mapping[str, str]) -> str:
    """``42 % [35, 49]``, or that it was not measured."""
    if estimate is None or estimate.value is None:
        return words["not_measured"]
    if estimate.low is None or estimate.high is None:
        return f"{100 * estimate.value:.0f} %"
    return f"{100 * estimate.value:.0f} % [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"


def _heading(text: str) -> Text:
    return Text(text, style="bold cyan")


def _follows(report: Report, words: Mapping[str, str]) -> list[RenderableType]:
    lines: list[RenderableType] = []
    attribution = report.attribution
    if attribution is None:
        lines.append(_indented(words["no_experiment"]))
    else:
        lines.append(_indented(words[attribution.verdict], style="bold"))
        lines += [_indented(line) for line in _shares(attribution, words)]
        if attribution.needed and attribution.verdict == "inconclusive":
            lines.append(_indented(words["needed"].format(needed=attribution.needed)))
    if report.reader is not None:
        with_ = percent(report.reader.with_evidence, words)
        without = percent(report.reader.without_evidence, words)
        lines.append(_indented(words["reader"].format(with_=with_, without=without)))
    triage = report.triage
    decision = words.get(triage.verdict, words["decision_open"]) + triage.reason
    lines.append(_indented(make_visible(decision)))
    if triage.fix_first:
        lines.append(_indented(words["fix_first"].format(what=triage.fix_first)))
    return lines


def _shares(attribution: Attribution, words: Mapping[str, str]) -> list[str]:
    shares = [
        f"{words['share_' + name]} {percent(attribution.shares.get(name), words)}"
        for name in SHARES
    ]
    factors = " | ".join(
        f"{name} {', '.join(str(level) for level in levels)}"
        for name, levels in attribution.ranges.items()
    )
    varied = words["varied"].format(
        factors=factors, units=attribution.units, trials=attribution.trials
    )
    return [" · ".join(shares), make_visible(varied)]


def _by_k(
    curve: Curve, quality: Sequence[QualityPoint], words: Mapping[str, str]
) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("K", justify="right")
    for name in ("conflict", "sufficiency", "correctness", "abstained"):
        table.add_column(words[name])
    answered = {point.k: point for point in quality}
    for point in curve.points:
        if point.k not in _shown_ks(curve, answered):
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


def _shown_ks(curve: Curve, answered: Mapping[int, object]) -> set[int]:
    """First, last, a few between, and every K at which answers were asked for."""
    ks = [point.k for point in curve.points]
    return {ks[0], ks[-1], *(k for k in (2, 3, 5, 10, 20) if k in ks)} | set(answered)


def _strategies(strategies: Sequence[StrategySummary], words: Mapping[str, str]) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(words["strategy"], no_wrap=True)
    table.add_column(words["chunks"], justify="right")
    table.add_column(words["standalone"])
    table.add_column(words["gold"])
    ordered = sorted(strategies, key=lambda s: -(s.standalone.value or 0.0))
    for summary in ordered:
        gold = percent(summary.gold_coverage, words)
        if summary.same_as:
            gold = words["same"].format(strategy=summary.same_as)
        table.add_row(
            summary.strategy, str(summary.chunks), percent(summary.standalone, words), gold
        )
    return Padding(table, (0, 0, 0, 3))


def _first_findings(report: Report, words: Mapping[str, str]) -> list[RenderableType]:
    first = report.fix_first()
    if not first:
        return [_heading(words["q4"].format(shown=0, total=0)), _indented(words["none"])]
    lines: list[RenderableType] = [
        _heading(words["q4"].format(shown=len(first), total=len(report.findings)))
    ]
    for finding in first:
        head = Text("   ")
        head.append(f"{finding.rule} ", style="yellow")
        head.append(_place(finding.quote), style="underline")
        if finding.related is None:
            lines += [head, _indented(f"  {one_line(finding.message, 73)}")]
            lines.append(_indented(f"  “{_words_at_mark(finding.quote)}”"))
            continue
        head.append(f" {words['against']} ")
        head.append(_place(finding.related), style="underline")
        lines.append(head)
        lines += [
            _indented(f"  “{_words_at_mark(quote)}”") for quote in (finding.quote, finding.related)
        ]
    return lines


def _place(quote: Quote) -> str:
    return f"{make_visible(quote.place.path)}:{quote.place.line}"


def _words_at_mark(quote: Quote, width: int = 71) -> str:
    """The quote on one line, from a little before the marked words on."""
    start = max(0, quote.mark[0] - width // 3) if quote.mark and quote.mark[1] > width else 0
    return ("…" if start else "") + one_line(quote.text[start:], width - bool(start))


def _indented(text: str, style: str = "") -> RenderableType:
    return Padding(Text(text, style=style), (0, 0, 0, 3))


def _shown_curve(report: Report) -> Curve | None:
    """The curve of the experiment's strategy with most chunks standing alone."""
    named = report.config.get("experiment")
    crossed = named.get("strategies", []) if isinstance(named, Mapping) else []
    alone = {s.strategy: s.standalone.value or 0.0 for s in report.strategies}
    candidates = [c for c in report.curves if c.strategy in crossed] or list(report.curves)
    return max(candidates, key=lambda curve: alone.get(curve.strategy, 0.0), default=None)
