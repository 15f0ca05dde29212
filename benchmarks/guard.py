"""How long a guard takes for 10 chunks of about 120 words, and what its policies do.

Chunks are cut from the corpora that ship with ragcheck; for each question the best ten by BM25 are
checked, once with every text new to the process and once more. The processor's milliseconds are
what the clock shows on an idle core:

    OMP_NUM_THREADS=1 taskset -c 0 python benchmarks/guard.py
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from ragcheck.chunking.recursive import RecursiveChunker
from ragcheck.corpus.loaders import load_corpus
from ragcheck.corpus.questions import read_questions
from ragcheck.judges.analysis import analyse
from ragcheck.pipeline.guarding import Guard, GuardSettings
from ragcheck.records.corpus import Question
from ragcheck.records.guarding import RetrievedPassage
from ragcheck.retrieval.lexical import LexicalRetriever

CORPORA = {"kestrel-handbook": 720, "qinghe-rules": 240}
"""Size of a chunk in characters: about 120 English words, and what says as much in Chinese."""
K = 10

Asked = list[tuple[Question, list[RetrievedPassage]]]


def retrieved(name: str, size: int) -> Asked:
    """Each question of a corpus with its best chunks."""
    root = Path(__file__).parents[1] / "corpora" / name
    corpus = load_corpus(root)
    questions = read_questions(root / "questions.jsonl", corpus).questions
    chunker = RecursiveChunker(size=size)
    chunks = [chunk for document in corpus.documents for chunk in chunker.chunk(document)]
    by_id = {chunk.id: chunk for chunk in chunks}
    ranked = LexicalRetriever(chunks=chunks).search([q.text for q in questions], K)
    return [
        (
            question,
            [
                RetrievedPassage(chunk.text, corpus.by_id[chunk.document_id].path)
                for chunk in (by_id[hit.chunk_id] for hit in hits)
            ],
        )
        for question, hits in zip(questions, ranked, strict=True)
    ]


def timing(asked: Asked, judge: str, clock: Callable[[], float]) -> dict[str, object]:
    """Milliseconds a question without a time budget: texts new, and met before."""
    guard = Guard(GuardSettings(judge=judge, budget=None), clock=clock)
    new, known = [], []
    for question, passages in asked:
        analyse.cache_clear()
        new.append(1000 * guard.check(question.text, passages).seconds)
        known.append(1000 * guard.check(question.text, passages).seconds)
    return {
        "questions": len(asked),
        "words": round(float(np.median([len(p.text.split()) for _, ps in asked for p in ps]))),
        **{f"{name} p{q}": round(float(np.percentile(values, q)), 1)
           for name, values in (("new", new), ("known", known)) for q in (50, 95, 100)},
    }  # fmt: skip


def late(asked: Asked, judge: str, budget: float) -> dict[str, object]:
    """What a time budget leaves unchecked, and how far it is overrun."""
    guard = Guard(GuardSettings(judge=judge, budget=budget))
    spent, unchecked = [], []
    for question, passages in asked:
        analyse.cache_clear()
        guarded = guard.check(question.text, passages)
        spent.append(1000 * guarded.seconds)
        unchecked.append(sum(not decision.checked for decision in guarded.decisions))
    return {
        "budget ms": 1000 * budget,
        "p95": round(float(np.percentile(spent, 95)), 1),
        "longest": round(max(spent), 1),
        "questions with passages left unchecked": sum(map(bool, unchecked)),
    }


def abstentions(asked: Asked, judge: str) -> dict[str, str]:
    """How often the policy ``abstain`` lets nothing through, by kind of question."""
    guard = Guard(GuardSettings(policy="abstain", judge=judge, budget=None))
    found: dict[str, list[bool]] = {}
    for question, passages in asked:
        kind = (
            "unanswerable" if question.unanswerable
            else "two answers in the corpus" if question.rivals or "conflicted" in question.tags
            else "one answer"
        )  # fmt: skip
        found.setdefault(kind, []).append(guard.check(question.text, passages).abstained)
    always = "a guard that never abstains: 0"
    return {kind: f"{sum(v)} of {len(v)} ({always})" for kind, v in sorted(found.items())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--judge", default="structural")
    parser.add_argument("--budget", type=float, default=0.15, help="seconds")
    options = parser.parse_args()
    for name, size in CORPORA.items():
        asked = retrieved(name, size)
        print(json.dumps({
            "corpus": name,
            "judge": options.judge,
            "milliseconds of the processor": timing(asked, options.judge, process_time),
            "milliseconds of the clock": timing(asked, options.judge, perf_counter),
            "within a budget": late(asked, options.judge, options.budget),
            "abstained": abstentions(asked, options.judge),
        }, indent=2, ensure_ascii=False))  # fmt: skip


if __name__ == "__main__":
    main()
