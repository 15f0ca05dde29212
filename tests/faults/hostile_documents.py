"""Hostile documents: text or a reason, in bounded time, and nothing written elsewhere.

Three sources: documents put together from hostile pieces, documents that a coverage-guided fuzzer
(atheris, where it is installed) grows, and files made by hand. Each is loaded, cut by every
chunking strategy, and every chunk is checked against the document.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from ragcheck.corpus.loaders import load_corpus
from ragcheck.errors import CorpusError, RagcheckError
from ragcheck.ports import Chunker
from ragcheck.records.corpus import Corpus
from tests.faults.case import CannotTry, Case, Plan
from tests.faults.hostile_pieces import ENDINGS, TRACE_ENDINGS, hostile_bytes, hostile_trace
from tests.faults.hostile_targets import check_chunks, check_traces, strategies, within

BATCH = 50
LIMIT = 10.0
"""Seconds that one document may take."""


def cases(plan: Plan) -> Iterator[Case]:
    """Batches of generated documents and traces, fuzzed ones, and those made by hand."""
    every = strategies()
    batches = max(1, plan.documents // BATCH)
    for number in range(batches):
        kind = "traces" if number % 5 == 4 else "documents"
        seed = plan.generator("hostile", kind, str(number))
        check = check_trace_batch if kind == "traces" else partial(check_document_batch, every)
        yield Case(f"hostile {kind}", f"batch {number}", partial(check, seed))
    for target in FUZZED:
        yield Case("hostile, fuzzed", target, partial(check_fuzzed, target, plan))
    for name, write in BY_HAND.items():
        yield Case("hostile, by hand", name, partial(check_by_hand, every, write))


def check_document_batch(
    every: tuple[Chunker, ...], seed: np.random.Generator, folder: Path, *, count: int = BATCH
) -> None:
    """``count`` documents: each gives text or a reason, each strategy gives exact spans."""
    inside = folder / "corpus"
    inside.mkdir()
    for number in range(count):
        ending = ENDINGS[int(seed.integers(len(ENDINGS)))]
        path = inside / f"{number}{ending}"
        path.write_bytes(hostile_bytes(seed, ending))
        with within(LIMIT, path.read_bytes()):
            corpus = _loaded(path)
            if corpus is not None:
                (document,) = corpus.documents
                check_chunks(every, document)
    assert sorted(folder.iterdir()) == [inside], "files beside the corpus"
    assert len(list(inside.iterdir())) == count, "files written into the corpus"


def check_trace_batch(seed: np.random.Generator, folder: Path, *, count: int = BATCH) -> None:
    """``count`` recordings: each gives whole records, or a reason."""
    for number in range(count):
        ending = TRACE_ENDINGS[int(seed.integers(len(TRACE_ENDINGS)))]
        path = folder / f"{number}{ending}"
        path.write_bytes(hostile_trace(seed, ending))
        with within(LIMIT, path.read_bytes()):
            check_traces(path)
    assert len(list(folder.iterdir())) == count, "files written beside the recordings"


FUZZED = ("loaders", "splitters", "traces")


def check_fuzzed(target: str, plan: Plan, folder: Path) -> None:
    """A fuzzer in a process of its own grows inputs by coverage and finds no crash, no hang."""
    runs = max(200, plan.documents // 5)
    seed = plan.seed + 1  # libFuzzer takes 0 for a random seed
    command = [sys.executable, "-m", "tests.faults.hostile_fuzzer", target,
               f"-runs={runs}", f"-seed={seed}", f"-timeout={LIMIT:.0f}", "-max_len=4096",
               "-rss_limit_mb=4096", f"-artifact_prefix={folder}/"]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, timeout=1800,
        check=False,
    )  # fmt: skip
    printed = (ended.stdout + ended.stderr).decode("utf-8", "replace")
    if "No module named 'atheris'" in printed:
        raise CannotTry("atheris is not installed")
    assert ended.returncode == 0, printed[-3000:]
    assert f"Done {runs} runs" in printed or "Done" in printed, printed[-1000:]


def check_by_hand(
    every: tuple[Chunker, ...], write: Callable[[Path], str | None], folder: Path
) -> None:
    """``write`` makes a corpus and says what the reason must hold, or that text must come."""
    inside = folder / "a" / "corpus"
    inside.mkdir(parents=True)
    secret = folder / "a" / "outside.md"
    secret.write_text("# Outside\n\nThe outside is secret.\n", encoding="utf-8")
    reason = write(inside)
    before = {path for path in folder.rglob("*") if not path.is_symlink()}
    with within(12 * LIMIT, b""):
        corpus = _loaded(inside, expected=reason)
    after = {path for path in folder.rglob("*") if not path.is_symlink()}
    assert before == after, f"written: {sorted(after - before)}"
    if corpus is None:
        return
    assert not any("secret" in document.text for document in corpus.documents)
    if reason is not None:
        told = "; ".join(skip.reason for skip in corpus.skipped)
        assert reason in told, told
    for document in corpus.documents:
        if len(document.text) < 200_000:
            check_chunks(every, document)


def _loaded(path: Path, *, expected: str | None = None) -> Corpus | None:
    try:
        return load_corpus(path)
    except CorpusError as problem:
        assert problem.what and "\x1b" not in problem.what.split("(", 1)[0]
        if expected is not None:
            assert expected in problem.what, problem.what
        return None
    except RagcheckError as problem:
        raise AssertionError(f"another error than CorpusError: {problem}") from problem


def _docx(body: bytes, *, extra: dict[str, bytes] | None = None) -> bytes:
    import docx

    stream = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("MARK")
    document.save(stream)
    out = io.BytesIO()
    with zipfile.ZipFile(stream) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as write:
        for entry in read.infolist():
            raw = read.read(entry)
            if entry.filename == "word/document.xml":
                raw = body or raw
            write.writestr(entry.filename, raw)
        for name, raw in (extra or {}).items():
            write.writestr(name, raw)
    return out.getvalue()


_NAMESPACE = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _paragraph(text: bytes) -> bytes:
    return (
        b"<w:document %s><w:body><w:p><w:r><w:t>" % _NAMESPACE
        + text
        + b"</w:t></w:r></w:p></w:body></w:document>"
    )


def _zip_bomb(folder: Path) -> str:
    """10 GB of zeros, truly packed: about 10 MB."""
    import docx

    stream = io.BytesIO()
    docx.Document().save(stream)
    path = folder / "bomb.docx"
    path.write_bytes(stream.getvalue())
    chunk = bytes(64 << 20)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/media/big.xml", "w", force_zip64=True) as entry,
    ):
        for _ in range(160):
            entry.write(chunk)
    return "unpacks to more than"


def _lying_zip_bomb(folder: Path) -> str:
    """The directory says that the text unpacks to 100 bytes; it unpacks to 600 MB."""
    raw = bytearray(_docx(_paragraph(b" " * (600 << 20))))
    entry = raw.rfind(b"word/document.xml") - 46
    assert raw[entry : entry + 4] == b"PK\x01\x02"
    raw[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    (folder / "liar.docx").write_bytes(bytes(raw))
    return "cannot be read"


def _entity_bomb(folder: Path) -> str:
    levels = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10) for i in range(1, 12))
    head = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "bomb">' + levels + b"]>"
    (folder / "entities.docx").write_bytes(_docx(head + _paragraph(b"&e11;")))
    return ""


def _outside_entity(folder: Path) -> str:
    head = (
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file://%s">]>'
        % str(folder.parent / "outside.md").encode()
    )
    (folder / "outside.docx").write_bytes(_docx(head + _paragraph(b"read &x; this")))
    return ""


def _slip(folder: Path) -> None:
    """Names in the archive that lead out of it."""
    extra = {"../../evil.md": b"evil", "/tmp/ragcheck-evil.md": b"evil", "..\\evil.md": b"evil"}
    (folder / "slip.docx").write_bytes(_docx(b"", extra=extra))


def _link_loops(folder: Path) -> str:
    (folder / "ok.md").write_text("# Fine\n\nRead me.\n", encoding="utf-8")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "self.md").symlink_to("self.md")
    (folder / "a.md").symlink_to("b.md")
    (folder / "b.md").symlink_to("a.md")
    return "loops or leads nowhere"


def _links_out(folder: Path) -> str:
    (folder / "ok.md").write_text("# Fine\n\nRead me.\n", encoding="utf-8")
    (folder / "out.md").symlink_to(folder.parent / "outside.md")
    (folder / "up.md").symlink_to("../outside.md")
    (folder / "root").symlink_to("/", target_is_directory=True)
    return "leaves the corpus"


def _manifest_out(folder: Path) -> str:
    entry = '{"path": "%s", "sha256": "%064d"}'
    listed = ", ".join(entry % (name, 0) for name in ("../outside.md", "/etc/passwd"))
    (folder / "manifest.json").write_text(
        f'{{"format": "ragcheck-corpus", "name": "x", "documents": [{listed}]}}', encoding="utf-8"
    )
    return ""


def _odd_names(folder: Path) -> None:
    names = ("..md", "\x1b[31mred.md", "-rf.md", "a\nb.md", "=cmd.md", "<img src=x>.md", "％s.md",
             "\u202egnp.md", "a" * 240 + ".md")  # fmt: skip
    for name in names:
        (folder / name).write_text("# Fine\n\nRead me.\n", encoding="utf-8")
    raw_name = os.fsencode(folder) + b"/\xff\xfe.md"
    with open(raw_name, "wb") as stream:  # noqa: PTH123 - a name that is no text
        stream.write(b"# Fine\n")


def _scan(folder: Path) -> str:
    import pypdf

    writer = pypdf.PdfWriter()
    for _ in range(3):
        writer.add_blank_page(200, 200)
    writer.write(folder / "scan.pdf")
    return "no text"


def _one_line(ending: str, make: Callable[[int], bytes]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / f"line{ending}").write_bytes(make(50 << 20))

    return write


def _words(size: int) -> bytes:
    return (b"refund within 30 days " * (size // 22 + 1))[:size]


def _json_string(size: int) -> bytes:
    return b'{"text": "' + _words(size) + b'"}'


def _json_list(size: int) -> bytes:
    return b"[" + b"1," * (size // 2) + b"1]"


def _long_list(folder: Path) -> str:
    _one_line(".json", _json_list)(folder)
    return "more than"


def _raw(name: str, raw: bytes, reason: str | None = None) -> Callable[[Path], str | None]:
    def write(folder: Path) -> str | None:
        (folder / name).write_bytes(raw)
        return reason

    return write


BY_HAND: dict[str, Callable[[Path], str | None]] = {
    "a DOCX that unpacks to 10 GB": _zip_bomb,
    "a DOCX that lies about its size": _lying_zip_bomb,
    "an entity bomb in a DOCX": _entity_bomb,
    "an entity of a DOCX that reads a file": _outside_entity,
    "names in a DOCX that lead out": _slip,
    "links that loop": _link_loops,
    "links that leave": _links_out,
    "a manifest that lists files outside": _manifest_out,
    "odd names": _odd_names,
    "a PDF without text": _scan,
    "50 MB on one line of text": _one_line(".txt", _words),
    "50 MB on one line of Markdown": _one_line(".md", _words),
    "50 MB without a space": _one_line(".txt", lambda size: b"x" * size),
    "50 MB of Chinese on one line": _one_line(".txt", lambda size: "退".encode() * (size // 3)),
    "50 MB of one JSON string": _one_line(".json", _json_string),
    "50 MB of one JSON list": _long_list,
    "50 MB of open tags": _one_line(".html", lambda size: b"<div>" * (size // 5)),
    "NUL bytes in text": _raw("nul.txt", b"words and\x00words\n" * 50, "NUL bytes"),
    "NUL and lone surrogates in JSON": _raw("s.json", b'{"a": "x\\u0000y\\ud800z"}'),
    "ANSI escapes": _raw("ansi.md", b"# \x1b[31mRed\x1b[0m\n\n" + b"plain words stay. " * 20),
    "deep JSON": _raw("deep.json", b"[" * 100_000 + b"]" * 100_000, "200 levels"),
    "a PDF of random bytes": _raw("x.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40, ""),
}
"""What is written into an empty corpus; the text that is returned must stand in the reason."""
