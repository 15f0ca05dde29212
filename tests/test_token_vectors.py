from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragcheck.errors import ModelError
from ragcheck.models import find_encoder
from ragcheck.token_vectors import TokenEncoder


def test_a_model_without_token_vectors_is_refused():
    model = replace(find_encoder("packaged:minilm"), family="use")
    with pytest.raises(ModelError, match="no vectors for tokens"):
        TokenEncoder(model)


@pytest.fixture(scope="module")
def encoder():
    return TokenEncoder(find_encoder("packaged:minilm"))


@pytest.mark.model
def test_each_word_of_a_long_text_has_one_vector_at_its_place(encoder):
    text = " ".join(f"word{chr(97 + i % 26)}" for i in range(700))
    (found,) = encoder.encode([text])
    covered = {i for span in found.spans for i in range(span.start, span.end)}
    assert {i for i, c in enumerate(text) if not c.isspace()} == covered
    assert len({(s.start, s.end) for s in found.spans}) == len(found.spans) == len(found.vectors)
    assert np.linalg.norm(found.vectors, axis=1).min() > 0


@pytest.mark.model
def test_a_word_is_read_in_its_context(encoder):
    texts = ["river bank", "the bank gives credit", "the bank lends money"]
    river, credit, money = (
        v.vectors[[text[s.start : s.end] for s in v.spans].index("bank")]
        for text, v in zip(texts, encoder.encode(texts), strict=True)
    )
    assert credit @ money / np.linalg.norm(money) > credit @ river / np.linalg.norm(river)


@pytest.mark.model
@pytest.mark.parametrize("text", ["", "   ", "\ud800", "a\ud800b"])
def test_debris_has_as_many_vectors_as_places(encoder, text):
    (found,) = encoder.encode([text])
    assert len(found.vectors) == len(found.spans)
    assert found.vectors.shape[1] == 384 or not found.spans
