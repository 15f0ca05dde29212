"""Corpora and run folders by fsspec URL: object storage, archives, web servers.

A corpus is copied to a temporary folder and read there as any other. A run is worked on in a
folder of this machine, since its database needs a local disk, and copied back when it ends. Local
paths come here too and go through untouched: fsspec is imported for URLs alone.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO, TypeGuard
from urllib.parse import unquote

from filelock import FileLock, Timeout

from ragcheck.corpus.files import ENDINGS, MAX_BYTES, RUN_DATABASE
from ragcheck.errors import ConfigError, CorpusError, RagcheckError, StoreError
from ragcheck.files import write_whole
from ragcheck.models import cache_home
from ragcheck.records.corpus import content_id

MAX_FILES = 100_000
MAX_DEPTH = 32
MAX_TOTAL = 16 << 30
"""Bytes of a corpus, and of a run: what a listing claims is not believed."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:://|::)")
_WEB = ("http", "https")
_READ_ONLY = frozenset((*_WEB, "zip", "tar", "libarchive", "github"))
_NOT_COPIED = "run.lock"
_BLOCK = 1 << 20

Place = Path | str
"""A path of this machine, or an fsspec URL."""


def is_url(place: object) -> TypeGuard[str]:
    """Whether a place is an fsspec URL and not a path of this machine."""
    return isinstance(place, str) and _URL.match(place) is not None


@contextmanager
def local_corpus(place: Place) -> Iterator[Path]:
    """The corpus as a path of this machine; what was copied is gone at the end.

    Documents, manifests and questions are copied. A file of an unknown ending is there as an
    empty one, and one that is too large as a hole, so that they are told of as in any folder.

    Raises:
        CorpusError: there is nothing, it cannot be read, or a name leaves its folder.
        ConfigError: there is no such kind of storage, or its package is not installed.
    """
    if not is_url(place):
        yield Path(place)
        return
    with tempfile.TemporaryDirectory(prefix="ragcheck-corpus-") as folder:
        with _told(place, CorpusError):
            copied = _Remote(place).copy_corpus(Path(folder))
        yield copied


@contextmanager
def local_run(place: Place | None) -> Iterator[Path | None]:
    """The run folder as a path of this machine; ``None`` stays ``None``.

    What a URL holds of a run is fetched first. At the end, also that of a run which failed or
    was stopped, the folder is copied back, each file whole or not at all. A run that was killed
    goes on from the folder on this machine.

    Raises:
        StoreError: the storage cannot be read or written, or another process works on this run.
        ConfigError: there is no such kind of storage, or it cannot be written.
    """
    if not is_url(place):
        yield None if place is None else Path(place)
        return
    work = cache_home() / "remote-runs" / content_id(place)
    with _alone(work, place):
        with _told(place, StoreError):
            remote = _Remote(place)
            remote.check_writable()
            if not work.exists():
                _fetch_whole(remote, work)
        try:
            yield work
        except BaseException:
            with suppress(Exception):
                _give_back(remote, work)
            raise
        _give_back(remote, work)


@contextmanager
def local_copy(place: Place) -> Iterator[Path]:
    """A finished run as a path of this machine, to read; nothing is copied back."""
    if not is_url(place):
        yield Path(place)
        return
    with tempfile.TemporaryDirectory(prefix="ragcheck-run-") as folder:
        with _told(place, StoreError):
            _Remote(place).copy_run(Path(folder))
        yield Path(folder)


