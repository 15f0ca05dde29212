from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ragcheck.chunking.semantic import SemanticChunker, joint_distances
from ragcheck.ports import Vectors
from ragcheck.records.corpus import Document


class TopicEmbedder:
    """One axis a topic, told by its word; counts its calls."""

    key = "topics"
    dimension = 3

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        topics = ("refund", "battery")
        rows = [[float(topic in text) for topic in topics] for text in texts]
        matrix = np.array([[*row, 1.0 - max(row)] for row in rows], dtype=np.float32)
        return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


REFUNDS = "The refund takes long. A refund is paid back. Each refund is logged. No refund is lost."
BATTERIES = "The battery lasts. A battery is sealed. Each battery is tested. No battery leaks."


def test_the_cut_is_where_the_topic_changes() -> None:
    embedder = TopicEmbedder()
    chunker = SemanticChunker(embedder=embedder)
    chunks = chunker.chunk(Document("a", f"{REFUNDS} {BATTERIES}"))
    assert [chunk.text for chunk in chunks] == [REFUNDS, BATTERIES]
    assert [len(call) for call in embedder.calls] == [8]


def test_one_topic_is_one_chunk() -> None:
    chunks = SemanticChunker(embedder=TopicEmbedder()).chunk(Document("a", REFUNDS))
    assert [chunk.text for chunk in chunks] == [REFUNDS]


def test_fewer_than_four_sentences_are_one_chunk_without_a_model_call() -> None:
    embedder = TopicEmbedder()
    text = "The refund is late. The battery is flat. Neither is good."
    assert [c.text for c in SemanticChunker(embedder=embedder).chunk(Document("a", text))] == [text]
    assert embedder.calls == []


def test_long_topics_are_packed_from_whole_sentences() -> None:
    chunks = SemanticChunker(embedder=TopicEmbedder(), size=50).chunk(Document("a", REFUNDS))
    assert [chunk.text for chunk in chunks] == [
        "The refund takes long. A refund is paid back.",
        "Each refund is logged. No refund is lost.",
    ]


def test_joint_distances_compare_the_means_of_both_sides() -> None:
    x, y = [1.0, 0.0], [0.0, 1.0]
    distances = joint_distances(np.array([x, x, y, y], dtype=np.float32), 2)
    # Joints x|xy, xx|yy and xy|y; the mean of x and y is 45 degrees away from each.
    assert distances == pytest.approx([1 - np.sqrt(0.5), 1.0, 1 - np.sqrt(0.5)], abs=1e-6)
    opposite = joint_distances(np.array([x, [-1.0, 0.0], x], dtype=np.float32), 2)
    assert opposite == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    ("options", "message"),
    [({"percentile": 101}, "percentile"), ({"percentile": True}, "percentile"),
     ({"size": 0}, "size"), ({"window": 0}, "window")],
)  # fmt: skip
def test_numbers_that_do_not_fit_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SemanticChunker(embedder=TopicEmbedder(), **options)


def test_notation() -> None:
    notation = SemanticChunker(embedder=TopicEmbedder()).notation
    assert notation == "semantic(percentile=90, size=1200, window=2)"
