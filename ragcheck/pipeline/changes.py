"""Which documents of a corpus changed: against a revision of git, or against a baseline."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ragcheck.errors import ConfigError
from ragcheck.pipeline.baseline import Baseline
from ragcheck.records.corpus import Corpus

_TIMEOUT = 60


def changed_since(root: Path, revision: str, corpus: Corpus) -> tuple[str, ...]:
    """Paths of documents that differ from where this branch left ``revision``, or are new.

    Without a common ancestor (a shallow clone) they are compared with the revision itself.

    Raises:
        ConfigError: this is no git repository, or there is no such revision.
    """
    folder = root if root.is_dir() else root.parent
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^0")
    if commit is None:
        raise ConfigError(
            f"git knows no revision {revision!r} here",
            where=str(folder),
            mend="fetch it first (a checkout with fetch-depth: 0), or name another one",
        )
    base = _git(folder, "merge-base", commit.strip(), "HEAD") or commit
    changed = _git(folder, "diff", "--name-only", "-z", "--relative", base.strip(), "--", ".")
    new = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    named = set(f"{changed or ''}\0{new or ''}".split("\0"))
    return tuple(document.path for document in corpus.documents if document.path in named)


def changed_against(baseline: Baseline, corpus: Corpus) -> tuple[str, ...]:
    """Paths of documents whose content is not the one that the baseline was written on."""
    return tuple(
        document.path
        for document in corpus.documents
        if baseline.documents.get(document.path) != document.id
    )


def _git(folder: Path, *arguments: str) -> str | None:
    """Standard output, or ``None`` where git says no."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, timeout=_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise ConfigError(
            f"git cannot be run: {problem}", where=str(folder), mend="install git"
        ) from problem
    if done.returncode != 0:
        return None
    return done.stdout.decode("utf-8", "replace")
