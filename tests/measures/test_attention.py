"""Attention pooling against the same formula written out for a small case."""

from __future__ import annotations

from math import exp, tanh

import numpy as np
import pytest

from ragcheck.measures.attention import AttentionHead


def head(position: float) -> AttentionHead:
    def array(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.array(values, dtype=np.float32)

    return AttentionHead(
        project=array(1.0).reshape(1, 1),
        project_bias=array(0.0),
        query=array(2.0).reshape(1, 1),
        query_bias=array(0.5),
        position=array(position).reshape(1, 1),
        out=array(3.0, -1.0),
        out_bias=array(0.25),
    )


@pytest.mark.parametrize("position", [0.0, 4.0])
def test_chosen_tokens_are_averaged(position: float) -> None:
    tokens = [0.3, -0.8, 1.1]
    seen = [tanh(t) for t in tokens]
    scores = [exp(2.0 * s + 0.5 + (position if i == 0 else 0.0)) for i, s in enumerate(seen)]
    pooled = sum(w * s for w, s in zip(scores, seen, strict=True)) / sum(scores)
    states = np.array(tokens, dtype=np.float32).reshape(3, 1)
    expected = 3.0 * pooled - 1.0 * 0.4 + 0.25
    assert head(position).logit(states, np.array([0.4])) == pytest.approx(expected, abs=1e-5)


def test_stored_arrays_give_the_head_back() -> None:
    arrays = {f"en_{name}": getattr(head(1.0), name) for name in AttentionHead.__dataclass_fields__}
    again = AttentionHead.from_arrays(arrays, "en_")
    states = np.ones((2, 1), dtype=np.float32)
    assert again.logit(states, np.zeros(1)) == head(1.0).logit(states, np.zeros(1))
