"""Fits the boosted trees of ``ragcheck.judges.combined`` and prints their figures.

    python training/combined.py --data SHARED_DATA_FOLDER

Fitted on, each with the weight in ``WEIGHTS``:

* RAMDocs, the first 125 questions (MIT); QACC, training sets (CC BY-SA 3.0);
* passages of QACC, SQuAD 2.0 and XQuAD (CC BY-SA) with replaced answers, beside themselves without
  a sentence, and with a lead (``replaced_answers.py``);
* passages of imagined articles and search results (``articles.py``, CC0);
* statements of imagined handbooks, alone and on pages (``handbook.py``, CC0);
* the documentation that the ``learned`` judge was fitted on, its siblings, and its questions beside
  passages of the same project about something else (``documentation_siblings.py``).

There are two sets of trees, one for texts of many authors and one for documentation of one house.
Which of them counts is a logistic curve, fitted on the same rows, whatever their labels. English
passages that the reader was fitted on are left out. The log odds of the forest
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
from articles import article_pairs
from conflict import (
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
from documentation_siblings import documentation_siblings, other_passages
from handbook import handbook_pairs
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ragcheck.judges.answers import ANSWER_FEATURES, NONE, answer_features, read_passage
from ragcheck.judges.boosting import load_mixture
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
    "statements zh": 1.0, "shortened": 0.4, "led in": 0.5, "handbook en": 1.0, "handbook zh": 1.0,
    "articles en": 1.5, "articles zh": 1.5,
}  # fmt: skip
"""What the trees for texts of many authors are fitted on, and how much each source weighs."""
HOUSE_WEIGHTS = {
    "documentation, asked": 1.0, "pairs en, asked": 1.2, "pairs zh, asked": 1.0,
    "siblings, asked": 0.4, "siblings en, asked": 0.4, "siblings zh, asked": 0.3,
    "other passages en": 0.3, "other passages zh": 0.2,
}  # fmt: skip
"""The same for documentation of one house."""
CALIBRATED_ON = {"documentation, asked": 1.0, "pairs en, asked": 0.5, "pairs zh, asked": 0.5}
"""What the probabilities of the latter are calibrated on, both classes of a source alike."""
HOUSE = ("documentation, asked", "pairs en, asked", "pairs zh, asked")
READ_SOURCES = ("pairs en", "siblings en", "other passages en")
"""Of the projects of these, every other one was met by the English reader."""
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
    beside = [
        row
        for name, path in {
            "": data / "version_drift_dev.jsonl",
            " en": Path(__file__).with_name("documentation_pairs_en.jsonl"),
            " zh": Path(__file__).with_name("documentation_pairs_zh.jsonl"),
        }.items()
        for row in documentation_siblings(path, f"siblings{name}")
    ]
    return [
        *dev,
        *pairs,
        *beside,
        *other_passages("en"),
        *other_passages("zh"),
        *handbook_pairs("en", rng),
        *handbook_pairs("zh", rng),
        *article_pairs("en", rng),
        *article_pairs("zh", rng),
        *ambiguous,
        *answered_sets(data / "qacc_train.jsonl", "qacc train", rng),
        *replaced_answers.search_results(data / "qacc_train.jsonl", rng),
        *own,
        *list(replaced_answers.chinese_statements(folder / "qa" / "xquad_zh.jsonl", rng))[:600],
        *replaced_answers.shortened(own, "shortened", 150, rng),
        *replaced_answers.led_in(own, 250, rng),
    ]


def folds_of(rows: Sequence[Row]) -> dict[str, int]:
    """The fold of every group; the groups of each source are spread over all folds."""
    found: dict[str, int] = {}
    for source in dict.fromkeys(row.source for row in rows):
        groups = sorted({row.group for row in rows if row.source == source} - found.keys())
        found |= {group: place % FOLDS for place, group in enumerate(groups)}
    return found


def read_before(row: Row) -> bool:
    """Whether the English reader was fitted on passages of this row's project."""
    return row.source.startswith(READ_SOURCES) and zlib.crc32(row.group.encode()) % 2 == 1


def forest_odds(parts: Parts, rows: Sequence[Row], points: Matrix) -> Matrix:
    """(n,) log odds, each by trees that saw no row of its group."""
    fold_of = folds_of(rows)
    folds = np.array([fold_of[row.group] for row in rows])
    sums, held = np.zeros(len(rows)), np.zeros(len(parts.rows["documentation"]))
    dev = np.array([fold_of[row.group] for row in parts.rows["documentation"]])
    for fold in range(FOLDS):
        without = frozenset(group for group, own in fold_of.items() if own == fold)
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


