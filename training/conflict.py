"""Fits the forest of ``ragcheck.judges.learned`` and prints its figures.

    python training/conflict.py --data SHARED_DATA_FOLDER

Extremely randomised trees on the features of ``ragcheck.judges.features``. Fitted on:

* ``documentation_pairs_en.jsonl`` and ``documentation_pairs_zh.jsonl`` beside this file
  (permissive licences, named in every row), each pair with and without its question: weights 0.4
  and 0.3;
* two versions of the documentation of celery (CC BY-SA 4.0), pip, scrapy, urllib3 and Pillow
  (MIT, BSD, HPND), each pair with and without its question: weight 1;
* pairs of search results of QACC's training set (CC BY-SA 3.0): weight 0.3;
* sentence pairs of FEVER-symmetric (MIT, CC BY-SA), ConjNLI (MIT), ContractNLI (CC BY 4.0),
  Breaking NLI (CC BY-SA 4.0), negated SNLI (MIT) and MNLI (OANC and others): weight 0.3;
* edits of the shipped corpora (CC0), English and Chinese, of sentences that no planted conflict
  quotes: weight 0.3.

Within each of them both classes have the same weight. Everything is measured on documentation in
five folds of projects, each by trees and a calibration that saw no row of the same projects; what
comes out at last is calibrated on the held-out shares of the two versions' documentation.
With ``--reader`` (``training/reader.py``) a logistic curve joins the log odds and what was read,
fitted on the documentation with its questions and the first half of RAMDocs' questions (MIT);
without it the curve that is in the file stays.
Rows that are licensed for evaluation only are measured on and never fitted on.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from conflict_edits import edited
from conflict_rows import (
    Row,
    answered_sets,
    documentation,
    documentation_pairs,
    inference,
    misinformation,
    read_rows,
    tests,
)
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ragcheck.judges.features import FEATURES, measure, read_question, read_text
from ragcheck.judges.forest import CLIPPED
from ragcheck.judges.reading import ExtractiveReader, evidence
from ragcheck.text.language import detect_language

TARGET = Path(__file__).resolve().parents[1] / "ragcheck" / "judges" / "weights"
READER_QUESTIONS = 125
"""Questions of RAMDocs that the reader was fitted on."""
TREES, LEAF, SHARE, DEPTH = 120, 2, 0.2, 12
WEIGHTS = {"documentation": 1.0, "pairs": 0.4, "pairs zh": 0.3, "edits": 0.3,
           "inference": 0.3, "search results": 0.3}  # fmt: skip
FOLDED = ("documentation", "pairs", "pairs zh")
"""Sets of documentation: measured on in folds of projects."""
FOLDS = 5
SHARE_OF_OTHERS = 2
"""Of inference and search results every other row is fitted on."""

Matrix = NDArray[np.float64]
Labels = NDArray[np.bool_]


def features(rows: list[Row]) -> Matrix:
    """(n, features) of the rows, each in the order of its texts."""
    texts = {t: read_text(t) for row in rows for t in (row.left, row.right)}
    questions = {q: read_question(q) for q in {row.question for row in rows}}
    found = []
    for row in rows:
        left, right = sorted((row.left, row.right))
        found.append(measure(texts[left], texts[right], questions[row.question]).vector)
    return np.array(found)


def labels(rows: list[Row]) -> Labels:
    return np.array([row.conflict for row in rows])


def balanced(conflict: Labels, weight: float = 1.0) -> Matrix:
    """Weights that sum to ``weight``, half of it for either class."""
    return weight * np.where(conflict, 0.5 / conflict.sum(), 0.5 / (~conflict).sum())


class Parts:
    """The sets that are fitted on, with their features."""

    def __init__(self, sets: dict[str, list[Row]]) -> None:
        self.rows = sets
        self.points = {name: features(rows) for name, rows in sets.items()}
        self.projects = {
            name: np.array([row.group for row in sets[name]]) for name in FOLDED if name in sets
        }

    def fit(self, without: frozenset[str] = frozenset()) -> ExtraTreesClassifier:
        """Trees on everything but these projects."""
        points, conflict, weights = [], [], []
        for name, rows in self.rows.items():
            chosen = np.array([row.group not in without for row in rows])
            said = labels(rows)[chosen]
            points.append(self.points[name][chosen])
            conflict.append(said)
            weights.append(balanced(said, WEIGHTS[name]))
        trees = ExtraTreesClassifier(
            TREES, min_samples_leaf=LEAF, max_features=SHARE, max_depth=DEPTH, random_state=0
        )
        return trees.fit(np.vstack(points), np.concatenate(conflict), np.concatenate(weights))

    def folds(self) -> list[frozenset[str]]:
        """Projects that are held out together; those of one set are spread over all folds."""
        dealt = [np.unique(projects)[k::FOLDS].tolist() for projects in self.projects.values()
                 for k in range(FOLDS)]  # fmt: skip
        return [
            frozenset(project for dealing in dealt[k::FOLDS] for project in dealing)
            for k in range(FOLDS)
        ]

    def held_out(self) -> dict[str, Matrix]:
        """Shares of the documentation's rows by trees that saw no row of the same project."""
        shares = {name: np.zeros(len(projects)) for name, projects in self.projects.items()}
        for fold in self.folds():
            trees = self.fit(fold)
            for name, projects in self.projects.items():
                out = np.isin(projects, list(fold))
                shares[name][out] = trees.predict_proba(self.points[name][out])[:, 1]
        return shares


