"""Conflict detection on public data and on the shipped corpora, beside trivial baselines.

    python benchmarks/conflict.py --data ../shared/data [--judge structural --judge learned]

Prints AUROC, F1 at probability 0.5, recall, expected calibration error and false alarms with
bootstrap intervals (resampled by row), the trivial baselines on the same pairs, and the speed.
Sets that the learned judges were fitted on are marked with an asterisk and leave them out:
``training/conflict.py`` prints their figures on projects that they did not see.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from ragcheck.registry import Registry
from ragcheck.stats import percentile_interval
from ragcheck.text.tokens import words
from ragcheck.text.values import find_values, same_value

RESAMPLES = 500
RAMDOCS_FITTED = 125
"""Questions of RAMDocs that the reader was fitted on."""
QACC_ROWS = 100
LEARNED = ("learned", "reading")
FITTED = ("documentation*, asked", "documentation*")
CORPORA = Path(__file__).parent.parent / "corpora"


@dataclass(frozen=True)
class Pair:
    """One labelled pair of passages; pairs of one row are resampled together."""

    row: str
    left: str
    right: str
    question: str | None
    conflict: bool
    group: str


def read_rows(path: Path) -> list[dict[str, object]]:
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def version_pairs(path: Path, *, asked: bool) -> Iterator[Pair]:
    """Documentation in two versions; look-alikes are a group of their own."""
    for row in read_rows(path):
        question = str(row["question"]) if asked else None
        left, right = row["a"]["text"], row["b"]["text"]  # type: ignore[index]
        yield Pair(str(row["id"]), left, right, question, bool(row["conflict"]), str(row["set"]))


def counterfactual_pairs(path: Path) -> Iterator[Pair]:
    """True against counterfactual passages, and true against true and irrelevant ones."""
    for row in read_rows(path):
        key, question = str(row["id"]), str(row["question"])
        true, fake, other = (
            list(row[name])[:4]  # type: ignore[call-overload]
            for name in ("true_passages", "counterfactual_passages", "irrelevant_passages")
        )
        for i, (left, right) in enumerate(itertools.product(true, fake)):
            same = i // max(1, len(fake)) == i % max(1, len(fake))
            if not same:  # the copy with one word replaced is too easy
                yield Pair(key, left, right, question, True, "conflict")
        for left, right in (*itertools.combinations(true, 2), *itertools.product(true, other)):
            yield Pair(key, left, right, question, False, "control")


def misinformation_pairs(path: Path) -> Iterator[Pair]:
    """RAMDocs: misinformation against right, and passages of one answer; its second half."""
    for row in read_rows(path)[RAMDOCS_FITTED:]:
        kept = [p for p in row["passages"] if p["kind"] in ("correct", "misinfo")]  # type: ignore
        for p, q in itertools.combinations(kept, 2):
            apart = p["kind"] != q["kind"]
            if (apart or p["answer"] == q["answer"]) and p["text"] != q["text"]:
                yield Pair(
                    str(row["id"]),
                    p["text"],
                    q["text"],
                    str(row["question"]),
                    apart,
                    "conflict" if apart else "same answer",
                )


def search_pairs(path: Path) -> Iterator[Pair]:
    """QACC: search results of two answers, of one, and one beside a result without an answer."""
    for row in read_rows(path)[:QACC_ROWS]:
        texts = [passage["text"] for passage in row["passages"]]  # type: ignore[attr-defined]
        groups = [set(answer["passages"]) for answer in row["answers"]]  # type: ignore[attr-defined]
        for i, j in itertools.combinations(range(len(texts)), 2):
            same = any({i, j} <= group for group in groups)
            apart = not same and any(i in g and j in h for g in groups for h in groups if g != h)
            if same or not apart or row["conflict"]:
                group = "conflict" if apart else "same answer" if same else "one without answer"
                question = str(row["question"])
                yield Pair(str(row["id"]), texts[i], texts[j], question, apart, group)


def wiki_pairs(path: Path) -> Iterator[Pair]:
    """Contradicting passages; a passage beside its own stand-alone sentence agrees."""
    for row in read_rows(path):
        left, right = row["passages"]  # type: ignore[misc]
        key, question = str(row["id"]), str(row["question"])
        yield Pair(key, left["text"], right["text"], question, True, "conflict")
        for side in (left, right):
            if side["standalone"] != side["text"]:
                yield Pair(key, side["text"], side["standalone"], question, False, "control")


def corpus_pairs(corpus: Path, *, around: bool, asked: bool) -> Iterator[Pair]:
    """The planted conflicts of a shipped corpus: their quotes, or the paragraphs around them."""
    for row in read_rows(corpus / "conflicts.jsonl"):
        sides = []
        for name in ("left", "right"):
            side: dict[str, str] = row[name]  # type: ignore[assignment]
            text = (corpus / side["document"]).read_text("utf-8")
            sides.append(_paragraph(text, side["quote"]) if around else side["quote"])
        question = str(row["question"]) if asked and row.get("question") else None
        conflict = row["relation"] in ("conflict", "supersedes")
        yield Pair(str(row["id"]), *sides, question, conflict, str(row["relation"]))


def _paragraph(text: str, quote: str) -> str:
    place = text.find(quote)
    if place < 0:
        return quote
    start = text.rfind("\n\n", 0, place)
    end = text.find("\n\n", place + len(quote))
    return text[max(0, start) : end if end > 0 else len(text)].strip()


def judged_by(name: str) -> Callable[[Sequence[Pair]], NDArray[np.float64]]:
    """The probabilities of a judge of the registry."""
    judge = Registry().create("judge", name)

    def score(pairs: Sequence[Pair]) -> NDArray[np.float64]:
        judged = judge.judge([(p.left, p.right) for p in pairs], [p.question for p in pairs])
        return np.array([judgement.probability for judgement in judged])

    return score


def always(pairs: Sequence[Pair]) -> NDArray[np.float64]:
    return np.ones(len(pairs))


def number_lacking(pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """1 where each side has a number that the other lacks."""

    def lacks(one: str, other: str) -> bool:
        there = find_values(other)
        return any(not any(same_value(v, w) for w in there) for v in find_values(one))

    return np.array([float(lacks(p.left, p.right) and lacks(p.right, p.left)) for p in pairs])


def token_overlap(pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """Jaccard's coefficient of the words."""
    scores = []
    for pair in pairs:
        a, b = set(words(pair.left)), set(words(pair.right))
        scores.append(len(a & b) / max(1, len(a | b)))
    return np.array(scores)


