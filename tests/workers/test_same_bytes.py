"""The work of a run, done here and elsewhere, is the same to the byte."""

from __future__ import annotations

import importlib.util
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ragcheck.attribution.resampling import UnitBootstrap
from ragcheck.chunking.recursive import RecursiveChunker
from ragcheck.judges.structural import StructuralJudge
from ragcheck.measures.self_containedness import SelfContainedness
from ragcheck.pipeline.fan_out import DistributedJudge, DistributedSelfContainedness
from ragcheck.ports import Embedder
from ragcheck.records.corpus import Document
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import CachedEmbedder, load_embedder
from ragcheck.workers import SERIAL, Workers

PLACES = ("Aachen", "Bergen", "Cádiz", "成都", "Dundee", "Elx")
ENGLISH = "The depot in {place} keeps spare part {n} for {days} days. It is then sold to staff."
CHINESE = "{place}仓库的备件{n}保存{days}天。此后可以出售给员工。"
SENTENCES = [
    (CHINESE if place == "成都" else ENGLISH).format(place=place, n=n, days=7 * n + len(place))
    for n in range(1, 26)
    for place in PLACES
]
DOCUMENTS = [
    Document(f"{place}.md", f"# Depot {place}\n\n" + "\n\n".join(SENTENCES[first :: len(PLACES)]))
    for first, place in enumerate(PLACES)
]
PAIRS = [(left, right) for left in SENTENCES[:9] for right in SENTENCES[:9] if left < right]


def vectors(embedder: Embedder, workers: Workers, folder: Path) -> bytes:
    """Of 150 texts, in three units, through a cache of this backend's own."""
    cache = VectorCache(folder / f"{workers.backend}.sqlite")
    return CachedEmbedder(embedder, cache, workers=workers).encode(SENTENCES).tobytes()


def judgements(embedder: Embedder, workers: Workers) -> list[object]:
    judge = DistributedJudge(StructuralJudge(), "structural", embedder, workers)
    asked = ["How long are spare parts kept?" if n % 2 else None for n in range(len(PAIRS))]
    return [*judge.judge(PAIRS), *judge.judge(PAIRS, asked)]


def scores(workers: Workers) -> list[object]:
    chunks = [c for document in DOCUMENTS for c in RecursiveChunker(size=160).chunk(document)]
    measure = DistributedSelfContainedness(SelfContainedness(), workers)
    return list(measure.score_in_documents(chunks, {d.id: d for d in DOCUMENTS}))


def resampled(workers: Workers) -> bytes:
    """Of 1500 units: three blocks of resamples."""
    values = np.random.default_rng(1).gamma(1.0, size=(1500, 5))
    bootstrap = UnitBootstrap(values, np.random.default_rng(2), workers=workers)
    return bootstrap.means.tobytes() + bootstrap.covariances.tobytes()


def test_processes_score_and_resample_as_this_one_does() -> None:
    loky = Workers("loky", 2)
    assert resampled(loky) == resampled(SERIAL)
    assert scores(loky) == scores(SERIAL)


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    return load_embedder("packaged:minilm", threads=1)


@pytest.fixture(scope="module")
def here(minilm: Embedder, tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """What this process gives for all the work."""
    return all_work(minilm, SERIAL, tmp_path_factory.mktemp("here"))


def all_work(embedder: Embedder, workers: Workers, folder: Path) -> list[object]:
    return [
        vectors(embedder, workers, folder),
        judgements(embedder, workers),
        scores(workers),
        resampled(workers),
    ]


@pytest.fixture(scope="module")
def dask_cluster() -> Iterator[object]:
    """Two worker processes and their scheduler, on loopback."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=50,
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def ray_cluster() -> Iterator[str]:
    """A Ray cluster of two workers in processes of its own."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed; pip install 'ragcheck-evidence[ray]'")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield "auto"
    ray.shutdown()


@pytest.mark.slow
@pytest.mark.model
def test_threads_of_the_encoder_change_no_vector(minilm: Embedder, tmp_path: Path) -> None:
    two = load_embedder("packaged:minilm", threads=2)
    assert two.encode(SENTENCES).tobytes() == minilm.encode(SENTENCES).tobytes()


@pytest.mark.slow
@pytest.mark.model
def test_processes_give_the_same_bytes(
    minilm: Embedder, here: list[object], tmp_path: Path
) -> None:
    assert all_work(minilm, Workers("loky", 2), tmp_path) == here


@pytest.mark.slow
def test_the_number_of_processes_changes_nothing() -> None:
    three = Workers("loky", 3)
    assert resampled(three) == resampled(SERIAL)
    assert scores(three) == scores(SERIAL)


@pytest.mark.slow
@pytest.mark.model
def test_a_dask_cluster_gives_the_same_bytes(
    minilm: Embedder, here: list[object], dask_cluster: object, tmp_path: Path
) -> None:
    address = dask_cluster.scheduler_address  # type: ignore[attr-defined]
    assert all_work(minilm, Workers("dask", address=address), tmp_path) == here


@pytest.mark.slow
@pytest.mark.model
def test_a_dask_worker_killed_in_the_middle_changes_no_byte(
    minilm: Embedder, dask_cluster: object, tmp_path: Path
) -> None:
    """The worker dies while units are under way; none of what came back is computed again."""
    address = dask_cluster.scheduler_address  # type: ignore[attr-defined]
    units = [SENTENCES[first : first + 6] for first in range(0, len(SENTENCES), 6)]
    came = []
    for unit in Workers("dask", address=address).each(minilm.encode, units):
        came.append(unit)
        if len(came) == 3:
            os.kill(_a_worker(dask_cluster), signal.SIGKILL)
    assert len(came) == len(units)
    assert np.concatenate(came).tobytes() == minilm.encode(SENTENCES).tobytes()


@pytest.mark.slow
def test_a_ray_cluster_resamples_as_this_process_does(ray_cluster: str) -> None:
    assert resampled(Workers("ray", address=ray_cluster)) == resampled(SERIAL)


@pytest.mark.slow
@pytest.mark.model
def test_a_ray_cluster_gives_the_same_bytes(
    minilm: Embedder, here: list[object], ray_cluster: str, tmp_path: Path
) -> None:
    assert all_work(minilm, Workers("ray", address=ray_cluster), tmp_path) == here


def _a_worker(cluster: object) -> int:
    """The number of one worker's process."""
    workers = cluster.workers.values()  # type: ignore[attr-defined]
    return int(next(nanny.pid for nanny in workers if nanny.pid is not None))
