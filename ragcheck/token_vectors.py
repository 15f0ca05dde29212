"""Texts to one vector a token, with the token's place in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragcheck.errors import ModelError
from ragcheck.models import EncoderModel
from ragcheck.processor import preferred_dtype
from ragcheck.records.corpus import Span
from ragcheck.text.sentences import encodable

WINDOW = 256
"""Tokens that the encoder reads at once, the two special ones included."""
SHARED = 64
"""Tokens that two windows share, so that each token has neighbours on both sides."""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """``vectors`` is (n, dimension) float32, ``spans`` the n places in the text."""

    vectors: NDArray[np.float32]
    spans: tuple[Span, ...]


class TokenEncoder:
    """A transformer that gives a vector for each token, in the context of its text.

    A text is read alone, so its vectors depend on nothing else. What is longer than a window is
    read in windows that overlap; a token comes from the window in which it is farther from an
    edge.

    Args:
        model: from :func:`ragcheck.models.find_encoder`, of the family ``sentence-transformers``.

    Raises:
        ModelError: the model has no token vectors, or cannot be loaded.
    """

    def __init__(self, model: EncoderModel, *, threads: int = 1) -> None:
        if model.family != "sentence-transformers":
            raise ModelError(
                f"the encoder {model.name!r} has no vectors for tokens",
                mend="use packaged:minilm or a sentence-transformers model",
            )
        self.model = model
        self.threads = threads
        self._loaded: tuple[Any, Any] | None = None

    @property
    def key(self) -> str:
        """Equal keys give equal vectors."""
        return f"tokens|{self.model.fingerprint}|{preferred_dtype()}|{WINDOW}-{SHARED}"

    def encode(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The token vectors of each text, in order."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            with torch.inference_mode():
                return [self._read(text) for text in texts]
        finally:
            torch.set_num_threads(before)

    def _read(self, text: str) -> TokenVectors:
        tokenizer, transformer = self._load()
        encoded = tokenizer(
            encodable(text),
            truncation=True, max_length=WINDOW, stride=SHARED, return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )  # fmt: skip
        best: dict[tuple[int, int], tuple[int, NDArray[np.float32]]] = {}
        for ids, offsets in zip(encoded["input_ids"], encoded["offset_mapping"], strict=True):
            rows = self._forward(transformer, ids)
            for i in range(1, len(ids) - 1):
                place = (offsets[i][0], offsets[i][1])
                depth = min(i, len(ids) - 1 - i)
                if place[0] < place[1] and depth > best.get(place, (-1, rows[0]))[0]:
                    best[place] = (depth, rows[i])
        places = sorted(best)
        vectors = np.array([best[place][1] for place in places], dtype=np.float32)
        return TokenVectors(
            vectors.reshape(len(places), transformer.config.hidden_size),
            tuple(Span(*place) for place in places),
        )

    @staticmethod
    def _forward(transformer: Any, ids: Sequence[int]) -> NDArray[np.float32]:
        import torch

        batch = torch.tensor([ids], dtype=torch.long)
        hidden = transformer(input_ids=batch, attention_mask=torch.ones_like(batch))
        found: NDArray[np.float32] = hidden.last_hidden_state[0].float().numpy()
        return found

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            import torch
            from transformers import AutoModel, AutoTokenizer

            folder = str(self.model.path)
            try:
                tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
                transformer = AutoModel.from_pretrained(
                    folder, dtype=getattr(torch, preferred_dtype()), local_files_only=True,
                    trust_remote_code=False, use_safetensors=True,
                )  # fmt: skip
            except (OSError, ValueError, RuntimeError, KeyError, TypeError) as problem:
                raise ModelError(
                    f"the encoder {self.model.name!r} cannot be loaded: {problem}", where=folder
                ) from problem
            self._loaded = tokenizer, transformer.eval()
        return self._loaded
