"""``ragcheck check``: evidence against gates, for a build that fails when it gets worse."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from ragcheck.cli.profile import Profile, print_profile
from ragcheck.cli.progress import progress_bars
from ragcheck.config import read_config
from ragcheck.errors import ConfigError
from ragcheck.files import write_whole
from ragcheck.pipeline.baseline import DEFAULT_NAME
from ragcheck.pipeline.checking import Scope, check, exit_code, placed
from ragcheck.pipeline.outputs import render
from ragcheck.records.results import Report
from ragcheck.registry import suggest
from ragcheck.reporting.formats import CHECK_FORMATS

CONFIG_NAME = "ragcheck.toml"

Target = tuple[str, Path | None]
"""A format, and the file that it goes to; standard output where there is none."""


def check_corpus(
    corpus: Path,
    questions: Path | None,
    config: Path | None,
    scope: Scope,
    *,
    formats: Sequence[str],
    output: Path | None,
    profiled: bool = False,
    overrides: Mapping[str, object] | None = None,
) -> int:
    """Check and write every format; gives the exit code.

    Where no configuration or baseline is given, ``ragcheck.toml`` and ``ragcheck-baseline.json``
    of the current folder are taken if they are there.
    """
    targets = list(read_targets(formats, os.environ))
    settled = read_config(config or _if_there(CONFIG_NAME), overrides)
    with progress_bars(Console(stderr=True)) as bars:
        profile = Profile(bars)
        report = check(corpus, questions, settled, scope, output=output, listen=profile)
    write_formats(placed(report, path_from_repository(corpus, os.environ)), targets)
    if profiled:
        print_profile(profile, report.language)
    return exit_code(report)


def read_targets(formats: Sequence[str], environment: Mapping[str, str]) -> Iterator[Target]:
    """Each ``NAME`` or ``NAME=FILE``; text where nothing else goes to standard output.

    On GitHub the annotations come with the text.

    Raises:
        ConfigError: there is no such format, or two of them go to standard output.
    """
    found = [_target(text) for text in formats]
    shown = [name for name, path in found if path is None]
    if len(shown) > 1:
        raise ConfigError(
            f"{' and '.join(shown)} cannot both go to standard output",
            where="--format",
            mend=f"write one of them to a file: --format {shown[-1]}=FILE",
        )
    yield from found
    if not shown:
        yield "text", None
    on_github = environment.get("GITHUB_ACTIONS") == "true"
    if on_github and shown in ([], ["text"]) and "github" not in dict(found):
        yield "github", None


def write_formats(report: Report, targets: Sequence[Target]) -> None:
    """Render the report once a target, files first.

    Raises:
        StoreError: a file cannot be written.
    """
    for name, path in sorted(targets, key=lambda target: target[1] is None):
        raw = render(report, (), name, formats=CHECK_FORMATS)
        if path is None:
            sys.stdout.buffer.write(raw)
            sys.stdout.flush()
        else:
            write_whole(path, raw)


def default_baseline(given: Path | None, *, update: bool) -> Path | None:
    """The baseline that was given, or the one in the current folder."""
    if given is not None or not update:
        return given or _if_there(DEFAULT_NAME)
    return Path(DEFAULT_NAME)


def path_from_repository(corpus: Path, environment: Mapping[str, str]) -> str:
    """The folder of the corpus's documents from the repository's root, or from here.

    On GitHub that is the workspace, elsewhere the current folder. A corpus outside of it keeps
    its absolute path.
    """
    folder = (corpus if corpus.is_dir() else corpus.parent).resolve()
    for root in (environment.get("GITHUB_WORKSPACE"), "."):
        if root and folder.is_relative_to(Path(root).resolve()):
            return folder.relative_to(Path(root).resolve()).as_posix()
    return folder.as_posix()


def _target(text: str) -> Target:
    name, equals, path = text.partition("=")
    if name not in CHECK_FORMATS or (equals and not path):
        raise ConfigError(
            f"cannot read the format {text!r}",
            where="--format",
            mend=f"write NAME or NAME=FILE; {suggest(name, list(CHECK_FORMATS))}",
        )
    return name, Path(path) if equals else None


def _if_there(name: str) -> Path | None:
    return Path(name) if Path(name).is_file() else None