def log_odds(shares: Matrix) -> Matrix:
    clipped = np.clip(shares, CLIPPED, 1 - CLIPPED)
    return np.asarray(np.log(clipped / (1 - clipped)))


def calibration(shares: Matrix, conflict: Labels) -> tuple[float, float]:
    """Slope and intercept of Platt's curve, both classes weighed alike."""
    curve = LogisticRegression(C=100.0).fit(
        log_odds(shares)[:, None], conflict, balanced(conflict, len(conflict))
    )
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def calibrated(shares: Matrix, curve: tuple[float, float]) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-(curve[0] * log_odds(shares) + curve[1]))))


def cross_calibrated(shares: Matrix, conflict: Labels, projects: NDArray[np.str_]) -> Matrix:
    """Probabilities of each project by the curve of the others."""
    found = np.zeros(len(shares))
    for project in np.unique(projects):
        out = projects == project
        found[out] = calibrated(shares[out], calibration(shares[~out], conflict[~out]))
    return found


def read_evidence(rows: list[Row]) -> Matrix:
    """(n, 2) whether the answers that the reader finds differ and whether they agree."""
    wanted = [[(row.question or "", text) for text in (row.left, row.right)] for row in rows]
    order = list(dict.fromkeys(each for sides in wanted for each in sides))
    readings = dict(zip(order, ExtractiveReader().read(order), strict=True))
    return np.array([evidence(readings[one], readings[other]) for one, other in wanted])


def readable(row: Row) -> bool:
    return row.question is not None and all(
        detect_language(text) == "en" for text in (row.left, row.right)
    )


def join(odds: list[Matrix], read: list[Matrix], conflict: list[Labels]) -> Matrix:
    """(4,) intercept and weights of the forest's log odds and of the two kinds of evidence.

    Every set has the same weight, and within a set both classes.
    """
    points = np.vstack([np.column_stack([o, r]) for o, r in zip(odds, read, strict=True)])
    weights = np.concatenate([balanced(c, len(points) / len(conflict)) for c in conflict])
    curve = LogisticRegression(C=10.0).fit(points, np.concatenate(conflict), weights)
    return np.array([curve.intercept_[0], *curve.coef_[0]])


def joined(weights: Matrix, odds: Matrix, read: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-(weights[0] + np.column_stack([odds, read]) @ weights[1:]))))


