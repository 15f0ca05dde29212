"""Fits the trees of ``ragcheck.judges.learned`` and prints their figures.

    python training/conflict.py --data SHARED_DATA_FOLDER

Boosted trees on the features of ``ragcheck.judges.features``. Fitted on the sets of
``fitted_sets``, each with the weight in ``WEIGHTS``:

* two versions of the documentation of celery (CC BY-SA 4.0), pip, scrapy, urllib3 and Pillow
  (MIT, BSD, HPND), and the labelled pairs beside this file, ``documentation_pairs_en.jsonl`` and
  ``documentation_pairs_zh.jsonl`` (permissive licences, named in every row), each pair with and
  without its question;
* passages of the same documentation beside their siblings (``documentation_siblings.py``) and
  beside themselves, edited (``documentation_edits.py``);
* pairs of search results of QACC's training set (CC BY-SA 3.0);
* sentence pairs of FEVER-symmetric (MIT, CC BY-SA), ConjNLI (MIT), ContractNLI (CC BY 4.0),
  Breaking NLI (CC BY-SA 4.0), negated SNLI (MIT) and MNLI (OANC and others);
* edits of the shipped corpora (CC0), English and Chinese, of sentences that no planted conflict
  quotes.

Within a set that has both classes they weigh the same. Everything is measured on documentation in
five folds of projects, each by trees and a calibration that saw no row of the same projects; what
comes out at last is calibrated on the held-out sums of the two versions' documentation with its
questions.
Rows that are licensed for evaluation only are measured on and never fitted on.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from conflict_edits import edited
from conflict_rows import (
    Row,
    answered_sets,
    documentation,
    documentation_pairs,
    inference,
    read_rows,
    tests,
)
from documentation_edits import documentation_edits
from documentation_siblings import documentation_siblings
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ragcheck.judges.features import FEATURES, measure, read_question, read_text
from ragcheck.judges.learned import MOST

TARGET = Path(__file__).resolve().parents[1] / "ragcheck" / "judges" / "weights"
READER_QUESTIONS = 125
"""Questions of RAMDocs that the reader was fitted on; the figures are of the others."""
BOOSTING = {
    "max_iter": 100, "learning_rate": 0.1, "max_depth": 3, "min_samples_leaf": 20,
    "l2_regularization": 5.0, "max_features": 0.3, "max_bins": 63,
}  # fmt: skip
WEIGHTS = {
    "documentation": 1.0, "pairs": 0.7, "pairs zh": 0.4, "siblings": 0.2, "siblings en": 0.15,
    "siblings zh": 0.1, "edited documentation": 0.4, "edited pairs": 0.3, "edited pairs zh": 0.2,
    "edits": 0.3, "inference": 0.3, "search results": 0.3,
}  # fmt: skip
MOST_ROWS = {
    "siblings": 600, "siblings en": 900, "siblings zh": 500, "edited documentation": 900,
    "edited pairs": 1500, "edited pairs zh": 700, "edits": 600, "inference": 600,
    "search results": 300,
}  # fmt: skip
"""Of the sets that are made, or of other kinds, this many rows are drawn."""
SHARE_OF_OTHERS = 2
"""Of inference and search results every other row is drawn from; the rest is for measuring."""
FOLDED = ("documentation", "pairs", "pairs zh")
"""Sets of documentation: measured on in folds of projects."""
FOLDS = 5

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
    """Weights that sum to ``weight``, half of it for either class where there are both."""
    if conflict.all() or not conflict.any():
        return np.full(len(conflict), weight / max(1, len(conflict)))
    return weight * np.where(conflict, 0.5 / conflict.sum(), 0.5 / (~conflict).sum())


def fitted_sets(folder: Path, rng: np.random.Generator) -> dict[str, list[Row]]:
    """The sets that are fitted on, by name."""
    beside = Path(__file__).parent
    sources = {
        "": folder / "conflict" / "version_drift_dev.jsonl",
        " en": beside / "documentation_pairs_en.jsonl",
        " zh": beside / "documentation_pairs_zh.jsonl",
    }
    edits = ("edited documentation", "edited pairs", "edited pairs zh")
    sets = {
        "documentation": list(documentation(sources[""], "documentation")),
        "pairs": list(documentation_pairs("en")),
        "pairs zh": list(documentation_pairs("zh")),
        "edits": list(edited(700, rng)),
        "inference": list(inference(folder, rng))[::SHARE_OF_OTHERS],
        "search results": list(
            answered_sets(folder / "conflict" / "qacc_train.jsonl", "qacc train", rng)
        )[::SHARE_OF_OTHERS],
    }
    rng = np.random.default_rng(0)
    for name, path in sources.items():
        sets[f"siblings{name}"] = list(documentation_siblings(path, f"siblings{name}"))
    for name, path in zip(edits, sources.values(), strict=True):
        sets[name] = list(documentation_edits(path, name, rng))
    return {name: drawn(rows, MOST_ROWS.get(name), rng) for name, rows in sets.items()}


def drawn(rows: list[Row], most: int | None, rng: np.random.Generator) -> list[Row]:
    if most is None or len(rows) <= most:
        return rows
    return [rows[k] for k in np.sort(rng.permutation(len(rows))[:most])]


class Parts:
    """The sets that are fitted on, with their features."""

    def __init__(self, sets: Mapping[str, list[Row]]) -> None:
        self.rows = sets
        self.points = {name: features(rows) for name, rows in sets.items()}
        self.projects = {
            name: np.array([row.group for row in sets[name]]) for name in FOLDED if name in sets
        }

    def fit(self, without: frozenset[str] = frozenset()) -> HistGradientBoostingClassifier:
        """Trees on everything but these projects."""
        points, conflict, weights = [], [], []
        for name, rows in self.rows.items():
            chosen = np.array([row.group not in without for row in rows])
            said = labels(rows)[chosen]
            points.append(self.points[name][chosen])
            conflict.append(said)
            weights.append(balanced(said, WEIGHTS[name]))
        weight = np.concatenate(weights)
        trees = HistGradientBoostingClassifier(random_state=0, early_stopping=False, **BOOSTING)
        return trees.fit(
            np.vstack(points), np.concatenate(conflict), sample_weight=weight / weight.mean()
        )

    def folds(self) -> list[frozenset[str]]:
        """Projects that are held out together; those of one set are spread over all folds."""
        dealt = [np.unique(projects)[k::FOLDS].tolist() for projects in self.projects.values()
                 for k in range(FOLDS)]  # fmt: skip
        return [
            frozenset(project for dealing in dealt[k::FOLDS] for project in dealing)
            for k in range(FOLDS)
        ]

    def held_out(self) -> dict[str, Matrix]:
        """Sums of the documentation's rows by trees that saw no row of the same project."""
        sums = {name: np.zeros(len(projects)) for name, projects in self.projects.items()}
        for fold in self.folds():
            trees = self.fit(fold)
            for name, projects in self.projects.items():
                out = np.isin(projects, list(fold))
                sums[name][out] = trees.decision_function(self.points[name][out])
        return sums


