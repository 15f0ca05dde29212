"""Long answers: do score differences follow a careful reader's preferences, and how fast?

    python benchmarks/long_answers.py [--data FILE]

FILE holds JSON lines with ``question``, ``reference`` and ``answers``, each with ``text`` and the
reader's ``correctness`` and ``completeness`` from 1 to 5; by default the 14 questions with 56
answers that ship in ``fixtures``. They were written for this check, four answers a question that
differ much, so correlations are higher than among answers of real systems. Printed is Pearson's
correlation over pairs of answers to one question, with a bootstrap interval by question, beside
token recall and token F1; overall is the mean of the two ratings.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from ragcheck.scoring.answer_records import packaged_tokens, score_records
from ragcheck.scoring.overlap import token_f1, token_recall

SHIPPED = Path(__file__).parents[1] / "fixtures" / "long_answers.jsonl"
FIGURES = ("correctness", "completeness", "overall")
RESAMPLES = 1000

Scorer = Callable[[dict[str, Any]], list[tuple[float, float, float]]]


def by_claims(*, meaning: bool) -> Scorer:
    """The scores of ragcheck, with or without token vectors."""
    tokens = packaged_tokens() if meaning else {}

    def score(row: dict[str, Any]) -> list[tuple[float, float, float]]:
        records = [
            {"question": row["question"], "response": a["text"], "reference": row["reference"]}
            for a in row["answers"]
        ]
        found = score_records(records, tokens=tokens)
        return [(s.correctness or 0.0, s.completeness or 0.0, s.overall or 0.0) for s in found]

    return score


def by_overlap(metric: Callable[[str, str], float]) -> Scorer:
    """One metric of words for all three figures."""
    return lambda row: [(metric(a["text"], row["reference"]),) * 3 for a in row["answers"]]


def rated(answer: dict[str, Any]) -> tuple[float, float, float]:
    """What the reader thought of an answer."""
    right, complete = float(answer["correctness"]), float(answer["completeness"])
    return right, complete, (right + complete) / 2


def preferences(row: dict[str, Any], scores: list[tuple[float, float, float]]) -> NDArray[Any]:
    """(pairs, 3, 2): score difference beside the reader's, a figure each."""
    ratings = [rated(answer) for answer in row["answers"]]
    return np.array(
        [
            [(scores[i][f] - scores[j][f], ratings[i][f] - ratings[j][f]) for f in range(3)]
            for i, j in itertools.permutations(range(len(scores)), 2)
        ]
    )


def correlation(pairs: NDArray[Any]) -> float:
    """Pearson's correlation of (n, 2) differences; 0 where one side is constant."""
    if not pairs.std(axis=0).all():
        return 0.0
    return float(np.corrcoef(pairs[:, 0], pairs[:, 1])[0, 1])


def described(rows: list[NDArray[Any]], figure: int, rng: np.random.Generator) -> str:
    """The correlation with its interval."""
    draws = [
        correlation(np.concatenate([rows[i][:, figure] for i in chosen]))
        for chosen in rng.integers(0, len(rows), size=(RESAMPLES, len(rows)))
    ]
    low, high = np.percentile(draws, [2.5, 97.5])
    value = correlation(np.concatenate([row[:, figure] for row in rows]))
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHIPPED)
    rows = [json.loads(x) for x in parser.parse_args().data.read_text("utf-8").splitlines()]
    scorers = {
        "claims, words and meaning": by_claims(meaning=True),
        "claims, words": by_claims(meaning=False),
        "token recall": by_overlap(token_recall),
        "token F1": by_overlap(token_f1),
    }
    table = Table("language", "scorer", *FIGURES, "answers/s")
    for language in sorted({row["language"] for row in rows}):
        own = [row for row in rows if row["language"] == language]
        for name, scorer in scorers.items():
            scorer(own[0])  # loads what it needs
            begun = time.perf_counter()
            found = [preferences(row, scorer(row)) for row in own]
            speed = sum(len(row["answers"]) for row in own) / (time.perf_counter() - begun)
            figures = [described(found, f, np.random.default_rng(7)) for f in range(3)]
            table.add_row(language, name, *figures, f"{speed:.0f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
