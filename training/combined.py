"""Fits the boosted trees of ``ragcheck.judges.combined`` and prints their figures.

    python training/combined.py --data SHARED_DATA_FOLDER

Fitted on, each with the weight in ``WEIGHTS``:

* RAMDocs, the first 125 questions (MIT); QACC, training sets (CC BY-SA 3.0);
* passages of QACC, SQuAD 2.0 and XQuAD (CC BY-SA) with replaced answers, beside themselves without
  a sentence, and with a lead (``replaced_answers.py``).

Whether two passages are documentation of one house is a logistic curve, fitted on these and the
documentation that the forest was fitted on, whatever their labels. The log odds of the forest
are those of forests that saw no row of the same project or question. What comes out is calibrated
on rows of groups that the trees did not see. Run it again whenever the forest or a reader was
fitted again. Rows that are licensed for evaluation only, WikiContradict and the second half of
RAMDocs are never fitted on; ``benchmarks/conflict.py`` measures on them.
"""

from __future__ import annotations

import argparse
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import replaced_answers
from conflict import (
    FOLDED,
    Parts,
    asked_calibration,
    features,
    fitted_sets,
    odds_from,
    tree_arrays,
)
from conflict_rows import (
    Row,
    answered_sets,
    documentation,
    documentation_pairs,
    misinformation,
    read_rows,
)
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ragcheck.judges.answers import ANSWER_FEATURES, NONE, answer_features, read_passage
from ragcheck.judges.boosting import load_trees
from ragcheck.judges.combined import packaged_readers
from ragcheck.judges.features import read_question, read_text
from ragcheck.judges.joining import (
    FALLING,
    JOINED_FEATURES,
    RISING,
    house_features,
    joined_features,
    markup_share,
)
from ragcheck.text.language import detect_language

TARGET = Path(__file__).resolve().parents[1] / "ragcheck" / "judges" / "weights" / "combined.npz"
RAMDOCS_FITTED = 125
FOLDS = 5
WEIGHTS = {
    "ramdocs": 1.0, "qacc train": 0.7, "replaced qacc": 1.5, "own sentence": 0.5,
    "statements zh": 1.0, "shortened": 0.4, "led in": 0.5,
}  # fmt: skip
"""What the trees are fitted on: texts of many authors."""
HOUSE = ("documentation, asked", "pairs en, asked", "pairs zh, asked")
SHARPNESS = 2.0
"""Makes the curve between documentation and other texts steeper than it was fitted."""
BOOSTING = {
    "max_iter": 80, "learning_rate": 0.08, "max_depth": 3, "min_samples_leaf": 30,
    "l2_regularization": 5.0, "max_features": 0.6,
}  # fmt: skip

Matrix = NDArray[np.float64]
Readings = Mapping[tuple[str, str], Any]


def fitted_rows(folder: Path, rng: np.random.Generator) -> list[Row]:
    """Every row that is fitted on."""
    data = folder / "conflict"
    dev = list(documentation(data / "version_drift_dev.jsonl", "documentation"))
    pairs = [
        replace(row, source=f"pairs {language}" + (", asked" if row.question else ""))
        for language in ("en", "zh")
        for row in documentation_pairs(language)
    ]
    before = {row["id"] for row in read_rows(data / "ramdocs_dev.jsonl")[:RAMDOCS_FITTED]}
    ambiguous = [r for r in misinformation(data / "ramdocs_dev.jsonl") if r.group in before]
    own = list(replaced_answers.own_sentences(folder / "qa" / "squad2.jsonl", 250, rng))
    return [
        *dev,
        *pairs,
        *ambiguous,
        *answered_sets(data / "qacc_train.jsonl", "qacc train", rng),
        *replaced_answers.search_results(data / "qacc_train.jsonl", rng),
        *own,
        *list(replaced_answers.chinese_statements(folder / "qa" / "xquad_zh.jsonl", rng))[:600],
        *replaced_answers.shortened(own, "shortened", 150, rng),
        *replaced_answers.led_in(own, 250, rng),
    ]


def fold_of(group: str) -> int:
    return zlib.crc32(group.encode()) % FOLDS


