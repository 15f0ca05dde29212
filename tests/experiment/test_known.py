"""Results kept across runs: by content, whole or not at all, and never a failure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ragcheck.cache_file import CacheFile, entry_key
from ragcheck.experiment.known import AT_ONCE, KnownResults, SharedAnswers
from ragcheck.experiment.store import RunStore
from ragcheck.records.corpus import Span
from ragcheck.records.evidence import Defect, Judgement, Score
from ragcheck.records.trials import Answer


def _file(folder: Path) -> CacheFile:
    return CacheFile(folder / "results.sqlite", contents="results")


def _judgement(number: int) -> Judgement:
    return Judgement("conflict", number / 7, Span(0, number), Span(3, 9), values=("30 天", "b"))


def _keys(count: int) -> list[bytes]:
    return [entry_key(str(number)) for number in range(count)]


def test_results_come_back_equal_in_another_process_s_place(tmp_path: Path) -> None:
    judged = {key: _judgement(n + 1) for n, key in enumerate(_keys(50))}
    scores = {
        entry_key("s", str(n)): Score(n / 3, details={"reader": "fast"}) for n in range(5)
    } | {
        entry_key("none"): Score(
            None, reason="empty", defects=(Defect("cut", Span(0, 1), "x", "y"),)
        )
    }
    KnownResults(_file(tmp_path), Judgement).put(judged)
    KnownResults(_file(tmp_path), Score).put(scores)
    assert KnownResults(_file(tmp_path), Judgement).get([*judged, b"0" * 16]) == judged
    assert KnownResults(_file(tmp_path), Score).get(list(scores)) == scores


def test_each_distinct_key_is_computed_once(tmp_path: Path) -> None:
    asked: list[int] = []

    def compute(positions: Sequence[int]) -> list[Score]:
        asked.extend(positions)
        return [Score(float(i)) for i in positions]

    keys = _keys(3)
    known = KnownResults(_file(tmp_path), Score)
    assert [s.value for s in known.complete([keys[0], keys[1], keys[0]], compute)] == [0, 1, 0]
    later = KnownResults(_file(tmp_path), Score)
    assert [s.value for s in later.complete([keys[1], keys[2]], compute)] == [1, 1]
    assert asked == [0, 1, 1]
    assert (known.computed, later.computed) == (2, 1)


def test_a_kill_loses_one_part_at_most(tmp_path: Path) -> None:
    def dying(positions: Sequence[int]) -> list[Score]:
        if positions[0] > 0:
            raise KeyboardInterrupt
        return [Score(0.5) for _ in positions]

    keys = _keys(AT_ONCE + 1)
    with pytest.raises(KeyboardInterrupt):
        KnownResults(_file(tmp_path), Score).complete(keys, dying)
    assert len(KnownResults(_file(tmp_path), Score).get(keys)) == AT_ONCE


def test_what_is_not_worth_keeping_is_tried_again(tmp_path: Path) -> None:
    known = KnownResults(
        _file(tmp_path), Judgement, worth_keeping=lambda found: found.reason is None
    )
    failed = Judgement("not judged", 0.0, reason="no answer in time")
    assert known.complete(_keys(1), lambda _: [failed]) == [failed]
    assert known.complete(_keys(1), lambda _: [_judgement(1)]) == [_judgement(1)]
    assert known.complete(_keys(1), lambda _: [failed]) == [_judgement(1)]


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"relation": 3}', b"x\x9cno zlib", b"\xff\xfe"])
def test_an_entry_that_is_no_result_is_computed_again(tmp_path: Path, raw: bytes) -> None:
    key = _keys(1)[0]
    _file(tmp_path).put({key: raw})
    known = KnownResults(_file(tmp_path), Judgement)
    assert known.get([key]) == {}
    assert known.complete([key], lambda _: [_judgement(2)]) == [_judgement(2)]
    assert known.get([key]) == {key: _judgement(2)}


def test_what_json_cannot_hold_is_not_kept(tmp_path: Path) -> None:
    known = KnownResults(_file(tmp_path), Answer)
    one, two = _keys(2)
    known.put({one: Answer("a\ud800"), two: Answer("b")})
    assert known.get([one, two]) == {two: Answer("b")}


def test_results_stay_in_memory_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    known = KnownResults(_file(tmp_path / "file"), Score)
    assert known.complete(_keys(1), lambda _: [Score(0.25)]) == [Score(0.25)]
    assert known.complete(_keys(1), lambda _: [Score(0.75)]) == [Score(0.25)]


def test_answers_of_another_run_are_copied_into_the_folder(tmp_path: Path) -> None:
    known = KnownResults(_file(tmp_path), Answer)
    answers = {"a" * 16: Answer("30 days"), "b" * 16: Answer("no")}
    with RunStore(tmp_path / "one") as store:
        SharedAnswers(store, known, asked_by="this").keep_answers(answers)
    with RunStore(tmp_path / "two") as store:
        assert store.answers(list(answers)) == {}
        assert SharedAnswers(store, known, asked_by="other").answers(list(answers)) == {}
        found = SharedAnswers(store, known, asked_by="this").answers([*answers, "c" * 16])
        assert found == answers
        assert store.answers(list(answers)) == answers