JUDGES = ("structural", "learned", "reading")
BASELINES: dict[str, Callable[[Sequence[Pair]], NDArray[np.float64]]] = {
    "always yes": always,
    "number lacking": number_lacking,
    "token overlap": token_overlap,
}


def auroc(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """Chance that a conflict scores above a control; ties count half (Mann-Whitney)."""
    positive, negative = scores[labels], scores[~labels]
    if not positive.size or not negative.size:
        return float("nan")
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    upto = np.searchsorted(ordered, positive, "right")
    return float((below + upto).sum() / 2 / positive.size / negative.size)


def f1(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """F1 of the conflicts at probability 0.5."""
    hits = float(((scores >= 0.5) & labels).sum())
    return 2 * hits / max(1.0, float((scores >= 0.5).sum() + labels.sum()))


def calibration_error(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """Expected calibration error in ten bins of equal width."""
    bins = np.minimum((scores * 10).astype(int), 9)
    gaps = [
        abs(scores[bins == b].mean() - labels[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def interval(
    measure: Callable[[NDArray[np.float64], NDArray[np.bool_]], float],
    scores: NDArray[np.float64],
    labels: NDArray[np.bool_],
    rows: Sequence[str],
    rng: np.random.Generator,
) -> str:
    """A figure with its 95 % interval over resampled rows."""
    names, codes = np.unique(list(rows), return_inverse=True)
    members = [np.flatnonzero(codes == code) for code in range(len(names))]
    values = []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([members[i] for i in rng.integers(0, len(names), len(names))])
        values.append(measure(scores[chosen], labels[chosen]))
    low, high = percentile_interval(np.array([v for v in values if v == v] or [float("nan")]))
    return f"{measure(scores, labels):.2f} [{low:.2f}, {high:.2f}]"


def _share_alarmed(group: str, pairs: Sequence[Pair], scores: NDArray[np.float64]) -> float:
    inside = np.array([pair.group == group for pair in pairs])
    return float((scores[inside] >= 0.5).mean())


def add_rows(
    table: Table,
    name: str,
    pairs: list[Pair],
    scorers: Mapping[str, Callable[[Sequence[Pair]], NDArray[np.float64]]],
    rng: np.random.Generator,
) -> None:
    """One line for each scorer on one set of pairs."""
    labels = np.array([pair.conflict for pair in pairs])
    rows = [pair.row for pair in pairs]
    groups = sorted({pair.group for pair in pairs if not pair.conflict})
    for number, (scorer, score) in enumerate(scorers.items()):
        scores = score(pairs)
        alarms = ", ".join(
            f"{group} {_share_alarmed(group, pairs, scores):.2f}" for group in groups
        )
        table.add_row(
            name if number == 0 else "", str(len(pairs)), scorer,
            interval(auroc, scores, labels, rows, rng), interval(f1, scores, labels, rows, rng),
            f"{float((scores[labels] >= 0.5).mean()):.2f}",
            f"{calibration_error(scores, labels):.2f}", alarms,
        )  # fmt: skip


def speed(pairs: Sequence[Pair], name: str) -> str:
    """Seconds for the 190 pairs of 20 passages of about 120 words."""
    text = " ".join(pair.left for pair in pairs).split()
    passages = [" ".join(text[i * 120 : (i + 1) * 120]) for i in range(20)]
    best = min(_timed(passages, name, pairs[0].question) for _ in range(3))
    return f"{name}: 190 pairs of 20 passages of 120 words: {best:.2f} s"


def _timed(passages: Sequence[str], name: str, question: str | None) -> float:
    judge = Registry().create("judge", name)
    start = time.perf_counter()
    judge.judge(list(itertools.combinations(passages, 2)), [question] * 190)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--judge", action="append", choices=JUDGES)
    options = parser.parse_args()
    chosen = options.judge or list(JUDGES)
    scorers = {name: judged_by(name) for name in chosen} | BASELINES
    rng = np.random.default_rng(options.seed)
    table = Table("data", "pairs", "scorer", "AUROC", "F1", "recall", "ECE", "false alarms")
    conflict = options.data / "conflict"
    english = conflict / "version_drift_dev.jsonl"
    sets: dict[str, list[Pair]] = {}
    if conflict.is_dir():
        chinese = conflict / "version_drift_zh_dev.jsonl"
        sets = {
            FITTED[0]: list(version_pairs(english, asked=True)),
            FITTED[1]: list(version_pairs(english, asked=False)),
            "documentation zh, asked": list(version_pairs(chinese, asked=True)),
            "documentation zh": list(version_pairs(chinese, asked=False)),
            "RGB en": list(counterfactual_pairs(conflict / "rgb_en_dev.jsonl")),
            "RGB zh": list(counterfactual_pairs(conflict / "rgb_zh_dev.jsonl")),
            "RAMDocs": list(misinformation_pairs(conflict / "ramdocs_dev.jsonl")),
            "QACC": list(search_pairs(conflict / "qacc_dev.jsonl")),
            "WikiContradict": list(wiki_pairs(conflict / "wikicontradict_dev.jsonl")),
        }
    for corpus in sorted(CORPORA.glob("*/conflicts.jsonl")):
        folder = corpus.parent
        sets[f"{folder.name}, quotes"] = list(corpus_pairs(folder, around=False, asked=False))
        sets[f"{folder.name}, asked"] = list(corpus_pairs(folder, around=False, asked=True))
        sets[f"{folder.name}, paragraphs"] = list(corpus_pairs(folder, around=True, asked=False))
    for name, pairs in sets.items():
        unseen = {k: v for k, v in scorers.items() if name not in FITTED or k not in LEARNED}
        add_rows(table, name, pairs, unseen, rng)
        table.add_section()
    console = Console(width=160)
    console.print(table)
    if english.is_file():
        for name in chosen:
            console.print(speed(list(version_pairs(english, asked=True)), name))


if __name__ == "__main__":
    main()