class _Remote:
    """One folder or file of a file system of fsspec."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs

        # A redirect could lead to any host: nothing is fetched that was not named.
        options: dict[str, Any] = {"allow_redirects": False} if _scheme(url) in _WEB else {}
        self.url = url
        self._files, root = url_to_fs(url, use_listings_cache=False, **options)
        self._root = str(root).rstrip("/")

    def check_writable(self) -> None:
        """Raises:
        ConfigError: nothing can be written there.
        """
        if _scheme(self.url) in _READ_ONLY:
            raise ConfigError(
                f"a run cannot be written to {_scheme(self.url)}://",
                where=shown(self.url),
                mend="give a folder, or a URL of a storage that can be written",
            )

    def copy_corpus(self, folder: Path) -> Path:
        target = folder / _plain(self._name())
        if self._is_file():
            target = folder / _plain(PurePosixPath(unquote(self._root)).name)
            self._copy(self._root, target, MAX_BYTES)
            return target
        target.mkdir()
        left = MAX_TOTAL
        for path, relative, size in self._listed():
            file = target.joinpath(*relative.parts)
            file.parent.mkdir(parents=True, exist_ok=True)
            if relative.suffix.lower() not in ENDINGS:
                file.touch(exist_ok=False)
            elif size is not None and size > MAX_BYTES:
                _hole(file)
            else:
                left -= self._copy(path, file, MAX_BYTES)
            if left < 0:
                raise CorpusError(f"the corpus is larger than {MAX_TOTAL >> 30} GB")
        return target

    def copy_run(self, folder: Path) -> None:
        """The files of a run; nothing where there is no run."""
        try:
            listed = self._files.ls(self._root, detail=True)
        except FileNotFoundError:
            return
        found = {PurePosixPath(each["name"]).name: each for each in listed}
        if RUN_DATABASE not in found:
            return
        for name, each in found.items():
            if each["type"] == "file" and not name.startswith(".") and name != _NOT_COPIED:
                target = folder / _plain(name)
                if self._copy(each["name"], target, MAX_TOTAL) > MAX_TOTAL:
                    raise StoreError(f"{name} is larger than {MAX_TOTAL >> 30} GB")

    def put(self, folder: Path) -> None:
        """Copy every file of a run folder; the file system commits them together where it can."""
        files = [p for p in sorted(folder.iterdir()) if p.is_file() and _is_result(p.name)]
        if _scheme(self.url) in ("file", "local"):
            Path(self._root).mkdir(parents=True, exist_ok=True)
            for path in files:
                write_whole(Path(self._root) / path.name, path.read_bytes())
            return
        self._files.makedirs(self._root, exist_ok=True)
        with self._files.transaction:
            for path in files:
                target = f"{self._root}/{path.name}"
                with path.open("rb") as source, self._files.open(target, "wb") as out:
                    shutil.copyfileobj(source, out, _BLOCK)

    def _is_file(self) -> bool:
        if _scheme(self.url) in _WEB:
            return PurePosixPath(self._root).suffix.lower() in ENDINGS
        return bool(self._root) and self._files.info(self._root)["type"] == "file"

    def _listed(self) -> Iterator[tuple[str, PurePosixPath, int | None]]:
        """Name in the storage, place below the root, and claimed size of each file."""
        folders, count = [(self._root, PurePosixPath())], 0
        while folders:
            folder, at = folders.pop()
            listing = folder + "/" if _scheme(self.url) in _WEB else folder
            for entry in self._files.ls(listing, detail=True):
                relative = self._below(str(entry["name"]), at)
                if relative is None:
                    continue
                count += 1
                if count > MAX_FILES or len(relative.parts) > MAX_DEPTH:
                    raise CorpusError(
                        f"the corpus has more than {MAX_FILES} files, or {MAX_DEPTH} folders deep"
                    )
                if entry["type"] == "directory":
                    folders.append((str(entry["name"]).rstrip("/"), relative))
                else:
                    yield str(entry["name"]), relative, entry.get("size")

    def _below(self, name: str, at: PurePosixPath) -> PurePosixPath | None:
        """Where a file is below the root; ``None`` for the folder itself, hidden files, and links
        of a web page that lead elsewhere.

        Raises:
            CorpusError: the name leaves its folder.
        """
        is_web = _scheme(self.url) in _WEB
        root = f"{self._root}/" if self._root else ""
        inside = name[len(root) :] if name.startswith(root) else None
        if is_web and (inside is None or "?" in inside or "#" in inside):
            return None
        spelled = "../" if inside is None else unquote(inside) if is_web else inside
        parts = spelled.removesuffix("/").split("/")
        if parts == [""]:
            return None
        if not all(map(_is_plain, parts)) or tuple(parts[:-1]) != at.parts:
            if is_web:
                return None
            raise CorpusError(
                f"the corpus holds a name that leaves its folder: {name!r}",
                where=shown(self.url),
                mend="rename it, or give the URL of a folder without it",
            )
        return None if parts[-1].startswith(".") else PurePosixPath(*parts)

    def _copy(self, path: str, target: Path, limit: int) -> int:
        """Copy a file; beyond the limit it is left as a hole of more than that size."""
        size = 0
        with self._files.open(path, "rb") as source, target.open("xb") as out:
            while block := source.read(_BLOCK):
                size += len(block)
                if size > limit:
                    _make_hole(out)
                    break
                out.write(block)
        return size

    def _name(self) -> str:
        """The last part of the URL that has a name: of an archive's root, the archive's."""
        for piece in self.url.split("::"):
            parts = [part for part in re.split(r"[/?#]", piece.partition("://")[2]) if part]
            if parts:
                return unquote(parts[-1]).rpartition("@")[2]
        return "corpus"


def shown(url: str) -> str:
    """A URL without user and password."""
    return re.sub(r"//[^/@\s]*@", "//***@", url)


def _scheme(url: str) -> str:
    return re.split(r"::|://", url, maxsplit=1)[0].lower()


def _is_plain(part: str) -> bool:
    """Whether a name stays in its folder, on every system."""
    if part in ("", ".", "..") or re.search(r"[\x00-\x1f/\\]", part):
        return False
    return not PureWindowsPath(part).drive


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:80] or "corpus"


def _is_result(name: str) -> bool:
    return name != _NOT_COPIED and not name.startswith(".")


def _hole(file: Path) -> None:
    with file.open("xb") as out:
        _make_hole(out)


def _make_hole(out: BinaryIO) -> None:
    out.truncate(0)
    out.truncate(MAX_BYTES + 1)


def _fetch_whole(remote: _Remote, work: Path) -> None:
    """Fill the work folder in one step: half a database is worse than none."""
    work.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work.parent, prefix=".fetch-") as folder:
        remote.copy_run(Path(folder))
        Path(folder).rename(work)
        Path(folder).mkdir()  # for the temporary folder to remove


def _give_back(remote: _Remote, work: Path) -> None:
    try:
        with _told(remote.url, StoreError):
            remote.put(work)
    except StoreError as problem:
        raise StoreError(
            f"{problem.what}; the run is whole on this machine",
            where=problem.where,
            mend="run the same command again: it copies what was computed",
        ) from None
    shutil.rmtree(work)


@contextmanager
def _alone(work: Path, url: str) -> Iterator[None]:
    work.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(work.with_suffix(".lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StoreError(
            "another process of this machine is working on this run",
            where=shown(url),
            mend="wait for it, or give another URL with --output",
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _told(url: str, kind: type[RagcheckError]) -> Iterator[None]:
    """Faults of the storage's client as clear errors, without what the URL may hold in secrets."""
    try:
        yield
    except RagcheckError:
        raise
    except ImportError as problem:
        raise ConfigError(
            f"this kind of storage needs a package that is not installed: {problem}",
            where=shown(url),
            mend="pip install 'ragcheck-evidence[storage]', and s3fs, gcsfs or adlfs for its kind",
        ) from None
    except FileNotFoundError:
        raise kind(
            "there is nothing at this URL", where=shown(url), mend="see that it is spelled right"
        ) from None
    except Exception as problem:
        reason = (str(problem).strip() or type(problem).__name__).splitlines()[0]
        raise kind(
            f"the storage cannot be used: {shown(reason)[:200]}",
            where=shown(url),
            mend="see that the address and the credentials of this machine hold",
        ) from None
