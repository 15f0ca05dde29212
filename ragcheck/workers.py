"""Where work is done: in this process, in several, or on a cluster; all of it through joblib.

Work is cut into *units* whose composition depends on the work alone, never on the backend or on
how many workers there are, and a unit's result depends on the unit alone. So every backend gives
the same bytes, a unit that was lost with its worker is simply computed again, and results arrive
in the order of the units.

What is sent is pickled, to processes that this one started or that the configuration names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ragcheck.errors import RagcheckError, WorkerError
from ragcheck.version import VERSION

BACKENDS = ("serial", "loky", "dask", "ray")
CLUSTERS = ("dask", "ray")
TRIES = {"loky": 3, "ray": 3, "dask": 1}
"""How often a unit is sent before the run gives up. Dask itself sends a unit that was lost with
its worker to another one, three times unless its own configuration says otherwise."""
CONNECT_SECONDS = 20
UNITS_IN_FLIGHT = 3
"""Units that are sent ahead for each worker."""

U = TypeVar("U")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Workers:
    """The processes that work on units.

    Args:
        backend: ``serial`` works in this process; ``loky`` in ``count`` processes of this
            machine; ``dask`` and ``ray`` on all workers of the cluster at ``address``.
        count: processes, for ``loky`` alone.
        address: of the Dask scheduler, as ``tcp://127.0.0.1:8786``, or of the Ray cluster.
    """

    backend: str = "serial"
    count: int = 1
    address: str | None = None

    def __post_init__(self) -> None:
        if self.backend not in BACKENDS:
            raise ValueError(f"a backend is one of {', '.join(BACKENDS)}, not {self.backend!r}")
        if self.count < 1:
            raise ValueError(f"there is at least one worker, not {self.count}")
        if self.backend in CLUSTERS and self.address is None:
            raise ValueError(f"the backend {self.backend} needs the address of its cluster")

    @property
    def is_serial(self) -> bool:
        """Whether the work is done in this process."""
        return self.backend == "serial"

    def map(self, work: Callable[[U], R], units: Sequence[U]) -> list[R]:
        """One result a unit, in order; see :meth:`each`."""
        return list(self.each(work, units))

    def each(self, work: Callable[[U], R], units: Sequence[U]) -> Iterator[R]:
        """One result a unit, in order, each as soon as it and those before it are there.

        A single unit is worked on here: sending it would gain nothing. Where a worker dies, the
        results that came before are kept and the missing units are sent again.

        Args:
            work: a function of a module, a method, or a partial of one; it and the units are
                pickled, and what it raises is raised here.

        Raises:
            WorkerError: workers died again and again over the same unit, the cluster does not
                answer, or it has another version of ragcheck.
        """
        if self.is_serial or len(units) < 2:
            yield from map(work, units)
            return
        sent = _Sent(work, VERSION)
        done = deaths = 0
        while done < len(units):
            try:
                for result in self._results(sent, units[done:]):
                    done, deaths = done + 1, 0
                    yield result
            except RagcheckError:
                raise
            except _signs_of_death(self.backend) as problem:
                deaths += 1
                if deaths == TRIES[self.backend]:
                    raise self._gave_up(problem, done, len(units)) from problem

    def _results(self, sent: _Sent[U, R], units: Sequence[U]) -> Iterator[R]:
        if self.backend == "loky":
            return _loky_results(sent, units, self.count)
        assert self.address is not None
        if self.backend == "dask":
            return _dask_results(sent, units, self.address)
        return _ray_results(sent, units, self.address)

    def _gave_up(self, problem: BaseException, done: int, units: int) -> WorkerError:
        return WorkerError(
            f"workers died again and again over the same work, {done} of {units} units are done: "
            f"{problem}",
            where=f"workers.backend = {self.backend}",
            mend="look for its end in the workers' logs (often memory); --backend serial works "
            "in this process; what was computed before is kept",
        )


SERIAL = Workers()


@dataclass(frozen=True, slots=True)
class _Sent(Generic[U, R]):
    """Work as it reaches a worker, which refuses what another version of ragcheck asks for."""

    work: Callable[[U], R]
    version: str

    def __call__(self, unit: U) -> R:
        if self.version != VERSION:
            raise WorkerError(
                f"the worker has ragcheck {VERSION}, the run {self.version}",
                mend="install the same version on every machine, and start the workers again",
            )
        return self.work(unit)


def _loky_results(sent: _Sent[U, R], units: Sequence[U], count: int) -> Iterator[R]:
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(backend="loky", inner_max_num_threads=1):
        parallel = Parallel(
            count,
            return_as="generator",
            batch_size=1,
            pre_dispatch=UNITS_IN_FLIGHT * count,
        )
    return iter(parallel(delayed(sent)(unit) for unit in units))


def _dask_results(sent: _Sent[U, R], units: Sequence[U], address: str) -> Iterator[R]:
    from joblib import Parallel, delayed

    backend = _dask_backend(address)
    try:
        cores = backend.effective_n_jobs(-1)
    except TimeoutError as problem:
        raise WorkerError(
            "the Dask cluster has no workers",
            where=address,
            mend=f"start some: dask worker {address} --nthreads 1; see docs/cluster.md",
        ) from problem
    parallel = Parallel(
        -1,
        backend=backend,
        return_as="generator",
        batch_size=1,
        pre_dispatch=UNITS_IN_FLIGHT * cores,
    )
    return iter(parallel(delayed(sent)(unit) for unit in units))


def _dask_backend(address: str) -> Any:
    """joblib's Dask backend, mended in two places."""
    client = _dask_client(address)
    from joblib._dask import DaskDistributedBackend

    class MendedBackend(DaskDistributedBackend):  # type: ignore[misc]
        def effective_n_jobs(self, n_jobs: int) -> int:
            """At least two: for one, joblib would work in this process and not on the cluster."""
            return max(2, int(super().effective_n_jobs(n_jobs)))

        def submit(self, func: Any, callback: Any = None) -> Any:
            """Tell of a task that Dask gave up, for which joblib would wait for ever."""
            future = super().submit(func, callback)

            def tell(done: Any) -> None:
                if callback is not None and done.exception() is not None:
                    callback(done.exception())

            future.add_done_callback(tell)
            return future

    return MendedBackend(client=client)


