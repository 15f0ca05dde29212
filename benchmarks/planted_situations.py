"""Does triage name the planted problem first, and stay silent where nothing is wrong?

    python benchmarks/planted_situations.py [--only TEXT] [--figures]

Prints a row for each situation of ``tests/planted/situations.py``: what was planted, which rule
and which problem triage named first, every rule that fired, and the verdict. The last lines count.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from ragcheck.records.results import Report
from ragcheck.triage.rules import RULES
from tests.planted.situations import SITUATIONS, Situation, run


def named(report: Report) -> str | None:
    """The problem of the rule that is to be mended first."""
    first = report.triage.fix_first
    return None if first is None else RULES[first[:5]].problem


def is_right(situation: Situation, report: Report) -> bool:
    """The planted problem is named first; of a healthy run, nothing is and nothing is stopped."""
    if situation.problem is None:
        return report.triage.fix_first is None and not report.triage.verdict.startswith("stop")
    return named(report) == situation.problem


def main() -> None:
    """Run the situations and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="situations whose name and language hold this")
    parser.add_argument("--figures", action="store_true", help="print every signal's figure")
    arguments = parser.parse_args()
    chosen = [s for s in SITUATIONS if arguments.only in f"{s.name} {s.language}"]
    counts = {True: [0, 0], False: [0, 0]}
    for situation in chosen:
        report = run(situation)
        right = is_right(situation, report)
        fired = [item.rules[0] for item in report.triage.signals if item.answer == "yes"]
        counts[situation.problem is None][0] += right
        counts[situation.problem is None][1] += 1
        print(
            f"{'ok ' if right else 'NOT'} {situation.language} {situation.name:<40} "
            f"planted {situation.problem or '-':<11} named {named(report) or '-':<11} "
            f"[{' '.join(fired)}] {report.triage.verdict}",
            flush=True,
        )
        if arguments.figures:
            for item in report.triage.signals:
                print(f"      {item.rules[0]} {item.answer:<12} {item.figure}")
            print(f"      -> {report.triage.fix_first}")
    print(f"planted: {counts[False][0]} of {counts[False][1]} named first")
    print(f"healthy: {counts[True][0]} of {counts[True][1]} left alone")


if __name__ == "__main__":
    main()
