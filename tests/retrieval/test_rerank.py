"""Rerankers give permutations, and do what their formulas say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragcheck.errors import ConfigError
from ragcheck.ports import Reranker, Vectors
from ragcheck.registry import Registry
from ragcheck.retrieval.rerank import CrossEncoderReranker, MmrReranker

# Angles in degrees of unit vectors in the plane: cosines are those of the differences.
ANGLES = {"query": 0.0, "near": 10.0, "copy of near": 11.0, "other side": -30.0, "far": 90.0}


class PlaneEmbedder:
    key = "plane"
    dimension = 2

    def encode(self, texts: Sequence[str]) -> Vectors:
        radians = np.deg2rad([ANGLES[text] for text in texts])
        return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def test_mmr_puts_what_is_not_said_yet_before_a_copy() -> None:
    texts = ["copy of near", "far", "near", "other side"]
    ranked = MmrReranker(embedder=PlaneEmbedder(), weight=0.5).rerank("query", texts)
    # near first (cos 10); then worth: copy (.982-1)/2 < 0, far (0-.174)/2, other (.866-.766)/2
    assert [texts[i] for i in ranked] == ["near", "other side", "copy of near", "far"]


def test_mmr_with_all_weight_on_the_query_is_the_order_of_cosines() -> None:
    texts = ["far", "copy of near", "other side", "near"]
    ranked = MmrReranker(embedder=PlaneEmbedder(), weight=1.0).rerank("query", texts)
    assert [texts[i] for i in ranked] == ["near", "copy of near", "other side", "far"]


def test_ties_keep_the_order_of_the_retriever() -> None:
    assert MmrReranker(embedder=PlaneEmbedder(), weight=1).rerank("query", ["far"] * 3) == (0, 1, 2)


class LengthScorer:
    def predict(self, pairs: list[tuple[str, str]]) -> list[float]:
        return [float(len(text)) for _, text in pairs]


@given(st.lists(st.text(max_size=5), max_size=8))
def test_a_cross_encoder_orders_by_its_scores(texts: list[str]) -> None:
    ranked = CrossEncoderReranker(model="m", maker=lambda _: LengthScorer()).rerank("q", texts)
    assert sorted(ranked) == list(range(len(texts)))
    assert [texts[i] for i in ranked] == sorted(texts, key=len, reverse=True)


def test_no_model_is_loaded_before_it_is_asked() -> None:
    def refuse(_: str) -> object:
        raise AssertionError("loaded")

    assert CrossEncoderReranker(model="m", maker=refuse).rerank("q", []) == ()


@pytest.mark.parametrize("notation", ["mmr", "mmr(weight=0.7)", "cross_encoder(model=a/b)"])
def test_the_registry_builds_them_and_their_notation_reads_back(notation: str) -> None:
    built = Registry().create("reranker", notation, embedder=PlaneEmbedder())
    assert isinstance(built, Reranker)
    assert built.notation == notation


def test_a_weight_outside_of_its_range_is_refused() -> None:
    with pytest.raises(ConfigError, match="between 0 and 1"):
        Registry().create("reranker", "mmr(weight=2)", embedder=PlaneEmbedder())
