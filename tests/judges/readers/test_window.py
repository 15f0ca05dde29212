from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ragcheck.judges.readers.window import LONGEST, nearest_window

FILLER = "周六的市场上有许多人来买奶酪和水果，孩子们在河边放风筝。" * 8


def test_a_short_passage_is_read_whole():
    assert nearest_window("何时？", "大桥于1998年通车。").end == len("大桥于1998年通车。")


def test_of_a_long_passage_the_sentences_of_the_question():
    answer = "云岭大桥于1998年正式通车。"
    for passage in (FILLER + answer, answer + FILLER, FILLER + answer + FILLER):
        window = nearest_window("云岭大桥何时通车？", passage)
        assert answer in passage[window.start : window.end]
        assert window.end - window.start <= LONGEST


@given(st.text(alphabet=st.sampled_from("大桥通车奶酪。，\n a"), max_size=600))
def test_the_window_lies_in_the_passage(passage):
    window = nearest_window("大桥何时通车？", passage)
    assert 0 <= window.start <= window.end <= len(passage)
