"""Conflict detection on public data and on the shipped corpora, beside trivial baselines.

    python benchmarks/conflict.py --data ../shared/data [--judge combined --judge structural]

Prints every row with its figure, a bootstrap interval (resampled by question or row), expected
calibration error, what must be reached, what is aimed at, and the trivial baselines on the same
rows; then the speed. What a judge was fitted on is marked with an asterisk and never counted as
met: ``training/conflict.py`` and ``training/combined.py`` print those figures on projects that
were held out. A set of search results has the greatest probability of its pairs; its
area under precision and recall is for one set in four with a conflict.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from conflict_sets import LOOK_ALIKE, Retrieved, Row, corpora, pair_sets, result_sets
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from ragcheck.judges.combined import CombinedJudge, packaged_readers
from ragcheck.judges.reading import Reading
from ragcheck.measures.conflict import candidate_pairs, is_conflict, ranked_conflicts
from ragcheck.ports import Judge
from ragcheck.registry import Registry
from ragcheck.stats import percentile_interval
from ragcheck.text.tokens import words
from ragcheck.text.values import find_values, same_value

RESAMPLES = 300
DECISION = 0.5
ALARM_RATE = 0.05
PREVALENCE = 0.25
FITTED: Mapping[str, tuple[str, ...]] = {
    "combined": ("documentation, asked", "documentation"),
    "learned": ("documentation, asked", "documentation"),
}
Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]
Scorer = Callable[[Sequence[Row]], Scores]
Figure = Callable[[Scores, Labels], float]


def f1(scores: Scores, labels: Labels) -> float:
    """F1 of the conflicts at probability 0.5."""
    said = scores >= DECISION
    return 2 * float((said & labels).sum()) / max(1.0, float(said.sum() + labels.sum()))


def alarms(scores: Scores, labels: Labels) -> float:
    """Share at or above probability 0.5 of rows that are no conflict."""
    return float((scores[~labels] >= DECISION).mean()) if (~labels).any() else float("nan")


def auroc(scores: Scores, labels: Labels) -> float:
    """Chance that a conflict scores above a control; ties count half (Mann-Whitney)."""
    positive, negative = scores[labels], np.sort(scores[~labels])
    if not positive.size or not negative.size:
        return float("nan")
    below = np.searchsorted(negative, positive, "left")
    upto = np.searchsorted(negative, positive, "right")
    return float((below + upto).sum() / 2 / positive.size / negative.size)


def pr_auc(scores: Scores, labels: Labels) -> float:
    """Average precision where conflicts are weighed to be a quarter of the sets."""
    if not labels.any() or labels.all():
        return float("nan")
    weight = np.where(labels, PREVALENCE / labels.sum(), (1 - PREVALENCE) / (~labels).sum())
    thresholds = np.unique(scores)[::-1]
    recall = [0.0, *((weight * labels)[scores >= t].sum() / PREVALENCE for t in thresholds)]
    precision = [(weight * labels)[scores >= t].sum() / weight[scores >= t].sum()
                 for t in thresholds]  # fmt: skip
    return float(np.sum(np.diff(recall) * np.array(precision)))


def recall_at_alarms(scores: Scores, labels: Labels) -> float:
    """Share of the conflicts above the score that 5 % of the controls exceed."""
    if not labels.any() or labels.all():
        return float("nan")
    return float((scores[labels] > np.quantile(scores[~labels], 1 - ALARM_RATE)).mean())


def calibration_error(scores: Scores, labels: Labels) -> float:
    """Expected calibration error in ten bins of equal width."""
    bins = np.minimum((scores * 10).astype(int), 9)
    gaps = [
        abs(scores[bins == b].mean() - labels[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure of a set, and what it must reach and aims at; ``kind`` limits the controls."""

    data: str
    name: str
    figure: Figure
    must: float
    aim: float
    kind: str | None = None

    @property
    def falls(self) -> bool:
        return self.aim < self.must

    def met(self, value: float) -> str:
        def reached(bar: float) -> bool:
            return value <= bar if self.falls else value >= bar

        return "aim" if reached(self.aim) else "met" if reached(self.must) else "no"


BARS = (
    Bar("documentation, asked", "F1", f1, 0.80, 0.90),
    Bar("documentation, asked", "alarms, look-alikes", alarms, 0.20, 0.08, LOOK_ALIKE),
    Bar("documentation", "F1", f1, 0.74, 0.85),
    Bar("documentation zh, asked", "F1", f1, 0.72, 0.85),
    Bar("documentation zh, asked", "alarms, look-alikes", alarms, 0.30, 0.12, LOOK_ALIKE),
    Bar("RGB en", "AUROC", auroc, 0.85, 0.94),
    Bar("RGB zh", "AUROC", auroc, 0.70, 0.88),
    Bar("RAMDocs", "AUROC", auroc, 0.83, 0.92),
    Bar("QACC sets", "AUROC", auroc, 0.66, 0.82),
    Bar("QACC sets", "PR-AUC", pr_auc, 0.42, 0.62),
    Bar("WikiContradict", "recall at 5 % alarms", recall_at_alarms, 0.40, 0.70),
)


