"""Auditing recorded traces: time and memory for many records.

    python benchmarks/audit.py [--records 10000] [--contexts 5]

Records are made from the shipped corpora: real questions, each with passages cut from the
documents, one of them with a changed number now and then, and one record in 50 broken. Printed
are records a second, the time for all of them, and the peak of the process's memory.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ragcheck.pipeline.audit import audit

CORPORA = Path(__file__).parents[1] / "corpora"
PASSAGE = 600
BROKEN = 50


def passages() -> list[str]:
    """Paragraph-aligned passages of up to 600 characters of both corpora."""
    found = []
    for path in sorted(CORPORA.glob("*/docs/**/*.md")):
        passage = ""
        for paragraph in path.read_text("utf-8").split("\n\n"):
            if passage and len(passage) + len(paragraph) > PASSAGE:
                found.append(passage)
                passage = ""
            passage = f"{passage}\n\n{paragraph}".strip()
        found.append(passage)
    return [passage for passage in found if passage]


def questions() -> list[dict[str, object]]:
    """The questions of both corpora."""
    return [
        json.loads(line)
        for path in sorted(CORPORA.glob("*/questions.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]


def records(count: int, contexts: int, seed: random.Random) -> Iterator[dict[str, object]]:
    """Recordings in ragas's format."""
    texts, asked = passages(), questions()
    for number in range(count):
        question = seed.choice(asked)
        chosen = seed.sample(texts, contexts)
        if number % 4 == 0:
            chosen[-1] = chosen[0].translate(str.maketrans("123456789", "234567891"))
        answers = question.get("answers") or [""]
        yield {
            "user_input": f"{question['question']} ({number})",
            "retrieved_contexts": [] if number % BROKEN == 7 else chosen,
            "response": seed.choice([answers[0], "not stated", "30 days"]),  # type: ignore[index]
            "reference": answers[0],  # type: ignore[index]
        }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--contexts", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "traces.jsonl"
        with path.open("w", encoding="utf-8") as stream:
            for record in records(given.records, given.contexts, random.Random(7)):
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
        begun = time.perf_counter()
        report = audit(path)
        spent = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table = Table("records", "passages each", "seconds", "records/s", "peak MB", "findings")
    table.add_row(
        f"{given.records:,}", str(given.contexts), f"{spent:.0f}", f"{given.records / spent:.0f}",
        f"{peak:.0f}", f"{len(report.findings):,}",
    )  # fmt: skip
    Console().print(table)
    Console().print(report.warnings[0])


if __name__ == "__main__":
    main()
