"""The reader of English: what does a passage answer to a question?

It is the packaged MiniLM encoder with fitted layers and two heads for the first and the
last word of an answer; the first token stands for "no answer" (Devlin et al. 2019, section 4.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragcheck.errors import ModelError
from ragcheck.judges.readers.numbering import without_numbering
from ragcheck.models import file_sha256, find_encoder
from ragcheck.processor import preferred_dtype
from ragcheck.records.corpus import Span

SHA256 = "c437cbaccda1944dfdda75f26d6bc71c91dc38e4d3655ad343604720a706c48d"
LENGTH = 192
"""Tokens of question and piece together; what is beyond is not read."""
LONGEST_QUESTION = 200
PIECE, STEP, MOST_PIECES = 700, 500, 5
"""A longer passage is read in overlapping pieces of so many characters."""
LONGEST_ANSWER = 24
MOST_ANSWERS = 5
MOST_SPANS = 40
TEMPERATURE = 2.0
"""Divides the scores before they become shares: spans of one passage are otherwise too sure."""
OUTSIDE = -1e4


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that a passage may answer; ``share`` is how likely it is what it answers."""

    text: str
    span: Span
    share: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a passage answers. ``margin`` is how far it is above "no answer", in log odds.

    ``answers`` are the best places that do not overlap, the surest first; their shares sum to at
    most 1, and what is missing is the share of "no answer" and of all other places.
    """

    text: str
    span: Span
    margin: float
    answers: tuple[Answer, ...] = ()


NOTHING = Reading("", Span(0, 0), OUTSIDE)


class ExtractiveReader:
    """Reads answers out of passages. Loads about 50 MB into memory; no network.

    A reading depends on its question and passage alone: each is read by itself.

    Raises:
        ModelError: the packaged encoder is not installed, or the weights are not as trained.
    """

    def __init__(self) -> None:
        from transformers import AutoTokenizer

        folder = find_encoder("packaged:minilm").path
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        self._model, self._head = _load(str(folder))

    def read(self, asked: Sequence[tuple[str, str]]) -> list[Reading]:
        """What each (question, passage) answers, even where "no answer" is better."""
        return [self._read(question[:LONGEST_QUESTION], passage) for question, passage in asked]

    def _read(self, question: str, passage: str) -> Reading:
        readings = []
        plain = without_numbering(passage)
        for start in piece_starts(len(passage)):
            piece = slice(start, start + PIECE)
            readings.append(moved(self._read_piece(question, passage[piece], plain[piece]), start))
        return max(readings, key=lambda reading: reading.margin)

    def _read_piece(self, question: str, piece: str, plain: str) -> Reading:
        """Reads ``plain``, the piece without numbering; the answer is quoted from the piece."""
        import torch

        batch = self._tokenizer(
            question, plain, truncation="longest_first", max_length=LENGTH,
            return_offsets_mapping=True, return_tensors="pt",
        )  # fmt: skip
        offsets = batch.pop("offset_mapping")[0].numpy()
        inside = np.array([owner == 1 for owner in batch.sequence_ids(0)])
        with torch.inference_mode():
            scores = self._head(self._model(**batch).last_hidden_state)[0].float().numpy()
        return read_scores(scores, inside, offsets, piece)


def piece_starts(length: int) -> list[int]:
    """Where the pieces of a passage of ``length`` characters begin."""
    if length <= PIECE:
        return [0]
    starts = list(range(0, length - PIECE + STEP, STEP))[:MOST_PIECES]
    return [min(start, length - PIECE) for start in starts]


def moved(reading: Reading, start: int) -> Reading:
    """The same reading of a passage in which the piece begins at ``start``."""
    if not start:
        return reading

    def shift(span: Span) -> Span:
        return Span(span.start + start, span.end + start)

    answers = tuple(replace(answer, span=shift(answer.span)) for answer in reading.answers)
    return replace(reading, span=shift(reading.span), answers=answers)


def read_scores(
    scores: NDArray[np.float32],
    inside: NDArray[np.bool_],
    offsets: NDArray[np.int64],
    passage: str,
) -> Reading:
    """The reading that the scores of an extractive reader stand for.

    Args:
        scores: (tokens, 2) of "begins here" and "ends here"; the first token is "no answer".
        inside: (tokens,) which tokens are of the passage.
        offsets: (tokens, 2) first and last character of each token, in its own text.
    """
    places = np.flatnonzero(inside)
    if not len(places):
        return NOTHING
    null = float(scores[0].sum())
    table = scores[places, 0][:, None] + scores[places, 1][None, :]
    allowed = np.triu(np.ones_like(table, dtype=bool)) & ~np.triu(
        np.ones_like(table, dtype=bool), LONGEST_ANSWER
    )
    values = np.where(allowed, table, 3 * OUTSIDE).ravel().astype(np.float64)
    best = np.argsort(-values, kind="stable")[: min(MOST_SPANS, int(allowed.sum()))]
    shares = np.exp((values - max(null, values.max())) / TEMPERATURE)
    shares /= shares.sum() + np.exp((null - max(null, values.max())) / TEMPERATURE)
    found: list[tuple[Span, float]] = []
    for index in best:
        first, last = divmod(int(index), len(places))
        span = Span(int(offsets[places[first], 0]), int(offsets[places[last], 1]))
        _add(found, span, float(shares[index]))
    answers = tuple(Answer(passage[s.start : s.end], s, share) for s, share in found)
    ranked = tuple(sorted(answers, key=lambda answer: -answer.share))
    return Reading(
        answers[0].text, answers[0].span, float(values[best[0]]) - null, ranked[:MOST_ANSWERS]
    )


def _add(found: list[tuple[Span, float]], span: Span, share: float) -> None:
    """Adds a place, or its share to that of a better place that it overlaps."""
    for number, (better, own) in enumerate(found):
        if better.overlap(span) > 0:
            found[number] = better, own + share
            return
    found.append((span, share))


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
    dtype = getattr(torch, preferred_dtype())
    return model.to(dtype).eval(), head.to(dtype).eval()


def _part(state: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
