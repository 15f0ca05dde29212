from __future__ import annotations

import pytest

from ragcheck.text.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


def test_an_item_number_belongs_to_its_item() -> None:
    assert sentences("1. Enter it.\n2. Wait. Silence is no.\n") == [
        "1. Enter it.", "2. Wait.", "Silence is no.",
    ]  # fmt: skip
    assert sentences("1. 退款期为七天。\n2. 换货期为十天。\n") == [
        "1. 退款期为七天。",
        "2. 换货期为十天。",
    ]
    assert sentences("## 3. Certificates\n") == ["## 3. Certificates"]
    assert sentences("3.\n\nNext.") == ["3.", "Next."]


@pytest.mark.parametrize(
    ("sentence", "between"), [("The refund window is open. ", " "), ("退款期为七天。", "")]
)
def test_a_long_line_gives_the_sentences_of_a_short_one(sentence: str, between: str) -> None:
    count = 9_000 // len(sentence)
    assert sentences(sentence * count) == [sentence.strip()] * count


def test_a_sentence_longer_than_any_window_is_cut_not_lost() -> None:
    text = "x" * 30_000
    assert "".join(sentences(text)) == text


def test_lone_surrogates_keep_their_offsets() -> None:
    assert sentences("One \ud800 here. Two.") == ["One \ud800 here.", "Two."]
