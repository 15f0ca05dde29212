"""Peak memory of a diagnosis without generation, by number of chunks, and its growth.

    python corpora/fetch_documentation.py
    python benchmarks/memory.py [--chunks 20000 200000] [--encoder stand-in] [FOLDER ...]

Each size is one ``ragcheck check`` in a process of its own with one thread: read, chunk, encode,
index, retrieve for 50 questions, judge, measure, and write the report. The figure is the largest
resident set of that process (``ru_maxrss``). The corpus is real documentation, enlarged by edits
where it is too small (``benchmarks/real_text.py``). With ``--encoder stand-in`` vectors come from
hashed words, since the real encoder takes the better part of an hour for 200,000 chunks on one
core; the real one is then loaded all the same, and encodes one text in a thousand, so that its own
memory is in the figure. ``--encoder packaged`` uses it for everything.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from real_text import DIMENSION, StandInEncoder, default_sources, write_corpus

LIMIT = 4 << 30
QUESTIONS = 50
STRATEGY = "headings(path=true, size=450)"
ENCODERS = ("stand-in", "packaged")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_REALLY_ENCODED = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sources", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--chunks", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--encoder", choices=ENCODERS, default="stand-in")
    parser.add_argument("--strategies", nargs="+", default=[STRATEGY])
    parser.add_argument("--retriever", default="fusion")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        examine_folder(options.child, options.encoder, options.strategies, options.retriever)
        return
    print(f"encoder: {options.encoder}; strategies: {', '.join(options.strategies)}", flush=True)
    peaks = [measured(size, options) for size in options.chunks]
    for size, peak in zip(options.chunks, peaks, strict=True):
        fits = "under" if peak < LIMIT else "NOT under"
        print(f"{size:>9,} chunks: peak {_mb(peak)}, {fits} {_mb(LIMIT)}")
    if len(peaks) > 1:
        times, more = options.chunks[-1] / options.chunks[0], options.chunks[-1] - options.chunks[0]
        print(
            f"growth: {peaks[-1] / peaks[0]:.2f} times for {times:g} times the chunks; "
            f"{(peaks[-1] - peaks[0]) / more / 1000:.1f} kB a chunk more"
        )


def measured(size: int, options: argparse.Namespace) -> int:
    """Bytes at the peak of a process that examines a corpus of this size."""
    with tempfile.TemporaryDirectory() as work:
        corpus = Path(work) / "corpus"
        documents = write_corpus(
            options.sources or default_sources(), corpus, size, options.strategies[0]
        )
        size_on_disk = sum(f.stat().st_size for f in corpus.rglob("*") if f.is_file())
        print(f"{size:,} chunks of {documents:,} documents, {_mb(size_on_disk)}:", flush=True)
        command = [sys.executable, __file__, "--child", str(corpus), "--encoder", options.encoder]
        command += ["--retriever", options.retriever, "--strategies", *options.strategies]
        environment = {**os.environ, **ONE_THREAD, "RAGCHECK_CACHE": str(Path(work) / "cache")}
        subprocess.run(command, env=environment, check=True)
        told: dict[str, int] = json.loads((corpus.parent / "peak.json").read_text("utf-8"))
    return told["peak"]


def examine_folder(corpus: Path, encoder: str, strategies: Sequence[str], retriever: str) -> None:
    """What a child process does; it leaves its peak beside the corpus."""
    from ragcheck.config import read_config
    from ragcheck.events import Event, StageFinished
    from ragcheck.pipeline import tools
    from ragcheck.pipeline.checking import Scope, check

    if encoder == "stand-in":
        tools.load_embedder = lambda *_, **__: AccompaniedStandIn()  # type: ignore[assignment]
    config = read_config(
        None,
        {
            "threads": 1,
            "questions.synthetic": QUESTIONS,
            "evidence.strategies": list(strategies),
            "evidence.retriever": retriever,
            "experiment.strategies": list(strategies),
            "experiment.retrievers": [retriever],
        },
    )

    def tell(event: Event) -> None:
        if isinstance(event, StageFinished):
            now, peak = _mb(_resident()), _mb(_peak())
            print(f"  {event.stage:<9} {event.seconds:8.1f} s   now {now:>9}   peak {peak:>9}")
            sys.stdout.flush()

    begun = time.process_time()
    report = check(corpus, None, config, Scope(), output=corpus.parent / "run", listen=tell)
    chunks = ", ".join(f"{s.chunks:,} {s.strategy}" for s in report.strategies)
    print(
        f"  {report.documents:,} documents; chunks: {chunks}; {report.questions} questions; "
        f"{len(report.findings)} findings; {time.process_time() - begun:.0f} s of processor time"
    )
    (corpus.parent / "peak.json").write_text(json.dumps({"peak": _peak()}), encoding="utf-8")


class AccompaniedStandIn:
    """The stand-in, with the packaged encoder in memory and at work on a text in a thousand."""

    key = StandInEncoder.key
    dimension = DIMENSION

    def __init__(self) -> None:
        from ragcheck.retrieval.embedding import load_embedder

        self._quick = StandInEncoder()
        self._real = load_embedder("packaged:minilm", threads=1)
        self._seen = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        sample = [t for i, t in enumerate(texts, self._seen) if i % _REALLY_ENCODED == 0]
        self._seen += len(texts)
        if sample:
            self._real.encode(sample)
        return self._quick.encode(texts)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def _mb(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MiB"


if __name__ == "__main__":
    main()