_clients: dict[str, Any] = {}


def _dask_client(address: str) -> Any:
    """The one client of this process at an address; another where the last one was lost."""
    known = _clients.get(address)
    if known is not None and known.status == "running":
        return known
    try:
        from distributed import Client
    except ImportError as problem:
        raise _not_installed("dask", problem) from problem
    try:
        _clients[address] = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise WorkerError(
            f"no Dask scheduler answers: {problem}",
            where=address,
            mend="start one: dask scheduler; see docs/cluster.md",
        ) from problem
    return _clients[address]


def _ray_results(sent: _Sent[U, R], units: Sequence[U], address: str) -> Iterator[R]:
    """In rounds, because Ray's backend of joblib gives all results of a call at once."""
    from joblib import Parallel, delayed

    cores = _connect_ray(address)
    ahead = UNITS_IN_FLIGHT * cores
    with Parallel(cores, backend="ray", batch_size=1) as parallel:
        for first in range(0, len(units), ahead):
            yield from parallel(delayed(sent)(unit) for unit in units[first : first + ahead])


def _connect_ray(address: str) -> int:
    """The number of processors of the cluster at the address. Nothing is reported to anyone."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
        from ray.util.joblib import register_ray
    except ImportError as problem:
        raise _not_installed("ray", problem) from problem
    register_ray()
    if not ray.is_initialized():
        try:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR")
        except (OSError, ValueError, RuntimeError) as problem:
            raise WorkerError(
                f"no Ray cluster answers: {problem}",
                where=address,
                mend="start one: ray start --head --disable-usage-stats; see docs/cluster.md",
            ) from problem
    return int(ray.cluster_resources().get("CPU", 1))


def _not_installed(backend: str, problem: ImportError) -> WorkerError:
    return WorkerError(
        f"the backend {backend} is not installed ({problem})",
        mend=f"pip install 'ragcheck-evidence[{backend}]' on every machine of the cluster",
    )


def _signs_of_death(backend: str) -> tuple[type[BaseException], ...]:
    """What is raised where the process that worked on a unit is gone."""
    if backend == "loky":
        from joblib.externals.loky.process_executor import BrokenProcessPool

        return (BrokenProcessPool,)
    if backend == "dask":
        from concurrent.futures import CancelledError

        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        return (KilledWorker, CancelledError, CommClosedError)
    from ray.exceptions import RayActorError

    return (RayActorError,)
