from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ragcheck.judges.readers.pieces import Pieces

LISTED = ["<pad>", "<eos>", "<bos>", "<unk>", "中", "国", "人", "中国", "国人", "▁", "a", "b", "ab",
          "▁a", "▁ab", *(f"<0x{n:02X}>" for n in range(256))]  # fmt: skip
VOCABULARY = {piece: number for number, piece in enumerate(LISTED)}


def pieces(**scores):
    listed = [scores.get(piece, -1000.0) for piece in LISTED]
    return Pieces(VOCABULARY, listed)


def said(cut):
    return [LISTED[number] for number, _, _ in cut]


def test_the_merge_with_the_better_score_comes_first():
    assert said(pieces(中国=-1.0, 国人=-2.0).cut("中国人")) == ["中国", "人"]
    assert said(pieces(中国=-2.0, 国人=-1.0).cut("中国人")) == ["中", "国人"]


def test_a_space_belongs_to_the_word_behind_it():
    cut = pieces(ab=-1.0).cut("ab ab")
    assert said(cut) == ["ab", "▁ab"]
    assert [(start, end) for _, start, end in cut] == [(0, 2), (2, 5)]


def test_a_character_without_a_piece_is_its_bytes_at_its_place():
    cut = pieces().cut("中é")
    assert said(cut) == ["中", "<0xC3>", "<0xA9>"]
    assert [(start, end) for _, start, end in cut] == [(0, 1), (1, 2), (1, 2)]


@given(st.text(alphabet=st.sampled_from("中国人ab é\n"), max_size=300))
def test_pieces_cover_the_text_in_order(text):
    cut = pieces(中国=-1.0, 国人=-2.0).cut(text)
    covered = list(dict.fromkeys((start, end) for _, start, end in cut))
    assert "".join(text[start:end] for start, end in covered) == text
