"""How the scan of a whole corpus grows: seconds by number of chunks, as ratios in one run.

    python benchmarks/corpus_scan.py [--sizes 2000 8000 40000]

Documents are made up: paragraphs about invented devices, whose settings differ between documents
in one place out of a hundred. One chunk is a paragraph of about five sentences. Texts are encoded
by hashing their words, which is linear and quick, so that the figure is of reading, finding
candidates and comparing, in seconds of processor time; an encoder's own time is linear too and
comes on top. Beside it stand the largest resident set so far and, where neighbours come from a
graph, the share of the true ones that it held. The exponent is the slope of log(seconds) over
log(chunks) from the smallest to the largest size.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import resource
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragcheck.judges.structural import StructuralJudge
from ragcheck.pipeline.scan import Scan, scan_documents
from ragcheck.records.corpus import Corpus, Document
from ragcheck.text.tokens import words

CHUNKS_A_DOCUMENT = 20
DIMENSION = 96
SUBJECTS = ("pump", "valve", "sensor", "gateway", "meter", "filter", "lamp", "router", "probe",
            "heater", "cooler", "mixer", "printer", "scanner", "battery", "charger")  # fmt: skip
SETTINGS = ("start delay", "retry limit", "idle timeout", "upload interval", "warm-up time",
            "sample rate", "cut-off level", "buffer size", "log period", "reset delay")  # fmt: skip
PLACES = ("at night", "in the field", "under load", "after a restart", "in the test bay")


class HashingEncoder:
    """Sums of random signs of the words: texts that share words are near each other."""

    key = "hashing"
    dimension = DIMENSION

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words(text):
                vectors[row] += self._signs(word)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.maximum(length, 1e-6)

    def __init__(self) -> None:
        self._known: dict[str, NDArray[np.float32]] = {}

    def _signs(self, word: str) -> NDArray[np.float32]:
        if word not in self._known:
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            signs = np.random.default_rng(seed).choice((-1.0, 1.0), DIMENSION)
            self._known[word] = signs.astype(np.float32)
        return self._known[word]


def made_corpus(chunks: int, rng: np.random.Generator) -> Corpus:
    """Documents of 20 chunks each; names of devices grow in number with the corpus."""
    devices = max(10, chunks // 8)
    values = rng.integers(2, 900, size=(devices, len(SETTINGS)))
    documents = []
    for number in range(math.ceil(chunks / CHUNKS_A_DOCUMENT)):
        parts = [f"# Manual {number}\n"]
        for _ in range(CHUNKS_A_DOCUMENT):
            device = int(rng.integers(devices))
            name = f"{SUBJECTS[device % len(SUBJECTS)]} X{device}"
            parts.append(f"## The {name}\n")
            for setting in rng.choice(len(SETTINGS), 5, replace=False):
                value = int(values[device, setting]) + int(rng.random() < 0.01)
                place = PLACES[int(rng.integers(len(PLACES)))]
                parts.append(f"The {SETTINGS[setting]} of the {name} is {value} seconds {place}.")
            parts.append("")
        documents.append(Document(f"manual-{number}.md", "\n".join(parts)))
    return Corpus("made", tuple(documents))


def timed(corpus: Corpus) -> tuple[float, Scan]:
    """Seconds of processor time, which a busy machine does not stretch, and the scan."""
    start = time.process_time()
    found = scan_documents(corpus, HashingEncoder(), StructuralJudge())
    return time.process_time() - start, found


def _share(recall: float | None) -> str:
    return "1, exact" if recall is None else f"{recall:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 8_000, 40_000])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    timed(made_corpus(200, rng))  # imports and caches
    seconds = []
    for size in options.sizes:
        took, found = timed(made_corpus(size, rng))
        seconds.append(took)
        print(
            f"{size:>7} chunks: {took:7.1f} s, {took / seconds[0]:5.1f} times the first; "
            f"{found.claims} statements, {found.compared} pairs compared, "
            f"{len(found.findings)} findings; recall of neighbours {_share(found.recall)}; "
            f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10:,} MiB",
            flush=True,
        )
    sizes = options.sizes
    exponent = math.log(seconds[-1] / seconds[0]) / math.log(sizes[-1] / sizes[0])
    print(f"exponent from {sizes[0]} to {sizes[-1]} chunks: {exponent:.2f} (must be under 1.2)")


if __name__ == "__main__":
    main()
