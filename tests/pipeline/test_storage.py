"""Corpora and run folders by URL: what is read, what is refused, and that a run goes on."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest

from ragcheck.corpus.loaders import load_corpus
from ragcheck.corpus.manifest import questions_path
from ragcheck.errors import ConfigError, CorpusError, StoreError
from ragcheck.pipeline import diagnose, storage
from ragcheck.pipeline.storage import is_url, local_copy, local_corpus, local_run, shown
from tests.conftest import DOCUMENTS, write_corpus

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def memory() -> Iterator[str]:
    """The URL of an empty folder in the memory of this process."""
    name = f"memory://t{uuid4().hex}"
    yield name
    files = fsspec.filesystem("memory")
    if files.exists(name):
        files.rm(name, recursive=True)


@pytest.fixture
def stored(memory: str, small_corpus: Path) -> str:
    fsspec.filesystem("memory").put(f"{small_corpus}/", f"{memory}/docs/", recursive=True)
    return f"{memory}/docs"


def write(url: str, raw: bytes = b"# Text\n\nSome words.\n") -> None:
    with fsspec.open(url, "wb") as out:
        out.write(raw)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("s3://bucket/docs", True),
        ("file:///x", True),
        ("zip://docs::s3://bucket/x.zip", True),
        ("docs", False),
        ("/abs/docs", False),
        ("C:/docs", False),
        ("a:b", False),
        (Path("s3://bucket"), False),
    ],
)
def test_what_is_a_url(place: object, expected: bool):
    assert is_url(place) is expected


def test_a_local_path_imports_no_fsspec(tmp_path: Path):
    code = (
        "import sys; from ragcheck.pipeline.storage import local_corpus, local_run\n"
        f"with local_corpus({str(tmp_path)!r}) as a, local_run('runs/x') as b: print(a, b)\n"
        "sys.exit('fsspec.core' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path} runs/x\n")


def test_a_corpus_is_read_as_from_a_folder(stored: str, small_corpus: Path):
    write(f"{stored}/deep/er/notes.md")
    write(f"{stored}/image.png", b"PNG")
    write(f"{stored}/what: 退货?.md")
    with local_corpus(stored) as folder:
        found = load_corpus(folder)
        asked = questions_path(folder)
        assert asked is not None
        assert asked.read_bytes() == (small_corpus / "questions.jsonl").read_bytes()
    assert found.name == "docs"
    assert {d.path for d in found.documents} == {*DOCUMENTS, "deep/er/notes.md", "what: 退货?.md"}
    assert {d.id for d in load_corpus(small_corpus).documents} < {d.id for d in found.documents}
    assert [(skip.path, skip.reason) for skip in found.skipped] == [("image.png", "unknown ending")]
    assert not folder.exists()


def test_an_earlier_run_below_the_corpus_is_no_document(stored: str):
    write(f"{stored}/runs/a/run.sqlite", b"")
    write(f"{stored}/runs/a/report.html", b"<p>a report</p>")
    write(f"{stored}/.hidden/x.md")
    with local_corpus(stored) as folder:
        assert {d.path for d in load_corpus(folder).documents} == set(DOCUMENTS)


def test_a_single_file(stored: str):
    with local_corpus(f"{stored}/shipping.md") as file:
        (document,) = load_corpus(file).documents
    assert (document.path, document.text) == ("shipping.md", DOCUMENTS["shipping.md"])


def test_a_file_that_is_larger_than_it_says_is_left_out(stored: str, monkeypatch):
    monkeypatch.setattr(storage, "MAX_BYTES", 400)
    write(f"{stored}/large.md", b"words " * 1000)
    memory = type(fsspec.filesystem("memory"))
    listed = memory.ls

    def lying(self: object, path: str, detail: bool = True, **more: object) -> object:
        return [{**entry, "size": 1} for entry in listed(self, path, detail=True, **more)]

    monkeypatch.setattr(memory, "ls", lying)
    with local_corpus(stored) as folder:
        assert (folder / "large.md").stat().st_size == 401
        assert (folder / "large.md").read_bytes().strip(b"\0") == b""


@pytest.mark.parametrize(
    "name", ["../out.md", "a/../../out.md", "a\\..\\out.md", "x\0.md", "C:x.md"]
)
def test_a_name_that_leaves_its_folder_is_refused(stored: str, monkeypatch, name: str):
    memory = type(fsspec.filesystem("memory"))
    listed = memory.ls

    def hostile(self: object, path: str, detail: bool = True, **more: object) -> object:
        entries = listed(self, path, detail=True, **more)
        return [*entries, {"name": f"{path}/{name}", "size": 3, "type": "file"}]

    monkeypatch.setattr(memory, "ls", hostile)
    with pytest.raises(CorpusError, match="leaves its folder"), local_corpus(stored):
        pass


def test_folders_without_end_are_refused(stored: str, monkeypatch):
    memory = type(fsspec.filesystem("memory"))

    def endless(self: object, path: str, detail: bool = True, **more: object) -> object:
        return [{"name": f"{path}/again", "size": 0, "type": "directory"}]

    monkeypatch.setattr(memory, "ls", endless)
    with pytest.raises(CorpusError, match="32 folders deep"), local_corpus(stored):
        pass


def test_an_archive(tmp_path: Path, small_corpus: Path):
    archive = tmp_path / "books.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for name in DOCUMENTS:
            out.write(small_corpus / name, f"docs/{name}")
    with local_corpus(f"zip://docs::file://{archive}") as folder:
        assert {d.path for d in load_corpus(folder).documents} == set(DOCUMENTS)
    with local_corpus(f"zip://::file://{archive}") as folder:
        found = load_corpus(folder)
    assert {d.path for d in found.documents} == {f"docs/{name}" for name in DOCUMENTS}
    assert found.name == "books"


def test_an_archive_with_names_that_leave_it(tmp_path: Path):
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("../out.md", "words")
        out.writestr("a.md", "words of a document")
    with pytest.raises(CorpusError), local_corpus(f"zip://::file://{archive}"):
        pass
    assert not list(tmp_path.rglob("out.md"))


class Quiet(http.server.SimpleHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/site/away"):
            self.send_response(302)
            self.send_header("Location", "/secret/inner.md")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *arguments: object) -> None:
        """Nothing on standard error."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    pytest.importorskip("aiohttp")
    write_corpus(tmp_path / "web" / "site")
    (tmp_path / "web" / "secret").mkdir()
    (tmp_path / "web" / "secret" / "inner.md").write_text("# Not named\n\nSecret words.\n")
    Quiet.asked.clear()
    handler = partial(Quiet, directory=str(tmp_path / "web"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_web_folder(site: str):
    with local_corpus(f"{site}/site/") as folder:
        assert {d.path for d in load_corpus(folder).documents} == set(DOCUMENTS)


def test_a_web_page_cannot_lead_elsewhere(site: str, tmp_path: Path):
    (tmp_path / "web" / "site" / "index.html").write_text(
        '<a href="shipping.md">a</a> <a href="/secret/">b</a> <a href="/secret/inner.md">c</a>'
        '<a href="../secret/inner.md">d</a> <a href="%2e%2e/secret/inner.md">e</a>'
        '<a href="http://127.0.0.1:1/x.md">f</a> <a href="?C=N;O=D">g</a>'
    )
    with local_corpus(f"{site}/site/") as folder:
        assert {d.path for d in load_corpus(folder).documents} == {"shipping.md"}
    assert not [path for path in Quiet.asked if "secret" in path]


def test_a_redirect_is_not_followed(site: str, tmp_path: Path):
    with pytest.raises(CorpusError), local_corpus(f"{site}/site/away.md") as file:
        load_corpus(file)
    assert not [path for path in Quiet.asked if "secret" in path]


@pytest.mark.parametrize(
    ("url", "kind", "what"),
    [
        ("nonsense://x", CorpusError, "cannot be used"),
        ("memory://not-there", CorpusError, "nothing at this URL"),
        ("http://127.0.0.1:1/docs/", CorpusError, "cannot be used|nothing at"),
    ],
)
def test_what_cannot_be_read_is_told(url: str, kind: type[Exception], what: str):
    with pytest.raises(kind, match=what) as problem, local_corpus(url):
        pass
    assert getattr(problem.value, "mend", None)


def test_a_password_in_a_url_is_not_told():
    assert shown("ftp://me:secret@host/x") == "ftp://***@host/x"
    with pytest.raises(ConfigError) as problem, local_run("http://me:secret@127.0.0.1:1/run"):
        pass
    assert "cannot be written to http" in str(problem.value)
    assert "secret" not in str(problem.value)


def test_a_run_folder_is_copied_back_and_fetched_again(memory: str):
    with local_run(f"{memory}/run") as folder:
        assert folder is not None
        (folder / "run.sqlite").write_bytes(b"first")
        (folder / "run.lock").write_bytes(b"")
    assert not folder.exists()
    files = fsspec.filesystem("memory")
    assert [Path(name).name for name in files.find(f"{memory}/run")] == ["run.sqlite"]
    with local_run(f"{memory}/run") as folder:
        assert folder is not None
        assert (folder / "run.sqlite").read_bytes() == b"first"
        (folder / "run.sqlite").write_bytes(b"second")
    with local_copy(f"{memory}/run") as folder:
        assert (folder / "run.sqlite").read_bytes() == b"second"


def test_a_run_that_fails_is_copied_back_too(memory: str):
    with pytest.raises(KeyboardInterrupt), local_run(f"{memory}/run") as folder:
        assert folder is not None
        (folder / "run.sqlite").write_bytes(b"half")
        raise KeyboardInterrupt
    with local_copy(f"{memory}/run") as folder:
        assert (folder / "run.sqlite").read_bytes() == b"half"


def test_a_run_that_cannot_be_copied_back_is_kept(memory: str, monkeypatch):
    put = storage._Remote.put

    def full(self: object, folder: Path) -> None:
        raise OSError("no space")

    monkeypatch.setattr(storage._Remote, "put", full)
    told = pytest.raises(StoreError, match="whole on this machine")
    with told, local_run(f"{memory}/run") as folder:
        assert folder is not None
        (folder / "run.sqlite").write_bytes(b"done")
    monkeypatch.setattr(storage._Remote, "put", put)
    with local_run(f"{memory}/run") as folder:
        assert folder is not None
        assert (folder / "run.sqlite").read_bytes() == b"done"


def test_one_process_at_a_time_works_on_a_run(memory: str):
    told = pytest.raises(StoreError, match="another process")
    with local_run(f"{memory}/run"), told, local_run(f"{memory}/run"):
        pass


def test_files_beside_a_run_are_left_alone(memory: str):
    write(f"{memory}/run/mine.txt", b"mine")
    with local_run(f"{memory}/run") as folder:
        assert folder is not None
        assert list(folder.iterdir()) == []
        (folder / "run.sqlite").write_bytes(b"x")
    assert fsspec.filesystem("memory").cat(f"{memory}/run/mine.txt") == b"mine"


def test_a_file_url_is_written_whole(tmp_path: Path):
    with local_run(f"file://{tmp_path}/new/run") as folder:
        assert folder is not None
        (folder / "run.sqlite").write_bytes(b"x")
    assert [path.name for path in (tmp_path / "new" / "run").iterdir()] == ["run.sqlite"]


@pytest.mark.slow
@pytest.mark.model
def test_a_diagnosis_from_storage_to_storage(stored: str, memory: str, small_config: Path):
    first = diagnose(stored, config=small_config, output=f"{memory}/run")
    assert first.provenance["run"] == f"{memory}/run"
    kept: list[tuple[str, int | None]] = []
    again = diagnose(
        stored,
        config=small_config,
        output=f"{memory}/run",
        listen=lambda event: (
            kept.append((event.stage, getattr(event, "reused", None)))
            if hasattr(event, "stage")
            else None
        ),
    )
    assert again == first
    assert "retrieve" not in {stage for stage, _ in kept}
    names = {Path(name).name for name in fsspec.filesystem("memory").find(f"{memory}/run")}
    assert {"run.sqlite", "report.html", "report.json"} <= names
