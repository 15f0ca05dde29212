from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest

from ragcheck.errors import ModelError
from ragcheck.models import find_encoder
from ragcheck.records.corpus import Document, Span
from ragcheck.records.evidence import Chunk
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import load_embedder
from ragcheck.retrieval.late import LateRetriever, pooled, pooled_once
from ragcheck.token_vectors import TokenEncoder, TokenVectors

TEXT = "Berlin is the capital of Germany. It has 3.7 million inhabitants. Trams run all night."


def cut(document, *sentences):
    starts = [document.text.index(sentence) for sentence in sentences]
    return [
        Chunk(document.id, start, start + len(sentence), sentence, "s")
        for start, sentence in zip(starts, sentences, strict=True)
    ]


@pytest.mark.model
def test_a_pronoun_is_found_by_what_it_means():
    document = Document("a.md", TEXT)
    other = Document("b.md", "Lyon lies on the Rhône. It has 0.5 million inhabitants.")
    chunks = [
        *cut(document, "It has 3.7 million inhabitants."),
        *cut(other, "It has 0.5 million inhabitants."),
    ]
    encoder = load_embedder("packaged:minilm")
    documents = {document.id: document, other.id: other}
    late = LateRetriever(chunks=chunks, documents=documents, embedder=encoder, encoder=encoder)
    (hits,) = late.search(["How many people live in Berlin?"], 2)
    assert [hit.chunk_id for hit in hits] == [chunk.id for chunk in chunks]
    (hits,) = late.search(["How many people live in Lyon?"], 1)
    assert hits[0].chunk_id == chunks[1].id


@pytest.mark.model
def test_a_chunk_that_is_the_document_has_the_vector_of_its_tokens():
    document = Document("a.md", TEXT)
    (chunk,) = cut(document, TEXT)
    encoder = TokenEncoder(find_encoder("packaged:minilm"))
    mean = encoder.encode([TEXT])[0].vectors.mean(axis=0)
    (found,) = pooled([chunk], {document.id: document}, encoder)
    assert np.allclose(found, mean / np.linalg.norm(mean), atol=1e-6)


def test_a_document_is_read_once_whatever_cuts_it(tmp_path):
    document, other = Document("a.md", TEXT), Document("b.md", "Trams run.\n\nBuses do not.")
    documents = {document.id: document, other.id: other}
    reader = _CountingReader()
    cache = VectorCache(tmp_path / "vectors.sqlite")
    first = cut(document, "Berlin is", "Trams run all night.")
    vectors = pooled_once(first, documents, reader, cache)
    assert vectors.tolist() == pooled(first, documents, _CountingReader()).tolist()
    again = pooled_once(first[::-1], documents, reader, VectorCache(cache.path))
    assert again.tolist() == vectors[::-1].tolist()
    assert reader.read == [TEXT]
    both = [*first, *cut(other, "Trams run.")]
    assert pooled_once(both, documents, reader, cache)[:2].tolist() == vectors.tolist()
    assert reader.read == [TEXT, other.text]
    assert pooled_once([], documents, reader, cache).shape[0] == 0


class _CountingReader:
    """Two numbers a word: its place and its length."""

    model = SimpleNamespace(fingerprint="counting")

    def __init__(self):
        self.read = []

    def encode(self, texts):
        self.read.extend(texts)
        found = []
        for text in texts:
            spans = tuple(Span(m.start(), m.end()) for m in re.finditer(r"\w+", text))
            rows = np.array([[s.start + 1, len(s)] for s in spans], dtype=np.float32)
            found.append(TokenVectors(rows, spans))
        return found


def test_an_encoder_without_tokens_is_refused(hash_embedder):
    with pytest.raises(ModelError, match="tokens"):
        LateRetriever(chunks=(), documents={}, embedder=hash_embedder, encoder=hash_embedder)
