"""The labelled sets of ``benchmarks/conflict.py``: rows of public data and of the corpora."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ragcheck.chunking.headings import HeadingChunker
from ragcheck.corpus.loaders import load_corpus
from ragcheck.retrieval.lexical import LexicalRetriever
from ragcheck.text.sentences import sentence_spans

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "training"))

from conflict_rows import (  # noqa: E402
    CORPORA,
    Row,
    counterfactual,
    documentation,
    misinformation,
    read_rows,
)

RAMDOCS_FITTED = 125
"""Questions of RAMDocs that reader and joining were fitted on; the others are measured on."""
LOOK_ALIKE = "hard_control"
RETRIEVED = 10


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages as a run retrieves them, and which two of them are planted as a conflict."""

    id: str
    question: str
    passages: tuple[str, ...]
    planted: tuple[int, int]
    conflict: bool


def pair_sets(data: Path) -> dict[str, list[Row]]:
    """Every set of pairs, by the name of its row in the table."""
    conflict = data / "conflict"
    english = list(documentation(conflict / "version_drift_dev.jsonl", "documentation"))
    chinese = list(documentation(conflict / "version_drift_zh_dev.jsonl", "documentation zh"))
    fitted = {row["id"] for row in read_rows(conflict / "ramdocs_dev.jsonl")[:RAMDOCS_FITTED]}
    return {
        "documentation, asked": [row for row in english if row.question],
        "documentation": [row for row in english if not row.question],
        "documentation zh, asked": [row for row in chinese if row.question],
        "documentation zh": [row for row in chinese if not row.question],
        "RGB en": list(counterfactual(conflict / "rgb_en_dev.jsonl", "rgb en")),
        "RGB zh": list(counterfactual(conflict / "rgb_zh_dev.jsonl", "rgb zh")),
        "RAMDocs": [r for r in misinformation(conflict / "ramdocs_dev.jsonl")
                    if r.group not in fitted],
        "WikiContradict": list(articles(conflict / "wikicontradict_dev.jsonl")),
    }  # fmt: skip


def articles(path: Path) -> Iterator[Row]:
    """WikiContradict, with pairs from the same articles that agree.

    Those are a passage beside the stand-alone form of its own sentence, and the first half of
    its sentences beside the second. Rows whose two passages are the same text are left out: both
    sides of the contradiction stand in either.
    """
    for row in read_rows(path):
        left, right = row["passages"]
        if left["text"].strip() == right["text"].strip():
            continue
        key, question = row["id"], row["question"]
        yield Row("wikicontradict", key, left["text"], right["text"], question, True, "conflict")
        for side in (left, right):
            text = side["text"]
            if side["standalone"].strip() != text.strip():
                yield Row("wikicontradict", key, text, side["standalone"], question, False,
                          "own sentence")  # fmt: skip
            spans = sentence_spans(text)
            if len(spans) > 1:
                cut = spans[(len(spans) + 1) // 2].start if len(spans) > 2 else spans[1].start
                yield Row("wikicontradict", key, text[:cut], text[cut:], question, False, "halves")


def result_sets(path: Path, most: int) -> Iterator[Row]:
    """QACC: every pair of the search results of a question; the label is that of the set."""
    for row in read_rows(path)[:most]:
        texts = list(dict.fromkeys(passage["text"] for passage in row["passages"]))
        for left, right in itertools.combinations(texts, 2):
            yield Row("qacc", row["id"], left, right, row["question"], row["conflict"], "set")


def retrieved(corpus: str) -> Iterator[Retrieved]:
    """Each planted pair with a question among the ten best chunks of BM25 for it."""
    folder = ROOT / "corpora" / corpus
    documents = load_corpus(folder).documents
    chunks = [chunk for document in documents for chunk in HeadingChunker().chunk(document)]
    by_id = {chunk.id: chunk for chunk in chunks}
    index = LexicalRetriever(chunks=chunks)
    for row in read_rows(folder / "conflicts.jsonl"):
        if not row.get("question"):
            continue
        sides = [_chunk_with(row[name]["quote"], chunks) for name in ("left", "right")]
        if None in sides or sides[0] == sides[1]:
            continue
        (hits,) = index.search([row["question"]], RETRIEVED)
        texts = list(dict.fromkeys([*(str(s) for s in sides),
                                    *(by_id[hit.chunk_id].text for hit in hits)]))  # fmt: skip
        conflict = row["relation"] in ("conflict", "supersedes")
        yield Retrieved(row["id"], row["question"], tuple(texts[:RETRIEVED]), (0, 1), conflict)


def _chunk_with(quote: str, chunks: list) -> str | None:  # type: ignore[type-arg]
    return next((chunk.text for chunk in chunks if quote in chunk.text), None)


def corpora() -> Mapping[str, list[Retrieved]]:
    """The retrieved sets of both shipped corpora."""
    return {corpus: list(retrieved(corpus)) for corpus in CORPORA}
