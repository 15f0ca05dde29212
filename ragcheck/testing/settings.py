"""What the user asked of the plugin: options first, then the ini file, then files by name.

Only the standard library and pytest are imported here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

PATHS = {
    "corpus": "file or folder of documents",
    "questions": "questions as JSON lines; made from the corpus if not given",
    "config": "a ragcheck.toml; the one in the root folder if it is there",
    "baseline": "accepted findings; ragcheck-baseline.json in the root folder if it is there",
}
CONFIG_NAME, BASELINE_NAME = "ragcheck.toml", "ragcheck-baseline.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths that exist or were asked for; ``root`` is what places are shown relative to."""

    root: Path
    corpus: Path | None
    questions: Path | None
    config: Path | None
    baseline: Path | None
    update_baseline: bool


def add_options(parser: pytest.Parser) -> None:
    """``--ragcheck-*`` on the command line and ``ragcheck_*`` in the ini file."""
    group = parser.getgroup("ragcheck", "evidence health of a document corpus")
    for name, what in PATHS.items():
        group.addoption(f"--ragcheck-{name}", metavar="PATH", help=what)
        parser.addini(f"ragcheck_{name}", what, default="")
    group.addoption(
        "--ragcheck-update-baseline",
        action="store_true",
        help="accept what is found now, so that only new findings fail",
    )


def read_settings(config: pytest.Config) -> Settings:
    """The settings of one session."""
    update = bool(config.getoption("--ragcheck-update-baseline"))
    baseline = _path(config, "baseline") or _if_there(config, BASELINE_NAME)
    if update and baseline is None:
        baseline = _home(config) / BASELINE_NAME
    return Settings(
        root=config.rootpath,
        corpus=_path(config, "corpus"),
        questions=_path(config, "questions"),
        config=_path(config, "config") or _if_there(config, CONFIG_NAME),
        baseline=baseline,
        update_baseline=update,
    )


def _path(config: pytest.Config, name: str) -> Path | None:
    """The option from the folder that pytest was run in, the ini value from the ini file's."""
    option = config.getoption(f"--ragcheck-{name}")
    if option:
        return Path(config.invocation_params.dir, option)
    value = str(config.getini(f"ragcheck_{name}"))
    return _home(config) / value if value else None


def _if_there(config: pytest.Config, name: str) -> Path | None:
    path = _home(config) / name
    return path if path.is_file() else None


def _home(config: pytest.Config) -> Path:
    return config.inipath.parent if config.inipath else config.rootpath
