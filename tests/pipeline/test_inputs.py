"""What a run works on, and where it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragcheck.config import RunConfig
from ragcheck.pipeline.inputs import Inputs, default_folder
from ragcheck.records.corpus import Corpus, Document, QuestionSet


def _folder(name: str) -> Path:
    corpus = Corpus(name, (Document("a.md", "A text."),))
    return default_folder(Inputs(corpus, QuestionSet(()), RunConfig()))


@pytest.mark.parametrize(
    "name",
    ["../../evil", "..", "/etc", "a/b", "a\\b", ".hidden", "-o", "", "a\nb", "\x1b[31m", "x" * 999],
)
def test_the_default_folder_lies_directly_in_runs(name: str) -> None:
    folder = _folder(name)
    assert folder.parent == Path("runs")
    assert folder.name[0] not in ".-"
    assert len(folder.name) <= 60
    assert folder.name.isprintable()


def test_the_default_folder_keeps_names_that_any_file_system_takes() -> None:
    assert _folder("kestrel-handbook").name.startswith("kestrel-handbook-")
    assert _folder("清河规则").name.startswith("清河规则-")
