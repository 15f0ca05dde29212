"""Reading before comparing: what does each passage answer, and are the two answers the same?

The reader is the packaged MiniLM encoder with fitted layers and two heads for the first and the
last word of an answer; the first token stands for "no answer" (Devlin et al. 2019, section 4.3).
English only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from ragcheck.errors import ModelError
from ragcheck.models import file_sha256, find_encoder
from ragcheck.records.corpus import Span
from ragcheck.text.tokens import normalise
from ragcheck.text.values import find_values, same_value

SHA256 = "681b4bb9979eff97973f29b15572eb09203b2a70dc00c67383772c5f352bb98e"
LENGTH = 192
"""Tokens of question and passage together; what is beyond is not read."""
LONGEST_QUESTION = 200
LONGEST_PASSAGE = 2000
LONGEST_ANSWER = 24
BATCH = 16
OUTSIDE = -1e4
SHORTEST_PART = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What a passage answers. ``margin`` is how far it is above "no answer", in log odds."""

    text: str
    span: Span
    margin: float


class ExtractiveReader:
    """Reads answers out of passages. Loads about 90 MB into memory; no network.

    Raises:
        ModelError: the packaged encoder is not installed, or the weights are not as trained.
    """

    def __init__(self) -> None:
        from transformers import AutoTokenizer

        folder = find_encoder("packaged:minilm").path
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        self._model, self._head = _load(str(folder))

    def read(self, asked: Sequence[tuple[str, str]]) -> list[Reading]:
        """The best answer of each (question, passage), even where "no answer" is better."""
        cut = [(q[:LONGEST_QUESTION], p[:LONGEST_PASSAGE]) for q, p in asked]
        order = sorted(range(len(cut)), key=lambda i: len(cut[i][1]))
        found: dict[int, Reading] = {}
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            readings = self._read_batch([cut[i] for i in chosen])
            found.update(zip(chosen, readings, strict=True))
        return [found[i] for i in range(len(cut))]

    def _read_batch(self, asked: Sequence[tuple[str, str]]) -> list[Reading]:
        import torch

        batch = self._tokenizer(
            [question for question, _ in asked], [passage for _, passage in asked],
            truncation="longest_first", max_length=LENGTH, padding=True,
            return_offsets_mapping=True, return_tensors="pt",
        )  # fmt: skip
        offsets = batch.pop("offset_mapping").tolist()
        with torch.inference_mode():
            scores = self._head(self._model(**batch).last_hidden_state).float().numpy()
        return [
            _best(scores[k], np.array([o == 1 for o in batch.sequence_ids(k)]), offsets[k], passage)
            for k, (_, passage) in enumerate(asked)
        ]


def _best(
    scores: NDArray[np.float32],
    inside: NDArray[np.bool_],
    offsets: Sequence[tuple[int, int]],
    passage: str,
) -> Reading:
    if not inside.any():
        return Reading("", Span(0, 0), OUTSIDE)
    null = float(scores[0].sum())
    begin, end = (np.where(inside, scores[:, side], OUTSIDE) for side in (0, 1))
    allowed = np.triu(np.ones((len(begin), len(begin)), dtype=bool))
    allowed &= ~np.triu(allowed, LONGEST_ANSWER)
    table = np.where(allowed, begin[:, None] + end[None, :], 3 * OUTSIDE)
    first, last = divmod(int(table.argmax()), len(begin))
    span = Span(offsets[first][0], offsets[last][1])
    return Reading(passage[span.start : span.end], span, float(table[first, last]) - null)


@lru_cache(maxsize=1)
def _load(folder: str) -> tuple[Any, Any]:
    import torch
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModel

    with as_file(files("ragcheck.judges") / "weights" / "reader.safetensors") as path:
        if file_sha256(path) != SHA256:
            raise ModelError(
                "the weights of the reader are not the ones that were trained",
                where=str(path),
                mend="install ragcheck-evidence again",
            )
        state = {name: tensor.float() for name, tensor in load_file(path).items()}
    config = AutoConfig.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, config=config, add_pooling_layer=False)
    model.encoder.load_state_dict(_part(state, "encoder."))
    head = torch.nn.Linear(config.hidden_size, 2)
    head.load_state_dict(_part(state, "head."))
    return model.eval(), head.eval()


def _part(state: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}


def evidence(one: Reading, other: Reading) -> tuple[float, float]:
    """How surely both passages answer differently, and how surely they answer the same.

    Both in [0, 1]; they sum to how surely the less certain of the two passages answers at all.
    """
    margin = max(-20.0, min(20.0, one.margin, other.margin))
    answered = 1 / (1 + float(np.exp(-margin / 2)))
    same = sameness(one.text, other.text)
    return answered * (1 - same), answered * same


def sameness(one: str, other: str) -> float:
    """How much two answers say the same, in [0, 1]: values as values, else as fuzzy names."""
    left, right = find_values(one), find_values(other)
    verdicts = {same_value(v, w) for v in left for w in right}
    if True in verdicts:
        return 1.0
    if False in verdicts:
        return 0.0
    a, b = sorted((normalise(one), normalise(other)))
    if not a or not b:
        return 0.5
    part = 0.95 * fuzz.partial_ratio(a, b) if min(len(a), len(b)) >= SHORTEST_PART else 0.0
    return max(fuzz.token_set_ratio(a, b), part) / 100
