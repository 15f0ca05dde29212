"""Which files below a folder belong to a corpus, and why others do not."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ragcheck.errors import CorpusError
from ragcheck.records.corpus import SkippedSource

ENDINGS = frozenset(
    (".md", ".markdown", ".txt", ".rst", ".html", ".htm", ".json", ".jsonl", ".pdf", ".docx")
)
MANIFEST = "manifest.json"
QUESTIONS = "questions.jsonl"
NOT_DOCUMENTS = frozenset((MANIFEST, QUESTIONS, "conflicts.jsonl"))
RUN_DATABASE = "run.sqlite"
RUN_FILES = frozenset(("report.html", "report.json"))
"""What a run leaves in its folder that has the ending of a document."""
MAX_BYTES = 64 << 20
_LISTED_UNKNOWN = 200


@dataclass(slots=True)
class FoundFiles:
    """(posix path below the root, real path) in path order, and what was left out."""

    files: list[tuple[str, Path]] = field(default_factory=list)
    skipped: list[SkippedSource] = field(default_factory=list)


def find_files(root: Path) -> FoundFiles:
    """Every file of a known ending below ``root``, or ``root`` itself, sorted by posix path.

    Hidden files and folders, the question files, the manifest and the folders of earlier runs
    are not documents. Links that leave the root or loop, unreadable folders and unknown endings
    are given as skipped.

    Raises:
        CorpusError: there is no such file or folder.
    """
    if not root.exists():
        raise CorpusError(
            "there is no such file or folder",
            where=str(root),
            mend="give a file or a folder of documents",
        )
    found = FoundFiles()
    if not root.is_dir():
        _take(shown(root.name), root, found)
    else:
        _walk(root, found)
    _shorten_unknown(found)
    found.files.sort()
    found.skipped.sort(key=lambda skip: (skip.path, skip.reason))
    return found


def shown(path: str) -> str:
    """A file name as valid text: bytes that are not UTF-8 become U+FFFD."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def link_fault(path: Path, root: Path) -> str | None:
    """Why a path may not be followed: it leads out of the resolved root, or nowhere."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "symbolic link that loops or leads nowhere"
    if not target.is_relative_to(root):
        return "symbolic link that leaves the corpus"
    return None


def _walk(root: Path, found: FoundFiles) -> None:
    real_root = root.resolve()
    visited: set[Path] = set()
    links: list[Path] = []
    folders = [root]
    while folders or links:
        # Links wait until all real folders are read, so that a file keeps its own path.
        folder = folders.pop() if folders else links.pop(0)
        if folder.is_symlink() and folder != root:
            fault = link_fault(folder, real_root)
            if fault is None and folder.resolve() in visited:
                fault = "symbolic link to a folder that is read already"
            if fault is not None:
                found.skipped.append(SkippedSource(_relative(folder, root), fault))
                continue
        visited.add(folder.resolve())
        is_run = (folder / RUN_DATABASE).is_file()
        if is_run and folder != root:
            continue
        own = NOT_DOCUMENTS | (RUN_FILES if is_run else frozenset())
        for entry in _entries(folder, root, found):
            path = Path(entry.path)
            if entry.name.startswith("."):
                continue
            if path.is_dir():
                (links if entry.is_symlink() else folders).append(path)
            elif not (folder == root and entry.name in own):
                fault = link_fault(path, real_root) if entry.is_symlink() else None
                if fault is not None:
                    found.skipped.append(SkippedSource(_relative(path, root), fault))
                else:
                    _take(_relative(path, root), path, found)


def _entries(folder: Path, root: Path, found: FoundFiles) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as problem:
        reason = f"folder cannot be read: {problem.strerror}"
        found.skipped.append(SkippedSource(_relative(folder, root), reason))
        return []


def _take(name: str, path: Path, found: FoundFiles) -> None:
    reason = None
    if path.suffix.lower() not in ENDINGS:
        reason = "unknown ending"
    elif not path.is_file():
        reason = "not a regular file"
    else:
        try:
            size = path.stat().st_size
            if size > MAX_BYTES:
                reason = f"larger than {MAX_BYTES >> 20} MB"
        except OSError as problem:
            reason = f"cannot be read: {problem.strerror}"
    if reason is None:
        found.files.append((name, path))
    else:
        found.skipped.append(SkippedSource(name, reason))


def _shorten_unknown(found: FoundFiles) -> None:
    """Beyond 200 files of unknown ending the rest is counted by ending."""
    unknown = sorted(
        (skip for skip in found.skipped if skip.reason == "unknown ending"),
        key=lambda skip: skip.path,
    )[_LISTED_UNKNOWN:]
    if not unknown:
        return
    dropped = {id(skip) for skip in unknown}
    found.skipped = [skip for skip in found.skipped if id(skip) not in dropped]
    endings = Counter(Path(skip.path).suffix.lower() or "no ending" for skip in unknown)
    for ending, count in endings.items():
        reason = f"unknown ending: {count} more files"
        found.skipped.append(SkippedSource(f"*{ending}" if ending[0] == "." else ending, reason))


def _relative(path: Path, root: Path) -> str:
    return shown(path.relative_to(root).as_posix())
