"""Prints how well self-containedness agrees with careful readers, beside trivial baselines.

    python benchmarks/self_containedness.py --data SHARED_DATA_FOLDER

On chunks that were labelled by reading and that no weight was fitted on: AUROC with a bootstrap
interval (resampling source files, as chunks of one file resemble each other), by language and by
domain; the expected calibration error in ten bins of equal width; and the rate of the rules. The
snippets with rewrites are printed too, but the weights were fitted on those pairs.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.rng import generator
from ragcheck.text.language import detect_language

RESAMPLES = 1000
_PRONOUNS = (
    "it", "its", "he", "his", "she", "her", "they", "their", "this", "that", "these", "those",
    "we", "our", "它", "其", "他", "她", "这", "该", "此", "我们",
)  # fmt: skip


def auroc(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """Probability that a positive scores above a negative, ties one half; by ranks."""
    truth, values = np.asarray(labels, dtype=bool), np.asarray(scores, dtype=float)
    positives, negatives = values[truth], values[~truth]
    if not len(positives) or not len(negatives):
        return None
    above = (positives[:, None] > negatives).sum() + 0.5 * (positives[:, None] == negatives).sum()
    return float(above / (len(positives) * len(negatives)))


def interval(
    labels: Sequence[int], scores: Sequence[float], clusters: Sequence[str]
) -> tuple[float, float] | None:
    """95 % percentile bootstrap over clusters; ``None`` for a single cluster."""
    names = sorted(set(clusters))
    if len(names) < 2:
        return None
    members = [np.flatnonzero(np.asarray(clusters) == name) for name in names]
    rng = generator(0, "benchmark", "self_containedness")
    truth, values = np.asarray(labels), np.asarray(scores)
    found = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([members[i] for i in rng.integers(len(names), size=len(names))])
        value = auroc(truth[rows].tolist(), values[rows].tolist())
        if value is not None:
            found.append(value)
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def calibration_error(labels: Sequence[int], scores: Sequence[float]) -> float:
    """Expected calibration error, ten bins of equal width (Naeini et al. 2015, AAAI)."""
    truth, values = np.asarray(labels, dtype=float), np.asarray(scores)
    bins = np.minimum((values * 10).astype(int), 9)
    gaps = [
        (bins == b).mean() * abs(truth[bins == b].mean() - values[bins == b].mean())
        for b in range(10)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def baselines() -> dict[str, Callable[[str], float]]:
    def starts_with_capital(text: str) -> float:
        first = text.lstrip()[:1]
        return float(not first.islower())

    def ends_with_period(text: str) -> float:
        return float(text.rstrip().endswith((".", "!", "?", "。", "！", "？")))

    def pronoun_at_start(text: str) -> float:
        lowered = text.lstrip().lower()
        first = lowered.split(maxsplit=1)[0] if lowered else ""
        is_chinese = detect_language(text) == "zh"
        return -float(lowered.startswith(_PRONOUNS[14:]) if is_chinese else first in _PRONOUNS)

    def pronoun_density(text: str) -> float:
        tokens = text.lower().split()
        chinese = sum(text.count(word) for word in _PRONOUNS[14:])
        return -(sum(token in _PRONOUNS for token in tokens) + chinese) / max(1, len(tokens))

    return {
        "length": len,
        "capital letter": starts_with_capital,
        "final period": ends_with_period,
        "pronoun at start": pronoun_at_start,
        "pronoun density": pronoun_density,
    }


def groups_of(rows: Sequence[dict[str, str]]) -> dict[str, list[int]]:
    groups = {"all": list(range(len(rows)))}
    for key in ("lang", "domain"):
        for name in sorted({row[key] for row in rows}):
            groups[f"{key} {name}"] = [i for i, row in enumerate(rows) if row[key] == name]
    return groups


def print_agreement(rows: Sequence[dict[str, str]]) -> None:
    texts, labels = [row["text"] for row in rows], [int(row["label"]) for row in rows]
    columns = {
        "ragcheck": [score.value or 0.0 for score in SelfContainedness().score(texts)],
        **{name: [rule(text) for text in texts] for name, rule in baselines().items()},
    }
    print(
        f"{'AUROC':24}{'n':>5}  {'ragcheck (95 %)':22}" + "".join(f"{b:>18}" for b in baselines())
    )
    for group, members in groups_of(rows).items():
        truth = [labels[i] for i in members]
        cells = []
        for column in columns.values():
            value = auroc(truth, [column[i] for i in members])
            cells.append("-" if value is None else f"{value:.3f}")
        own = [columns["ragcheck"][i] for i in members]
        bounds = interval(truth, own, [rows[i]["source_file"] for i in members])
        spread = f"({bounds[0]:.2f}-{bounds[1]:.2f})" if bounds else "(one source)"
        rest = "".join(f"{cell:>18}" for cell in cells[1:])
        print(f"{group:24}{len(members):>5}  {cells[0] + ' ' + spread:22}{rest}")
    print(f"\ncalibration error (not fitted on these): {_percent(labels, columns['ragcheck'])}")
    share = sum(labels) / len(labels)
    alone = np.mean(np.asarray(columns["ragcheck"]) >= 0.5)
    print(f"share that stands alone: readers {share:.2f}, ragcheck {alone:.2f}")


def _percent(labels: Sequence[int], scores: Sequence[float]) -> str:
    return f"{calibration_error(labels, scores):.3f}"


def print_rewrites(path: Path) -> None:
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    pairs = [
        (row["sentence"], row["snippet_rewrite"])
        for row in rows
        if row["snippet_rewrite"] and row["snippet_rewrite"] != row["sentence"]
    ]
    measure = SelfContainedness()
    before = [s.value or 0.0 for s in measure.score([a for a, _ in pairs])]
    after = [s.value or 0.0 for s in measure.score([b for _, b in pairs])]
    higher = np.mean([(b > a) + 0.5 * (a == b) for a, b in zip(before, after, strict=True)])
    print(f"rewrite above its original: {higher:.2f} of {len(pairs)} pairs (used for fitting)")


def print_rate(texts: Sequence[str]) -> None:
    joined = " ".join(texts)
    chunks = [joined[i : i + 800] for i in range(0, len(joined) - 800, 800)]
    measure = SelfContainedness()
    measure.score(chunks[:10])
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        measure.score(chunks)
        best = max(best, len(chunks) / (time.process_time() - start))
    print(f"rate: {best:.0f} chunks of 800 characters a second of processor time")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    folder = arguments.parse_args().data / "self_containedness"
    rows = [json.loads(line) for line in (folder / "labelled_chunks.jsonl").open(encoding="utf-8")]
    print_agreement(rows)
    print_rewrites(folder / "qa_decontext.jsonl")
    print_rate([row["text"] for row in rows] * 4)


if __name__ == "__main__":
    main()
