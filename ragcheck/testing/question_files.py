"""The questions of a marker, read when pytest collects."""

from __future__ import annotations

from pathlib import Path

from ragcheck.corpus.questions import read_questions
from ragcheck.errors import QuestionError
from ragcheck.records.corpus import Corpus, Question


def find_file(name: str, folders: list[Path]) -> Path:
    """The first of the folders' files with this name.

    Raises:
        QuestionError: none of them has it.
    """
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise QuestionError(
        "there is no such question file",
        where=" or ".join(str(folder / name) for folder in folders),
        mend="write the path from the test's folder or from the root folder",
    )


def marked_questions(path: Path) -> tuple[tuple[Question, ...], list[str]]:
    """The questions of a file and what is wrong with lines that are no questions.

    The anchors of their evidence stay unresolved: collecting reads no corpus.

    Raises:
        QuestionError: the file cannot be read, or holds no question.
    """
    found = read_questions(path, Corpus(path.stem, ()))
    lost = [warning for warning in found.warnings if "line was left out" in warning]
    return found.questions, lost
