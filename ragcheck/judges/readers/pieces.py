"""Gemma's pieces of words: neighbours merged in the order of their scores (SentencePiece BPE)."""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping, Sequence

from ragcheck.judges.readers.gguf_file import GgufFile

SPACE = "▁"
_CHUNK = re.compile(r"▁*[^▁]{1,64}|▁{1,64}")

Piece = tuple[int, int, int]
"""Number of the piece in the vocabulary, and its first and last-plus-one character."""


class Pieces:
    """Cuts text into numbered pieces that know where they stand.

    Args:
        vocabulary: piece to its number.
        scores: of each number, higher merges first.
    """

    def __init__(self, vocabulary: Mapping[str, int], scores: Sequence[float]) -> None:
        self._vocabulary = vocabulary
        self._scores = scores

    @classmethod
    def of(cls, file: GgufFile) -> Pieces:
        """The pieces of a model's file."""
        listed = file.strings("tokenizer.ggml.tokens")
        vocabulary = {piece.decode("utf-8", "replace"): n for n, piece in enumerate(listed)}
        return cls(vocabulary, file.numbers("tokenizer.ggml.scores").tolist())

    def cut(self, text: str) -> list[Piece]:
        """The pieces in order; a character that no piece has becomes the pieces of its bytes."""
        found: list[Piece] = []
        for match in _CHUNK.finditer(text.replace(" ", SPACE)):
            found.extend(self._merge(match.group(), match.start()))
        return found

    def _merge(self, chunk: str, offset: int) -> list[Piece]:
        """Greedy merging with a queue: n log n in the length of the chunk, which is bounded."""
        size = len(chunk)
        ends = list(range(1, size + 1))
        before, alive = list(range(-1, size - 1)), [True] * size
        queue: list[tuple[float, int, int, int]] = []

        def propose(start: int) -> None:
            middle = ends[start]
            if middle < size:
                number = self._vocabulary.get(chunk[start : ends[middle]])
                if number is not None:
                    heapq.heappush(queue, (-self._scores[number], start, middle, ends[middle]))

        for start in range(size - 1):
            propose(start)
        while queue:
            _, start, middle, end = heapq.heappop(queue)
            if not alive[start] or ends[start] != middle or not alive[middle]:
                continue
            if ends[middle] != end:
                continue
            alive[middle] = False
            ends[start] = end
            if end < size:
                before[end] = start
            propose(start)
            if before[start] >= 0:
                propose(before[start])
        return [
            piece for start in range(size) if alive[start]
            for piece in self._named(chunk, start, ends[start], offset)
        ]  # fmt: skip

    def _named(self, chunk: str, start: int, end: int, offset: int) -> list[Piece]:
        number = self._vocabulary.get(chunk[start:end])
        if number is not None:
            return [(number, start + offset, end + offset)]
        return [
            (self._vocabulary.get(f"<0x{byte:02X}>", 3), start + offset, end + offset)
            for byte in chunk[start:end].encode("utf-8", "replace")
        ]
