"""Late chunking: the whole document is read, then its token vectors are pooled a chunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from ragcheck.errors import ModelError
from ragcheck.ports import Embedder, Vectors
from ragcheck.processor import preferred_dtype
from ragcheck.records.corpus import Document
from ragcheck.records.evidence import Chunk, Hit
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import CachedEmbedder, text_key
from ragcheck.retrieval.ranking import checked_k, ranked
from ragcheck.token_vectors import SHARED, WINDOW, TokenEncoder, TokenVectors


class LateRetriever:
    """Ranks chunks by the mean of their tokens' vectors, each read in its document.

    A chunk whose pronouns point to the paragraph before it is found by what they mean (Günther
    et al. 2024, Late chunking, arXiv:2409.04701, section 3; documents longer than the encoder's
    window are read in overlapping windows, section 3.1). Prefixes are not read. A chunk without
    tokens of its own ranks last, with a score of -1.

    Args:
        chunks: what is searched.
        documents: by ID, those that the chunks are spans of.
        embedder: encodes queries; where it has a cache, chunks' vectors are kept there too.
        encoder: its model reads the documents.

    Raises:
        ModelError: the encoder has no vectors for tokens.
    """

    def __init__(
        self,
        *,
        chunks: Sequence[Chunk],
        documents: Mapping[str, Document],
        embedder: Embedder,
        encoder: Embedder,
        threads: int = 1,
    ) -> None:
        model = getattr(encoder, "model", None)
        if model is None:
            raise ModelError(
                "late chunking needs an encoder with vectors for tokens",
                mend="use packaged:minilm or a sentence-transformers model",
            )
        self._embedder = embedder
        self._ids = [chunk.id for chunk in chunks]
        reader = TokenEncoder(model, threads=threads)
        kept = embedder.cache if isinstance(embedder, CachedEmbedder) else None
        self._vectors = (
            pooled(chunks, documents, reader)
            if kept is None
            else pooled_once(chunks, documents, reader, kept)
        )

    @property
    def notation(self) -> str:
        return "late"

    def search(self, queries: Sequence[str], k: int) -> list[tuple[Hit, ...]]:
        """At most ``k`` hits a query; the score is the cosine, in [-1, 1], to six digits.

        Raises:
            ValueError: ``k`` is below 1.
        """
        checked_k(k)
        if not self._ids:
            return [() for _ in queries]
        asked = np.asarray(self._embedder.encode(queries), dtype=np.float64)
        known = self._vectors.any(axis=1)
        scores = np.where(known, asked @ self._vectors.T.astype(np.float64), -1.0)
        return [
            ranked(zip(self._ids, map(float, row), strict=True), min(k, len(self._ids)))
            for row in scores
        ]


def pooled_once(
    chunks: Sequence[Chunk],
    documents: Mapping[str, Document],
    encoder: TokenEncoder,
    kept: VectorCache,
) -> Vectors:
    """As :func:`pooled`; only the documents of chunks that were never pooled are read."""
    if not chunks:
        return pooled(chunks, documents, encoder)
    manner = f"late|{encoder.model.fingerprint}|{preferred_dtype()}|{WINDOW}x{SHARED}"
    keys = [text_key(manner, f"{c.document_id}:{c.start}:{c.end}") for c in chunks]
    known = kept.get(keys)
    missing = {key: chunk for key, chunk in zip(keys, chunks, strict=True) if key not in known}
    fresh = pooled(list(missing.values()), documents, encoder)
    read = dict(zip(missing, fresh, strict=True))
    kept.put(read)
    known |= read
    return np.stack([known[key] for key in keys])


def pooled(
    chunks: Sequence[Chunk], documents: Mapping[str, Document], encoder: TokenEncoder
) -> Vectors:
    """(len(chunks), dimension) unit means of the tokens in each span; zeros where there are none.

    Each document is read once, and only its own token vectors are held meanwhile.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for row, chunk in enumerate(chunks):
        rows[chunk.document_id].append(row)
    vectors: Vectors = np.zeros((len(chunks), 1), dtype=np.float32)
    for document_id, own in rows.items():
        (found,) = encoder.encode([documents[document_id].text])
        if not found.spans:
            continue
        if found.vectors.shape[1] != vectors.shape[1]:
            vectors = np.zeros((len(chunks), found.vectors.shape[1]), dtype=np.float32)
        for row in own:
            vectors[row] = _mean_inside(found, chunks[row])
    return vectors


def _mean_inside(read: TokenVectors, chunk: Chunk) -> Vectors:
    """The unit mean of the tokens that begin in a chunk; zeros where there are none."""
    inside = [i for i, span in enumerate(read.spans) if chunk.start <= span.start < chunk.end]
    if not inside:
        return np.zeros(read.vectors.shape[1], dtype=np.float32)
    mean = read.vectors[inside].mean(axis=0)
    unit: Vectors = mean / max(float(np.linalg.norm(mean)), 1e-12)
    return unit
