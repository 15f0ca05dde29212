import hashlib
import json
from pathlib import Path

import pytest

from ragcheck.corpus.loaders import load_corpus
from ragcheck.corpus.manifest import main, questions_path, read_manifest, write_manifest
from ragcheck.errors import CorpusError


def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# 退款\n七天内可以退款。\n")
    (tmp_path / "docs" / "b.md").write_text("# 配送\n三天内送达。\n")
    (tmp_path / "README.md").write_text("About these files.\n")
    return tmp_path


def write(root: Path, **changes: object) -> None:
    data: dict[str, object] = {
        "schema_version": "1",
        "name": "n",
        "language": "en",
        "licence": "CC0-1.0",
        "source": "s",
        "questions": None,
        "documents": [{"path": "docs/a.md", "sha256": "0" * 64}],
    }
    (root / "manifest.json").write_text(json.dumps({**data, **changes}))


def test_what_is_written_is_read_back_and_hashes_the_files(tmp_path: Path) -> None:
    root = folder(tmp_path)
    written = write_manifest(root, name="规则", licence="CC0-1.0", source="written for this")
    assert read_manifest(root) == written
    assert written.language == "zh"
    expected = hashlib.sha256((root / "docs" / "a.md").read_bytes()).hexdigest()
    assert {entry.path: entry.sha256 for entry in written.documents}["docs/a.md"] == expected
    assert [path.name for path in root.iterdir() if path.name.startswith(".")] == []


def test_only_listed_documents_are_read(tmp_path: Path) -> None:
    root = folder(tmp_path)
    write_manifest(
        root, name="rules", licence="CC0-1.0", source="s", documents=["docs/a.md", "docs/b.md"]
    )
    corpus = load_corpus(root)
    assert [document.path for document in corpus.documents] == ["docs/a.md", "docs/b.md"]
    assert (corpus.name, corpus.language, corpus.skipped) == ("rules", "zh", ())


def test_changed_content_is_read_and_named(tmp_path: Path) -> None:
    root = folder(tmp_path)
    write_manifest(root, name="rules", licence="CC0-1.0", source="s")
    (root / "docs" / "a.md").write_text("# 退款\n三十天内可以退款。\n")
    (root / "docs" / "b.md").unlink()
    corpus = load_corpus(root)
    assert "三十天" in corpus.by_path["docs/a.md"].text
    assert {skip.path: skip.reason for skip in corpus.skipped} == {
        "docs/a.md": "content differs from the manifest",
        "docs/b.md": "listed in the manifest but not there",
    }


@pytest.mark.parametrize(
    "path", ["../a.md", "/etc/passwd", "docs/../../a.md", "", "c:\\a.md", "a\x00.md", 7, None]
)
def test_paths_that_leave_the_folder_are_refused(tmp_path: Path, path: object) -> None:
    root = folder(tmp_path)
    write(root, documents=[{"path": path, "sha256": "0" * 64}])
    with pytest.raises(CorpusError, match="path") as caught:
        load_corpus(root)
    assert caught.value.where == str(root / "manifest.json")


@pytest.mark.parametrize(
    "changes",
    [
        {"schema_version": "2"},
        {"documents": []},
        {"documents": "docs"},
        {"documents": ["docs/a.md"]},
        {"documents": [{"path": "docs/a.md", "sha256": "abc"}]},
        {"documents": [{"path": "docs/a.md", "sha256": "0" * 64}] * 2},
        {"questions": "../questions.jsonl"},
        {"questions": 3},
        {"language": "klingon"},
        {"name": ""},
    ],
)
def test_a_broken_manifest_is_an_error(tmp_path: Path, changes: dict[str, object]) -> None:
    root = folder(tmp_path)
    write(root, **changes)
    with pytest.raises(CorpusError, match="manifest is broken"):
        load_corpus(root)


def test_a_manifest_that_is_not_json_is_an_error(tmp_path: Path) -> None:
    root = folder(tmp_path)
    (root / "manifest.json").write_text("{")
    with pytest.raises(CorpusError, match="cannot be read"):
        load_corpus(root)


def test_a_listed_link_that_leaves_the_folder_is_skipped(tmp_path: Path) -> None:
    root = folder(tmp_path / "root") if (tmp_path / "root").mkdir() is None else tmp_path
    (tmp_path / "secret.md").write_text("secret")
    (root / "docs" / "link.md").symlink_to(tmp_path / "secret.md")
    entries = [{"path": f"docs/{name}.md", "sha256": "0" * 64} for name in ("a", "link")]
    write(root, documents=entries)
    corpus = load_corpus(root)
    assert [document.path for document in corpus.documents] == ["docs/a.md"]
    assert ("docs/link.md", "symbolic link that leaves the corpus") in [
        (skip.path, skip.reason) for skip in corpus.skipped
    ]


def test_the_question_file_is_the_manifests_or_the_usual_one(tmp_path: Path) -> None:
    root = folder(tmp_path)
    assert questions_path(root) is None
    (root / "questions.jsonl").write_text('{"question": "?"}')
    assert questions_path(root) == root / "questions.jsonl"
    (root / "asked.jsonl").write_text('{"question": "?"}')
    write(root, questions="asked.jsonl")
    assert questions_path(root) == root / "asked.jsonl"
    write(root, questions="gone.jsonl")
    with pytest.raises(CorpusError, match=r"gone\.jsonl"):
        questions_path(root)
    assert questions_path(root / "docs" / "a.md") is None


def test_the_command_writes_a_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder(tmp_path)
    arguments = ["--name", "n", "--licence", "CC0-1.0", "--source", "s", "--below", "docs"]
    assert main([str(root), *arguments]) == 0
    assert "2 documents" in capsys.readouterr().out
    assert main([str(root / "nowhere"), *arguments]) == 2
    assert "no such file" in capsys.readouterr().err
