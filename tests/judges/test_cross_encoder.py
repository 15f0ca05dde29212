"""Any cross-encoder as judge, by its labels."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ragcheck.errors import ModelError
from ragcheck.judges.cross_encoder import CrossEncoderJudge, label_indices

LABELS = {0: "contradiction", 1: "entailment", 2: "neutral"}


class Encoder:
    """Says contradiction more surely where the first text is the shorter one."""

    def __init__(self, labels):
        self.model = SimpleNamespace(config=SimpleNamespace(id2label=labels))

    def predict(self, pairs, **_):
        return np.array([[0.9, 0.1, 0.0] if len(a) < len(b) else [0.5, 0.3, 0.2] for a, b in pairs])


def test_the_mean_of_both_orders():
    judge = CrossEncoderJudge(model="x", maker=lambda _: Encoder(LABELS))
    one, other = judge.judge([("It is 20 days.", "It is 30 long days."),
                              ("It is 30 long days.", "It is 20 days.")])  # fmt: skip
    assert one.probability == other.probability == pytest.approx(0.7)
    assert one.relation == "conflict"
    assert one.left_span is not None
    assert judge.notation == "cross_encoder(model=x)"


def test_nothing_is_loaded_for_no_pairs():
    assert CrossEncoderJudge(model="x", maker=None).judge([]) == []


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (LABELS, (0, 1)),
        ({0: "entailment", 1: "not_entailment", 2: "CONTRADICTION"}, (2, 0)),
        ({0: "SUPPORTS", 1: "REFUTES"}, (1, 0)),
        ({0: "other", 1: "conflict"}, (1, None)),
    ],
)
def test_labels_by_name(labels, expected):
    assert label_indices(labels, "x") == expected


def test_labels_without_a_contradiction():
    with pytest.raises(ModelError, match="labels"):
        label_indices({0: "LABEL_0", 1: "LABEL_1"}, "x")


def test_a_folder_with_pickled_weights_alone_is_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(ModelError, match="safetensors"):
        CrossEncoderJudge(model=str(tmp_path)).judge([("a b", "c d")])
