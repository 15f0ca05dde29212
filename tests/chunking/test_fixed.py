from __future__ import annotations

import pytest

from ragcheck.chunking.fixed import CharacterChunker, TokenChunker
from ragcheck.records.corpus import Document


def texts(chunker: CharacterChunker | TokenChunker, text: str) -> list[str]:
    return [chunk.text for chunk in chunker.chunk(Document("a.txt", text))]


def test_characters_are_counted_as_code_points() -> None:
    assert texts(CharacterChunker(size=4), "abcdefghij") == ["abcd", "efgh", "ij"]
    assert texts(CharacterChunker(size=2), "退款😀期") == ["退款", "😀期"]


def test_overlap_is_shared_with_the_next_chunk() -> None:
    assert texts(CharacterChunker(size=4, overlap=1), "abcdefghij") == ["abcd", "defg", "ghij"]


@pytest.mark.parametrize(
    "cluster",
    ["e\u0301", "👨‍👩‍👧", "🇩🇪", "👍🏽", "❤\ufe0f", "\u1112\u1161\u11ab", "कि"],
)
def test_a_user_perceived_character_stays_whole(cluster: str) -> None:
    for lead in range(4):
        text = "a" * lead + cluster * 5
        pieces = texts(CharacterChunker(size=len(cluster) + 1), text)
        assert "".join(pieces) == text
        assert not [piece for piece in pieces if piece.replace(cluster, "").strip("a")]


def test_a_pair_of_flags_is_cut_between_the_flags() -> None:
    assert texts(CharacterChunker(size=3), "🇩🇪🇫🇷🇯🇵") == ["🇩🇪", "🇫🇷", "🇯🇵"]


def test_carriage_return_and_line_feed_are_one_cut() -> None:
    chunks = CharacterChunker(size=3).chunk(Document("a.txt", "ab\r\ncd"))
    assert [(chunk.start, chunk.end) for chunk in chunks] == [(0, 2), (4, 5), (5, 6)] or [
        chunk.text for chunk in chunks
    ] == ["ab", "c", "d"]


def test_a_cluster_without_end_is_cut_after_all() -> None:
    text = "e" + "\u0301" * 500
    pieces = texts(CharacterChunker(size=100), text)
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= 100


def test_words_are_the_unit_where_asked() -> None:
    chunker = TokenChunker(size=3, unit="word")
    assert texts(chunker, "One two, three 退款期。") == ["One two,", "three 退款", "期。"]
    assert chunker.notation == "tokens(overlap=0, size=3, unit=word)"


def test_token_overlap() -> None:
    assert texts(TokenChunker(size=3, overlap=1, unit="word"), "a b c d e") == ["a b c", "c d e"]


@pytest.mark.parametrize(
    ("size", "overlap", "message"),
    [(0, 0, "size must be"), (-1, 0, "size must be"), (5, 5, "overlap"), (5, -1, "overlap"),
     (True, 0, "size must be"), (2.5, 0, "size must be")],
)  # fmt: skip
def test_sizes_that_do_not_fit_are_refused(size: int, overlap: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CharacterChunker(size=size, overlap=overlap)
    with pytest.raises(ValueError, match=message):
        TokenChunker(size=size, overlap=overlap, unit="word")
