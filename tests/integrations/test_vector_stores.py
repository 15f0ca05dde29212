"""Vector stores by configuration: the rankings of FAISS, nothing written twice, nothing told."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragcheck.chunking.recursive import RecursiveChunker
from ragcheck.config import EvidenceConfig, ExperimentConfig, RunConfig
from ragcheck.corpus.loaders import load_corpus
from ragcheck.errors import ConfigError, StoreError
from ragcheck.integrations.llama_index import stores
from ragcheck.integrations.llama_index.stores import StoreRetriever
from ragcheck.integrations.llama_index.tables import place
from ragcheck.models import cache_home
from ragcheck.pipeline import examine
from ragcheck.records.corpus import content_id
from ragcheck.records.evidence import Chunk
from ragcheck.registry import Registry
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.dense import DenseRetriever
from ragcheck.retrieval.embedding import CachedEmbedder, load_embedder
from tests.integrations.postgres_server import cannot_run, running_server

HANDBOOK = Path(__file__).parents[2] / "corpora" / "kestrel-handbook"
PASSWORD = "n1ghtjar-secret"
URL_ENV = "RAGCHECK_TEST_PG"
_numbers = count()


class HashEmbedder:
    """A vector for each text; texts that end in the same word after ``=`` share it."""

    def __init__(self, dimension: int = 8, key: str = "hash") -> None:
        self.dimension = dimension
        self.key = key

    def encode(self, texts: Sequence[str]) -> Any:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            raw = text.rpartition("=")[2].encode()
            seed = int.from_bytes(hashlib.sha256(raw).digest()[:8], "big")
            vectors[row] = np.random.default_rng(seed).standard_normal(self.dimension)
            vectors[row] /= np.linalg.norm(vectors[row])
        return vectors


def make_chunks(texts: Sequence[str], *, document: str = "d1", strategy: str = "s") -> list[Chunk]:
    return [Chunk(document, i, i + 1, text, strategy) for i, text in enumerate(texts)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    reason = cannot_run()
    if reason:
        pytest.skip(reason)
    pytest.importorskip("llama_index.vector_stores.postgres")
    with running_server(PASSWORD) as url:
        os.environ[URL_ENV] = url
        yield url
        del os.environ[URL_ENV]


@pytest.fixture(params=["postgres", "qdrant", "qdrant folder", "milvus"])
def options(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """What names a table of a store, empty as yet."""
    kind, _, where = request.param.partition(" ")
    pytest.importorskip(f"llama_index.vector_stores.{kind}")
    table = f"t{next(_numbers)}"
    if kind == "postgres":
        request.getfixturevalue("postgres")
        return {"kind": kind, "url_env": URL_ENV, "table": table}
    if kind == "milvus":
        pytest.importorskip("milvus_lite")
        return {"kind": kind, "path": str(tmp_path / "milvus.db"), "table": table}
    return {"kind": kind, "path": str(tmp_path / "q") if where else ":memory:", "table": table}


@pytest.fixture
def pg_options(postgres: str) -> dict[str, Any]:
    return {"kind": "postgres", "url_env": URL_ENV, "table": f"p{next(_numbers)}"}


def rows_in(table: str) -> int:
    import psycopg2

    connection = psycopg2.connect(os.environ[URL_ENV])
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM data_{table}")
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


def test_the_ranking_is_that_of_faiss_over_ties_of_every_kind(options: dict[str, Any]):
    rng = np.random.default_rng(7)
    for case in range(6):
        kinds = int(rng.integers(1, 30))
        # The same text again, and other texts with the same vector.
        texts = [
            f"{rng.integers(3)}={rng.integers(kinds)}" for _ in range(int(rng.integers(1, 90)))
        ]
        chunks = make_chunks(texts, strategy=f"case {case}")
        exact = DenseRetriever(chunks=chunks, embedder=HashEmbedder())
        found = StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **options)
        queries = [f"={rng.integers(kinds)}", "elsewhere"]
        for k in (1, 3, 10, 100):
            assert found.search(queries, k) == exact.search(queries, k)


def test_a_tie_longer_than_what_is_fetched_first(options: dict[str, Any]):
    chunks = make_chunks([f"{i}=same" for i in range(70)] + ["other"])
    found = StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **options).search(["same"], 3)
    assert [hit.chunk_id for hit in found[0]] == sorted(chunk.id for chunk in chunks[:70])[:3]


def test_entries_of_other_corpora_and_strategies_do_not_come(options: dict[str, Any]):
    old = make_chunks([f"old {i}=near" for i in range(60)])
    other = make_chunks([f"other {i}=near" for i in range(60)], strategy="z")
    for chunks in (old, other):
        StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **options)
    new = make_chunks([f"new {i}" for i in range(20)], document="d2")
    found = StoreRetriever(chunks=new, embedder=HashEmbedder(), **options)
    exact = DenseRetriever(chunks=new, embedder=HashEmbedder())
    assert found.search(["near", "x"], 5) == exact.search(["near", "x"], 5)


@pytest.mark.parametrize(
    "size", [40, pytest.param(None, marks=pytest.mark.slow)], ids=["part", "whole"]
)
@pytest.mark.model
def test_the_ranking_is_that_of_faiss_on_real_vectors(options: dict[str, Any], size: int | None):
    documents = load_corpus(HANDBOOK).documents
    cut = [c for d in documents for c in RecursiveChunker(size=450).chunk(d)][:size]
    # Two documents that say the same: every passage is tied with its twin.
    twins = [Chunk(f"{c.document_id}-copy", c.start, c.end, c.text, c.strategy) for c in cut]
    chunks = [*cut, *twins]
    cache = VectorCache(cache_home() / "vectors.sqlite")
    embedder = CachedEmbedder(load_embedder("packaged:minilm"), cache)
    queries = [chunk.text[:80] for chunk in cut[:: max(1, len(cut) // 20)]] + ["refund", "returns"]
    found = StoreRetriever(chunks=chunks, embedder=embedder, **options)
    exact = DenseRetriever(chunks=chunks, embedder=embedder)
    for k in (1, 5, 10):
        assert found.search(queries, k) == exact.search(queries, k)


def test_filling_again_adds_nothing(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    chunks = make_chunks([f"text {i % 30}" for i in range(60)])
    first = StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **options)
    before = first.search(["a"], 10)
    added: list[int] = []
    monkeypatch.setattr(stores, "_add", lambda table, nodes: added.append(len(nodes)))
    again = StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **options)
    assert added == []
    assert again.search(["a"], 10) == before


def test_only_what_is_new_is_added(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    texts = [f"text {i}" for i in range(30)]
    StoreRetriever(chunks=make_chunks(texts), embedder=HashEmbedder(), **options)
    added: list[int] = []
    real: Callable[..., None] = stores._add

    def counted(table: Any, nodes: Sequence[Any]) -> None:
        added.append(len(nodes))
        real(table, nodes)

    monkeypatch.setattr(stores, "_add", counted)
    more = make_chunks([*texts, "new", "newer"])
    found = StoreRetriever(chunks=more, embedder=HashEmbedder(), **options)
    assert added == [2]
    exact = DenseRetriever(chunks=more, embedder=HashEmbedder())
    assert found.search(["new", "text 4"], 6) == exact.search(["new", "text 4"], 6)


_FILL = """
    import os, signal, sys
    from tests.integrations.test_vector_stores import HashEmbedder, make_chunks
    from ragcheck.integrations.llama_index import stores
    stores._AT_ONCE = 20
    add, left = stores._add, int(sys.argv[2])
    def counted(table, nodes):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        add(table, nodes)
    stores._add = counted
    chunks = make_chunks([f"text {i}" for i in range(200)])
    stores.StoreRetriever(chunks=chunks, embedder=HashEmbedder(), kind="postgres",
                          url_env="RAGCHECK_TEST_PG", table=sys.argv[1])
