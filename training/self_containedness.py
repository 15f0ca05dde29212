"""Fits the weights of ``ragcheck.measures.self_containedness``.

    python training/self_containedness.py --data SHARED_DATA_FOLDER [--states CACHE.npz]

A logistic model on features for each language (fast), and for English an attention head over
the token states of an encoder that is packaged anyway (full). They learn from

* chunks labelled by reading for this purpose, with the guideline's conventions and a score from
  0 to 4 where one was given (``self_containedness_labels.jsonl``, ``..._zh.jsonl``). Texts under
  share-alike licences are given by source, offsets and hash, the others as text with licence;
* pairs in which one text is made to stand alone: science snippets and their rewrites (arXiv
  2305.14772, Apache-2.0; the papers of :func:`training_papers` only, the others are for
  evaluation) and sentences of WikiContradict and their stand-alone versions (arXiv 2406.13805,
  Apache-2.0): log loss of the difference.

Length predicts the labels where short cuts are mostly fragments. So that the models learn what
is said, not how long it is, each label is weighted by the root of its surprise given the length
(``flattened``). Probabilities are calibrated on predictions for kinds of source that were left out.
Nothing that is licensed for evaluation only is read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.optimize import minimize
from self_containedness_texts import text_of
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from ragcheck.measures.defects import find_defects
from ragcheck.measures.defects.reading import Reading
from ragcheck.measures.features import FEATURES, features
from ragcheck.measures.token_states import token_reader
from ragcheck.measures.topic_features import TOPIC_FEATURES, topic_features
from ragcheck.text.language import detect_language
from ragcheck.text.sentences import sentence_spans

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "ragcheck" / "measures" / "self_containedness.npz"
LABELS = (
    ROOT / "training" / "self_containedness_labels.jsonl",
    ROOT / "training" / "self_containedness_labels_zh.jsonl",
)
CERTAINTY = (0.02, 0.04, 0.15, 0.88, 0.98)
"""Target for a score from 0 to 4."""
FOLDS, EPOCHS, RATE, DECAY, BATCH = 4, 12, 3e-3, 0.02, 32
QUERIES, WIDTH, POSITIONS, DROPOUT = 6, 48, 64, 0.3
PAIR_WEIGHT, PAIRS_A_STEP = 0.3, 6
FAST_VARIANCE = 0.1
HELPS = frozenset(
    (
        "length", "heading", "definition", "name_density", "lead_named", "variety",
        "term_density", "term_kinds", "term_repeat", "lead_term_density",
        "named_without_speaker", "party", "dated", "lead_dated", "starts_upper", "finished",
        "titled", "quotes",
    )
)  # fmt: skip
EITHER = frozenset(("figures", "rule"))
"""Features that may count for or against; every other one that does not help counts against."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class Row:
    text: str
    label: int
    target: float
    group: str
    language: str


def labelled(folder: Path) -> Iterator[Row]:
    """The chunks that were labelled by reading; one whose source changed is left out."""
    seen: set[str] = set()
    for raw in (raw for path in LABELS for raw in _rows(path)):
        text = raw.get("text") or text_of(raw, folder)
        if text is None or text in seen:
            continue
        if hashlib.sha256(text.encode()).hexdigest()[:16] != raw["sha256"]:
            continue
        seen.add(text)
        label = int(raw["label"])
        target = CERTAINTY[raw["score"]] if "score" in raw else 0.05 + 0.9 * label
        group = str(raw["source"]).partition("#wikitext")[0]
        group = group if group != "corpus" else raw["sha256"]
        yield Row(text, label, target, group, raw.get("language") or detect_language(text))


