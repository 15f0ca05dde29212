"""Prints how well self-containedness agrees with careful readers, beside trivial baselines.

    python benchmarks/self_containedness.py --data SHARED_DATA_FOLDER

On chunks that were labelled by reading and that no weight was fitted on: AUROC with a bootstrap
interval (resampling source files, as chunks of one file resemble each other; rows where a file is
all there is), by language, domain and way of cutting, for the fast and the full reader; the
expected calibration error in ten bins of equal width; how often a science snippet that was made
to stand alone is above its original (papers that were not fitted on, resampled by paper); which
of the reported defects are right and which labelled ones are found
(``fixtures/self_containedness_chunks.jsonl``); and the rate. Beside them: length, capitals, the
final period, pronouns, the way of cutting and a bag of words fitted on the same labels. Chinese is
checked on a second set as well, labelled later and not fitted on: the rows whose text is not in
the file are left out where their source is not there.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.rng import generator
from ragcheck.text.language import detect_language

RESAMPLES = 1000
ROOT = Path(__file__).resolve().parents[1]
SPANS = ROOT / "fixtures" / "self_containedness_chunks.jsonl"
SECOND = ROOT / "training" / "self_containedness_labels_zh_second.jsonl"
sys.path.insert(0, str(ROOT / "training"))
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
) -> tuple[float, float]:
    """95 % percentile bootstrap over clusters; over rows where there is a single cluster."""
    if len(set(clusters)) < 2:
        clusters = [str(i) for i in range(len(labels))]
    names = sorted(set(clusters))
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


def bag_of_words(folder: Path) -> Callable[[str], float]:
    """Logistic regression on which words (Chinese: pairs of characters) a text has."""
    from self_containedness import labelled
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    models = {}
    for language in ("en", "zh"):
        rows = [row for row in labelled(folder) if row.language == language]
        unit: dict[str, Any] = (
            {} if language == "en" else {"analyzer": "char", "ngram_range": (1, 2)}
        )
        model = make_pipeline(
            CountVectorizer(binary=True, min_df=3, **unit),
            LogisticRegression(C=0.05, max_iter=3000),
        )
        models[language] = model.fit([row.text for row in rows], [row.label for row in rows])
    return lambda text: float(models[detect_language(text)].decision_function([text])[0])


def groups_of(rows: Sequence[dict[str, str]]) -> dict[str, list[int]]:
    groups = {"all": list(range(len(rows)))}
    for key in ("lang", "domain", "cut"):
        for name in sorted({row[key] for row in rows}):
            groups[f"{key} {name}"] = [i for i, row in enumerate(rows) if row[key] == name]
    return groups


def values(texts: Sequence[str], reader: str) -> list[float]:
    return [s.value or 0.0 for s in SelfContainedness(reader=reader).score(texts)]


def print_agreement(rows: Sequence[dict[str, str]], folder: Path) -> None:
    texts, labels = [row["text"] for row in rows], [int(row["label"]) for row in rows]
    own = {reader: values(texts, reader) for reader in ("full", "fast")}
    rules = {**baselines(), "bag of words": bag_of_words(folder)}
    others = {name: [rule(text) for text in texts] for name, rule in rules.items()}
    shares = {
        cut: np.mean([int(row["label"]) for row in rows if row["cut"] == cut])
        for cut in {row["cut"] for row in rows}
    }
    others["cut (its own share)"] = [float(shares[row["cut"]]) for row in rows]
    print(
        f"{'AUROC (95 %)':24}{'n':>5}  {'full':20}{'fast':20}" + "".join(f"{n:>20}" for n in others)
    )
    for group, members in groups_of(rows).items():
        truth = [labels[i] for i in members]
        files = [rows[i]["source_file"] for i in members]
        cells = [_with_interval(truth, [c[i] for i in members], files) for c in own.values()]
        rest = [auroc(truth, [column[i] for i in members]) for column in others.values()]
        shown = "".join(f"{'-' if v is None else format(v, '.3f'):>20}" for v in rest)
        print(f"{group:24}{len(members):>5}  " + "".join(f"{c:20}" for c in cells) + shown)
    for reader, column in own.items():
        alone = float(np.mean(np.asarray(column) >= 0.5))
        print(
            f"{reader}: calibration error {calibration_error(labels, column):.3f} "
            f"(the share of all as a constant: 0); stands alone: "
            f"readers {np.mean(labels):.2f}, here {alone:.2f}"
        )


def print_second_reading(folder: Path) -> None:
    """The fast reader and length on the second Chinese labels, by domain."""
    from self_containedness_texts import text_of

    rows = [json.loads(line) for line in SECOND.open(encoding="utf-8")]
    for row in rows:
        row["text"] = row.get("text") or text_of(row, folder)
    rows = [row for row in rows if row["text"] is not None]
    scores = values([row["text"] for row in rows], "fast")
    for domain in ("all", *sorted({row["domain"] for row in rows})):
        members = [i for i, row in enumerate(rows) if domain in ("all", row["domain"])]
        truth = [int(rows[i]["label"]) for i in members]
        cell = _with_interval(
            truth, [scores[i] for i in members], [rows[i]["source"] for i in members]
        )
        length = auroc(truth, [len(rows[i]["text"]) for i in members])
        print(f"second Chinese labels, {domain}: {cell}, length {length:.3f}, of {len(members)}")


def _with_interval(truth: Sequence[int], scores: Sequence[float], files: Sequence[str]) -> str:
    value = auroc(truth, scores)
    if value is None:
        return "-"
    low, high = interval(truth, scores, files)
    return f"{value:.3f} ({low:.2f}-{high:.2f})"


def print_rewrites(path: Path) -> None:
    from self_containedness import training_papers

    raw = [json.loads(line) for line in path.open(encoding="utf-8")]
    fitted_on = training_papers(raw)
    rows = [
        row
        for row in raw
        if row["snippet_rewrite"]
        and row["snippet_rewrite"] != row["sentence"]
        and row["paper_id"] not in fitted_on
    ]
    for name, score in {
        "full": lambda texts: values(texts, "full"),
        "fast": lambda texts: values(texts, "fast"),
        **{n: (lambda texts, r=r: [r(t) for t in texts]) for n, r in baselines().items()},
    }.items():
        before = np.array(score([row["sentence"] for row in rows]))
        after = np.array(score([row["snippet_rewrite"] for row in rows]))
        higher = (after > before) + 0.5 * (after == before)
        low, high = _share_interval(higher, [row["paper_id"] for row in rows])
        print(
            f"rewrite above its original, {name}: {higher.mean():.2f} ({low:.2f}-{high:.2f}) "
            f"of {len(rows)} pairs"
        )


def _share_interval(hits: np.ndarray[Any, Any], clusters: Sequence[str]) -> tuple[float, float]:
    names = sorted(set(clusters))
    members = [np.flatnonzero(np.asarray(clusters) == name) for name in names]
    rng = generator(0, "benchmark", "self_containedness", "share")
    found = [
        hits[np.concatenate([members[i] for i in rng.integers(len(names), size=len(names))])].mean()
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def print_defects() -> None:
    """A reported defect is right where a labelled one of its kind overlaps it, and the reverse.

    General faults of the rules were mended after a look at each part; the card has the figures of
    the first look at the second.
    """
    rows = [json.loads(line) for line in SPANS.open(encoding="utf-8")]
    scores = SelfContainedness().score([row["text"] for row in rows])
    for part, language in itertools.product(("second", "design"), ("all", "en", "zh")):
        right, found, chunks, chunks_found = [], [], [], []
        for row, score in zip(rows, scores, strict=True):
            if row["part"] != part or language not in ("all", row["language"]):
                continue
            labelled = [(d["kind"], d["start"], d["end"]) for d in row["defects"]]
            reported = [(d.kind, d.span.start, d.span.end) for d in score.defects]
            right += [any(_same(a, b) for b in labelled) for a in reported]
            found += [any(_same(a, b) for a in reported) for b in labelled]
            chunks += [row["id"]] * len(reported)
            chunks_found += [row["id"]] * len(labelled)
        for name, hits, clusters in (
            ("reported defects that are right", right, chunks),
            ("labelled defects that are found", found, chunks_found),
        ):
            low, high = _share_interval(np.array(hits, dtype=float), clusters)
            share = f"{np.mean(hits):.2f} ({low:.2f}-{high:.2f})"
            print(f"{part} {language}: {name}: {share} of {len(hits)}")


def _same(a: tuple[str, int, int], b: tuple[str, int, int]) -> bool:
    return _FAMILY.get(a[0], a[0]) == _FAMILY.get(b[0], b[0]) and a[1] < b[2] and b[1] < a[2]


_FAMILY = {"dangling_reference": "unnamed", "missing_subject": "unnamed"}
"""By the guideline a definite description without a name counts as a pronoun."""


def print_rate(texts: Sequence[str]) -> None:
    joined = " ".join(texts)
    chunks = [joined[i : i + 800] for i in range(0, len(joined) - 800, 800)]
    for reader, some in (("fast", chunks), ("full", chunks[:100])):
        measure = SelfContainedness(reader=reader)
        measure.score(some[:10])
        best = 0.0
        for _ in range(3):
            start = time.process_time()
            measure.score(some)
            best = max(best, len(some) / (time.process_time() - start))
        print(f"{reader}: {best:.0f} chunks of 800 characters a second of processor time")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    data = arguments.parse_args().data
    folder = data / "self_containedness"
    rows = [json.loads(line) for line in (folder / "labelled_chunks.jsonl").open(encoding="utf-8")]
    print_agreement(rows, data)
    print_second_reading(data)
    print_rewrites(folder / "qa_decontext.jsonl")
    print_defects()
    for language in ("en", "zh"):
        print(f"{language}, ", end="")
        print_rate([row["text"] for row in rows if row["lang"] == language] * 4)


if __name__ == "__main__":
    main()