"""


def filling(table: str, batches: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_FILL), table, str(batches)],
        cwd=Path(__file__).parents[2],
    )


@pytest.mark.slow
def test_processes_that_fill_one_table_at_once_write_each_entry_once(pg_options: dict[str, Any]):
    table = pg_options["table"]
    working = [filling(table, -1) for _ in range(3)]
    assert [process.wait(timeout=120) for process in working] == [0, 0, 0]
    assert rows_in(table) == 200


@pytest.mark.slow
def test_a_killed_filling_goes_on(pg_options: dict[str, Any]):
    table = pg_options["table"]
    assert filling(table, 3).wait(timeout=120) == -signal.SIGKILL
    assert rows_in(table) == 60
    chunks = make_chunks([f"text {i}" for i in range(200)])
    found = StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **pg_options)
    assert rows_in(table) == 200
    exact = DenseRetriever(chunks=chunks, embedder=HashEmbedder())
    assert found.search(["a", "text 150"], 10) == exact.search(["a", "text 150"], 10)


def test_a_batch_that_another_process_wrote_meanwhile_is_not_written_again(
    pg_options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    chunks = make_chunks([f"text {i}" for i in range(30)])
    real: Callable[..., None] = stores._add

    def meanwhile(table: Any, nodes: Sequence[Any]) -> None:
        monkeypatch.setattr(stores, "_add", real)
        StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **pg_options)
        real(table, nodes)

    monkeypatch.setattr(stores, "_add", meanwhile)
    StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **pg_options)
    assert rows_in(pg_options["table"]) == 30


def test_vectors_of_another_dimension_are_refused(options: dict[str, Any]):
    chunks = make_chunks(["a", "b"])
    StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **options)
    with pytest.raises(ConfigError, match="8 dimensions; this encoder gives 16") as problem:
        StoreRetriever(chunks=chunks, embedder=HashEmbedder(16), **options)
    assert options["table"] in str(problem.value.where)
    assert problem.value.mend


def test_vectors_of_another_encoder_are_refused(options: dict[str, Any]):
    chunks = make_chunks(["a", "b"])
    StoreRetriever(chunks=chunks, embedder=HashEmbedder(key="old"), **options)
    with pytest.raises(ConfigError, match="holds vectors of old; this run encodes with new"):
        StoreRetriever(chunks=chunks, embedder=HashEmbedder(key="new"), **options)


def test_an_index_left_on_the_table_does_not_answer_an_exact_search(pg_options: dict[str, Any]):
    chunks = make_chunks([f"text {i}" for i in range(1500)])
    near = StoreRetriever(chunks=chunks, embedder=HashEmbedder(), index="hnsw", ef=10, **pg_options)
    queries = [f"q{i}" for i in range(20)]
    near.search(queries, 10)
    assert near.recall is not None
    assert (near.recall.k, near.recall.queries) == (10, len(queries))
    assert 0 < near.recall.value <= 1
    found = StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **pg_options)
    exact = DenseRetriever(chunks=chunks, embedder=HashEmbedder())
    assert found.search(queries, 10) == exact.search(queries, 10)
    assert found.recall is None


def test_the_recall_is_the_share_of_exact_hits_that_came(tmp_path: Path, monkeypatch):
    pytest.importorskip("milvus_lite")
    chunks = make_chunks([f"text {i}" for i in range(40)])
    where = {"kind": "milvus", "path": str(tmp_path / "m.db"), "index": "hnsw"}
    found = StoreRetriever(chunks=chunks, embedder=HashEmbedder(), **where)
    real = stores._query

    def without_the_best(*arguments: Any, **named: Any) -> list[Any]:
        return real(*arguments, **named)[1:]

    monkeypatch.setattr(stores, "_query", without_the_best)
    found.search(["a", "b"], 4)
    assert found.recall is not None
    assert found.recall.value == 0.75


def test_the_configuration_names_a_store():
    pytest.importorskip("llama_index.vector_stores.qdrant")
    table = f"c{next(_numbers)}"
    named = f'store(kind=qdrant, path=":memory:", table={table})'
    chunks = make_chunks(["a", "b", "c"])
    made = Registry().create("retriever", named, chunks=chunks, embedder=HashEmbedder())
    assert made.notation == named
    assert made.search(["a"], 2)[0][0].chunk_id == chunks[0].id
    empty = Registry().create("retriever", named, chunks=(), embedder=HashEmbedder())
    assert empty.search(["a"], 2) == [()]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"kind": "qdrnat", "path": ":memory:"}, "no vector store of the kind 'qdrnat'"),
        ({"kind": "postgres"}, "needs one address"),
        ({"kind": "postgres", "path": "here"}, "needs one address"),
        ({"kind": "qdrant", "path": "x", "url_env": "X"}, "needs one address"),
        ({"kind": "postgres", "url_env": "RAGCHECK_NOT_SET"}, "RAGCHECK_NOT_SET is not set"),
        ({"kind": "qdrant", "path": "x", "table": "a; DROP"}, "no name for a table"),
        ({"kind": "qdrant", "path": "x", "index": "ivf"}, "no index 'ivf'"),
        ({"kind": "qdrant", "path": "x", "ef": 0}, "ef is from 1 to 1000"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_opened(given: dict[str, Any], what: str):
    with pytest.raises(ConfigError, match=what) as problem:
        StoreRetriever(chunks=(), embedder=HashEmbedder(), **given)
    assert problem.value.where and problem.value.mend


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(place, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="not installed") as problem:
        StoreRetriever(chunks=(), embedder=HashEmbedder(), kind="milvus", path="x.db")
    assert problem.value.mend == "pip install 'ragcheck-evidence[milvus]'"


def test_no_error_tells_the_password(monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("llama_index.vector_stores.postgres")
    chunks = make_chunks(["a"])
    for url in (
        f"postgresql://me:{PASSWORD}@127.0.0.1:1/x",
        f"postgresql://me:{PASSWORD}@127.0.0.1:nonsense/x",
        f"nonsense {PASSWORD}",
    ):
        monkeypatch.setenv("RAGCHECK_TEST_BAD", url)
        with pytest.raises(StoreError, match="cannot be opened") as problem:
            StoreRetriever(
                chunks=chunks, embedder=HashEmbedder(), kind="postgres", url_env="RAGCHECK_TEST_BAD"
            )
        assert PASSWORD not in str(problem.value)
        assert problem.value.__cause__ is None
        assert "$RAGCHECK_TEST_BAD" in str(problem.value.where)


def test_the_table_holds_no_text(pg_options: dict[str, Any]):
    import psycopg2

    StoreRetriever(chunks=make_chunks(["a marked sentence"]), embedder=HashEmbedder(), **pg_options)
    connection = psycopg2.connect(os.environ[URL_ENV])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text, metadata_::text FROM data_{pg_options['table']}")
        (row,) = cursor.fetchall()
    connection.close()
    assert "marked" not in "".join(row)
    assert content_id("hash", "s") in row[1]


def test_elasticsearch_compares_with_every_vector():
    pytest.importorskip("llama_index.vector_stores.elasticsearch")
    from ragcheck.integrations.llama_index.tables.elasticsearch import compare_with_all

    asked = {"knn": {"filter": [{"term": {"g": "x"}}], "query_vector": [1.0, 0.0], "k": 3}}
    body = compare_with_all(asked, None)["query"]["script_score"]
    assert body["query"] == {"bool": {"filter": [{"term": {"g": "x"}}]}}
    assert body["script"]["params"] == {"vector": [1.0, 0.0]}
    assert "cosineSimilarity" in body["script"]["source"]


@pytest.mark.model
def test_a_run_with_a_store_finds_what_faiss_finds_and_keeps_no_password(
    postgres: str, small_corpus: Path, tmp_path: Path
):
    found = []
    for name in ("dense", f"store(kind=postgres, url_env={URL_ENV}, table=r{next(_numbers)})"):
        config = RunConfig(
            evidence=EvidenceConfig(
                strategies=("recursive(size=200)",), retriever=name, encoder="packaged:minilm"
            ),
            experiment=ExperimentConfig(strategies=("recursive(size=200)",), retrievers=(name,)),
        )
        run = tmp_path / name[:5]
        (sets,) = examine(small_corpus, config=config, output=run).evidence.sets.values()
        found.append([[chunk.id for chunk in own.chunks] for own in sets])
        for path in filter(Path.is_file, run.rglob("*")):
            assert PASSWORD.encode() not in path.read_bytes()
    assert found[0] == found[1]
    assert any(found[0])