def training_papers(rows: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Every other paper by the hash of its number: the other half is for evaluation."""
    return frozenset(
        row["paper_id"]
        for row in rows
        if int(hashlib.sha256(row["paper_id"].encode()).hexdigest(), 16) % 2
    )


def rewrites(folder: Path) -> Iterator[Pair]:
    """(original, rewrite) of science snippets, of the training papers."""
    rows = list(_rows(folder / "self_containedness" / "qa_decontext.jsonl"))
    papers = training_papers(rows)
    for row in rows:
        rewritten = row["snippet_rewrite"]
        if rewritten and rewritten != row["sentence"] and row["paper_id"] in papers:
            yield row["sentence"], rewritten


def standalone(folder: Path) -> Iterator[Pair]:
    """(sentence of the passage, its stand-alone version) where the two differ."""
    for row in _rows(folder / "conflict" / "wikicontradict_dev.jsonl"):
        for passage in row["passages"]:
            target = (passage.get("standalone") or "").strip()
            spans = sentence_spans(passage["text"])
            sentences = [passage["text"][span.start : span.end] for span in spans]
            found = process.extractOne(target, sentences, scorer=fuzz.token_set_ratio)
            if target and found and found[1] >= 70 and fuzz.ratio(found[0], target) < 95:
                yield found[0], target


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def vector(text: str, language: str) -> NDArray[np.float64]:
    """(features,) what the fast model sees, and the head beside the token states."""
    reading = Reading(text, language)
    return np.concatenate([features(reading, find_defects(reading)), topic_features(reading)])


def flattened(rows: Sequence[Row]) -> NDArray[np.float64]:
    """(rows,) weights, root of 1 / P(label | length): length alone tells less."""
    sizes = [len(r.text) * (1 if r.language == "en" else 3) for r in rows]
    bins = [min(5, int(np.log2(max(40, size) / 40))) for size in sizes]
    counts: dict[tuple[int, int], int] = {}
    for key in ((b, r.label) for b, r in zip(bins, rows, strict=True)):
        counts[key] = counts.get(key, 0) + 1
    shares = [
        (counts[b, r.label] + 2) / (counts.get((b, 0), 0) + counts.get((b, 1), 0) + 4)
        for b, r in zip(bins, rows, strict=True)
    ]
    weights = (0.5 / np.array(shares)) ** 0.5
    return np.asarray(weights / weights.mean())


class Head(torch.nn.Module):
    """The model of :class:`ragcheck.measures.attention.AttentionHead`, to be fitted."""

    def __init__(self, width: int, count: int) -> None:
        super().__init__()
        self.project = torch.nn.Linear(width, WIDTH)
        self.query = torch.nn.Linear(WIDTH, QUERIES)
        self.position = torch.nn.Parameter(torch.zeros(POSITIONS, QUERIES))
        self.out = torch.nn.Linear(WIDTH * QUERIES + count, 1)
        self.drop = torch.nn.Dropout(DROPOUT)

    def forward(
        self, states: torch.Tensor, mask: torch.Tensor, found: torch.Tensor
    ) -> torch.Tensor:
        tokens = torch.tanh(self.project(self.drop(states)))
        scores = self.query(tokens)
        near = min(scores.shape[1], POSITIONS)
        scores[:, :near] = scores[:, :near] + self.position[:near]
        weights = scores.masked_fill(~mask[..., None], -1e4).softmax(1)
        pooled = torch.einsum("nlq,nld->nqd", weights, tokens).flatten(1)
        return self.out(torch.cat([self.drop(pooled), found], 1))[:, 0]

    def arrays(self, prefix: str) -> dict[str, NDArray[np.float32]]:
        parts = {
            "project": self.project.weight.T,
            "project_bias": self.project.bias,
            "query": self.query.weight.T,
            "query_bias": self.query.bias,
            "position": self.position,
            "out": self.out.weight[0],
            "out_bias": self.out.bias,
        }
        return {f"{prefix}{n}": p.detach().numpy().astype(np.float32) for n, p in parts.items()}


@dataclass(frozen=True)
class Texts:
    """Token states and features of texts, in the same order."""

    states: Sequence[NDArray[np.float16]]
    found: NDArray[np.float32]

    def batch(self, members: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        longest = max(len(self.states[i]) for i in members)
        width = self.states[0].shape[1]
        states = torch.zeros(len(members), longest, width)
        mask = torch.zeros(len(members), longest, dtype=torch.bool)
        for row, i in enumerate(members):
            states[row, : len(self.states[i])] = torch.from_numpy(self.states[i]).float()
            mask[row, : len(self.states[i])] = True
        return states, mask, torch.from_numpy(self.found[list(members)])

    def take(self, members: Sequence[int]) -> Texts:
        return Texts([self.states[i] for i in members], self.found[list(members)])


def fit_head(texts: Texts, rows: Sequence[Row], pairs: tuple[Texts, Texts] | None) -> Head:
    """Fits one head with Adam; the rate falls to nothing."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    head = Head(texts.states[0].shape[1], texts.found.shape[1])
    optimizer = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=DECAY)
    weights = np.zeros(len(rows))
    for language in {row.language for row in rows}:
        own = [i for i, row in enumerate(rows) if row.language == language]
        weights[own] = flattened([rows[i] for i in own])
    targets = torch.tensor([row.target for row in rows])
    spread = torch.tensor(weights, dtype=torch.float32)
    for epoch in range(EPOCHS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * max(0.05, 1 - epoch / EPOCHS)
        for members in _batches(texts, rng):
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                head(*texts.batch(members)), targets[members], weight=spread[members]
            )
            if pairs is not None:
                chosen = rng.integers(len(pairs[0].states), size=PAIRS_A_STEP).tolist()
                better, worse = (head(*side.batch(chosen)) for side in (pairs[1], pairs[0]))
                loss = loss + PAIR_WEIGHT * torch.nn.functional.softplus(worse - better).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return head.eval()


