"""Any cross-encoder for inference between two texts, from a folder or the hub, as a judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragcheck.errors import ModelError
from ragcheck.judges.explanations import explain
from ragcheck.judges.structural import StructuralJudge
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Judgement, Scope
from ragcheck.records.notation import Notation
from ragcheck.text.language import detect_language

CONTRADICTION = ("contradict", "conflict", "refute", "矛盾")
ENTAILMENT = ("entail", "support", "agree", "蕴含", "一致")
CONFLICT = 0.5
LONGEST = 8_000


class CrossEncoderJudge:
    """Probability of "contradiction", the mean of both orders, so that the judge is symmetric.

    What the texts disagree about is said by the structural judge where it sees a difference.

    Args:
        model: a folder, or a name on the hub, of a sequence classifier whose ``id2label`` names
            contradiction. Code that comes with a model is not run.
        maker: builds the encoder from the model's name; sentence-transformers where not given.
    """

    def __init__(self, *, model: str, maker: Any = None) -> None:
        self._name, self._maker = model, maker or _load
        self._encoder: Any = None
        self._labels: tuple[int, int | None] | None = None

    @property
    def notation(self) -> str:
        return str(Notation("cross_encoder", {"model": self._name}))

    def judge(
        self,
        pairs: Sequence[tuple[str, str]],
        questions: Sequence[str | None] | None = None,
        scopes: Sequence[tuple[Scope, Scope]] | None = None,
    ) -> list[Judgement]:
        """One judgement a pair, in order; the question is not read by the encoder.

        Raises:
            ModelError: the model cannot be loaded, or names no contradiction.
        """
        if not pairs:
            return []
        seen = StructuralJudge().judge(pairs, questions, scopes)
        scores = self._scores(pairs)
        return [
            _judgement(pair, row, known)
            for pair, row, known in zip(pairs, scores.tolist(), seen, strict=True)
        ]

    def _scores(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """(n, 2) probabilities of contradiction and entailment, over both orders."""
        encoder, (against, together) = self._loaded()
        cut = [(left[:LONGEST], right[:LONGEST]) for left, right in pairs]
        both = [*cut, *((right, left) for left, right in cut)]
        logits = np.asarray(
            encoder.predict(both, show_progress_bar=False, apply_softmax=True),
            dtype=np.float64,
        )
        picked = np.stack(
            [logits[:, against], logits[:, together] if together is not None else 0 * logits[:, 0]],
            axis=1,
        )
        half = len(cut)
        mean: NDArray[np.float64] = (picked[:half] + picked[half:]) / 2
        return mean

    def _loaded(self) -> tuple[Any, tuple[int, int | None]]:
        if self._encoder is None or self._labels is None:
            self._encoder = self._maker(self._name)
            self._labels = label_indices(dict(self._encoder.model.config.id2label), self._name)
        return self._encoder, self._labels


def label_indices(labels: dict[int, str], model: str) -> tuple[int, int | None]:
    """The indices of contradiction and of entailment, the latter ``None`` where it is not named.

    Raises:
        ModelError: no label names a contradiction.
    """
    names = {int(index): str(name).lower() for index, name in labels.items()}
    # "not_entailment" and the like are no entailment
    plain = {i: n for i, n in names.items() if not n.startswith(("not", "non"))}
    against = [i for i, n in plain.items() if any(word in n for word in CONTRADICTION)]
    together = [i for i, n in plain.items() if any(word in n for word in ENTAILMENT)]
    if len(against) != 1:
        raise ModelError(
            "the cross-encoder's labels do not name one contradiction",
            where=f"{model}: {', '.join(names.values())}",
            mend="use a model for inference, or set id2label in its config.json",
        )
    return against[0], together[0] if together else None


def _load(model: str) -> Any:
    from sentence_transformers import CrossEncoder

    folder = Path(model)
    if folder.is_dir() and not any(folder.rglob("*.safetensors")):
        raise ModelError(
            "the model has no safetensors weights",
            where=str(folder),
            mend="convert it with save_pretrained(..., safe_serialization=True)",
        )
    try:
        return CrossEncoder(
            model, device="cpu", trust_remote_code=False, model_kwargs={"use_safetensors": True}
        )
    except (OSError, ValueError, KeyError) as problem:
        raise ModelError(
            f"the cross-encoder {model!r} cannot be loaded",
            where="; ".join(str(problem).splitlines()[:1]),
            mend="give the folder of a model, or the name of one on the hub and a network",
        ) from problem


def _judgement(pair: tuple[str, str], row: Sequence[float], known: Judgement) -> Judgement:
    against, together = row
    if not pair[0].strip() or not pair[1].strip() or pair[0] == pair[1]:
        return known
    language = detect_language(pair[0] + pair[1])
    if against < CONFLICT:
        relation = "agree" if together >= CONFLICT else known.relation
        if relation in ("conflict", "supersedes"):
            relation = "unrelated"
        return Judgement(relation, against, explanation=explain(relation, language))
    relation = "supersedes" if known.relation == "supersedes" else "conflict"
    values = known.values or (pair[0][:120], pair[1][:120])
    return Judgement(
        relation,
        against,
        known.left_span or Span(0, len(pair[0])),
        known.right_span or Span(0, len(pair[1])),
        known.kind or "scope",
        values,
        explain(relation, language, values),
        known.cause,
    )
