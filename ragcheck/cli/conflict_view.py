"""Conflicts of a scan as a person reads them in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from ragcheck.pipeline.scan import Scan
from ragcheck.records.results import Finding, Quote
from ragcheck.reporting.quotes import excerpt
from ragcheck.text.display import make_visible, one_line

SHOWN = 10
LIKELY = 0.5
"""Probability from which a conflict is called likely."""
LONGEST_QUOTE = 220
MARK = ("«", "»")
"""Around the words that differ, so that they are seen without colours too."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "{claims} statements, {compared} pairs of them differ and may be about the same",
        "likely": "Likely conflicts, the surest first ({shown} of {total})",
        "possible": "Possible conflicts: about every second one is none ({shown} of {total})",
        "none": "No conflict was found. What is worded very differently is not seen.",
        "sure": "{percent} %",
    },
    "zh": {
        "head": "共 {claims} 条陈述，其中 {compared} 对说法不同、可能涉及同一事项",
        "likely": "很可能矛盾，把握最大的在前（共 {total} 处，列出 {shown} 处）",
        "possible": "可能矛盾：约有一半并非矛盾（共 {total} 处，列出 {shown} 处）",
        "none": "未发现矛盾。措辞相差很大的矛盾看不出来。",
        "sure": "{percent} %",
    },
}


def print_scan(found: Scan, console: Console) -> None:
    """Print the surest findings of a scan, each with both places and what to do."""
    words = WORDS[found.corpus.language]
    console.print(words["head"].format(claims=found.claims, compared=found.compared))
    if not found.findings:
        console.print(words["none"])
    for name, chosen in _groups(found.findings):
        if chosen:
            figures = {"shown": min(SHOWN, len(chosen)), "total": len(chosen)}
            console.print()
            console.print(Text(words[name].format(**figures), style="bold cyan"))
            for finding in chosen[:SHOWN]:
                console.print(show_conflict(finding, words))


def _groups(findings: Sequence[Finding]) -> Iterable[tuple[str, list[Finding]]]:
    yield "likely", [finding for finding in findings if finding.weight >= LIKELY]
    yield "possible", [finding for finding in findings if finding.weight < LIKELY]


def show_conflict(finding: Finding, words: Mapping[str, str]) -> RenderableType:
    """Certainty, both places as file:line:column, both quotes, and what to do."""
    head = Text(words["sure"].format(percent=round(100 * finding.weight)), style="bold")
    parts: list[RenderableType] = [Padding(head, (1, 0, 0, 1))]
    for quote in (finding.quote, finding.related):
        if quote is not None:
            place = f"{one_line(str(quote.place), 200)}:{quote.place.column}"
            parts.append(Padding(Text(place, style="dim"), (0, 0, 0, 3)))
            parts.append(Padding(marked(quote), (0, 0, 0, 5)))
    parts.append(Padding(Text(f"→ {make_visible(finding.mend)}"), (0, 0, 0, 3)))
    return Group(*parts)


def marked(quote: Quote) -> Text:
    """The quote on one line, the words that differ between marks and in bold."""
    part = excerpt(quote, LONGEST_QUOTE)
    text = Text("…" if part.cut_before else "")
    text.append(_flat(part.before))
    if part.marked and quote.mark is not None:
        text.append(f"{MARK[0]}{_flat(part.marked).strip()}{MARK[1]}", style="bold")
    else:
        text.append(_flat(part.marked))
    text.append(_flat(part.after))
    text.append("…" if part.cut_after else "")
    return text


def _flat(text: str) -> str:
    """One line, made visible, with a space at an end where there was one."""
    flat = " ".join(text.split())
    left = " " if text[:1].isspace() and flat else ""
    right = " " if text[-1:].isspace() and flat else ""
    return make_visible(f"{left}{flat}{right}")