def _batches(texts: Texts, rng: np.random.Generator) -> list[list[int]]:
    """Texts of like length together, in a new order each time."""
    order = rng.permutation(len(texts.states))
    batches = []
    for start in range(0, len(order), BATCH * 8):
        near = sorted(order[start : start + BATCH * 8], key=lambda i: len(texts.states[i]))
        batches += [[int(i) for i in near[k : k + BATCH]] for k in range(0, len(near), BATCH)]
    return [batches[i] for i in rng.permutation(len(batches))]


def logits(head: Head, texts: Texts) -> NDArray[np.float64]:
    with torch.inference_mode():
        parts = [
            head(*texts.batch(range(i, min(i + 64, len(texts.states))))).numpy()
            for i in range(0, len(texts.states), 64)
        ]
    return np.concatenate(parts).astype(np.float64)


def fit_fast(found: NDArray[np.float32], rows: Sequence[Row]) -> NDArray[np.float64]:
    """(1 + features,) intercept and coefficients of a logistic model; signs stay as reasoned.

    A Gaussian prior of variance :data:`FAST_VARIANCE`: the smallest whose AUROC, averaged over
    left-out kinds of text, was within one standard error of the best (Hastie et al. 2009, 7.10).
    """
    labels = np.array([float(row.label) for row in rows])
    weights = flattened(rows)
    design = np.hstack([np.ones((len(found), 1)), found]).astype(np.float64)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = design @ parameters
        value = (weights * (np.logaddexp(0, scores) - labels * scores)).sum()
        slope = design.T @ (weights * (1 / (1 + np.exp(-scores)) - labels))
        pull = np.concatenate([[0.0], parameters[1:]]) / FAST_VARIANCE
        return float(value + (parameters[1:] ** 2).sum() / (2 * FAST_VARIANCE)), slope + pull

    names = (*FEATURES, *TOPIC_FEATURES)
    bounds = [(None, None), *(_bounds_of(name) for name in names)]
    start = np.zeros(design.shape[1])
    return np.asarray(minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x)


def _bounds_of(name: str) -> tuple[float | None, float | None]:
    return (0.0, None) if name in HELPS else (None, None) if name in EITHER else (None, 0.0)


