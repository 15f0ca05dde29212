"""The planted conflicts of the shipped corpora, as a user meets them: in the scan, in the top K.

    python benchmarks/planted_conflicts.py [--least 0.2] [--judge structural] [--questions]

Prints, for each corpus, how many planted conflicts the scan lists, at what certainty, what is
missed by kind, and how many of the listed findings are no planted conflict (false alarms, but for
conflicts that nobody planted: they are printed, to be read). With ``--questions`` the same for
the top 10 of the corpus's own questions, over all strategies. The weights of the scan were fitted
on these corpora; ``training/claims.py`` prints the ranks with weights fitted on the other one.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ragcheck.config import read_config
from ragcheck.pipeline.examination import examine
from ragcheck.pipeline.scan import scan
from ragcheck.records.corpus import Corpus, Span
from ragcheck.records.results import Finding, Quote

CORPORA = Path(__file__).parent.parent / "corpora"
CONFLICTS = ("conflict", "supersedes")
Side = tuple[str, Span] | None


def place_of(corpus: Corpus, side: dict[str, str]) -> Side:
    """Where a quote stands in the loaded text of its document."""
    text = corpus.by_path[side["document"]].text
    for size in (len(side["quote"]), 30, 14):
        found = re.search(re.escape(side["quote"][:size]), text)
        if found is not None:
            return side["document"], Span(found.start(), found.start() + len(side["quote"]))
    words = [word for word in re.split(r"\s+", side["quote"]) if len(word) > 3]
    at = text.find(words[0]) if words else -1
    return (side["document"], Span(at, at + len(side["quote"]))) if at >= 0 else None


def touches(quote: Quote | None, side: Side) -> bool:
    if quote is None or side is None or quote.place.path != side[0]:
        return False
    return quote.place.start < side[1].end and side[1].start < max(quote.place.end, 1)


def report(name: str, corpus: Corpus, findings: Sequence[Finding], rows: list[dict]) -> None:
    """Print the table of one corpus."""
    sides = [(place_of(corpus, row["left"]), place_of(corpus, row["right"])) for row in rows]
    found: dict[int, float] = {}
    other: list[Finding] = []
    for finding in findings:
        hits = [
            k
            for k, (left, right) in enumerate(sides)
            if (touches(finding.quote, left) and touches(finding.related, right))
            or (touches(finding.quote, right) and touches(finding.related, left))
        ]
        planted = [k for k in hits if rows[k]["relation"] in CONFLICTS]
        for k in planted:
            found.setdefault(k, finding.weight)
        if not planted:
            other.append(finding)
    wanted = [k for k, row in enumerate(rows) if row["relation"] in CONFLICTS]
    missed = Counter(rows[k]["kind"] for k in wanted if k not in found)
    alarms = len(other) / max(1, len(findings))
    print(
        f"{name}: {len(found)} of {len(wanted)} planted conflicts found, {len(findings)} findings,"
    )
    print(f"  {len(other)} of them not planted ({alarms:.0%}); missed: {dict(missed)}")
    for finding in other:
        sides_ = " | ".join(
            f"{quote.place} {' '.join(quote.text.split())[:60]}"
            for quote in (finding.quote, finding.related)
            if quote is not None
        )
        print(f"    {finding.weight:.2f} {sides_}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--least", type=float, default=0.2)
    parser.add_argument("--judge", default="structural")
    parser.add_argument("--questions", action="store_true")
    options = parser.parse_args()
    config = read_config(None, {"evidence.judge": options.judge, "threads": 1})
    for path in sorted(CORPORA.glob("*/conflicts.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        found = scan(path.parent, config=config, least=options.least)
        report(f"{path.parent.name}, scan", found.corpus, found.findings, rows)
        if options.questions:
            with tempfile.TemporaryDirectory() as folder:
                seen = examine(path.parent, config=config, output=folder)
                report(
                    f"{path.parent.name}, top 10", seen.inputs.corpus, seen.conflicts(k=10), rows
                )


if __name__ == "__main__":
    main()
