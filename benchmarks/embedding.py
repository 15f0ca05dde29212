"""Our encode time over that of ``SentenceTransformer.encode``: same texts, same dtype, one run.

    python benchmarks/embedding.py [--texts 200] [--repeats 3] [FILE_OR_FOLDER ...]

Both use the packaged English encoder with one thread and sort by length; the other side gets
its best batch size of several. The figure is processor time, which other work on the machine
disturbs less than the clock; the rounds alternate, and the best of each side counts. The last
line is what the cache makes of a second run.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ragcheck.models import find_encoder
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import CachedEmbedder, SentenceTransformerEmbedder

HERE = Path(__file__).resolve().parent
BATCH_SIZES = (8, 32)
CHARACTERS = {"chunks of 500 characters": 500, "sentences of 80 characters": 80}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("source", nargs="*", type=Path)
    options = parser.parse_args()
    sources = options.source or [HERE.parent / "corpora" / "kestrel-handbook" / "docs"]
    for label, size in CHARACTERS.items():
        texts = pieces(sources, size, options.texts)
        for dtype in ("bfloat16", "float32"):
            print(f"{label}, {len(texts)} texts, {dtype}")
            show(compare(texts, dtype, options.repeats))


def pieces(sources: Sequence[Path], size: int, count: int) -> list[str]:
    """The first ``count`` distinct pieces of ``size`` characters."""
    files = [f for s in sources for f in (sorted(s.rglob("*.*")) if s.is_dir() else [s])]
    found: dict[str, None] = {}
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        for start in range(0, len(text), size):
            found.setdefault(text[start : start + size])
    return list(found)[:count]


@dataclass(frozen=True)
class Compared:
    """Seconds of processor time, the best of each side, and of the cache over ours."""

    ours: float
    theirs: float
    batch_size: int
    cold: float
    warm: float

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def compare(texts: Sequence[str], dtype: str, repeats: int) -> Compared:
    model = find_encoder("packaged:minilm")
    ours = SentenceTransformerEmbedder(model, dtype=dtype)
    theirs = load(model.path, dtype)
    ours.encode(texts[:8])
    theirs.encode(list(texts[:8]))
    own, other = [], dict.fromkeys(BATCH_SIZES, np.inf)
    for _ in range(repeats):
        own.append(seconds(lambda: ours.encode(texts)))
        for size in BATCH_SIZES:
            taken = seconds(lambda size=size: theirs.encode(list(texts), batch_size=size))
            other[size] = min(other[size], taken)
    best = min(other, key=other.__getitem__)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.sqlite"
        cold = seconds(lambda: CachedEmbedder(ours, VectorCache(path)).encode(texts))
        warm = seconds(lambda: CachedEmbedder(ours, VectorCache(path)).encode(texts))
    return Compared(min(own), float(other[best]), best, cold, warm)


def show(found: Compared) -> None:
    print(f"  ours {found.ours:.2f} s; SentenceTransformer.encode {found.theirs:.2f} s", end=" ")
    print(f"(batch size {found.batch_size} of {BATCH_SIZES}); ratio {found.ratio:.2f}")
    print(
        f"  with the cache: cold {found.cold / found.ours:.2f} of ours, "
        f"warm {found.warm / found.cold:.4f} of cold"
    )


def load(path: Path, dtype: str) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    kind = {"dtype": getattr(torch, dtype)}
    return SentenceTransformer(str(path), device="cpu", model_kwargs=kind)


def seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


if __name__ == "__main__":
    main()
