"""One coverage-guided fuzz target in this process: ``python -m tests.faults.hostile_fuzzer NAME``.

Further arguments are those of libFuzzer. The exit code is not 0 where an input gives another error
than the ones that the product raises on purpose, or takes too long.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ragcheck.corpus", "ragcheck.chunking", "ragcheck.traces",
                                         "ragcheck.text"]):  # fmt: skip
    import ragcheck.chunking.headings
    import ragcheck.corpus.loaders
    import ragcheck.traces.reading  # noqa: F401
    from tests.faults.hostile_targets import check_chunks, check_traces, strategies

import numpy as np

from ragcheck.corpus.loaders import read_document
from ragcheck.errors import CorpusError
from ragcheck.records.corpus import Document
from tests.faults.hostile_pieces import ENDINGS, TRACE_ENDINGS, hostile_bytes, hostile_trace

FOLDER = Path(tempfile.mkdtemp(prefix="ragcheck-fuzz-"))
EVERY = strategies()


def loaders(raw: bytes) -> None:
    """The first byte chooses the format."""
    path = FOLDER / f"x{ENDINGS[raw[0] % len(ENDINGS)] if raw else '.md'}"
    path.write_bytes(raw[1:])
    try:
        read = read_document(path)
    except CorpusError:
        return
    read.text.encode("utf-8")


def splitters(raw: bytes) -> None:
    """The first byte chooses the strategy."""
    text = raw[1:].decode("utf-8", "replace").replace("\x00", "\ufffd")
    chosen = EVERY[raw[0] % len(EVERY)] if raw else EVERY[0]
    check_chunks((chosen,), Document("x.md", text))


def traces(raw: bytes) -> None:
    """The first byte chooses the format."""
    path = FOLDER / f"x{TRACE_ENDINGS[raw[0] % len(TRACE_ENDINGS)] if raw else '.jsonl'}"
    path.write_bytes(raw[1:])
    check_traces(path)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "loaders": loaders,
    "splitters": splitters,
    "traces": traces,
}


def _first_inputs(target: str) -> Path:
    """A few inputs of every format to start from: coverage alone finds no DOCX."""
    folder = FOLDER / "seeds"
    folder.mkdir()
    seed = np.random.default_rng(0)
    made = (hostile_trace, TRACE_ENDINGS) if target == "traces" else (hostile_bytes, ENDINGS)
    for number in range(64):
        choice = number % len(made[1])
        raw = bytes([choice]) + made[0](seed, made[1][choice])
        (folder / str(number)).write_bytes(raw)
    return folder


if __name__ == "__main__":
    name, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options, str(_first_inputs(name))], TARGETS[name])
    atheris.Fuzz()
