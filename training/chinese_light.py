"""Fits the weights of the light Chinese reader.

    python training/chinese_light.py --data SHARED_DATA_FOLDER

Data: XQuAD Chinese (CC BY-SA 4.0), without the documents that ``chinese_rows.py`` holds out;
the examples are those of ``chinese_reader.py``: windows that hold the answer, edited ones, and
windows that do not. A candidate is right where it overlaps the answer by at least half of both.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from chinese_rows import HELD_OUT, Example, chinese, rows, window, without
from sklearn.linear_model import LogisticRegression

from ragcheck.judges.readers.light import FEATURES, LightReader, measure, read_question

OUT = Path(__file__).parent.parent / "ragcheck" / "judges" / "weights" / "chinese_light.json"


def overlap(start: int, end: int, low: int, high: int) -> float:
    """Dice's coefficient of two spans."""
    return 2 * max(0, min(end, high) - max(start, low)) / (end - start + high - low)


def table(examples: list[Example]) -> tuple[np.ndarray, np.ndarray]:
    parts, labels = [], []
    for question, passage, start, end in examples:
        listed, measured = measure(read_question(question), passage)
        parts.append(measured)
        labels.extend(
            start >= 0 and overlap(c.span.start, c.span.end, start, end) >= 0.5 for c in listed
        )
    return np.concatenate(parts), np.array(labels)


def evaluate(examples: list[Example]) -> None:
    readings = LightReader().read([(q, p) for q, p, _, _ in examples])
    hits = [
        overlap(r.span.start, max(r.span.end, r.span.start + 1), e[2], e[3]) >= 0.5
        for r, e in zip(readings, examples, strict=True) if e[2] >= 0
    ]  # fmt: skip
    there = np.array([r.margin for r, e in zip(readings, examples, strict=True) if e[2] >= 0])
    gone = np.array([r.margin for r, e in zip(readings, examples, strict=True) if e[2] < 0])
    auroc = (there[:, None] > gone[None, :]).mean()
    print(f"held out: {len(hits)} answered, read {np.mean(hits):.3f}; "
          f"AUROC of having an answer {auroc:.3f} ({len(gone)} without)")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    zh, en = (rows(options.data / "qa" / f"xquad_{name}.jsonl") for name in ("zh", "en"))
    fitted = [r for r in zh if r["title"] not in HELD_OUT]
    held = [r for r in zh if r["title"] in HELD_OUT]
    english = {r["question"] for r in en}
    examples = [e for e in chinese(fitted, en, rng) if e[0] not in english]
    measured, labels = table(examples)
    model = LogisticRegression(C=0.3, max_iter=2000).fit(measured, labels)
    weights = {n: round(float(w), 4) for n, w in zip(FEATURES, model.coef_[0], strict=True)}
    fit = {"intercept": round(float(model.intercept_[0]), 4), "weights": weights}
    OUT.write_text(json.dumps(fit, indent=1) + "\n", "utf-8")
    reached = np.mean([
        any(overlap(c.span.start, c.span.end, e[2], e[3]) >= 0.5
            for c in measure(read_question(e[0]), e[1])[0])
        for e in examples if e[2] >= 0
    ])  # fmt: skip
    print(f"{len(examples)} examples, {len(labels)} candidates, a right one in {reached:.2f}")
    windows = [window(r, rng) for r in held]
    evaluate(windows + [e for e in (without(r, rng) for r in held) if e is not None])


if __name__ == "__main__":
    main()
