"""The rows that the learned judge is fitted and measured on."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
CORPORA = ("kestrel-handbook", "qinghe-rules")
MOST_OF_ONE_QUESTION = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled pair. ``source`` is the file or generator, ``group`` what must not be split."""

    source: str
    group: str
    left: str
    right: str
    question: str | None
    conflict: bool
    kind: str


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def documentation(path: Path, source: str) -> Iterator[Row]:
    """Two versions of documentation, each pair with and without its question."""
    for row in read_rows(path):
        for question in (row["question"], None):
            yield Row(
                f"{source}, asked" if question else source, row["package"], row["a"]["text"],
                row["b"]["text"], question, row["conflict"], row["set"],
            )  # fmt: skip


def documentation_pairs(language: str) -> Iterator[Row]:
    """The labelled pairs beside this file, with their question and without.

    A pair whose question asks for what did not change, while something else did, is only given
    with its question: without it the label would be another.
    """
    for row in read_rows(Path(__file__).with_name(f"documentation_pairs_{language}.jsonl")):
        asked = [row["question"]] if row["kind"] == "other question" else [row["question"], None]
        for question in asked:
            writing = {row["a"]["writing"], row["b"]["writing"]}
            yield Row(
                f"pairs {language}, {'original' if writing == {'original'} else 'rewritten'}"
                + (", asked" if question else ""),
                row["package"], row["a"]["text"], row["b"]["text"], question, row["conflict"],
                row["set"],
            )  # fmt: skip


def answered_sets(path: Path, source: str, rng: np.random.Generator) -> Iterator[Row]:
    """Search results: passages of two answers of a set with a conflict, of one answer, of none."""
    for row in read_rows(path):
        texts = [passage["text"] for passage in row["passages"]]
        groups = [set(answer["passages"]) for answer in row["answers"]]
        pairs: list[tuple[int, int, bool, str]] = []
        for i, j in itertools.combinations(range(len(texts)), 2):
            same = any(i in g and j in g for g in groups)
            apart = any(
                (i in g and j in h) or (j in g and i in h)
                for g, h in itertools.combinations(groups, 2)
            )
            if same and not (apart and row["conflict"]):
                pairs.append((i, j, False, "same answer"))
            elif apart and not same and row["conflict"]:
                pairs.append((i, j, True, "conflict"))
            elif not apart and not same:
                pairs.append((i, j, False, "one without answer"))
        for kind, most in (("conflict", MOST_OF_ONE_QUESTION), ("same answer", 3),
                           ("one without answer", 2)):  # fmt: skip
            chosen = [pair for pair in pairs if pair[3] == kind]
            for k in rng.permutation(len(chosen))[:most]:
                i, j, conflict, kind_ = chosen[k]
                yield Row(source, row["id"], texts[i], texts[j], row["question"], conflict, kind_)


def misinformation(path: Path) -> Iterator[Row]:
    """RAMDocs: misinformation against the right answer, and passages of one answer."""
    for row in read_rows(path):
        passages = [p for p in row["passages"] if p["kind"] in ("correct", "misinfo")]
        for p, q in itertools.combinations(passages, 2):
            if {p["kind"], q["kind"]} == {"correct", "misinfo"}:
                conflict = True
            elif p["answer"] == q["answer"]:
                conflict = False
            else:
                continue
            if p["text"] != q["text"]:
                yield Row("ramdocs", row["id"], p["text"], q["text"], row["question"], conflict,
                          "conflict" if conflict else "same answer")  # fmt: skip


def counterfactual(path: Path, source: str) -> Iterator[Row]:
    """RGB: counterfactual against another true passage, and true ones among themselves."""
    for row in read_rows(path):
        true, fake, other = (
            list(row[name])[:4]
            for name in ("true_passages", "counterfactual_passages", "irrelevant_passages")
        )
        for (i, left), (j, right) in itertools.product(enumerate(true), enumerate(fake)):
            if i != j:
                yield Row(source, row["id"], left, right, row["question"], True, "conflict")
        for left, right in (*itertools.combinations(true, 2), *itertools.product(true, other)):
            yield Row(source, row["id"], left, right, row["question"], False, "control")


def contradicting_articles(path: Path) -> Iterator[Row]:
    """WikiContradict: two contradicting passages; a passage beside its own sentence agrees."""
    for row in read_rows(path):
        left, right = row["passages"]
        yield Row("wikicontradict", row["id"], left["text"], right["text"], row["question"], True,
                  "conflict")  # fmt: skip
        for side in (left, right):
            if side["standalone"] != side["text"]:
                yield Row("wikicontradict", row["id"], side["text"], side["standalone"],
                          row["question"], False, "control")  # fmt: skip


def planted(corpus: str) -> Iterator[Row]:
    """The planted conflicts of a shipped corpus: quotes, asked quotes, paragraphs."""
    folder = ROOT / "corpora" / corpus
    for row in read_rows(folder / "conflicts.jsonl"):
        sides = [row[name] for name in ("left", "right")]
        texts = [(folder / side["document"]).read_text("utf-8") for side in sides]
        quotes = [side["quote"] for side in sides]
        around = [paragraph(text, quote) for text, quote in zip(texts, quotes, strict=True)]
        conflict = row["relation"] in ("conflict", "supersedes")
        question = row.get("question")
        for source, pair, asked in (
            ("quotes", quotes, None), ("quotes, asked", quotes, question),
            ("paragraphs", around, None), ("paragraphs, asked", around, question),
        ):  # fmt: skip
            yield Row(f"{corpus} {source}", row["id"], pair[0], pair[1], asked, conflict,
                      row["relation"])  # fmt: skip


def paragraph(text: str, quote: str) -> str:
    """The paragraph of ``text`` that holds ``quote``, or the quote where none does."""
    place = text.find(quote)
    if place < 0:
        return quote
    start = text.rfind("\n\n", 0, place)
    end = text.find("\n\n", place + len(quote))
    return text[max(0, start) : end if end > 0 else len(text)].strip()


def inference(folder: Path, rng: np.random.Generator) -> Iterator[Row]:
    """Contradictions and entailments of sentences whose licence allows training."""
    for name, most in (("fever_symmetric", 700), ("conjnli_train", 900), ("contract_nli", 600),
                       ("breaking_nli", 500), ("negation_snli", 300), ("mnli", 600)):  # fmt: skip
        rows = read_rows(folder / "nli" / f"{name}.jsonl")
        for k in rng.permutation(len(rows))[:most]:
            row = rows[k]
            yield Row(name, f"{name}-{k}", row["premise"], row["hypothesis"], None,
                      row["label"] == "contradiction", row["label"])  # fmt: skip


def tests(folder: Path, rng: np.random.Generator) -> Iterator[Row]:
    """Everything that is only measured on, never fitted on."""
    data = folder / "conflict"
    yield from documentation(data / "version_drift_zh_dev.jsonl", "documentation zh")
    yield from counterfactual(data / "rgb_en_dev.jsonl", "rgb en")
    yield from counterfactual(data / "rgb_zh_dev.jsonl", "rgb zh")
    yield from contradicting_articles(data / "wikicontradict_dev.jsonl")
    yield from misinformation(data / "ramdocs_dev.jsonl")
    yield from answered_sets(data / "qacc_dev.jsonl", "qacc dev", rng)
    for corpus in CORPORA:
        yield from planted(corpus)
