"""Comparing claims block by block gives what comparing them at once gives."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from ragcheck.events import Warned
from ragcheck.judges import candidates, claim_pairs
from ragcheck.judges.claim_pairs import compare_claims
from ragcheck.judges.document_claims import corpus_claims
from ragcheck.judges.structural import StructuralJudge
from ragcheck.pipeline.scan import scan_documents
from ragcheck.records.corpus import Corpus, Document

SENTENCES = {
    "en": "The start delay of pump X{number} is {value} seconds under load.",
    "zh": "在负载下，X{number}号水泵的启动延迟为{value}秒。",
}
SAYS = {"en": "approximate graph", "zh": "近似图"}


class WordEncoder:
    key = "words"
    dimension = 16

    def __init__(self):
        self.most = 0

    def encode(self, texts):
        self.most = max(self.most, len(texts))
        rows = np.zeros((len(texts), 16), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                seed = zlib.crc32(word.encode())
                rows[row] += np.random.default_rng(seed).standard_normal(16)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def documents(language):
    return tuple(
        Document(
            f"manual-{copy}.md",
            "\n\n".join(
                SENTENCES[language].format(number=number, value=5 + number + copy)
                for number in range(12)
            ),
        )
        for copy in range(2)
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_blocks_do_not_change_the_pairs(monkeypatch, language):
    claims = corpus_claims(documents(language))
    whole = compare_claims(claims, WordEncoder())
    monkeypatch.setattr(claim_pairs, "PAIRS_AT_ONCE", 7)
    monkeypatch.setattr(claim_pairs, "TEXTS_AT_ONCE", 5)
    encoder = WordEncoder()
    in_blocks = compare_claims(claims, encoder)
    assert in_blocks.pairs == whole.pairs
    assert in_blocks.compared == len(whole.pairs) > 20
    assert encoder.most == 5


def test_only_the_surest_pairs_are_kept_and_all_are_counted(monkeypatch):
    monkeypatch.setattr(claim_pairs, "PAIRS_AT_ONCE", 7)
    claims = corpus_claims(documents("en"))
    whole = compare_claims(claims, WordEncoder())
    few = compare_claims(claims, WordEncoder(), most=3)
    assert few.pairs == whole.pairs[:3]
    assert few.compared == whole.compared == len(whole.pairs)
    assert few.recall is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_scan_tells_what_an_approximate_graph_held(monkeypatch, language):
    corpus, told = Corpus("manuals", documents(language), language=language), []
    assert scan_documents(corpus, WordEncoder(), StructuralJudge()).recall is None
    monkeypatch.setattr(candidates, "EXACT", 5)
    found = scan_documents(corpus, WordEncoder(), StructuralJudge(), listen=told.append)
    assert found.recall is not None
    assert 0 < found.recall <= 1
    (warning,) = [event.message for event in told if isinstance(event, Warned)]
    assert SAYS[language] in warning
    assert f"{found.recall:.3f}" in warning
