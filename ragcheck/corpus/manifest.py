"""``manifest.json``: which files make a corpus, where they come from, and their hashes.

``python -m ragcheck.corpus.manifest FOLDER --name N --licence L --source S`` writes one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ragcheck.corpus.files import MANIFEST, QUESTIONS, find_files
from ragcheck.errors import CorpusError, RagcheckError
from ragcheck.files import write_whole
from ragcheck.text.language import LANGUAGES

SCHEMA_VERSION = "1"


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """One file of the corpus: posix path below the folder, SHA-256 of its bytes."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``manifest.json`` says."""

    name: str
    language: str | None
    licence: str
    source: str
    documents: tuple[ListedDocument, ...]
    questions: str | None = None


def read_manifest(root: Path) -> Manifest | None:
    """The manifest of a corpus folder; ``None`` where there is none, or one of another tool.

    Raises:
        CorpusError: the manifest is broken, of an unknown schema version, or names a path that
            is absolute or leaves the folder.
    """
    path = root / MANIFEST
    if not root.is_dir() or not path.is_file():
        return None
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as problem:
        raise CorpusError(
            f"the manifest cannot be read: {problem}",
            where=str(path),
            mend="write it again with python -m ragcheck.corpus.manifest, or remove it",
        ) from problem
    if not isinstance(data, dict) or not {"schema_version", "documents"} <= data.keys():
        return None
    return _validate(data, path)


def write_manifest(
    root: Path,
    *,
    name: str,
    licence: str,
    source: str,
    language: str | None = None,
    documents: Sequence[str] | None = None,
) -> Manifest:
    """Hash the documents of a folder and write its manifest, all of it or nothing.

    ``documents`` are posix paths below ``root``; all readable files are taken where it is not
    given. The language is detected where it is not given.

    Raises:
        CorpusError: there is no document, or one cannot be read.
    """
    found = find_files(root)
    paths = sorted(documents) if documents is not None else [path for path, _ in found.files]
    if not paths:
        raise CorpusError("no document to list", where=str(root), mend="add .md, .txt, .html ...")
    manifest = Manifest(
        name=name,
        language=language or _language(root, paths),
        licence=licence,
        source=source,
        documents=tuple(
            ListedDocument(_safe(path, root / MANIFEST), sha256_of(root / path)) for path in paths
        ),
        questions=QUESTIONS if (root / QUESTIONS).is_file() else None,
    )
    write_whole(root / MANIFEST, _render(manifest))
    return manifest


def questions_path(root: Path) -> Path | None:
    """The question file of a corpus: the manifest's, else ``questions.jsonl``, else ``None``.

    Raises:
        CorpusError: the manifest is broken, or names a question file that is not there.
    """
    folder = root if root.is_dir() else root.parent
    manifest = read_manifest(root)
    if manifest is not None and manifest.questions is not None:
        path = folder / manifest.questions
        if not path.is_file():
            raise CorpusError(
                f"the manifest names questions that are not there: {manifest.questions}",
                where=str(root / MANIFEST),
                mend='add the file, or write "questions": null',
            )
        return path
    path = folder / QUESTIONS
    return path if root.is_dir() and path.is_file() else None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        CorpusError: the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        raise CorpusError(f"cannot be read: {problem.strerror}", where=str(path)) from problem


def _validate(data: dict[str, object], path: Path) -> Manifest:
    if str(data["schema_version"]) != SCHEMA_VERSION:
        raise _broken(path, f"schema_version {data['schema_version']!r} is not known")
    documents = data["documents"]
    if not isinstance(documents, list) or not documents:
        raise _broken(path, '"documents" must be a list with at least one entry')
    questions = data.get("questions")
    if questions is not None and not isinstance(questions, str):
        raise _broken(path, '"questions" must be a path or null')
    language = data.get("language")
    if language is not None and language not in LANGUAGES:
        raise _broken(path, f'"language" must be one of {", ".join(LANGUAGES)}')
    listed = tuple(_listed(entry, path) for entry in documents)
    if len({entry.path for entry in listed}) != len(listed):
        raise _broken(path, "a document is listed twice")
    return Manifest(
        name=_text(data, "name", path),
        language=str(language) if language else None,
        licence=_text(data, "licence", path),
        source=_text(data, "source", path),
        documents=tuple(sorted(listed, key=lambda entry: entry.path)),
        questions=_safe(questions, path) if questions is not None else None,
    )


def _listed(entry: object, path: Path) -> ListedDocument:
    if not isinstance(entry, dict):
        raise _broken(path, 'a document must be {"path": ..., "sha256": ...}')
    digest = str(entry.get("sha256") or "").lower()
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise _broken(path, f"the sha256 of {entry.get('path')!r} is not 64 hexadecimal digits")
    return ListedDocument(_safe(entry.get("path"), path), digest)


def _text(data: dict[str, object], key: str, path: Path) -> str:
    value = data.get(key, "")
    if not isinstance(value, str) or (key == "name" and not value.strip()):
        raise _broken(path, f'"{key}" must be a text')
    return value


def _safe(value: object, path: Path) -> str:
    if not isinstance(value, str) or not value.strip() or "\x00" in value:
        raise _broken(path, f"{value!r} is not a path")
    relative = PurePosixPath(value)
    if relative.is_absolute() or ".." in relative.parts or "\\" in value or ":" in value[:2]:
        raise _broken(path, f"the path {value!r} is absolute or leaves the folder")
    return str(relative)


def _broken(path: Path, what: str) -> CorpusError:
    return CorpusError(
        f"the manifest is broken: {what}",
        where=str(path),
        mend="write it again with python -m ragcheck.corpus.manifest",
    )


def _language(root: Path, paths: Sequence[str]) -> str:
    from ragcheck.corpus.loaders import language_of, read_document

    texts = []
    for path in paths:
        try:
            texts.append(read_document(root / path).text)
        except CorpusError:
            continue  # only the language is asked for here; loading reports the file
    return language_of(texts)


def _render(manifest: Manifest) -> bytes:
    data = {
        "schema_version": SCHEMA_VERSION,
        "name": manifest.name,
        "language": manifest.language,
        "licence": manifest.licence,
        "source": manifest.source,
        "questions": manifest.questions,
        "documents": [{"path": d.path, "sha256": d.sha256} for d in manifest.documents],
    }
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the manifest of a folder; 0, or 2 with a message."""
    parser = argparse.ArgumentParser(prog="python -m ragcheck.corpus.manifest", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--licence", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--below", default="", help="list only documents below this folder")
    options = parser.parse_args(arguments)
    try:
        below = [
            path
            for path, _ in find_files(options.folder).files
            if path.startswith(f"{options.below.rstrip('/')}/" if options.below else "")
        ]
        manifest = write_manifest(
            options.folder,
            name=options.name,
            licence=options.licence,
            source=options.source,
            language=options.language,
            documents=below,
        )
    except RagcheckError as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{options.folder / MANIFEST}: {len(manifest.documents)} documents")
    return 0


if __name__ == "__main__":
    sys.exit(main())
