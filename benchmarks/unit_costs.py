"""What one chunk, one pair and one answer cost: the figures that docs/scale.md multiplies.

    python benchmarks/unit_costs.py [--chunks 400] [--answers 4] [FOLDER ...]

Times are seconds of processor time on one core, which other work on the machine stretches little;
sizes are bytes. Text is real documentation (``benchmarks/real_text.py``), sampled by document.
``--answers 0`` leaves the language model out.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import TypeVar

import faiss
import numpy as np
from numpy.typing import NDArray
from real_text import DIMENSION, StandInEncoder, default_sources, real_texts

from ragcheck.judges.claim_pairs import compare_claims
from ragcheck.judges.document_claims import corpus_claims
from ragcheck.judges.structural import StructuralJudge
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.ports import Chunker
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk, Score
from ragcheck.registry import Registry
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import CachedEmbedder, load_embedder
from ragcheck.retrieval.lexical import LexicalRetriever
from ragcheck.retrieval.vector_index import IndexSizes, VectorIndex

STRATEGY = "headings(path=true, size=450)"
INDEXED = 8_000
LONGEST = 10_000
"""Characters of a document that are taken, so that a sample holds several."""
KINDS = {"flat": IndexSizes(), "half": IndexSizes(0, INDEXED), "lists": IndexSizes(0, 0)}
THREADS = 1

T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sources", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--chunks", type=int, default=400)
    parser.add_argument("--answers", type=int, default=4)
    options = parser.parse_args()
    documents = sampled(options.sources or default_sources(), options.chunks)
    chunks = text_costs(documents)
    claim_costs(documents, len(chunks))
    encoder_costs(chunks)
    index_costs()
    if options.answers:
        answer_costs(chunks, options.answers)


def sampled(sources: Sequence[Path], chunks: int) -> list[Document]:
    """Documents spread over the sources that make about so many chunks."""
    texts = real_texts(sources)
    order = np.random.default_rng(0).permutation(len(texts))
    chosen: list[Document] = []
    made = 0
    for row in order:
        path, text = texts[int(row)]
        if made >= chunks:
            break
        chosen.append(Document(path, text[:LONGEST]))
        made += len(_chunker().chunk(chosen[-1]))
    return chosen


def text_costs(documents: Sequence[Document]) -> list[Chunk]:
    """Cut, score, index by words, judge pairs."""
    chunks, took = timed(lambda: [c for d in documents for c in _chunker().chunk(d)])
    letters = sum(len(chunk.text) for chunk in chunks)
    print(
        f"{len(chunks)} chunks of {len(documents)} documents, {letters / len(chunks):.0f} letters"
    )
    told("cut a chunk", took, len(chunks))
    measure = SelfContainedness()
    measure.score([chunks[0].text])
    _, took = timed(lambda: scored(measure, chunks, documents))
    told("score a chunk", took, len(chunks))
    tracemalloc.start()
    scores = scored(measure, chunks, documents)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    print(f"  hold a score in memory: {held / len(scores):,.0f} bytes")
    LexicalRetriever(chunks=chunks[:2])
    _, took = timed(lambda: LexicalRetriever(chunks=chunks))
    told("index a chunk by words", took, len(chunks))
    pairs = [(one.text, other.text) for one, other in pairwise(chunks)][:300]
    judge = StructuralJudge()
    judge.judge(pairs[:5])
    _, took = timed(lambda: judge.judge(pairs))
    told("judge a pair by structure", took, len(pairs))
    return chunks


def scored(
    measure: SelfContainedness, chunks: Sequence[Chunk], documents: Sequence[Document]
) -> list[Score]:
    by_id = {document.id: document for document in documents}
    return [
        score
        for own_id, own in groupby(chunks, key=lambda chunk: chunk.document_id)
        for score in measure.score_chunks(list(own), by_id[own_id])
    ]


def claim_costs(documents: Sequence[Document], chunks: int) -> None:
    """What the scan of a corpus without questions costs, without its encoder."""
    compare_claims(corpus_claims([Document("a.md", "It is 5. It is 6.")]), StandInEncoder())
    claims, took = timed(lambda: corpus_claims(documents))
    told("read the claims of a chunk", took, chunks)
    found, took = timed(lambda: compare_claims(claims, StandInEncoder(), least=0.02))
    told("compare the claims of a chunk", took, chunks)
    print(f"  {len(claims) / chunks:.1f} claims and {found.compared / chunks:.1f} pairs a chunk")


def encoder_costs(chunks: Sequence[Chunk]) -> None:
    """Encode a chunk, and what its vector takes in the cache."""
    encoder = load_embedder("packaged:minilm", threads=THREADS)
    texts = sorted({chunk.content for chunk in chunks}, key=len)
    encoder.encode(texts[:8])
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder) / "vectors.sqlite")
        cached = CachedEmbedder(encoder, cache)
        _, took = timed(lambda: cached.encode(texts))
        told("encode a chunk (packaged encoder)", took, len(texts))
        _, took = timed(lambda: cached.encode(texts))
        told("find its vector in the cache", took, len(texts))
        quick = CachedEmbedder(StandInEncoder(), cache)
        quick.encode([f"text {number}" for number in range(INDEXED)])
        cache.close()
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    print(f"  its vector in the cache: {size / (INDEXED + len(texts)):,.0f} bytes on disk")


def index_costs() -> None:
    """Bytes a vector and seconds a query of each kind of index."""
    vectors = _unit(np.random.default_rng(0).standard_normal((INDEXED, DIMENSION)))
    queries = _unit(np.random.default_rng(1).standard_normal((200, DIMENSION)))
    for kind, sizes in KINDS.items():
        index, built = timed(
            lambda sizes=sizes: VectorIndex(INDEXED, lambda rows: vectors[list(rows)], sizes=sizes)
        )
        assert index.kind == kind
        size = faiss.serialize_index(index._index).nbytes
        _, took = timed(lambda index=index: index.search(queries, 26))
        print(
            f"  {kind} index: {size / INDEXED:,.0f} bytes a vector, {built / INDEXED * 1e6:.0f} us "
            f"to add one, {took / len(queries) / INDEXED * 1e9:.1f} ns a query and vector"
        )


def answer_costs(chunks: Sequence[Chunk], count: int) -> None:
    """Answers of the packaged language model over five passages."""
    from ragcheck.config import read_config
    from ragcheck.pipeline.reader import build_reader
    from ragcheck.records.trials import GenerationParameters, GenerationRequest

    reader = build_reader(read_config(None, {"threads": THREADS}))
    parameters = GenerationParameters(temperature=0.0, top_p=1.0, top_k=0, seed=0, max_tokens=20)
    requests = [
        GenerationRequest(
            reader.prompt(
                "What is said here?",
                [chunk.text for chunk in chunks[5 * i : 5 * i + 5]],
                template="plain",
                language="en",
            ),
            parameters,
            ("\n",),
        )
        for i in range(count + 1)
    ]
    with reader.connected() as generator:
        generator.generate(requests[:1])
        answers, took = timed(lambda: [generator.generate([each])[0] for each in requests[1:]])
    assert all(answer.text is not None for answer in answers)
    told("answer from five passages (packaged model)", took, count)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What the work gives, and the processor time of all its threads."""
    begun = time.process_time()
    done = work()
    return done, time.process_time() - begun


def told(what: str, seconds: float, count: int) -> None:
    print(f"  {what}: {seconds / count * 1000:.2f} ms", flush=True)


def _chunker() -> Chunker:
    chunker: Chunker = Registry().create("chunker", STRATEGY, embedder=StandInEncoder())
    return chunker


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


if __name__ == "__main__":
    main()
