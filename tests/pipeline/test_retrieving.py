"""An approximate search says so: in the evidence, in the report and to whoever listens."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from ragcheck.config import read_config
from ragcheck.events import Warned
from ragcheck.pipeline import retrieving, tools
from ragcheck.pipeline.checking import Scope, check
from ragcheck.pipeline.examination import examine

SENTENCES = {
    "en": "The pump {i} starts after {i} seconds and stops when its tank {i} is empty.",
    "zh": "第{i}号水泵在{i}秒后启动，第{i}号水箱排空后停止运行。",
}
SAYS = {"en": "the vector search is approximate", "zh": "向量检索是近似的"}


class WordEncoder:
    """Sums of random vectors of the words."""

    key = "words"
    dimension = 8

    def encode(self, texts):
        rows = np.zeros((len(texts), 8), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                seed = zlib.crc32(word.encode())
                rows[row] += np.random.default_rng(seed).standard_normal(8)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


@pytest.fixture
def encoder(monkeypatch, tmp_path):
    made = WordEncoder()
    monkeypatch.setenv("RAGCHECK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(tools, "load_embedder", lambda *_, **__: made)
    return made


def corpus_of(folder, language):
    folder.mkdir()
    for number in range(12):
        lines = [SENTENCES[language].format(i=20 * number + i) for i in range(20)]
        (folder / f"{number}.md").write_text("\n\n".join(lines), encoding="utf-8")
    return folder


def config_of(retriever):
    strategy = "chars(size=80)"
    return read_config(
        None,
        {
            "threads": 1,
            "questions.synthetic": 6,
            "evidence.strategies": [strategy],
            "evidence.retriever": retriever,
            "experiment.strategies": [strategy],
            "experiment.retrievers": [retriever],
        },
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_recall_is_in_the_evidence_the_report_and_the_events(encoder, tmp_path, language):
    corpus = corpus_of(tmp_path / "corpus", language)
    config, told = config_of("dense(flat=1, half=2)"), []
    found = examine(corpus, config=config, output=tmp_path / "run", listen=told.append)
    (warning,) = found.evidence.warnings
    assert SAYS[language] in warning
    assert [event.message for event in told if isinstance(event, Warned)] == [warning]
    again = examine(corpus, config=config, output=tmp_path / "run")
    assert again.evidence.warnings == (warning,)
    report = check(corpus, None, config, Scope(), output=tmp_path / "check")
    assert warning in report.warnings


@pytest.mark.parametrize("retriever", ["dense", "dense(flat=1)", "bm25"])
def test_an_exact_search_warns_of_nothing(encoder, tmp_path, retriever):
    corpus = corpus_of(tmp_path / "corpus", "en")
    found = examine(corpus, config=config_of(retriever), output=tmp_path / "run")
    assert found.evidence.warnings == ()


def test_vectors_are_held_a_bounded_number_at_once(encoder, tmp_path, monkeypatch):
    sizes = []

    class Noting(retrieving.CachedEmbedder):
        def encode(self, texts):
            sizes.append(len(texts))
            return super().encode(texts)

    monkeypatch.setattr(retrieving, "TEXTS_AT_ONCE", 7)
    monkeypatch.setattr(retrieving, "CachedEmbedder", Noting)
    corpus = corpus_of(tmp_path / "corpus", "en")
    found = examine(corpus, config=config_of("bm25"), output=tmp_path / "run")
    (chunks,) = found.evidence.chunks.values()
    assert max(sizes) == 7
    assert sum(sizes) >= len({chunk.content for chunk in chunks}) > 100
