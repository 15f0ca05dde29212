"""Files to documents."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ragcheck.corpus.decoding import Decoded, declared_in_html, decode
from ragcheck.corpus.extraction import Extraction
from ragcheck.corpus.files import ENDINGS, MANIFEST, MAX_BYTES, find_files, link_fault
from ragcheck.corpus.manifest import Manifest, read_manifest, sha256_of
from ragcheck.errors import CorpusError
from ragcheck.records.corpus import Corpus, Document, SkippedSource
from ragcheck.text.language import LANGUAGES, detect_language

_LANGUAGE_SAMPLE = 4000


def load_corpus(root: Path, *, name: str | None = None) -> Corpus:
    """Read a file, or every document below a folder.

    Where the folder has a manifest, only the documents that it lists are read; one whose
    content differs from its hash is read and named in ``skipped``. The corpus is called
    ``name``, else what the manifest says, else what the file or folder is called. Everything
    that was not read, or only in part, is in ``skipped`` with the reason.

    Raises:
        CorpusError: there is no such path, the manifest is broken, or no file gives text.
    """
    root = Path(root)
    manifest = read_manifest(root)
    skipped: list[SkippedSource] = []
    if manifest is None:
        found = find_files(root)
        files, skipped = found.files, found.skipped
        if root.is_dir() and (root / MANIFEST).is_file():
            skipped.append(SkippedSource(MANIFEST, "not a manifest of ragcheck"))
    else:
        files = _listed_files(root, manifest, skipped)
    documents = [
        document for path, file in files if (document := _load(path, file, skipped)) is not None
    ]
    if not documents:
        raise _no_text(root, skipped)
    return Corpus(
        name=name or (manifest.name if manifest else None) or root.resolve().stem or "corpus",
        documents=tuple(documents),
        skipped=tuple(sorted(skipped, key=lambda skip: (skip.path, skip.reason))),
        language=(manifest.language if manifest else None)
        or language_of(document.text for document in documents),
    )


def read_document(path: Path) -> Extraction:
    """The text of one file, by its ending.

    Raises:
        CorpusError: the file cannot be read; the message alone is the reason.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CorpusError(f"larger than {MAX_BYTES >> 20} MB")
        raw = path.read_bytes()
    except OSError as problem:
        raise CorpusError(f"cannot be read: {problem.strerror}") from problem
    return _extract(raw, path.suffix.lower())


def language_of(texts: Iterable[str]) -> str:
    """The language that most documents are written in, from the beginning of each."""
    votes = [detect_language(text[:_LANGUAGE_SAMPLE]) for text in texts]
    return max(LANGUAGES, key=votes.count)


def _extract(raw: bytes, ending: str) -> Extraction:
    if ending == ".pdf":
        from ragcheck.corpus.office import read_pdf

        return read_pdf(raw)
    if ending == ".docx":
        from ragcheck.corpus.office import read_docx

        return read_docx(raw)
    is_html = ending in (".html", ".htm")
    decoded = decode(raw, declared=declared_in_html(raw) if is_html else None)
    if is_html:
        from ragcheck.corpus.markup import read_html

        return _with_problem(read_html(decoded), decoded)
    if ending in (".json", ".jsonl"):
        from ragcheck.corpus.structured import read_json, read_jsonl

        read = read_json if ending == ".json" else read_jsonl
        return _with_problem(read(decoded), decoded)
    return _with_problem(Extraction(decoded.text, None, decoded.metadata), decoded)


def _with_problem(extraction: Extraction, decoded: Decoded) -> Extraction:
    if decoded.problem is None:
        return extraction
    return Extraction(
        extraction.text,
        extraction.source_lines,
        extraction.metadata,
        (decoded.problem, *extraction.problems),
    )


def _load(path: str, file: Path, skipped: list[SkippedSource]) -> Document | None:
    try:
        extraction = read_document(file)
    except CorpusError as problem:
        skipped.append(SkippedSource(path, problem.what))
        return None
    if not extraction.text.strip():
        skipped.append(SkippedSource(path, "no text"))
        return None
    skipped.extend(SkippedSource(path, problem) for problem in extraction.problems)
    return Document(path, extraction.text, extraction.source_lines, extraction.metadata)


def _listed_files(
    root: Path, manifest: Manifest, skipped: list[SkippedSource]
) -> list[tuple[str, Path]]:
    files: list[tuple[str, Path]] = []
    real_root = root.resolve()
    for listed in manifest.documents:
        file = root / listed.path
        reason: str | None = None
        if not file.is_file():
            reason = "listed in the manifest but not there"
        elif PurePosixPath(listed.path).suffix.lower() not in ENDINGS:
            reason = "unknown ending"
        else:
            reason = link_fault(file, real_root)
        if reason is not None:
            skipped.append(SkippedSource(listed.path, reason))
            continue
        files.append((listed.path, file))
        if _digest(file) != listed.sha256:
            skipped.append(SkippedSource(listed.path, "content differs from the manifest"))
    return files


def _digest(file: Path) -> str | None:
    try:
        return sha256_of(file)
    except CorpusError:
        return None  # reading the file reports why


def _no_text(root: Path, skipped: list[SkippedSource]) -> CorpusError:
    shown = "; ".join(f"{skip.path}: {skip.reason}" for skip in skipped[:3])
    more = f"; and {len(skipped) - 3} more" if len(skipped) > 3 else ""
    return CorpusError(
        "the corpus holds no readable text" + (f" ({shown}{more})" if shown else ""),
        where=str(root),
        mend=f"add documents that end in {', '.join(sorted(ENDINGS))}",
    )
