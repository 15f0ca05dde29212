import os
from pathlib import Path

import pytest

from ragcheck.corpus import files
from ragcheck.corpus.loaders import load_corpus
from ragcheck.errors import CorpusError
from ragcheck.records.corpus import Corpus, Span


def reasons(corpus: Corpus) -> dict[str, str]:
    return {skip.path: skip.reason for skip in corpus.skipped}


def test_documents_come_in_path_order_with_posix_paths(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "z.MD").write_text("# Z\n")
    (tmp_path / "a.txt").write_text("A")
    (tmp_path / "c.rst").write_text("C")
    corpus = load_corpus(tmp_path)
    assert [document.path for document in corpus.documents] == ["a.txt", "b/z.MD", "c.rst"]
    assert corpus.name == tmp_path.name
    assert load_corpus(tmp_path, name="mine").name == "mine"


def test_a_single_file_is_a_corpus(tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.write_text("One line.")
    corpus = load_corpus(file)
    assert [(d.path, d.text) for d in corpus.documents] == [("one.txt", "One line.")]


def test_plain_text_maps_line_for_line_with_crlf_and_mark(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes("\ufeff# 标题\r\n\r\n第三行 😀 text\r\n".encode())
    document = load_corpus(tmp_path).documents[0]
    assert document.text == "# 标题\n\n第三行 😀 text\n"
    start = document.text.index("text")
    place = document.place(Span(start, start + 4))
    assert (place.line, place.column) == (3, 7)
    assert document.metadata["newline"] == "crlf"


def test_chinese_encodings_are_detected_and_recorded(tmp_path: Path) -> None:
    text = "顾客自签收商品次日起7天内，可以申请无理由退货。运费由顾客承担。\n"
    (tmp_path / "gbk.txt").write_bytes(text.encode("gbk"))
    (tmp_path / "wide.txt").write_bytes(text.encode("utf-16"))
    corpus = load_corpus(tmp_path)
    assert [document.text for document in corpus.documents] == [text, text]
    assert corpus.documents[0].metadata["encoding"].startswith("gb")
    assert corpus.documents[1].metadata["encoding"] == "utf-16"
    assert corpus.language == "zh"


def test_nothing_is_dropped_silently(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Good.")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "blank.md").write_text(" \n\t\n")
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01\x02\x03")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "part.jsonl").write_text('{"a": "b"}\nbroken\n')
    corpus = load_corpus(tmp_path)
    assert [document.path for document in corpus.documents] == ["good.txt", "part.jsonl"]
    found = reasons(corpus)
    assert found["empty.txt"] == found["blank.md"] == "no text"
    assert "binary" in found["binary.txt"]
    assert found["picture.png"] == "unknown ending"
    assert "not JSON" in found["broken.json"]
    assert "line 2" in found["part.jsonl"]


def test_hidden_files_and_question_files_are_no_documents(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "notes.md").write_text("hidden")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "questions.jsonl").write_text('{"kept": "yes"}')
    for name in ("questions.jsonl", "conflicts.jsonl", ".secret.md"):
        (tmp_path / name).write_text('{"question": "x"}')
    corpus = load_corpus(tmp_path)
    assert [document.path for document in corpus.documents] == ["sub/questions.jsonl"]
    assert corpus.skipped == ()


def test_a_manifest_of_another_tool_is_left_out_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "web app"}')
    (tmp_path / "a.md").write_text("text")
    corpus = load_corpus(tmp_path)
    assert [document.path for document in corpus.documents] == ["a.md"]
    assert reasons(corpus) == {"manifest.json": "not a manifest of ragcheck"}


def test_links_that_leave_or_loop_are_skipped_and_others_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "real").mkdir(parents=True)
    (root / "real" / "a.md").write_text("inside")
    (tmp_path / "outside.md").write_text("outside")
    (root / "away.md").symlink_to(tmp_path / "outside.md")
    (root / "away").symlink_to(tmp_path, target_is_directory=True)
    (root / "real" / "loop").symlink_to(root, target_is_directory=True)
    (root / "self.md").symlink_to(root / "self.md")
    (root / "copy.md").symlink_to(root / "real" / "a.md")
    (root / ".data").mkdir()
    (root / ".data" / "b.md").write_text("linked folder")
    (root / "mounted").symlink_to(root / ".data", target_is_directory=True)
    corpus = load_corpus(root)
    assert [document.path for document in corpus.documents] == [
        "copy.md",
        "mounted/b.md",
        "real/a.md",
    ]
    found = reasons(corpus)
    assert found["away.md"] == found["away"] == "symbolic link that leaves the corpus"
    assert found["real/loop"] == "symbolic link to a folder that is read already"
    assert "loops" in found["self.md"]


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "a.txt").write_text("text")
    assert reasons(load_corpus(tmp_path)) == {"pipe.txt": "not a regular file"}


def test_a_large_file_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 1 << 20)
    (tmp_path / "large.txt").write_bytes(b"a" * ((1 << 20) + 1))
    (tmp_path / "a.txt").write_text("text")
    assert reasons(load_corpus(tmp_path)) == {"large.txt": "larger than 1 MB"}


def test_very_many_unknown_endings_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    for number in range(230):
        (tmp_path / f"code{number:03}.py").touch()
    found = reasons(load_corpus(tmp_path))
    assert len(found) == 201
    assert found["*.py"] == "unknown ending: 30 more files"


def test_a_name_that_is_not_utf8_gives_a_path_that_prints(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("text")
    except OSError:
        pytest.skip("the file system refuses the name")
    assert load_corpus(tmp_path).documents[0].path == "caf\ufffd.txt"


@pytest.mark.parametrize("content", [None, b"", b"  \n"])
def test_a_corpus_without_text_is_an_error_that_says_how_to_mend_it(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path)
    assert caught.value.where == str(tmp_path)
    assert caught.value.mend and ".md" in caught.value.mend


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no such file"):
        load_corpus(tmp_path / "nowhere")


def test_html_and_jsonl_spans_point_at_the_source_line(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html>\n<body>\n\n<p>first</p>\n<p>second fact</p>\n")
    (tmp_path / "b.jsonl").write_text('{"t": "one"}\n{"t": "two facts"}\n')
    by_path = load_corpus(tmp_path).by_path
    for path, quote, line in (("a.html", "second fact", 5), ("b.jsonl", "two facts", 2)):
        start = by_path[path].text.index(quote)
        assert by_path[path].place(Span(start, start + len(quote))).line == line


def test_the_folder_of_an_earlier_run_is_no_part_of_the_corpus(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("A document.")
    for run in (tmp_path / "runs" / "docs-1234", tmp_path):
        run.mkdir(parents=True, exist_ok=True)
        for name in ("run.sqlite", "report.html", "report.json"):
            (run / name).write_text("<p>what a run wrote</p>")
    assert [document.path for document in load_corpus(tmp_path).documents] == ["a.md"]
