"""Fits the weights of ``ragcheck.measures.self_containedness``.

    python training/self_containedness.py --pairs SHARED_DATA_FOLDER

Maximum a posteriori logistic regression. The prior is Gaussian around the weights of
``REASONED``, which say what a defect should cost; the data move them:

* chunks labelled by reading for this purpose, with the guideline's conventions: of the project's
  own corpora (``fixtures/``), and of public texts that are given by source, offsets and hash
  (``self_containedness_labels.jsonl``: SQuAD 2.0 and XQuAD, CC BY-SA 4.0; ContractNLI, CC BY 4.0;
  documentation and package descriptions under BSD, MIT and Apache-2.0): log loss;
* pairs in which one text is made to stand alone (science snippets and their rewrites,
  arXiv 2305.14772, Apache-2.0; sentences of WikiContradict and their stand-alone versions,
  arXiv 2406.13805, Apache-2.0): log loss of the difference;
* pairs by construction from the project's own corpora: a section under its heading against the
  same section from its second sentence on, cut inside the first and the last sentence.

Nothing that is licensed for evaluation only is read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import metadata
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.optimize import minimize

from ragcheck.measures.defects import find_defects
from ragcheck.measures.defects.reading import Reading
from ragcheck.measures.features import FEATURES, features
from ragcheck.text.language import detect_language
from ragcheck.text.outline import outline
from ragcheck.text.sentences import sentence_spans

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "ragcheck" / "measures" / "self_containedness.json"
REFERENCES = ROOT / "training" / "self_containedness_labels.jsonl"
LABELLED = ROOT / "fixtures" / "self_containedness_chunks.jsonl"

REASONED: dict[str, float] = {
    "length": 2.0,
    "very_short": -1.0,
    "start_fragment": -1.5,
    "end_fragment": -1.2,
    "lead_reference": -1.2,
    "reference_density": -1.2,
    "role": -0.8,
    "instrument": -1.2,
    "speaker_density": -2.0,
    "definite_density": -0.6,
    "unnamed": -0.8,
    "name_density": 0.8,
    "lead_named": 0.4,
    "variety": 0.6,
    "question": -0.8,
    "definition": 0.8,
    "figures": -0.4,
    "open_subject": -0.8,
    "continuer": -0.6,
    "heading": 0.5,
    "outside_pointer": -0.7,
    "announcement": -0.8,
    "orphan_list": -0.8,
    "headless_table": -1.5,
    "bare_code": -0.8,
    "debris": -0.7,
    "no_sentence": -2.0,
}
INTERCEPT = -0.2
SPREAD = 0.7
"""Standard deviation of the prior: how far the data may carry a weight without much proof."""
PAIR_WEIGHTS = {"rewrites": 0.15, "standalone": 0.15, "construction": 0.1}

Pair = tuple[str, str]


def vector(text: str) -> NDArray[np.float64]:
    reading = Reading(text, detect_language(text))
    return features(reading, find_defects(reading))


def labelled(folder: Path) -> Iterator[tuple[str, int]]:
    """(text, label) of the chunks that were labelled by reading; a changed source is left out."""
    for row in _rows(LABELLED):
        yield row["text"], int(row["label"])
    for row in _rows(REFERENCES):
        text = _source(str(row["source"]), folder)[int(row["start"]) : int(row["end"])]
        if hashlib.sha256(text.encode()).hexdigest()[:16] == row["sha256"]:
            yield text, int(row["label"])


def _source(source: str, folder: Path) -> str:
    """The text of ``FILE#ROW`` in the data folder, of a package's description, or the licence."""
    if source == "LICENSE":
        return (ROOT / "LICENSE").read_text("utf-8")
    if source.startswith("metadata:"):
        found = metadata(source.removeprefix("metadata:").partition("==")[0])
        return str(found.get_payload() or found["Description"] or "")
    name, _, index = source.partition("#")
    row = next(islice(_rows(folder / name), int(index), None))
    return row["context"] if "context" in row else row.get("premise") or row["a"]["text"]


def rewrites(folder: Path) -> Iterator[Pair]:
    """(original, rewrite) of science snippets."""
    for row in _rows(folder / "self_containedness" / "qa_decontext.jsonl"):
        if row["snippet_rewrite"] and row["snippet_rewrite"] != row["sentence"]:
            yield row["sentence"], row["snippet_rewrite"]


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


def construction() -> Iterator[Pair]:
    """(section cut badly, section under its heading) of the project's corpora."""
    for path in sorted((ROOT / "corpora").glob("*/docs/**/*.md")):
        text = path.read_text("utf-8")
        for section in outline(text).sections:
            if section.heading is None:
                continue
            body = text[section.heading.span.end : section.span.end].strip()
            spans = sentence_spans(body)
            if len(spans) < 4:
                continue
            first, last = spans[1], spans[-1]
            cut = body[first.start + len(first) // 2 : last.start + len(last) // 2]
            yield cut, f"{' > '.join(section.path)}\n{body}"


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def fit(
    points: NDArray[np.float64],
    labels: NDArray[np.float64],
    differences: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(1 + features,) the intercept and the coefficients; signs stay as reasoned."""
    prior = np.array([INTERCEPT, *(REASONED[name] for name in FEATURES)])
    design = np.hstack([np.ones((len(points), 1)), points])

    def loss(parameters: NDArray[np.float64]) -> float:
        scores = design @ parameters
        own = np.logaddexp(0.0, scores) - labels * scores
        paired = np.logaddexp(0.0, -(differences @ parameters[1:]))
        pull = ((parameters - prior) ** 2).sum() / (2 * SPREAD**2)
        return float(own.sum() + (weights * paired).sum() + pull)

    bounds = [(None, None), *((0, None) if p > 0 else (None, 0) for p in prior[1:])]
    return np.asarray(minimize(loss, prior, bounds=bounds, method="L-BFGS-B").x)


def cross_validated(
    points: NDArray[np.float64],
    labels: NDArray[np.float64],
    differences: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> float:
    """AUROC of ten-fold predictions on the labelled chunks."""
    from sklearn.metrics import roc_auc_score

    folds = np.random.default_rng(0).permutation(len(labels)) % 10
    scores = np.zeros(len(labels))
    for fold in range(10):
        rest = folds != fold
        found = fit(points[rest], labels[rest], differences, weights)
        scores[~rest] = points[~rest] @ found[1:] + found[0]
    return float(roc_auc_score(labels, scores))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pairs", type=Path, required=True)
    folder = arguments.parse_args().pairs
    rows = list(labelled(folder))
    points = np.array([vector(text) for text, _ in rows])
    labels = np.array([float(label) for _, label in rows])
    sources = {
        "rewrites": list(rewrites(folder)),
        "standalone": list(standalone(folder)),
        "construction": list(construction()),
    }
    differences_of_pairs = [
        vector(better) - vector(worse) for p in sources.values() for worse, better in p
    ]
    weights = [PAIR_WEIGHTS[name] for name, pairs in sources.items() for _ in pairs]
    paired = np.array(differences_of_pairs), np.array(weights)
    found = fit(points, labels, *paired)
    table = {
        "about": "training/self_containedness.py",
        "data": {"labelled": len(rows), **{name: len(pairs) for name, pairs in sources.items()}},
        "intercept": round(float(found[0]), 4),
        "coefficients": {
            name: round(float(x), 4) for name, x in zip(FEATURES, found[1:], strict=True)
        },
    }
    TARGET.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(table, indent=2))
    print(f"cross-validated AUROC on the labelled: {cross_validated(points, labels, *paired):.3f}")


if __name__ == "__main__":
    main()