def calibration(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[float, float]:
    """Slope and shift of the log-odds (Platt 1999)."""

    def loss(parameters: NDArray[np.float64]) -> float:
        found = parameters[0] * scores + parameters[1]
        return float((np.logaddexp(0, found) - labels * found).mean())

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
    return float(slope), float(shift)


def states_of(texts: Sequence[str], language: str, cache: dict[str, Any]) -> list[Any]:
    """Token states, from the cache where they are there."""
    found = []
    for text in texts:
        key = hashlib.sha256(f"{language}{text}".encode()).hexdigest()[:24]
        if key not in cache:
            reader = token_reader(language)
            if reader is None:
                raise SystemExit(f"no encoder for {language}")
            cache[key] = reader.states(text).astype(np.float16)
        found.append(cache[key])
    return found


def texts_of(texts: Sequence[str], language: str, cache: Any) -> Texts:
    found = np.array([vector(text, language) for text in texts], dtype=np.float32)
    return Texts(states_of(texts, language, cache), found)


def folds(rows: Sequence[Row]) -> Iterator[tuple[list[int], list[int]]]:
    """(seen, left out) by kind of source, so that the slope is that for kinds not fitted on."""
    for seen, left in GroupKFold(FOLDS).split(rows, groups=[kind_of(row.group) for row in rows]):
        yield seen.tolist(), left.tolist()


def kind_of(group: str) -> str:
    """The package, page, corpus or data file that a text comes from."""
    source = group.partition("#")[0].partition("==")[0]
    if source.startswith("own:"):
        return source.partition("_")[0]
    return source.partition("/docs")[0].partition("/doc/")[0]


def fast_arrays(language: str, rows: Sequence[Row]) -> dict[str, NDArray[np.float32]]:
    """The logistic model of one language, on features alone."""
    found = np.array([vector(row.text, language) for row in rows], dtype=np.float32)
    scores = np.zeros(len(rows))
    for seen, left in folds(rows):
        model = fit_fast(found[seen], [rows[i] for i in seen])
        scores[left] = found[left] @ model[1:] + model[0]
    labels = _report(f"{language} fast", rows, scores)
    model = fit_fast(found, rows)
    return {
        f"{language}_fast": model.astype(np.float32),
        f"{language}_fast_calibration": np.array(calibration(scores, labels), dtype=np.float32),
    }


def full_arrays(
    language: str, rows: Sequence[Row], pairs: Sequence[Pair], cache: Any
) -> dict[str, NDArray[np.float32]]:
    """The attention head of one language, on token states and features."""
    texts = texts_of([row.text for row in rows], language, cache)
    sides = (
        texts_of([a for a, _ in pairs], language, cache),
        texts_of([b for _, b in pairs], language, cache),
    )
    scores = np.zeros(len(rows))
    for seen, left in folds(rows):
        head = fit_head(texts.take(seen), [rows[i] for i in seen], sides)
        scores[left] = logits(head, texts.take(left))
    labels = _report(f"{language} full", rows, scores)
    return {
        **fit_head(texts, rows, sides).arrays(f"{language}_"),
        f"{language}_calibration": np.array(calibration(scores, labels), dtype=np.float32),
    }


def _report(name: str, rows: Sequence[Row], scores: NDArray[np.float64]) -> NDArray[np.int64]:
    labels = np.array([row.label for row in rows])
    print(
        f"{name}: AUROC on left-out kinds of source {roc_auc_score(labels, scores):.3f}", flush=True
    )
    return labels


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--states", type=Path, default=None)
    given = arguments.parse_args()
    torch.set_num_threads(1)
    rows = list(labelled(given.data))
    pairs = [*rewrites(given.data), *standalone(given.data)]
    print(f"{len(rows)} labelled, {len(pairs)} pairs")
    cache: dict[str, Any] = {}
    if given.states is not None and given.states.exists():
        cache = dict(np.load(given.states, allow_pickle=False))
    arrays: dict[str, NDArray[Any]] = {"features": np.array([*FEATURES, *TOPIC_FEATURES])}
    for language in ("en", "zh"):
        arrays |= fast_arrays(language, [row for row in rows if row.language == language])
    english = [row for row in rows if row.language == "en"]
    try:
        arrays |= full_arrays("en", english, pairs, cache)
    finally:
        if given.states is not None:
            np.savez(given.states, **cache)
    np.savez_compressed(TARGET, **arrays)


if __name__ == "__main__":
    main()