def forest_odds(parts: Parts, rows: Sequence[Row], points: Matrix) -> Matrix:
    """(n,) log odds, each by trees that saw no row of its group."""
    folds = np.array([fold_of(row.group) for row in rows])
    known = [*FOLDED, "search results"]
    sums, held = np.zeros(len(rows)), np.zeros(len(parts.rows["documentation"]))
    dev = np.array([fold_of(row.group) for row in parts.rows["documentation"]])
    for fold in range(FOLDS):
        without = frozenset(
            row.group for name in known for row in parts.rows[name] if fold_of(row.group) == fold
        )
        trees = parts.fit(without)
        for into, out, of in ((sums, folds == fold, points),
                              (held, dev == fold, parts.points["documentation"])):  # fmt: skip
            if out.any():
                into[out] = trees.decision_function(of[out])
    return odds_from(sums, asked_calibration(parts.rows["documentation"], held))


def read_all(rows: Sequence[Row]) -> dict[tuple[str, str], Any]:
    """What every passage answers to its question, by the packaged readers."""
    readers = packaged_readers()
    wanted = dict.fromkeys(
        (row.question, text) for row in rows if row.question for text in (row.left, row.right)
    )
    found: dict[tuple[str, str], Any] = {}
    for language, reader in readers.items():
        asked = [each for each in wanted if detect_language(each[1]) == language]
        found.update(zip(asked, reader.read(asked), strict=True))
    return found


def answers(rows: Sequence[Row], readings: Readings) -> Matrix:
    """(n, answer features) of the rows; of a row that is not read, what stands for it."""
    texts = {text: read_text(text) for row in rows for text in (row.left, row.right)}
    questions = {row.question: read_question(row.question) for row in rows}
    found = np.full((len(rows), len(ANSWER_FEATURES)), NONE)
    for i, row in enumerate(rows):
        sides = sorted((row.left, row.right))
        asked = questions[row.question]
        languages = {texts[side].analysed.language for side in sides}
        if asked is None or len(languages) > 1 or not all(texts[side].sides for side in sides):
            continue
        if all((row.question, side) in readings for side in sides):
            read = [read_passage(texts[side], readings[row.question, side]) for side in sides]
            found[i] = answer_features(read[0], read[1], asked)
    return found


def weights(rows: Sequence[Row]) -> Matrix:
    """(n,) weights: a source has the one of ``WEIGHTS``, whatever its size."""
    sources = np.array([row.source for row in rows])
    found = np.zeros(len(rows))
    for source, weight in WEIGHTS.items():
        own = sources == source
        if own.any():
            found[own] = weight / own.sum()
    return found / found.mean()


def boosted(points: Matrix, conflict: NDArray[np.bool_], weight: Matrix) -> Any:
    directions = [1 if n in RISING else -1 if n in FALLING else 0 for n in JOINED_FEATURES]
    model = HistGradientBoostingClassifier(
        monotonic_cst=directions, random_state=0, early_stopping=False, **BOOSTING
    )
    return model.fit(points, conflict, sample_weight=weight)


def held_out(rows: Sequence[Row], points: Matrix, weight: Matrix) -> Matrix:
    """(n,) log odds, each by trees that saw no row of its group."""
    folds = np.array([fold_of(row.group) for row in rows])
    conflict = np.array([row.conflict for row in rows])
    odds = np.zeros(len(rows))
    for fold in range(FOLDS):
        out = folds == fold
        odds[out] = boosted(points[~out], conflict[~out], weight[~out]).decision_function(
            points[out]
        )
    return odds


def house_curve(rows: Sequence[Row], counted: Matrix) -> tuple[Matrix, float]:
    """(3, features) mean, scale and weight, and the intercept; every source weighs the same."""
    sources = np.array([row.source for row in rows])
    kept = np.isin(sources, [*HOUSE, *WEIGHTS])
    house = np.isin(sources, HOUSE)[kept]
    points = house_features(markup(rows), counted)[kept]
    mean, scale = points.mean(axis=0), points.std(axis=0)
    each = {source: (sources == source).sum() for source in (*HOUSE, *WEIGHTS)}
    groups = {True: len(HOUSE), False: len(WEIGHTS)}
    weight = np.array([1 / each[source] / groups[source in HOUSE] for source in sources[kept]])
    curve = LogisticRegression(C=10.0).fit((points - mean) / scale, house, weight / weight.mean())
    found = SHARPNESS * curve.coef_[0], SHARPNESS * float(curve.intercept_[0])
    return np.stack([mean, scale, found[0]]), found[1]


