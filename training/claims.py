"""Fit the weights that say how surely two claims of a corpus contradict each other.

    python training/claims.py            # prints figures, writes ragcheck/judges/claim_weights.py

Fitted on the planted conflicts of the two shipped corpora (every other pair of claims there is no
conflict) and on near copies made from their claims: the same words with another value, in another
document. Each corpus is also scored with weights that were fitted on the other one.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
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
CORPORA = ("kestrel-handbook", "qinghe-rules")
COPIES, COPY_WEIGHT, LABELLED_WEIGHT = 80, 0.3, 5.0
STRENGTH = 0.05
CONFLICTS = ("conflict", "supersedes")


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


def report(name: str, rows: list[dict], known, scores, compared: ComparedClaims) -> None:
    total = sum(row["relation"] in CONFLICTS for row in rows)
    order = np.argsort(-scores)
    found: set[int] = set()
    line = []
    for rank, i in enumerate(order, 1):
        k = known[i]
        if k is not None and rows[k]["relation"] in CONFLICTS:
            found.add(k)
        if rank in (10, 20, 40, 80, 160, 320, 640):
            line.append(f"{rank}: {len(found)}")
    print(f"{name}: {len(compared.pairs)} pairs, {total} planted; found among the best", *line)


def main() -> None:
    rng = random.Random(0)
    vectors = VectorCache(cache_home() / "vectors.sqlite")
    data = {}
    for name in CORPORA:
        folder = ROOT / "corpora" / name
        corpus = load_corpus(folder)
        embedder = CachedEmbedder(load_embedder(default_encoder(corpus.language)), vectors)
        compared = compare_claims(corpus_claims(corpus.documents), embedder)
        lines = (folder / "conflicts.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        data[name] = (rows, compared, *matrix(corpus, compared, rows, rng))
    for name, other in (CORPORA, CORPORA[::-1]):
        rows, compared, x, _, _, known = data[name]
        bias, weights = fit(*data[other][2:5])
        report(
            f"{name}, fitted on {other}", rows, known, (x @ weights + bias)[: len(known)], compared
        )
    x, y, w = (np.concatenate([data[name][i] for name in CORPORA]) for i in (2, 3, 4))
    bias, weights = fit(x, y, w)
    for name in CORPORA:
        rows, compared, x, _, _, known = data[name]
        report(f"{name}, fitted on both", rows, known, (x @ weights + bias)[: len(known)], compared)
    for weight, feature in sorted(
        zip(weights * x.std(0), FEATURES, strict=True), key=lambda e: -abs(e[0])
    )[:16]:
        print(f"  {feature:16} {weight:+.2f}")
    rows = [weights[i : i + 8] for i in range(0, len(weights), 8)]
    numbers = ",\n    ".join(", ".join(f"{weight:.4f}" for weight in row) for row in rows)
    target = ROOT / "ragcheck" / "judges" / "claim_weights.py"
    target.write_text(
        '"""Weights of the features of two claims. Written by ``training/claims.py``."""\n\n'
        "from __future__ import annotations\n\n"
        f"BIAS = {bias:.4f}\nWEIGHTS: tuple[float, ...] = (\n    {numbers},\n)  # fmt: skip\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
