"""What the fan-out gains and what it costs, as ratios within one run.

    python benchmarks/workers.py [--corpus FOLDER] [--count 2] [--texts 512]

Encoding and self-containedness, in this process and in ``count`` processes of this machine (loky),
on the same units and with one thread each; the processes are started and their models loaded
before the clock runs; how long that takes, and the memory of a process, are printed apart. Then
the overhead: seconds a unit for units that hold no work. Every result is compared with that of
this process, byte for byte; the exit code is 1 where one differs. The gain is at most the number
of processors that are free.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from ragcheck.chunking.recursive import RecursiveChunker
from ragcheck.corpus.loaders import load_corpus
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.models import default_encoder
from ragcheck.pipeline.fan_out import DistributedSelfContainedness
from ragcheck.ports import Embedder
from ragcheck.records.evidence import Score
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import CachedEmbedder, load_embedder
from ragcheck.workers import SERIAL, Workers

HERE = Path(__file__).resolve().parent.parent
EMPTY_UNITS = 400
T = TypeVar("T")


def main() -> int:
    """Print the ratios; 0 where every result is the same."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=HERE / "corpora/kestrel-handbook/docs")
    parser.add_argument("--count", type=int, default=2)
    parser.add_argument("--texts", type=int, default=512, help="at most so many are encoded")
    given = parser.parse_args()
    shared = Workers("loky", given.count)
    corpus = load_corpus(given.corpus)
    chunker = RecursiveChunker(size=450)
    chunks = [chunk for document in corpus.documents for chunk in chunker.chunk(document)]
    texts = list(dict.fromkeys(chunk.text for chunk in chunks))[: given.texts]
    embedder = load_embedder(default_encoder(corpus.language), threads=1)

    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {given.count} processes")
    embedder.encode(texts[:1])
    started, _ = timed(lambda: shared.map(embedder.encode, [texts[:1]] * (4 * given.count)))
    print(f"start of the processes and of their models: {started:.1f} s")

    def scores(workers: Workers) -> list[Score]:
        measure = DistributedSelfContainedness(SelfContainedness(), workers)
        return measure.score_in_documents(chunks, corpus.by_id)

    same = compare(
        f"encode, {len(texts)} texts", lambda workers: encoded(embedder, texts, workers), shared
    )
    peaks = shared.map(peak, range(4 * given.count))
    print(f"peak memory of a process that has encoded: {max(peaks) >> 20} MiB")
    scores(shared)
    same &= compare(f"self-containedness, {len(chunks)} chunks", scores, shared)
    for workers in (SERIAL, shared):
        seconds, _ = timed(lambda w=workers: w.map(nothing, range(EMPTY_UNITS)))
        print(f"a unit without work, {workers.backend}: {1000 * seconds / EMPTY_UNITS:.2f} ms")
    print("every result is the same to the byte" if same else "RESULTS DIFFER")
    return 0 if same else 1


def compare(name: str, work: Callable[[Workers], object], shared: Workers) -> bool:
    """Print here against there; whether both are equal."""
    alone, result = timed(lambda: work(SERIAL))
    together, other = timed(lambda: work(shared))
    print(
        f"{name}: serial {alone:.2f} s, loky {together:.2f} s, {alone / together:.2f} times faster"
    )
    return result == other


def encoded(embedder: Embedder, texts: list[str], workers: Workers) -> bytes:
    """The vectors' bytes, through an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder) / "vectors.sqlite")
        return CachedEmbedder(embedder, cache, workers=workers).encode(texts).tobytes()


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and what the work gave."""
    begun = perf_counter()
    result = work()
    return perf_counter() - begun, result


def peak(_: int) -> int:
    """Bytes: the largest resident set of the process that works on it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def nothing(unit: int) -> int:
    """The unit itself."""
    return unit


if __name__ == "__main__":
    sys.exit(main())
