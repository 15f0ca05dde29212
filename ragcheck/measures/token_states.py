"""What an encoder that is there already says of each token of a text, in its context.

English: the states after four of the six layers of the packaged MiniLM (Wang et al. 2020, arXiv
2002.10957), for the first 128 tokens; the lower layers keep more of grammar and reference than
the top one (Tenney et al. 2019, arXiv 1905.05950). Chinese has none: the token features of the
packaged multilingual encoder did worse than the features without a model. Texts are read one at
a time, so that a value depends on its text alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ragcheck.errors import ModelError
from ragcheck.models import INSTALL, find_encoder

States = NDArray[np.float32]
MINILM_LAYERS = 4
MINILM_TOKENS = 128
_READ = 4000
"""Characters that reach a tokenizer."""


class TokenReader(Protocol):
    """A text to (tokens, width) float32."""

    def states(self, text: str) -> States: ...


class MiniLmStates:
    """(tokens, 384) states of the packaged MiniLM after :data:`MINILM_LAYERS` layers.

    Raises:
        ModelError: the model, torch or transformers is not installed.
    """

    def __init__(self) -> None:
        path = find_encoder("packaged:minilm").path
        try:
            import torch
            from transformers import AutoModel, AutoTokenizer
        except ImportError as problem:
            raise ModelError("torch and transformers are not installed", mend=INSTALL) from problem
        self._torch: Any = torch
        self._tokenizer: Any = AutoTokenizer.from_pretrained(path, local_files_only=True)
        model: Any = AutoModel.from_pretrained(
            path, local_files_only=True, dtype=torch.float32, attn_implementation="sdpa"
        )
        model.encoder.layer = model.encoder.layer[:MINILM_LAYERS]
        self._model = model.to(_number_format(torch)).eval()

    def states(self, text: str) -> States:
        """Of the first :data:`MINILM_TOKENS` tokens."""
        batch = self._tokenizer(
            [text[:_READ]], truncation=True, max_length=MINILM_TOKENS, return_tensors="pt"
        )
        threads = self._torch.get_num_threads()
        self._torch.set_num_threads(1)
        try:
            with self._torch.inference_mode():
                found = self._model(**batch).last_hidden_state[0].float().numpy()
        finally:
            self._torch.set_num_threads(threads)
        return np.asarray(found, dtype=np.float32)


def _number_format(torch: Any) -> Any:
    """bfloat16 where the processor computes in it: half the time, the same order of texts."""
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return torch.bfloat16 if supported() else torch.float32


@cache
def token_reader(language: str) -> TokenReader | None:
    """The reader of a language, loaded once; ``None`` where the package has none for it.

    Raises:
        ModelError: what it needs is not installed.
    """
    return MiniLmStates() if language == "en" else None
