"""What must hold of any document and any recording, however hostile."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from ragcheck.chunking.blocks import BlockChunker
from ragcheck.chunking.fixed import CharacterChunker, TokenChunker
from ragcheck.chunking.headings import HeadingChunker
from ragcheck.chunking.recursive import RecursiveChunker
from ragcheck.chunking.repaired import NeighbourChunker, PathChunker, SubjectChunker
from ragcheck.chunking.semantic import SemanticChunker
from ragcheck.chunking.sentences import SentenceWindowChunker
from ragcheck.errors import TraceError
from ragcheck.ports import Chunker
from ragcheck.records.corpus import Document
from ragcheck.traces.reading import read_traces
from tests.properties.test_spans import HashEmbedder


def strategies() -> tuple[Chunker, ...]:
    """Every chunking strategy that ships, with sizes that cut hostile texts often."""
    return (
        CharacterChunker(size=60, overlap=20),
        TokenChunker(size=12, overlap=3, unit="word"),
        SentenceWindowChunker(size=3, overlap=1),
        RecursiveChunker(size=80),
        HeadingChunker(size=80),
        HeadingChunker(size=200, path=True),
        SemanticChunker(embedder=HashEmbedder(), size=120),
        BlockChunker(size=90),
        PathChunker(base="chars(size=60)"),
        SubjectChunker(base="sentences(overlap=0, size=1)"),
        NeighbourChunker(base="recursive(size=40)", least=20),
    )


def check_chunks(every: tuple[Chunker, ...], document: Document) -> None:
    """The text can be written down, and every chunk is an exact, visible span of it."""
    text = document.text
    text.encode("utf-8")
    assert "\x00" not in text
    if document.source_lines is not None:
        assert len(document.source_lines) == text.count("\n") + 1
        assert list(document.source_lines) == sorted(document.source_lines)
    for chunker in every:
        for chunk in chunker.chunk(document):
            assert 0 <= chunk.start < chunk.end <= len(text), chunker.notation
            assert text[chunk.start : chunk.end] == chunk.text, chunker.notation
            assert document.place(chunk.span).line >= 1


def check_traces(path: Path) -> None:
    """Whole records, or the reason why there are none."""
    try:
        read = read_traces(path)
    except TraceError as problem:
        assert problem.what and problem.where
        return
    assert read.records
    for record in read.records:
        assert record.question.strip()
        assert record.contexts
        assert record.line is None or record.line >= 1
    assert all(skip.reason for skip in read.skipped)


@contextmanager
def within(seconds: float, shown: bytes) -> Iterator[None]:
    """Breaks the block, and says for which bytes, when it takes more than ``seconds``.

    Seconds of this process's own work: a busy machine makes no input hostile.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"more than {seconds:g} s on {shown[:400]!r}")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except AssertionError:
        raise
    except Exception as problem:
        raise AssertionError(f"{problem!r} on {shown[:2000]!r}") from problem
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
