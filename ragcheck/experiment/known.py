"""Results that were computed once, kept across runs and run folders.

Each result stands under the hash of everything that it depends on: what it was computed from, and
what computed it. One changed document therefore costs what touches this document, and no more.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from ragcheck.cache_file import CacheFile, entry_key
from ragcheck.experiment.store import RunStore
from ragcheck.records.trials import Answer

AT_ONCE = 2048
"""Results that are computed between two commits: a killed run loses no more than these."""
_SMALLEST_PACKED = 200
"""Bytes of JSON below which packing makes nothing smaller."""

T = TypeVar("T")


class KnownResults(Generic[T]):
    """Results of one kind by key.

    Args:
        file: where they are kept; files may hold several kinds.
        kind: the results' type, from which they are written to and read from JSON.
        worth_keeping: whether a result is one; a failure is not, and is tried again.
    """

    def __init__(
        self,
        file: CacheFile,
        kind: type[T],
        *,
        worth_keeping: Callable[[T], bool] = lambda _: True,
    ) -> None:
        self._file = file
        self._adapter = TypeAdapter(kind)
        self._worth_keeping = worth_keeping
        self.computed = 0

    def get(self, keys: Sequence[bytes]) -> dict[bytes, T]:
        """The results that are there and whole."""
        found = {}
        for key, raw in self._file.get(keys).items():
            try:
                found[key] = self._adapter.validate_json(_unpacked(raw))
            except (ValidationError, zlib.error):
                continue
        return found

    def put(self, results: Mapping[bytes, T]) -> None:
        """Keep those that are worth it, and that JSON can hold: it holds no lone surrogates."""
        kept = {}
        for key, result in results.items():
            if self._worth_keeping(result):
                with suppress(PydanticSerializationError):
                    kept[key] = _packed(self._adapter.dump_json(result))
        self._file.put(kept)

    def complete(
        self, keys: Sequence[bytes], compute: Callable[[Sequence[int]], Sequence[T]]
    ) -> list[T]:
        """The result of every key, in order; each distinct key is computed once, ever.

        Args:
            compute: gives the results of some positions in ``keys``, in their order.
        """
        position: dict[bytes, int] = {}
        for index, key in enumerate(keys):
            position.setdefault(key, index)
        known = self.get(list(position))
        missing = [(key, index) for key, index in position.items() if key not in known]
        for first in range(0, len(missing), AT_ONCE):
            part = missing[first : first + AT_ONCE]
            results = compute([index for _, index in part])
            fresh = {key: result for (key, _), result in zip(part, results, strict=True)}
            self.put(fresh)
            known.update(fresh)
            self.computed += len(part)
        return [known[key] for key in keys]


class SharedAnswers:
    """The answers of a run folder, and behind them those that any run has had.

    What another run was answered is copied into the folder, which stays whole by itself.

    Args:
        asked_by: names the code that asks, which also says what counts as an answer.
    """

    def __init__(self, store: RunStore, known: KnownResults[Answer], *, asked_by: str) -> None:
        self._store = store
        self._known = known
        self._asked_by = asked_by

    def answers(self, keys: Sequence[str]) -> dict[str, Answer]:
        """The known answers among ``keys``."""
        found = self._store.answers(keys)
        missing = {self._key(key): key for key in keys if key not in found}
        elsewhere = {missing[key]: each for key, each in self._known.get(list(missing)).items()}
        if elsewhere:
            self._store.keep_answers(elsewhere)
        return found | elsewhere

    def keep_answers(self, answers: Mapping[str, Answer]) -> None:
        """Store answers in both places."""
        self._store.keep_answers(answers)
        self._known.put({self._key(key): answer for key, answer in answers.items()})

    def _key(self, key: str) -> bytes:
        return entry_key("answer", self._asked_by, key)


def _packed(raw: bytes) -> bytes:
    return raw if len(raw) < _SMALLEST_PACKED else zlib.compress(raw, 1)


def _unpacked(raw: bytes) -> bytes:
    """JSON begins with a character that no zlib stream begins with."""
    return zlib.decompress(raw) if raw[:1] == b"x" else raw
