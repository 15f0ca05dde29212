"""Paths and options to what a run works on: corpus, questions and a settled configuration."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

from ragcheck import rng
from ragcheck.config import RunConfig
from ragcheck.corpus.loaders import load_corpus
from ragcheck.corpus.manifest import questions_path
from ragcheck.corpus.questions import read_questions
from ragcheck.corpus.synthesis import make_questions
from ragcheck.errors import QuestionError
from ragcheck.pipeline.settling import check_triage
from ragcheck.records.corpus import Corpus, QuestionSet, content_id
from ragcheck.text.display import one_line

_NAME_LIMIT = 40
"""Characters of a corpus's name in its folder's; three bytes each at most in most scripts."""


@dataclass(frozen=True)
class Inputs:
    """Everything that a run's result depends on, but for the models."""

    corpus: Corpus
    questions: QuestionSet
    config: RunConfig

    @property
    def language(self) -> str:
        return self.corpus.language

    @cached_property
    def key(self) -> str:
        """Equal keys mean equal inputs and equal code."""
        return content_id(
            self.config.fingerprint,
            self.corpus.name,
            self.corpus.language,
            self.corpus.fingerprint,
            self.questions.fingerprint,
            code_fingerprint(),
        )


def read_inputs(corpus: Path | Corpus, questions: Path | None, config: RunConfig) -> Inputs:
    """Load the corpus and its questions; without a question file they are made from the corpus.

    Raises:
        CorpusError, QuestionError: one of them cannot be read at all.
        ConfigError: the configuration names a rule that there is not.
    """
    check_triage(config)
    loaded = corpus if isinstance(corpus, Corpus) else load_corpus(corpus)
    if config.language != "auto":
        loaded = replace(loaded, language=config.language)
    config = config.for_language(loaded.language)
    path = _question_file(corpus, questions, config)
    if path is not None:
        return Inputs(loaded, read_questions(path, loaded), config)
    made = make_questions(
        loaded, limit=config.questions.synthetic, rng=rng.generator(config.seed, "questions")
    )
    return Inputs(loaded, made, config)


@cache
def code_fingerprint(room: str = "") -> str:
    """Hash of the package's own files, source and weights: results of others are not reused.

    Args:
        room: a folder of the package, where results depend on no other; the package by default.
    """
    package = Path(str(files("ragcheck"))) / room
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            raw = path.read_bytes()
            digest.update(f"{path.relative_to(package).as_posix()}:{len(raw)}:".encode())
            digest.update(raw)
    return digest.hexdigest()[:16]


def default_folder(inputs: Inputs) -> Path:
    """``runs/<corpus>-<hash>``: the same inputs come back to the same folder.

    A manifest may name its corpus as it likes; the folder is inside ``runs`` all the same.
    """
    settings = content_id(
        inputs.config.fingerprint, inputs.corpus.fingerprint, inputs.questions.fingerprint
    )
    return Path("runs") / f"{_folder_name(inputs.corpus.name)}-{settings[:8]}"


def _folder_name(name: str) -> str:
    """What of a name every file system takes: letters and digits of any script, ``.``, ``-``."""
    safe = re.sub(r"[^\w.-]+", "-", one_line(name, 200))
    return safe.strip("-.")[:_NAME_LIMIT] or "corpus"


def optional_path(value: Path | str | None) -> Path | None:
    """A path, where one was given."""
    return None if value is None else Path(value)


def _question_file(corpus: Path | Corpus, questions: Path | None, config: RunConfig) -> Path | None:
    given = questions or (Path(config.questions.path) if config.questions.path else None)
    if given is not None:
        if not given.is_file():
            raise QuestionError(
                "there is no such question file",
                where=str(given),
                mend="give a JSON-lines file with -q, or leave it out to have questions made",
            )
        return given
    return questions_path(corpus) if isinstance(corpus, Path) else None
