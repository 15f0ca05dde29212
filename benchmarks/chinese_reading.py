"""How well Chinese answers are read and compared, beside trivial baselines, and how fast.

    python benchmarks/chinese_reading.py --data ../shared/data [--reader light]

Held-out documents of XQuAD Chinese: the right answer read, having an answer told from having
none, and pairs of windows that answer the same, differently (the answer replaced by another of
its kind), or not at all. RGB Chinese: the pairs of ``benchmarks/conflict.py``. Nothing here was
fitted on. Intervals by bootstrap over rows.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parent.parent / "training"))

from chinese_rows import HELD_OUT, Row, answer_of, rows, swapped, window, without
from conflict import BASELINES, auroc, interval
from conflict_rows import Row as Pair
from conflict_rows import counterfactual, read_rows

from ragcheck.judges.chinese_reading import AnyReader, ChineseReader
from ragcheck.judges.readers.light import LightReader
from ragcheck.judges.readers.sameness import chinese_evidence, chinese_sameness
from ragcheck.judges.reading import Reading

RIGHT = 0.8
Readings = dict[tuple[str, str], Reading]


def held_out(data: Path) -> list[Row]:
    """The rows of XQuAD that neither reader was fitted on."""
    return [r for r in rows(data / "qa" / "xquad_zh.jsonl") if r["title"] in HELD_OUT]


def held_out_pairs(held: list[Row], rng: np.random.Generator) -> list[Pair]:
    """Two windows of one paragraph: the same answer, another one, or none in one of them."""
    found = []
    for row in held:
        left = window(row, rng)[1]
        edited, none = swapped(row, held, rng), without(row, rng)
        others = [(window(row, rng)[1], False, "same")]
        others += [(window(edited, rng)[1], True, "conflict")] if edited else []
        others += [(none[1], False, "none")] if none else []
        found += [
            Pair("xquad zh", row["id"], left, right, row["question"], conflict, group)
            for right, conflict, group in others if right != left
        ]  # fmt: skip
    return found


def read_all(reader: AnyReader, pairs: Sequence[Pair]) -> Readings:
    asked = list(dict.fromkeys((str(p.question), t) for p in pairs for t in (p.left, p.right)))
    return dict(zip(asked, reader.read(asked), strict=True))


def compared(pairs: Sequence[Pair], read: Readings) -> np.ndarray:
    """(pairs, 2) how surely the passages of each pair answer differently, and the same."""
    found = []
    for p in pairs:
        sides = [read[str(p.question), text] for text in (p.left, p.right)]
        found.append(chinese_evidence(sides[0], sides[1], (p.left, p.right)))
    return np.array(found)


def print_pairs(name: str, pairs: Sequence[Pair], read: Readings) -> None:
    differ, same = compared(pairs, read).T
    print_row(name, pairs, differ - same)
    print_row("differing alone", pairs, differ)
    for baseline, scorer in BASELINES.items():
        print_row(baseline, pairs, scorer(pairs))


def print_row(name: str, pairs: Sequence[Pair], scores: np.ndarray) -> None:
    labels = np.array([p.conflict for p in pairs])
    rng = np.random.default_rng(0)
    said = interval(auroc, scores, labels, [p.group for p in pairs], rng)
    print(f"  {name:15} AUROC {said}  ({len(pairs)} pairs, {int(labels.sum())} conflicts)")


def print_reading(held: list[Row], reader: AnyReader) -> None:
    rng = np.random.default_rng(1)
    asked = [(row, window(row, rng)) for row in held]
    gone = [e for e in (without(row, rng) for row in held) if e is not None]
    answered = reader.read([(e[0], e[1]) for _, e in asked])
    empty = reader.read([(e[0], e[1]) for e in gone])
    right = np.array([
        chinese_sameness(r.text, answer_of(row)[0]) >= RIGHT
        for r, (row, _) in zip(answered, asked, strict=True)
    ])  # fmt: skip
    margins = np.array([r.margin for r in (*answered, *empty)])
    has = np.arange(len(margins)) < len(answered)
    ids = [str(row["id"]) for row, _ in asked] + [f"none {i}" for i in range(len(empty))]
    rate = interval(
        lambda s, _: float(s.mean()), right.astype(float), right, ids[: len(right)], rng
    )
    told = interval(auroc, margins, has, ids, rng)
    print(f"  the right answer read {rate} of {len(right)}; having one, AUROC {told}")
    above = [f"{np.mean(margins[which] > 0):.2f}" for which in (has, ~has)]
    print(f"  margin above 0: {above[0]} with an answer, {above[1]} without")


def print_rgb_reading(path: Path, read: Readings) -> None:
    for passages, key in (("true_passages", "answer"), ("counterfactual_passages", "fake_answer")):
        hits = []
        for row in read_rows(path):
            listed = np.array([row[key]], dtype=object).ravel()
            said = [str(x) for a in listed for x in (a if isinstance(a, list) else [a])]
            for text in row[passages][:4]:  # type: ignore[index]
                found = read.get((str(row["question"]), text))
                if found is not None:
                    hits.append(max(chinese_sameness(found.text, a) for a in said) >= RIGHT)
        print(f"  {passages}: the answer read from {np.mean(hits):.2f} of {len(hits)}")


def print_speed(reader: AnyReader) -> None:
    text = "云岭大桥横跨清江，由工程师何立设计，于1931年5月由市长宣布通车，耗资三百万元。" * 6
    asked = [("云岭大桥是哪一年通车的？", f"{i}{text}"[:200]) for i in range(20)]
    reader.read(asked[:2])
    start = time.perf_counter()
    reader.read(asked)
    print(f"speed: 20 passages of 200 characters in {time.perf_counter() - start:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--reader", choices=("fitted", "light"), default="fitted")
    options = parser.parse_args()
    reader: AnyReader = ChineseReader() if options.reader == "fitted" else LightReader()
    held = held_out(options.data)
    pairs = held_out_pairs(held, np.random.default_rng(0))
    print("held-out XQuAD Chinese")
    print_reading(held, reader)
    print_pairs(options.reader, pairs, read_all(reader, pairs))
    path = options.data / "conflict" / "rgb_zh_dev.jsonl"
    rgb = list(counterfactual(path, "rgb zh"))
    read = read_all(reader, rgb)
    print("RGB Chinese")
    print_rgb_reading(path, read)
    print_pairs(options.reader, rgb, read)
    print_speed(reader)


if __name__ == "__main__":
    main()