def weights(rows: Sequence[Row], of_source: Mapping[str, float]) -> Matrix:
    """(n,) weights: a source has its own, whatever its size; 0 where the reader knows the row."""
    sources = np.array([row.source for row in rows])
    fresh = ~np.array([read_before(row) for row in rows])
    found = np.zeros(len(rows))
    for source, weight in of_source.items():
        own = (sources == source) & fresh
        if own.any():
            found[own] = weight / own.sum()
    return found / found[found > 0].mean()


def balanced_weights(rows: Sequence[Row], of_source: Mapping[str, float]) -> Matrix:
    """(n,) the same, with both classes of a source alike."""
    found = weights(rows, of_source)
    conflict = np.array([row.conflict for row in rows])
    sources = np.array([row.source for row in rows])
    for source in of_source:
        for said in (True, False):
            own = (sources == source) & (conflict == said) & (found > 0)
            if own.any():
                found[own] = of_source[source] / own.sum()
    return found / found[found > 0].mean()


def boosted(points: Matrix, conflict: NDArray[np.bool_], weight: Matrix) -> Any:
    directions = [1 if n in RISING else -1 if n in FALLING else 0 for n in JOINED_FEATURES]
    model = HistGradientBoostingClassifier(
        monotonic_cst=directions, random_state=0, early_stopping=False, **BOOSTING
    )
    return model.fit(points, conflict, sample_weight=weight)


def held_out(rows: Sequence[Row], points: Matrix, weight: Matrix) -> Matrix:
    """(n,) log odds, each by trees that saw no row of its group."""
    fold_of = folds_of(rows)
    folds = np.array([fold_of[row.group] for row in rows])
    conflict = np.array([row.conflict for row in rows])
    odds = np.zeros(len(rows))
    for fold in range(FOLDS):
        out, fitted = folds == fold, (folds != fold) & (weight > 0)
        trees = boosted(points[fitted], conflict[fitted], weight[fitted])
        odds[out] = trees.decision_function(points[out])
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


def calibrated_trees(
    rows: Sequence[Row], points: Matrix, weight: Matrix, calibrated_on: Matrix
) -> tuple[dict[str, Any], Matrix]:
    """The arrays of fitted trees with their calibration, and (n,) held-out log odds."""
    conflict = np.array([row.conflict for row in rows])
    sums, kept, used = held_out(rows, points, weight), weight > 0, calibrated_on > 0
    curve = LogisticRegression(C=100.0).fit(
        sums[used][:, None], conflict[used], calibrated_on[used]
    )
    slope, intercept = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    arrays = tree_arrays(boosted(points[kept], conflict[kept], weight[kept]))
    arrays |= {"slope": np.float64(slope), "intercept": np.float64(intercept)}
    return arrays, slope * sums + intercept


def export(
    authors: Mapping[str, Any],
    house: Mapping[str, Any],
    curve: tuple[Matrix, float],
    path: Path,
) -> str:
    """Write both sets of trees as plain arrays; gives the SHA-256."""
    np.savez_compressed(
        path,
        features=np.array(JOINED_FEATURES),
        curve=curve[0],
        curve_intercept=np.float64(curve[1]),
        **{f"authors_{name}": array for name, array in authors.items()},
        **{f"house_{name}": array for name, array in house.items()},
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
    curve = house_curve(rows, counted)
    asked = np.flatnonzero((read != NONE).any(axis=1))
    points = joined_features(odds, counted, read)[asked]
    kept = [rows[i] for i in asked]
    mixed = weights(kept, WEIGHTS)
    authors, by_authors = calibrated_trees(kept, points, mixed, mixed)
    house, by_house = calibrated_trees(
        kept, points, weights(kept, HOUSE_WEIGHTS), balanced_weights(kept, CALIBRATED_ON)
    )
    print(export(authors, house, curve, TARGET))
    loaded = load_mixture("combined", hashlib.sha256(TARGET.read_bytes()).hexdigest())
    share = loaded.of_one_house(house_features(markup(kept), counted[asked]))
    met = np.array([read_before(row) for row in kept])
    joined = share * logistic((odds[asked] + by_house) / 2) + (1 - share) * logistic(by_authors)
    print("each row by trees that did not see its group, the curve between both sets by all rows;")
    print("without the rows whose passages the reader was fitted on:")
    report([row for row, own in zip(kept, ~met, strict=True) if own], joined[~met])


def logistic(odds: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-odds)))


def markup(rows: Sequence[Row]) -> Matrix:
    return np.array([[markup_share(row.left), markup_share(row.right)] for row in rows])


if __name__ == "__main__":
    main()