def calibration(sums: Matrix, conflict: Labels) -> tuple[float, float]:
    """Slope and intercept of Platt's curve, both classes weighed alike."""
    curve = LogisticRegression(C=100.0).fit(
        sums[:, None], conflict, balanced(conflict, len(conflict))
    )
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def odds_from(sums: Matrix, curve: tuple[float, float]) -> Matrix:
    return np.clip(curve[0] * sums + curve[1], -MOST, MOST)


def calibrated(sums: Matrix, curve: tuple[float, float]) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-odds_from(sums, curve))))


def asked_calibration(rows: list[Row], sums: Matrix) -> tuple[float, float]:
    """Platt's curve of the rows that have a question."""
    asked = np.array([row.question is not None for row in rows])
    return calibration(sums[asked], labels(rows)[asked])


def cross_calibrated(rows: list[Row], sums: Matrix) -> Matrix:
    """Probabilities of each project by the curve of the others."""
    projects = np.array([row.group for row in rows])
    found = np.zeros(len(sums))
    for project in np.unique(projects):
        out = projects == project
        others = [row for row in rows if row.group != project]
        found[out] = calibrated(sums[out], asked_calibration(others, sums[~out]))
    return found


def tree_arrays(model: HistGradientBoostingClassifier) -> dict[str, NDArray[Any]]:
    """The boosted trees as the arrays of ``ragcheck.judges.boosting``."""
    trees = [stage[0].nodes for stage in model._predictors]
    offsets = np.cumsum([0, *(len(tree) for tree in trees)])[:-1]
    leaf = np.concatenate([tree["is_leaf"] for tree in trees]).astype(bool)
    left, right = (
        np.concatenate([tree[side] + offset for tree, offset in zip(trees, offsets, strict=True)])
        for side in ("left", "right")
    )
    feature = np.concatenate([tree["feature_idx"] for tree in trees])
    return {
        "feature": np.where(leaf, -1, feature).astype(np.int16),
        "threshold": np.concatenate([t["num_threshold"] for t in trees]).astype(np.float32),
        "left": np.where(leaf, -1, left).astype(np.int32),
        "right": np.where(leaf, -1, right).astype(np.int32),
        "value": np.concatenate([tree["value"] for tree in trees]).astype(np.float32),
        "roots": offsets.astype(np.int32),
        "baseline": np.float64(model._baseline_prediction[0, 0]),
    }


def export(trees: HistGradientBoostingClassifier, curve: tuple[float, float], path: Path) -> str:
    """Write the trees as plain arrays; gives the SHA-256."""
    np.savez_compressed(
        path,
        features=np.array(FEATURES),
        slope=np.float64(curve[0]),
        intercept=np.float64(curve[1]),
        **tree_arrays(trees),
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


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


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    folder = arguments.parse_args().data
    rng = np.random.default_rng(0)
    parts = Parts(fitted_sets(folder, rng))
    sums = parts.held_out()
    print("every project by weights that did not see it")
    measured = parts.rows["documentation"]
    report(measured, cross_calibrated(measured, sums["documentation"]))
    curve = asked_calibration(measured, sums["documentation"])
    for name in ("pairs", "pairs zh"):
        report(parts.rows[name], calibrated(sums[name], curve))
    trees = parts.fit()
    print(export(trees, curve, TARGET / "conflict.npz"))
    ramdocs = folder / "conflict" / "ramdocs_dev.jsonl"
    read_before = {row["id"] for row in read_rows(ramdocs)[:READER_QUESTIONS]}
    others = [row for row in tests(folder, rng) if row.group not in read_before]
    print("tests")
    report(others, calibrated(trees.decision_function(features(others)), curve))


if __name__ == "__main__":
    main()
