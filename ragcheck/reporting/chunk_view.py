"""Strategies side by side and single chunks explained, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from string import ascii_uppercase

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ragcheck.records.corpus import Span
from ragcheck.records.results import Estimate, StrategySummary
from ragcheck.records.strategies import ExplainedChunk, StrategyChoice
from ragcheck.reporting.terminal import percent
from ragcheck.reporting.terminal_wording import WORDS
from ragcheck.reporting.wording import say, translate
from ragcheck.text.display import make_visible, one_line

AROUND = 160
"""Characters of the document that are shown before and behind a chunk."""
LONGEST = 700
"""Characters of a chunk that are shown."""
LONGEST_ADDED = 120
LEAST_GAIN = 0.02


def show_strategy_table(summaries: Sequence[StrategySummary], language: str) -> RenderableType:
    """The strategies by letter, their figures, and chunks with each defect of 100."""
    ordered = sorted(summaries, key=lambda summary: -(summary.standalone.value or 0.0))
    names = [
        Text(f"{letter}  {summary.strategy}")
        for letter, summary in zip(_letters(ordered), ordered, strict=True)
    ]
    return Group(*names, Text(), _figures(ordered, language), Text(), _defects(ordered, language))


def show_choice(
    choice: StrategyChoice, summaries: Sequence[StrategySummary], language: str
) -> RenderableType:
    """What to choose, how sure that is, and what it costs against the cheapest."""
    by_name = {summary.strategy: summary for summary in summaries}
    chosen = by_name[choice.strategy]
    ahead = [
        f"{_signed(estimate)} {say(language, 'choice.against')} {name}"
        for name, estimate in sorted(choice.ahead.items(), key=lambda item: item[1].value or 0.0)
        if name not in choice.tied
    ]
    key = "choice.choose" if choice.differs else "choice.equal"
    lines = [Text(say(language, key, strategy=choice.strategy), style="bold")]
    lines += [Text(f"  {line}") for line in ahead[-3:]]
    if choice.differs and choice.tied:
        lines.append(Text("  " + say(language, "choice.tied", names=", ".join(choice.tied))))
    fewest = min(by_name.values(), key=lambda summary: summary.chunks)
    cost = say(
        language,
        "choice.cost" if fewest.chunks < chosen.chunks else "choice.least",
        chunks=f"{chosen.chunks:,}",
        times=f"{chosen.chunks / max(1, fewest.chunks):.1f}",
        fewest=fewest.strategy,
        size=round(chosen.median_size),
        repeated=f"{100 * chosen.duplication:.0f}",
    )
    return Group(Text(), *lines, Text("  " + cost))


def show_explained(item: ExplainedChunk, language: str) -> RenderableType:
    """One chunk in its document: defects underlined, and its value after each repair."""
    place = item.document.place(item.chunk.span)
    value = 0.0 if item.score.value is None else item.score.value
    head = Text(f"\n{make_visible(place.path)}:{place.line}:{place.column}", style="bold")
    head.append("  " + say(language, "explain.value", value=f"{value:.2f}"), style="not bold")
    parts: list[RenderableType] = [head, Padding(_quoted(item), (0, 0, 0, 3))]
    for defect in item.score.defects:
        kind = translate(language, "defect", defect.kind)
        told = f"- {kind}: {make_visible(defect.message)}; {make_visible(defect.mend)}"
        parts.append(Padding(Text(told), (0, 0, 0, 3)))
    helpful = [repair for repair in item.repairs if repair.value > value + LEAST_GAIN]
    if item.repairs and not helpful:
        parts.append(Padding(Text(say(language, "explain.no_repair"), style="dim"), (0, 0, 0, 3)))
    for repaired in sorted(helpful, key=lambda repair: -repair.value):
        name = translate(language, "repair", repaired.repair)
        change = f"{value:.2f} → {repaired.value:.2f}"
        added = one_line(repaired.added, LONGEST_ADDED)
        parts.append(Padding(Text(f"+ {change}  {name}: “{added}”", style="green"), (0, 0, 0, 3)))
    return Group(*parts)


def _letters(ordered: Sequence[StrategySummary]) -> Iterator[str]:
    for i in range(len(ordered)):
        yield ascii_uppercase[i] if i < len(ascii_uppercase) else str(i)


def _figures(ordered: Sequence[StrategySummary], language: str) -> Table:
    words = WORDS[language]
    heads = ("chunks", "size", "standalone", "gold", "repeated")
    table = _table("", *(say(language, f"chunks.{name}") for name in heads))
    for letter, summary in zip(_letters(ordered), ordered, strict=True):
        gold = percent(summary.gold_coverage, words)
        if summary.same_as:
            gold = words["same"].format(strategy=summary.same_as)
        table.add_row(
            letter,
            f"{summary.chunks:,}",
            f"{summary.median_size:.0f}",
            percent(summary.standalone, words),
            gold,
            f"{100 * summary.duplication:.0f} %",
        )
    return table


def _defects(ordered: Sequence[StrategySummary], language: str) -> Table:
    totals: dict[str, int] = {}
    for summary in ordered:
        for kind, count in summary.defects.items():
            totals[kind] = totals.get(kind, 0) + count
    table = _table(say(language, "chunks.defects"), *_letters(ordered))
    for kind in sorted(totals, key=lambda kind: (-totals[kind], kind)):
        shares = [100 * s.defects.get(kind, 0) / max(1, s.chunks) for s in ordered]
        table.add_row(translate(language, "defect", kind), *(f"{share:.0f}" for share in shares))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _signed(estimate: Estimate) -> str:
    text = f"{100 * (estimate.value or 0.0):+.0f} %"
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} [{100 * estimate.low:+.0f}, {100 * estimate.high:+.0f}]"


def _quoted(item: ExplainedChunk) -> Text:
    """The chunk, each line behind a bar, between what stands around it; defects underlined."""
    text, chunk = item.document.text, item.chunk
    before = make_visible(text[max(0, chunk.start - AROUND) : chunk.start]).strip("\n")
    after = make_visible(text[chunk.end : chunk.end + AROUND]).strip("\n")
    spans = [defect.span for defect in item.score.defects]
    shown = _marked(chunk.text[:LONGEST], spans)
    if len(chunk.text) > LONGEST:
        shown.append(" …")
    lines = [Text(f"  {line}", style="dim") for line in before.split("\n") if line.strip()]
    lines += [Text("│ ").append_text(line) for line in shown.split("\n") if line.plain.strip()]
    lines += [Text(f"  {line}", style="dim") for line in after.split("\n") if line.strip()]
    return Text("\n").join(lines)


def _marked(text: str, spans: Sequence[Span]) -> Text:
    """The text with these spans underlined; what would steer the screen is made visible."""
    edges = sorted({0, len(text), *(min(e, len(text)) for s in spans for e in (s.start, s.end))})
    shown = Text()
    for start, end in pairwise(edges):
        inside = any(span.start <= start and end <= span.end for span in spans)
        shown.append(make_visible(text[start:end]), style="underline red" if inside else "")
    return shown
