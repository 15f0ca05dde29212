"""Fit the weights that say how surely two claims of a corpus contradict each other.

    python training/claims.py            # prints figures, writes ragcheck/judges/claim_weights.py

Fitted on the planted conflicts of the two shipped corpora and of the small worlds (``worlds/``,
written for this, CC0; every other pair of claims there is no conflict), on near copies made from
their claims (the same words with another value, in another document), and, the trees, on
statements of imagined handbooks (``handbook.py``). Each corpus is also scored with weights that
were fitted on the other one and on the worlds; on these scores the curve is fitted that joins the
logistic function and the trees. Writes ``claim_weights.py`` and ``claims.npz``.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from conflict import tree_arrays
from handbook import Group, all_groups
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from ragcheck.corpus.loaders import load_corpus
from ragcheck.judges.claim_differences import ClaimDifference
from ragcheck.judges.claim_features import FEATURES, features
from ragcheck.judges.claim_pairs import ComparedClaims, compare_claims
from ragcheck.judges.document_claims import corpus_claims
from ragcheck.models import cache_home, default_encoder
from ragcheck.records.corpus import Corpus, Span
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import CachedEmbedder, load_embedder

ROOT = Path(__file__).parent.parent
WORLDS = Path(__file__).parent / "worlds"
CORPORA = ("kestrel-handbook", "qinghe-rules")
COPIES, COPY_WEIGHT, LABELLED_WEIGHT = 80, 0.3, 5.0
STRENGTH = 0.05
CONFLICTS = ("conflict", "supersedes")
HANDBOOK_WEIGHT = 0.05
BOOSTING = {
    "max_iter": 120, "learning_rate": 0.06, "max_depth": 3, "min_samples_leaf": 20,
    "l2_regularization": 5.0, "max_features": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class Data:
    """A corpus: what is planted in it, features, labels and weights of its pairs of claims.

    ``known`` has the planted row of each pair; near copies stand behind the pairs.
    """

    name: str
    rows: list[dict]
    compared: ComparedClaims
    x: np.ndarray
    y: np.ndarray
    w: np.ndarray
    known: list[int | None]


def place_of(corpus: Corpus, side: dict[str, str]) -> tuple[str, Span] | None:
    """Where a quote stands in the loaded text of its document."""
    text = corpus.by_path[side["document"]].text
    for size in (len(side["quote"]), 30, 14):
        found = re.search(re.escape(side["quote"][:size]), text)
        if found is not None:
            return side["document"], Span(found.start(), found.start() + len(side["quote"]))
    words = [word for word in re.split(r"\s+", side["quote"]) if len(word) > 3]
    at = text.find(words[0]) if words else -1
    return (side["document"], Span(at, at + len(side["quote"]))) if at >= 0 else None


def labels(corpus: Corpus, compared: ComparedClaims, rows: list[dict]) -> list[int | None]:
    """For each pair the row of ``conflicts.jsonl`` that it is, or ``None``."""
    sides = [(place_of(corpus, row["left"]), place_of(corpus, row["right"])) for row in rows]

    def holds(index: int, place: tuple[str, Span] | None) -> bool:
        claim = compared.claims[index]
        return (
            place is not None
            and claim.document.path == place[0]
            and claim.claim.span.overlap(place[1]) > 0
        )

    found: list[int | None] = []
    for pair in compared.pairs:
        found.append(
            next(
                (
                    k
                    for k, (left, right) in enumerate(sides)
                    if (holds(pair.left, left) and holds(pair.right, right))
                    or (holds(pair.left, right) and holds(pair.right, left))
                ),
                None,
            )
        )
    return found


def near_copies(compared: ComparedClaims, rng: random.Random) -> list[tuple[float, ...]]:
    """Features of claims beside themselves with another value, in another document."""
    read = [r for r in compared.read if r.claim.values and len(r.claim.text) > 25]
    rows = []
    for one in rng.sample(read, min(COPIES, len(read))):
        value = next((v for v in one.claim.values if v.kind not in ("identifier", "ordinal")), None)
        if value is None:
            continue
        other = replace(one, scope=replace(one.scope, path="another", effective="2020"))
        kind = {"date": "date", "version": "version"}.get(value.kind, "number")
        difference = ClaimDifference(
            "value", kind, ("", ""), (value.span, value.span), (value, value), 1.0
        )
        rows.append(features(one, other, difference, likeness=0.97, own=1.0, rank=0))
        word = ClaimDifference("word", "name", ("", ""), (value.span, value.span), near=1.0)
        rows.append(features(one, other, word, likeness=0.93, own=0.93, rank=0))
    return rows


def matrix(corpus: Corpus, compared: ComparedClaims, rows: list[dict], rng: random.Random):
    """Features, labels, weights and the row of each pair."""
    known = labels(corpus, compared, rows)
    x = [pair.features for pair in compared.pairs]
    y = [int(k is not None and rows[k]["relation"] in CONFLICTS) for k in known]
    w = [
        LABELLED_WEIGHT if k is not None and not label else 1.0
        for k, label in zip(known, y, strict=True)
    ]
    copies = near_copies(compared, rng)
    x += copies
    y += [1] * len(copies)
    w += [COPY_WEIGHT] * len(copies)
    return np.array(x, dtype=float), np.array(y), np.array(w), known


def fit(x, y, w) -> tuple[float, np.ndarray]:
    mean, scale = x.mean(0), x.std(0) + 1e-6
    model = LogisticRegression(C=STRENGTH, max_iter=4000).fit(
        (x - mean) / scale, y, sample_weight=w
    )
    weights = model.coef_[0] / scale
    return float(model.intercept_[0] - weights @ mean), weights


def report(name: str, data: Data, scores: np.ndarray) -> None:
    """How many planted conflicts stand among the surest pairs."""
    rows, known = data.rows, data.known
    total = sum(row["relation"] in CONFLICTS for row in rows)
    order = np.argsort(-scores[: len(known)])
    found: set[int] = set()
    line = []
    for rank, i in enumerate(order, 1):
        k = known[i]
        if k is not None and rows[k]["relation"] in CONFLICTS:
            found.add(k)
        if rank in (10, 20, 40, 80, 160, 320, 640):
            line.append(f"{rank}: {len(found)}")
    print(f"{name}: {len(known)} pairs, {total} planted; found among the best", *line)


def handbook_documents(language: str, folder: Path) -> list[dict]:
    """Three documents for each imagined house, written to the folder; what is planted in them."""
    houses: dict[str, list[Group]] = {}
    for group in all_groups(language):
        houses.setdefault(group.house, []).append(group)
    planted = []
    for number, (house, groups) in enumerate(houses.items()):
        texts: dict[str, list[str]] = {name: [f"# {house}"] for name in ("guide", "faq", "notes")}
        for group in groups:
            sides = {}
            for name, statement in (
                ("guide", group.stated), ("faq", group.contradicting),
                ("notes", group.agreeing), ("notes", group.beside),
            ):  # fmt: skip
                texts[name].append(statement.text)
                sides[statement.text] = {"document": f"{number}-{name}.md", "quote": statement.text}
            one, two, three, beside = sides.values()
            planted += [
                {"left": one, "right": two, "relation": "conflict"},
                {"left": two, "right": three, "relation": "conflict"},
                {"left": one, "right": three, "relation": "agree"},
                {"left": one, "right": beside, "relation": "different scope"},
                {"left": two, "right": beside, "relation": "different scope"},
            ]
        for name, lines in texts.items():
            (folder / f"{number}-{name}.md").write_text("\n\n".join(lines) + "\n", "utf-8")
    return planted


def read_data(name: str, folder: Path, rows: list[dict], rng: random.Random) -> Data:
    """The compared claims of a corpus, their features, labels and weights."""
    corpus = load_corpus(folder)
    vectors = VectorCache(cache_home() / "vectors.sqlite")
    embedder = CachedEmbedder(load_embedder(default_encoder(corpus.language)), vectors)
    compared = compare_claims(corpus_claims(corpus.documents), embedder)
    return Data(name, rows, compared, *matrix(corpus, compared, rows, rng))


def read_corpus(folder: Path, rng: random.Random) -> Data:
    """The same of a folder with documents and the planted ``conflicts.jsonl``."""
    lines = (folder / "conflicts.jsonl").read_text("utf-8").splitlines()
    return read_data(folder.name, folder, [json.loads(line) for line in lines], rng)


def boosted(sets: Sequence[tuple[Data, float]]) -> HistGradientBoostingClassifier:
    """Trees on sets, each with a weight."""
    return HistGradientBoostingClassifier(random_state=0, early_stopping=False, **BOOSTING).fit(
        np.concatenate([data.x for data, _ in sets]),
        np.concatenate([data.y for data, _ in sets]),
        sample_weight=np.concatenate([weight * data.w for data, weight in sets]),
    )


def fitted(
    corpora: Sequence[Data], handbooks: Sequence[Data]
) -> tuple[float, np.ndarray, HistGradientBoostingClassifier]:
    """Bias and weights of the logistic function, of corpora, and the trees, of both."""
    x, y, w = (np.concatenate([getattr(data, part) for data in corpora]) for part in "xyw")
    trees = boosted([*((d, 1.0) for d in corpora), *((d, HANDBOOK_WEIGHT) for d in handbooks)])
    return *fit(x, y, w), trees


def crossed_odds(data: Data, others: Sequence[Data], handbooks: Sequence[Data]) -> np.ndarray:
    """(n, 2) log odds of the logistic function and of trees that did not see the corpus."""
    bias, weights, trees = fitted(others, handbooks)
    return np.column_stack([data.x @ weights + bias, trees.decision_function(data.x)])


def write_weights(bias: float, weights: np.ndarray, joined: np.ndarray, sha256: str) -> None:
    """Write ``claim_weights.py``."""
    rows = [weights[i : i + 8] for i in range(0, len(weights), 8)]
    numbers = ",\n    ".join(", ".join(f"{weight:.4f}" for weight in row) for row in rows)
    curve = ", ".join(f"{each:.4f}" for each in joined)
    (ROOT / "ragcheck" / "judges" / "claim_weights.py").write_text(
        '"""Weights of the features of two claims. Written by ``training/claims.py``."""\n\n'
        "from __future__ import annotations\n\n"
        f"BIAS = {bias:.4f}\nWEIGHTS: tuple[float, ...] = (\n    {numbers},\n)  # fmt: skip\n"
        f'TREES = ("claims", "{sha256}")\n'
        f"JOINED = ({curve})\n"
        '"""What the log odds of the logistic function and of the trees count; the intercept."""\n',
        encoding="utf-8",
    )


def main() -> None:
    rng = random.Random(0)
    shipped = [read_corpus(ROOT / "corpora" / name, rng) for name in CORPORA]
    worlds = [read_corpus(folder, rng) for folder in sorted(WORLDS.iterdir()) if folder.is_dir()]
    handbooks = []
    for language in ("en", "zh"):
        with tempfile.TemporaryDirectory() as made:
            rows = handbook_documents(language, Path(made))
            handbooks.append(read_data(f"handbooks {language}", Path(made), rows, rng))
    crossed = [crossed_odds(one, [other, *worlds], handbooks)
               for one, other in (shipped, shipped[::-1])]  # fmt: skip
    curve = LogisticRegression(C=100.0).fit(
        np.concatenate(crossed),
        np.concatenate([data.y for data in shipped]),
        np.concatenate([data.w for data in shipped]),
    )
    joined = np.array([*curve.coef_[0], curve.intercept_[0]])
    for number, world in enumerate(worlds):
        others = [*shipped, *worlds[:number], *worlds[number + 1 :]]
        odds = crossed_odds(world, others, handbooks)
        report(f"{world.name}, fitted on everything else", world, odds @ joined[:2] + joined[2])
    for data, odds in zip(shipped, crossed, strict=True):
        report(f"{data.name}, logistic, fitted on the other", data, odds[:, 0])
        report(f"{data.name}, joined, fitted on the other", data, odds @ joined[:2] + joined[2])
    bias, weights, trees = fitted([*shipped, *worlds], handbooks)
    target = ROOT / "ragcheck" / "judges" / "weights" / "claims.npz"
    np.savez_compressed(
        target, features=np.array(FEATURES), slope=np.float64(1), intercept=np.float64(0),
        **tree_arrays(trees),
    )  # fmt: skip
    write_weights(bias, weights, joined, hashlib.sha256(target.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