def judged_by(judge: Judge) -> Scorer:
    """The probabilities of a judge."""

    def score(rows: Sequence[Row]) -> Scores:
        judged = judge.judge([(r.left, r.right) for r in rows], [r.question for r in rows])
        return np.array([judgement.probability for judgement in judged])

    return score


def always(rows: Sequence[Row]) -> Scores:
    return np.ones(len(rows))


def number_lacking(rows: Sequence[Row]) -> Scores:
    """1 where each side has a number that the other lacks."""

    def lacks(one: str, other: str) -> bool:
        there = find_values(other)
        return any(not any(same_value(v, w) for w in there) for v in find_values(one))

    return np.array([float(lacks(r.left, r.right) and lacks(r.right, r.left)) for r in rows])


def token_overlap(rows: Sequence[Row]) -> Scores:
    """Jaccard's coefficient of the words."""
    sides = [(set(words(row.left)), set(words(row.right))) for row in rows]
    return np.array([len(a & b) / max(1, len(a | b)) for a, b in sides])


BASELINES: Mapping[str, Scorer] = {
    "always yes": always, "number lacking": number_lacking, "token overlap": token_overlap,
}  # fmt: skip


def of_sets(rows: Sequence[Row], scores: Scores) -> tuple[Scores, Labels, list[str]]:
    """The greatest score of each group of rows, its label, and the groups."""
    groups = list(dict.fromkeys(row.group for row in rows))
    owner = np.array([row.group for row in rows])
    label = {row.group: row.conflict for row in rows}
    greatest = np.array([scores[owner == group].max() for group in groups])
    return greatest, np.array([label[group] for group in groups]), groups


def interval(figure: Figure, scores: Scores, labels: Labels, groups: Sequence[str],
             rng: np.random.Generator) -> str:  # fmt: skip
    """A figure with its 95 % interval over resampled groups."""
    names, codes = np.unique(list(groups), return_inverse=True)
    members = [np.flatnonzero(codes == code) for code in range(len(names))]
    values = []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([members[i] for i in rng.integers(0, len(names), len(names))])
        values.append(figure(scores[chosen], labels[chosen]))
    low, high = percentile_interval(np.array([v for v in values if v == v] or [float("nan")]))
    return f"{figure(scores, labels):.2f} [{low:.2f}, {high:.2f}]"


def add_bars(table: Table, sets: Mapping[str, list[Row]], name: str, scorer: Scorer,
             rng: np.random.Generator, *, judge: bool) -> None:  # fmt: skip
    """The lines of one scorer."""
    for data, rows in sets.items():
        scores = scorer(rows)
        labels, groups = np.array([row.conflict for row in rows]), [row.group for row in rows]
        if data == "QACC sets":
            scores, labels, groups = of_sets(rows, scores)
        for bar in (bar for bar in BARS if bar.data == data):
            kept = np.ones(len(labels), dtype=bool)
            if bar.kind is not None:
                kept = np.array([row.conflict or row.kind == bar.kind for row in rows])
            chosen = [group for group, keep in zip(groups, kept, strict=True) if keep]
            fitted = data in FITTED.get(name, ())
            value = bar.figure(scores[kept], labels[kept])
            table.add_row(
                data + ("*" if fitted else ""), str(kept.sum()), name, bar.name,
                interval(bar.figure, scores[kept], labels[kept], chosen, rng),
                f"{calibration_error(scores, labels):.2f}" if judge else "",
                f"{bar.must:.2f}", f"{bar.aim:.2f}",
                "fitted on" if fitted else bar.met(value) if judge else "",
            )  # fmt: skip


def set_counts(rows: Sequence[Row], rng: np.random.Generator) -> str:
    """How well the mere number of search results tells sets with a conflict."""
    counts = np.array([sum(r.group == row.group for r in rows) for row in rows], dtype=float)
    scores, labels, groups = of_sets(rows, counts)
    return f"QACC sets by document count: AUROC {interval(auroc, scores, labels, groups, rng)}"


