"""Bad input gives one message that says what, where and how to mend it, and exit code 2."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ragcheck.cli import main

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def ragcheck(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    """Run the command line in this process; gives exit code and everything printed."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["ragcheck", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out + printed.err

    return run


def _refused(outcome: tuple[int, str], *expected: str) -> None:
    code, printed = outcome
    assert code == 2
    assert "Traceback" not in printed
    assert "nan" not in printed.lower().split()
    for text in expected:
        assert text in printed


def test_help_is_told(ragcheck: Run) -> None:
    code, printed = ragcheck("--help")
    assert code == 0
    assert all(command in printed for command in ("run", "init"))


def test_a_missing_corpus(ragcheck: Run) -> None:
    _refused(ragcheck("run", "nowhere"), "nowhere", "mend:")


def test_an_empty_corpus(ragcheck: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    _refused(ragcheck("run", "empty"), "empty", "mend:")


def test_a_corpus_without_text(ragcheck: Run, tmp_path: Path) -> None:
    (tmp_path / "blank").mkdir()
    (tmp_path / "blank" / "a.md").write_text(" \n\n")
    _refused(ragcheck("run", "blank"), "mend:")


def test_a_missing_question_file(ragcheck: Run, small_corpus: Path) -> None:
    _refused(ragcheck("run", str(small_corpus), "-q", "none.jsonl"), "none.jsonl", "mend:")


def test_a_question_file_without_a_question(ragcheck: Run, small_corpus: Path) -> None:
    Path("broken.jsonl").write_text("{not json\n[]\n")
    _refused(ragcheck("run", str(small_corpus), "-q", "broken.jsonl"), "broken.jsonl")


def test_an_unknown_key(ragcheck: Run, small_corpus: Path) -> None:
    Path("ragcheck.toml").write_text("[evidence]\nmax_kk = 3\n")
    _refused(ragcheck("run", str(small_corpus), "-c", "ragcheck.toml"), "did you mean 'max_k'?")


def test_an_unknown_strategy(ragcheck: Run, small_corpus: Path) -> None:
    Path("ragcheck.toml").write_text('[evidence]\nstrategies = ["charss(size=3)"]\n')
    _refused(ragcheck("run", str(small_corpus), "-c", "ragcheck.toml"), "did you mean 'chars'?")


def test_an_unknown_retriever_in_the_experiment(ragcheck: Run, small_corpus: Path) -> None:
    Path("ragcheck.toml").write_text('[experiment]\nretrievers = ["bm52"]\n')
    _refused(ragcheck("run", str(small_corpus), "-c", "ragcheck.toml"), "did you mean 'bm25'?")


def test_a_model_that_is_not_there(ragcheck: Run, small_corpus: Path) -> None:
    Path("ragcheck.toml").write_text('[evidence]\nencoder = "packaged:nothing"\n')
    _refused(ragcheck("run", str(small_corpus), "-c", "ragcheck.toml"), "packaged:nothing")


def test_a_model_without_an_address(ragcheck: Run, small_corpus: Path) -> None:
    Path("ragcheck.toml").write_text('[model]\nname = "gpt-x"\n')
    _refused(ragcheck("run", str(small_corpus), "-c", "ragcheck.toml"), "model.base_url")


def test_a_key_variable_that_is_not_set(ragcheck: Run, small_corpus: Path) -> None:
    Path("ragcheck.toml").write_text(
        '[model]\nname = "m"\nbase_url = "http://127.0.0.1:9/v1"\napi_key_env = "NO_SUCH_KEY"\n'
    )
    _refused(ragcheck("run", str(small_corpus), "-c", "ragcheck.toml"), "NO_SUCH_KEY")


@pytest.mark.model
def test_an_unreachable_endpoint(ragcheck: Run, small_corpus: Path) -> None:
    Path("ragcheck.toml").write_text(
        '[model]\nname = "m"\nbase_url = "http://127.0.0.1:9/v1"\ntries = 1\n'
    )
    _refused(ragcheck("run", str(small_corpus), "-c", "ragcheck.toml"), "127.0.0.1:9", "mend:")


def test_a_budget_of_nothing(ragcheck: Run, small_corpus: Path) -> None:
    _refused(ragcheck("run", str(small_corpus), "--budget", "0"), "budget")


def test_a_run_folder_that_is_a_file(ragcheck: Run, small_corpus: Path) -> None:
    Path("taken").write_text("a file")
    _refused(ragcheck("run", str(small_corpus), "-o", "taken"), "taken", "--output")


def test_init_does_not_write_over_a_file(ragcheck: Run) -> None:
    assert ragcheck("init")[0] == 0
    _refused(ragcheck("init"), "ragcheck.toml")


@pytest.mark.model
def test_small_and_odd_corpora_run_with_warnings(ragcheck: Run, tmp_path: Path) -> None:
    """One line, K above the chunks, a repeated strategy, a broken line, a lost anchor."""
    Path("line.txt").write_text("The Heron meter has a battery that lasts 40 hours.")
    questions = [
        {"question": "How long does the battery last?", "answers": ["40 hours"],
         "evidence": [{"document": "line.txt", "quote": "lasts 40 hours"}]},
        {"question": "What does it weigh?", "answers": ["1 kg"],
         "evidence": [{"document": "line.txt", "quote": "this is not in it"}]},
    ]  # fmt: skip
    lines = [json.dumps(question) for question in questions]
    Path("questions.jsonl").write_text("\n".join([*lines, "{broken"]))
    Path("ragcheck.toml").write_text(
        '[evidence]\nstrategies = ["chars(size=400)", "recursive(size=400)"]\nmax_k = 30\n'
        '[experiment]\nstrategies = ["chars(size=400)"]\nk = [1, 25]\n'
    )
    code, printed = ragcheck(
        "run", "line.txt", "-q", "questions.jsonl", "-c", "ragcheck.toml", "-o", "run"
    )
    report = json.loads((tmp_path / "run" / "report.json").read_bytes())
    assert code == 0
    assert "Traceback" not in printed
    assert any("questions.jsonl:3" in warning for warning in report["warnings"])
    assert any("this is not in it" in w or "anchor" in w for w in report["warnings"])
    assert [s["same_as"] for s in report["strategies"]] == [None, "chars(size=400)"]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from ragcheck.cli import app; "
        "heavy = {'torch', 'faiss', 'llama_index', 'scipy', 'pandas', 'numpy'} & set(sys.modules); "
        "sys.exit(','.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('[evidence]\nstrategies = ["chars(size=0)"]', "chars(size=0)"),
        ('[evidence]\nretriever = "bm25(k1=2)"', "no parameter 'k1'"),
        ('[experiment]\nretrievers = ["fusion(depth=0)"]', "depth must be 1 or more"),
        ('[experiment]\nprompts = ["nothing"]', "known: plain, cautious"),
    ],
)
def test_a_dry_run_checks_every_name(
    ragcheck: Run, small_corpus: Path, lines: str, expected: str
) -> None:
    Path("ragcheck.toml").write_text(lines)
    _refused(ragcheck("run", str(small_corpus), "-c", "ragcheck.toml", "--dry-run"), expected)