def export(model: Any, curve: tuple[float, float], house: tuple[Matrix, float], path: Path) -> str:
    """Write the trees as plain arrays; gives the SHA-256."""
    np.savez_compressed(
        path,
        features=np.array(JOINED_FEATURES),
        slope=np.float64(curve[0]),
        intercept=np.float64(curve[1]),
        house=house[0],
        house_intercept=np.float64(house[1]),
        **tree_arrays(model),
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def calibration_error(probabilities: Matrix, conflict: NDArray[np.bool_]) -> float:
    """Expected calibration error in ten bins of equal width."""
    bins = np.minimum((probabilities * 10).astype(int), 9)
    gaps = [
        abs(probabilities[bins == b].mean() - conflict[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def report(rows: Sequence[Row], probabilities: Matrix) -> None:
    """A line of figures for each source."""
    for source in dict.fromkeys(row.source for row in rows):
        chosen = np.array([row.source == source for row in rows])
        conflict = np.array([row.conflict for row in rows])[chosen]
        kinds, p = np.array([row.kind for row in rows])[chosen], probabilities[chosen]
        said = p >= 0.5
        f1 = 2 * (said & conflict).sum() / max(1, said.sum() + conflict.sum())
        both = 0 < conflict.sum() < len(conflict)
        area = roc_auc_score(conflict, p) if both else float("nan")
        alarms = ", ".join(
            f"{k} {said[kinds == k].mean():.2f}" for k in np.unique(kinds[~conflict])
        )
        print(
            f"{source:24} n {len(p):5} AUROC {area:.3f} F1 {f1:.2f} "
            f"ECE {calibration_error(p, conflict):.3f}  {alarms}",
            flush=True,
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    folder = arguments.parse_args().data
    rows = fitted_rows(folder, np.random.default_rng(0))
    counted = features(rows)
    odds = forest_odds(Parts(fitted_sets(folder, np.random.default_rng(0))), rows, counted)
    read = answers(rows, read_all(rows))
    fit(rows, odds, counted, read)


def fit(rows: Sequence[Row], odds: Matrix, counted: Matrix, read: Matrix) -> None:
    """Fit, calibrate, report and write."""
    house = house_curve(rows, counted)
    points, weight = joined_features(odds, counted, read), weights(rows)
    conflict = np.array([row.conflict for row in rows])
    kept = (weight > 0) & (read != NONE).any(axis=1)
    trees = [row for row, keep in zip(rows, kept, strict=True) if keep]
    held = held_out(trees, points[kept], weight[kept])
    curve = LogisticRegression(C=100.0).fit(held[:, None], conflict[kept], weight[kept])
    slope, intercept = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    answered = 1 / (1 + np.exp(-(slope * held + intercept)))
    print(f"slope {slope:.3f} intercept {intercept:.3f}; trees that did not see the group:")
    report(trees, answered)
    model = boosted(points[kept], conflict[kept], weight[kept])
    print(export(model, (slope, intercept), house, TARGET))
    load = load_trees("combined", hashlib.sha256(TARGET.read_bytes()).hexdigest())
    house_share = load.of_one_house(house_features(markup(rows), counted))
    forest = 1 / (1 + np.exp(-odds))
    joined = np.where((read != NONE).any(axis=1),
                      house_share * forest + (1 - house_share) * load.probabilities(points),
                      forest)  # fmt: skip
    documents = np.array([row.source.startswith(("documentation", "pairs")) for row in rows])
    print("documentation, forests that did not see the project, joined:")
    report([row for row, keep in zip(rows, documents, strict=True) if keep], joined[documents])


def markup(rows: Sequence[Row]) -> Matrix:
    return np.array([[markup_share(row.left), markup_share(row.right)] for row in rows])


if __name__ == "__main__":
    main()