def planted(console: Console, judge: Judge, sets: Mapping[str, list[Retrieved]]) -> None:
    """Planted conflicts found among retrieved chunks, and the alarms, to be read."""
    for corpus, cases in sets.items():
        found, wanted, other, total, listed = 0, 0, 0, 0, []
        for case in cases:
            pairs = list(itertools.combinations(range(len(case.passages)), 2))
            judged = judge.judge(
                [(case.passages[i], case.passages[j]) for i, j in pairs],
                [case.question] * len(pairs),
            )
            said = {pair for pair, j in zip(pairs, judged, strict=True) if is_conflict(j)}
            wanted += case.conflict
            found += case.conflict and case.planted in said
            alarmed = said - ({case.planted} if case.conflict else set())
            other += len(alarmed)
            total += len(said)
            listed += [(case, pair) for pair in sorted(alarmed)][:1]
        console.print(
            f"{corpus}: planted conflicts found {found} of {wanted} (must 90 %, aim 98 %); "
            f"{other} of {total} findings are of another pair than the planted one"
        )
        for case, (i, j) in listed[:8]:
            left, right = (" ".join(case.passages[k].split())[:70] for k in (i, j))
            console.print(f"    {case.question} | {left} | {right}", markup=False)


class _Counting:
    """A reader that counts what it reads."""

    def __init__(self, reader: object) -> None:
        self._reader = reader
        self.count = 0

    def read(self, asked: Sequence[tuple[str, str]]) -> list[Reading]:
        self.count += len(asked)
        return list(self._reader.read(asked))  # type: ignore[attr-defined]


def speed(console: Console, data: Path) -> None:
    """Seconds and ratios of a question with 20 passages of 120 words."""
    rows = [row for row in pair_sets(data)["RAMDocs"] if row.question]
    text = " ".join(dict.fromkeys(row.left for row in rows)).split()
    passages = [" ".join(text[i * 120 : (i + 1) * 120]) for i in range(20)]
    question = str(rows[0].question)
    readers = {name: _Counting(reader) for name, reader in packaged_readers().items()}
    judge = CombinedJudge(readers=readers)
    readers["en"].read([(question, "It is warm.")])  # imports are not part of the time
    pairs = candidate_pairs(passages)
    judge_pairs = partial(judge.judge, questions=[question] * len(pairs))
    texts = [(passages[i], passages[j]) for i, j in pairs]
    cold, warm = _seconds(partial(judge_pairs, texts)), _seconds(partial(judge_pairs, texts))
    sentences = sum(text.count(". ") + 1 for text in passages)
    console.print(
        f"one question, 20 passages of 120 words: cold {cold:.2f} s (must 1.5), warm "
        f"{1000 * warm:.0f} ms (must 50); {readers['en'].count - 1} readings for {len(pairs)} "
        f"pairs of passages and {sentences * (sentences - 1) // 2} of sentences, none of which "
        f"goes to a cross-encoder (at most 5 %)"
    )
    judged = dict(zip(pairs, judge_pairs(texts), strict=True))
    one = _seconds(lambda: ranked_conflicts(judged, 20))
    curve = _seconds(lambda: [ranked_conflicts(judged, 20).has_conflict(k) for k in range(1, 21)])
    console.print(
        f"curve for K = 1 to 20 against K = 20 alone: {(cold + curve) / (cold + one):.3f} "
        f"(at most 1.1)"
    )


def kept_by_pruning(rows: Sequence[Row]) -> str:
    """Share of the conflicts among all pairs that are still found where unlike ones are left."""
    pairs, asked = [(row.left, row.right) for row in rows], [row.question for row in rows]
    found, kept = (
        [judgement.probability >= DECISION for judgement in judge.judge(pairs, asked)]
        for judge in (CombinedJudge(unlike=0.0), CombinedJudge())
    )
    still = sum(a and b for a, b in zip(found, kept, strict=True))
    return f"of {sum(found)} conflicts found by comparing all pairs, {still} are still found"


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--judge", action="append")
    parser.add_argument("--sets", type=int, default=410, help="most sets of QACC")
    options = parser.parse_args()
    chosen = options.judge or ["combined", "structural", "learned"]
    judges: dict[str, Judge] = {name: Registry().create("judge", name) for name in chosen}
    rng = np.random.default_rng(options.seed)
    console = Console(width=150)
    table = Table("data", "rows", "scorer", "figure", "value", "ECE", "must", "aim", "reached")
    if (options.data / "conflict").is_dir():
        sets = pair_sets(options.data)
        qacc = options.data / "conflict" / "qacc_dev.jsonl"
        sets["QACC sets"] = list(result_sets(qacc, options.sets))
        for name, judge in judges.items():
            add_bars(table, sets, name, judged_by(judge), rng, judge=True)
            table.add_section()
        for name, baseline in BASELINES.items():
            add_bars(table, sets, name, baseline, rng, judge=False)
            table.add_section()
        console.print(table)
        console.print(set_counts(sets["QACC sets"], rng))
    for judge in judges.values():
        console.print(f"[bold]{judge.notation}[/bold], retrieved chunks of the shipped corpora")
        planted(console, judge, corpora())
    if (options.data / "conflict").is_dir():
        speed(console, options.data)
        console.print(kept_by_pruning(sets["QACC sets"][:2000]))


if __name__ == "__main__":
    main()
