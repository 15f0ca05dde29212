"""Nothing is computed twice: not in a run, not by the next, not for one changed document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ragcheck.cache_file import CacheFile
from ragcheck.chunking.semantic import SemanticChunker
from ragcheck.config import RunConfig, read_config
from ragcheck.experiment.known import KnownResults
from ragcheck.judges.structural import StructuralJudge
from ragcheck.pipeline import evidence, examine, inputs, known, tools
from ragcheck.pipeline.scan import scan
from ragcheck.ports import Vectors
from ragcheck.records.evidence import Judgement, Scope, Score
from ragcheck.records.trials import Answer
from tests.conftest import QUESTIONS, write_corpus

EIGHT = (
    "chars(size=120)", "tokens(size=40)", "sentences(overlap=1, size=2)", "recursive(size=120)",
    "recursive(overlap=40, size=160)", "headings(size=120)", "headings(path=true, size=120)",
    "semantic(size=200)",
)  # fmt: skip


class CountingEncoder:
    """Vectors of hashed words; writes down every text that it is sent."""

    key = "counting"
    dimension = 64

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.sent.extend(texts)
        self.calls += 1
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in ["", *text.lower().split()]:
                vectors[row, sum(word.encode("utf-8", "surrogatepass")) % self.dimension] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.fixture
def encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CountingEncoder:
    """Stands for the packaged encoder, before an empty cache."""
    counting = CountingEncoder()
    monkeypatch.setenv("RAGCHECK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(tools, "load_embedder", lambda *_, **__: counting)
    return counting


def _config(judge: str = "structural") -> RunConfig:
    given = {
        "evidence.strategies": list(EIGHT), "experiment.strategies": list(EIGHT[:2]),
        "evidence.judge": judge, "evidence.max_k": 5, "experiment.k": [1, 3],
        "experiment.retrievers": ["fusion", "dense", "bm25"],
    }  # fmt: skip
    return read_config(None, given)


def _many(folder: Path) -> Path:
    """The small corpus with documents of the same kind beside it."""
    corpus = write_corpus(folder / "handbook")
    for number in range(9):
        (corpus / f"branch-{number:02}.md").write_text(
            f"# Branch {number}\n\n## Opening hours\n\nBranch {number} opens at "
            f"{number % 5 + 6}:30. It has {number + 3} employees.\n\n## Returns\n\n"
            f"At branch {number} customers can return a product within {number + 20} days of "
            f"delivery. The refund takes {number % 4 + 2} working days.\n",
            encoding="utf-8",
        )
    return corpus


def test_no_text_is_encoded_twice(encoder: CountingEncoder, tmp_path: Path) -> None:
    corpus = _many(tmp_path)
    found = examine(corpus, config=_config(), output=tmp_path / "one")
    assert set(EIGHT) == found.evidence.chunks.keys()
    sent = Counter(encoder.sent)
    contents = {chunk.content for own in found.evidence.chunks.values() for chunk in own}
    assert contents | {question["question"] for question in QUESTIONS} <= sent.keys()
    # Sentences of the semantic splitter and statements of the judges go the same way.
    assert len(sent.keys() - contents) > len(QUESTIONS)
    assert set(sent.values()) == {1}
    scan(corpus, config=_config())
    again = examine(corpus, config=_config(), output=tmp_path / "two")
    assert set(Counter(encoder.sent).values()) == {1}
    assert again.evidence == found.evidence


def test_sentences_of_many_documents_are_encoded_in_few_calls(
    encoder: CountingEncoder, tmp_path: Path
) -> None:
    config = _config()
    read = inputs.read_inputs(_many(tmp_path), None, config)
    built = tools.build_tools(read.config, "en")
    chunks = evidence.chunk_corpus(read, built, "semantic(size=200)")
    assert len({chunk.document_id for chunk in chunks}) == len(read.corpus.documents) > 8
    assert encoder.calls <= 2
    assert chunks == tuple(
        replace(chunk, strategy="semantic(size=200)")
        for document in read.corpus.documents
        for chunk in SemanticChunker(embedder=CountingEncoder(), size=200).chunk(document)
    )


def test_a_changed_document_costs_what_touches_it(
    encoder: CountingEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = _watch_judge(monkeypatch)
    corpus = _many(tmp_path)
    examine(corpus, config=_config(), output=tmp_path / "one")
    first, first_judged = len(encoder.sent), len(judged)
    changed = corpus / "branch-03.md"
    changed.write_text(changed.read_text().replace("within 23 days", "within 99 days"))
    encoder.sent.clear()
    judged.clear()
    found = examine(corpus, config=_config(), output=tmp_path / "two")
    assert 0 < len(encoder.sent) < first / 5
    assert all("99" in text or "Branch 3" in text for text in encoder.sent)
    assert 0 < len(judged) < first_judged / 3
    monkeypatch.setenv("RAGCHECK_CACHE", str(tmp_path / "empty"))
    assert examine(corpus, config=_config(), output=tmp_path / "three").evidence == found.evidence


def _watch_judge(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    judged: list[tuple[str, str]] = []
    judge = StructuralJudge.judge

    def watched(
        self: StructuralJudge,
        pairs: Sequence[tuple[str, str]],
        questions: Sequence[str | None] | None = None,
        scopes: Sequence[tuple[Scope, Scope]] | None = None,
    ) -> list[Judgement]:
        judged.extend(pairs)
        return judge(self, pairs, questions, scopes)

    monkeypatch.setattr(StructuralJudge, "judge", watched)
    return judged


def test_other_weights_or_other_code_judge_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    (package / "weights").mkdir(parents=True)
    (package / "judge.py").write_text("LEAST = 0.5\n")
    (package / "weights" / "combined.npz").write_bytes(b"\x01\x02")
    monkeypatch.setattr(inputs, "files", lambda _: package)
    before = inputs.code_fingerprint.__wrapped__()
    assert inputs.code_fingerprint.__wrapped__() == before
    (package / "weights" / "combined.npz").write_bytes(b"\x01\x03")
    after = inputs.code_fingerprint.__wrapped__()
    assert after != before
    judged = _watch_judge(monkeypatch)
    pairs = [("It lasts 30 days.", "It lasts 45 days.")]
    monkeypatch.setenv("RAGCHECK_CACHE", str(tmp_path / "cache"))
    for fingerprint in (before, before, after):
        monkeypatch.setattr(known, "code_fingerprint", lambda fingerprint=fingerprint: fingerprint)
        known.known_judge(StructuralJudge(), known.open_known()).judge(pairs)
    assert len(judged) == 2


def test_a_judge_that_reads_is_known_by_its_model_s_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = _Named("combined")
    monkeypatch.setenv("RAGCHECK_CACHE", str(tmp_path / "cache"))
    for weights in ("one", "one", "two"):
        monkeypatch.setattr(known, "_reading_models", lambda weights=weights: [weights])
        known.known_judge(judge, known.open_known()).judge([("a", "b")])
    assert judge.judged == 2


def test_a_judge_whose_weights_have_no_name_is_asked_again(tmp_path: Path) -> None:
    judge = _Named('cross_encoder(model="somewhere")')
    assert known.known_judge(judge, known.open_known()) is judge
    asked = known.known_judge(judge, known.open_known(), generator="endpoint:x/model:y")
    assert asked.notation == judge.notation
    assert asked is not judge


class _Named:
    def __init__(self, notation: str) -> None:
        self.notation = notation
        self.judged = 0

    def judge(
        self,
        pairs: Sequence[tuple[str, str]],
        questions: Sequence[str | None] | None = None,
        scopes: Sequence[tuple[Scope, Scope]] | None = None,
    ) -> list[Judgement]:
        self.judged += len(pairs)
        return [Judgement("agree", 0.0) for _ in pairs]


def test_question_and_scopes_are_part_of_what_was_judged(tmp_path: Path) -> None:
    judge = _Named("structural")
    file = CacheFile(tmp_path / "results.sqlite", contents="results")
    results = known.Known(*(KnownResults(file, kind) for kind in (Judgement, Score, Answer, bool)))
    asked = known.known_judge(judge, results)
    pair, scope = ("a", "b"), Scope(title="A")
    calls = [
        ((pair,), None, None), ((pair,), (None,), None), ((pair,), ("",), None),
        ((pair,), ("q",), None), ((pair,), ("q",), ((scope, scope),)),
        ((pair,), ("q",), ((Scope(title="B"), scope),)), ((("b", "a"),), None, None),
    ]  # fmt: skip
    for pairs, questions, scopes in calls * 2:
        asked.judge(pairs, questions, scopes)
    assert judge.judged == len(calls)