def export(
    trees: ExtraTreesClassifier, curve: tuple[float, float], reading: Matrix, path: Path
) -> str:
    """Write the forest as plain arrays; gives the SHA-256."""
    parts = [estimator.tree_ for estimator in trees.estimators_]
    offsets = np.cumsum([0, *(part.node_count for part in parts)])
    children = [
        [np.where(c >= 0, c + offset, -1) for c in (part.children_left, part.children_right)]
        for part, offset in zip(parts, offsets, strict=False)
    ]
    np.savez_compressed(
        path,
        features=np.array(FEATURES),
        feature=np.concatenate([p.feature for p in parts]).astype(np.int16),
        threshold=np.concatenate([p.threshold for p in parts]).astype(np.float32),
        left=np.concatenate([c[0] for c in children]).astype(np.int32),
        right=np.concatenate([c[1] for c in children]).astype(np.int32),
        value=np.concatenate([_shares(p) for p in parts]).astype(np.float32),
        roots=offsets[:-1].astype(np.int32),
        slope=np.float64(curve[0]),
        intercept=np.float64(curve[1]),
        reading=reading,
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _shares(tree: object) -> Matrix:
    value = tree.value[:, 0, :]  # type: ignore[attr-defined]
    return np.asarray(value[:, 1] / np.maximum(value.sum(axis=1), 1e-12))


def calibration_error(probabilities: Matrix, conflict: Labels) -> float:
    """Expected calibration error in ten bins of equal width."""
    bins = np.minimum((probabilities * 10).astype(int), 9)
    gaps = [
        abs(probabilities[bins == b].mean() - conflict[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def report(rows: list[Row], probabilities: Matrix) -> None:
    """A line of figures for each source."""
    for source in dict.fromkeys(row.source for row in rows):
        chosen = np.array([row.source == source for row in rows])
        conflict, p = labels(rows)[chosen], probabilities[chosen]
        said = p >= 0.5
        f1 = 2 * (said & conflict).sum() / max(1, said.sum() + conflict.sum())
        kinds = np.array([row.kind for row in rows])[chosen]
        alarms = ", ".join(
            f"{kind} {said[kinds == kind].mean():.2f}" for kind in np.unique(kinds[~conflict])
        )
        print(
            f"{source:36} n {chosen.sum():5} AUROC {roc_auc_score(conflict, p):.2f} F1 {f1:.2f} "
            f"R {said[conflict].mean():.2f} ECE {calibration_error(p, conflict):.2f}  {alarms}",
            flush=True,
        )


def kept_curve(path: Path) -> Matrix:
    """The curve that joins the reader, as it is in the file."""
    with np.load(path, allow_pickle=False) as arrays:
        return np.asarray(arrays["reading"])


def fitted_curve(
    parts: Parts, shares: Matrix, odds_of: Callable[[Matrix], Matrix], ambiguous: list[Row]
) -> Matrix:
    """Joins the reader; prints what that gives on projects that it was not fitted on."""
    rows = parts.rows["documentation"]
    asked = np.array([row.question is not None for row in rows])
    chosen = [row for row in rows if row.question is not None]
    conflict = labels(rows)
    curve = calibration(shares, conflict)
    outside = odds_of(features(ambiguous)), read_evidence(ambiguous), labels(ambiguous)
    odds, read = curve[0] * log_odds(shares[asked]) + curve[1], read_evidence(chosen)
    held = np.zeros(len(chosen))
    projects, said = parts.projects["documentation"][asked], conflict[asked]
    for project in np.unique(projects):
        out = projects == project
        weights = join([odds[~out], outside[0]], [read[~out], outside[1]], [said[~out], outside[2]])
        held[out] = joined(weights, odds[out], read[out])
    print("with the reader, likewise")
    report(chosen, held)
    return join([odds, outside[0]], [read, outside[1]], [said, outside[2]])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--reader", action="store_true")
    given = arguments.parse_args()
    folder = given.data
    rng = np.random.default_rng(0)
    data = folder / "conflict"
    parts = Parts(
        {
            "documentation": list(documentation(data / "version_drift_dev.jsonl", "documentation")),
            "pairs": list(documentation_pairs("en")),
            "pairs zh": list(documentation_pairs("zh")),
            "edits": list(edited(700, rng)),
            "inference": list(inference(folder, rng))[::SHARE_OF_OTHERS],
            "search results": list(answered_sets(data / "qacc_train.jsonl", "qacc train", rng))[
                ::SHARE_OF_OTHERS
            ],
        }
    )
    shares = parts.held_out()
    print("words alone, every project by weights that did not see it")
    for name, rows in ((name, parts.rows[name]) for name in shares):
        report(rows, cross_calibrated(shares[name], labels(rows), parts.projects[name]))
    curve = calibration(shares["documentation"], labels(parts.rows["documentation"]))
    trees = parts.fit()

    def odds_of(points: Matrix) -> Matrix:
        return curve[0] * log_odds(trees.predict_proba(points)[:, 1]) + curve[1]

    read_before = {row["id"] for row in read_rows(data / "ramdocs_dev.jsonl")[:READER_QUESTIONS]}
    ambiguous = [
        row for row in misinformation(data / "ramdocs_dev.jsonl") if row.group in read_before
    ]
    weights = (
        fitted_curve(parts, shares["documentation"], odds_of, ambiguous)
        if given.reader
        else kept_curve(TARGET / "conflict.npz")
    )
    TARGET.mkdir(exist_ok=True)
    print(export(trees, curve, weights, TARGET / "conflict.npz"))
    others = [row for row in tests(folder, rng) if row.group not in read_before]
    odds = odds_of(features(others))
    print("tests, words alone")
    report(others, 1 / (1 + np.exp(-odds)))
    if given.reader:
        kept = np.array([readable(row) for row in others])
        readable_rows = [row for row in others if readable(row)]
        print("tests, with the reader")
        report(readable_rows, joined(weights, odds[kept], read_evidence(readable_rows)))


if __name__ == "__main__":
    main()
