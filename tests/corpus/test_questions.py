import json
from pathlib import Path

import pytest

from ragcheck.corpus.questions import read_questions
from ragcheck.errors import QuestionError
from ragcheck.records.corpus import Corpus, Document, QuestionSet

ENGLISH = Document(
    "docs/policies/returns.md",
    "# Returns\n\nGoods can be returned\nwithin  30 days. A fee applies.\nA fee applies.\n",
)
CHINESE = Document("docs/退款.md", "顾客自签收商品\n次日起7天内，可以退货。\n")
CORPUS = Corpus("c", (ENGLISH, CHINESE))


def read(tmp_path: Path, *lines: object) -> QuestionSet:
    path = tmp_path / "questions.jsonl"
    raw = [
        line
        if isinstance(line, bytes)
        else (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)).encode()
        for line in lines
    ]
    path.write_bytes(b"\n".join(raw) + b"\n")
    return read_questions(path, CORPUS)


def anchor(quote: str, document: Document = ENGLISH) -> dict[str, object]:
    return {"question": "How long?", "answers": ["x"], "evidence": [
        {"document": document.path, "quote": quote}]}  # fmt: skip


def test_a_full_question_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "id": "q-1",
            "question": "How long?",
            "answers": ["30 days", "a month"],
            "evidence": [{"document": ENGLISH.path, "start": 2, "end": 9}],
            "tags": ["plain"],
            "conflicting": [
                {"answer": "7天", "document": CHINESE.path, "quote": "7天内，可以退货"}
            ],
        },
    )
    (question,) = found.questions
    assert (question.id, question.answers, question.tags) == (
        "q-1",
        ("30 days", "a month"),
        ("plain",),
    )
    assert question.evidence[0].quote == "Returns"
    assert question.rivals[0].answer == "7天"
    assert question.rivals[0].evidence.quote == "7天内，可以退货"
    assert found.warnings == ()
    assert not question.synthetic


@pytest.mark.parametrize(
    ("document", "quote", "expected"),
    [
        (
            ENGLISH,
            "Goods can be returned\nwithin  30 days.",
            "Goods can be returned\nwithin  30 days.",
        ),
        (
            ENGLISH,
            "Goods can be returned within 30 days.",
            "Goods can be returned\nwithin  30 days.",
        ),
        (ENGLISH, " returned   within\t30 ", "returned\nwithin  30"),
        (CHINESE, "签收商品次日起7天内", "签收商品\n次日起7天内"),
    ],
)
def test_anchors_are_exact_spans_whatever_the_white_space(
    tmp_path: Path, document: Document, quote: str, expected: str
) -> None:
    found = read(tmp_path, anchor(quote, document))
    (gold,) = found.questions[0].evidence
    assert document.text[gold.span.start : gold.span.end] == gold.quote == expected
    assert found.warnings == ()


def test_a_quote_that_occurs_twice_takes_the_first_and_warns(tmp_path: Path) -> None:
    found = read(tmp_path, anchor("A fee applies."))
    assert found.questions[0].evidence[0].span.start == ENGLISH.text.index("A fee")
    assert "questions.jsonl:1:" in found.warnings[0] and "more than once" in found.warnings[0]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{broken", "not JSON"),
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "not JSON"),
        ({"answers": ["x"]}, "no question"),
        ({"question": 5}, "no question"),
        ({"question": "  "}, "no question"),
        ({"question": "a?", "answers": "30 days"}, '"answers" is not a list of texts'),
        ({"question": "a?", "answers": [30]}, '"answers" is not a list of texts'),
        ({"question": "a?", "tags": {"a": 1}}, '"tags" is not a list of texts'),
        ({"question": "a?", "evidence": "docs"}, '"evidence" is not a list of objects'),
        ({"question": "a?", "conflicting": [1]}, '"conflicting" is not a list of objects'),
        ({"question": "a?", "unanswerable": "yes"}, "write true or false"),
        ({"question": "a?", "id": ["x"]}, '"id" is not a text'),
        (b'{"question": "\xff\xfe?"}', "not UTF-8"),
        ({"question": "again?", "id": "good"}, "taken"),
    ],
)
def test_a_broken_line_is_left_out_with_a_warning_and_the_rest_goes_on(
    tmp_path: Path, line: object, says: str
) -> None:
    found = read(tmp_path, {"id": "good", "question": "a?", "answers": ["x"]}, line)
    assert [question.id for question in found.questions] == ["good"]
    (warning,) = found.warnings
    assert "questions.jsonl:2:" in warning and says in warning


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"document": ENGLISH.path, "quote": "not in there"}, "is not in docs/policies/returns.md"),
        (
            {"document": "docs/policy/return.md", "quote": "x"},
            "did you mean 'docs/policies/returns",
        ),
        ({"document": "zzz", "quote": "x"}, "write its path"),
        ({"quote": "x"}, "no document"),
        ({"document": ENGLISH.path}, 'neither "quote"'),
        ({"document": ENGLISH.path, "quote": " "}, 'neither "quote"'),
        ({"document": ENGLISH.path, "start": 5, "end": 5}, "no range"),
        ({"document": ENGLISH.path, "start": 0, "end": 10_000}, "no range"),
        ({"document": ENGLISH.path, "start": -1, "end": 4}, "no range"),
        ({"document": ENGLISH.path, "start": True, "end": 4}, "no range"),
        ({"document": ENGLISH.path, "start": "0", "end": 4}, "no range"),
    ],
)
def test_a_broken_anchor_is_left_out_and_the_question_keeps_the_others(
    tmp_path: Path, entry: dict[str, object], says: str
) -> None:
    good = {"document": ENGLISH.path, "quote": "# Returns"}
    found = read(tmp_path, {"question": "a?", "answers": ["x"], "evidence": [entry, good]})
    assert [gold.quote for gold in found.questions[0].evidence] == ["# Returns"]
    (warning,) = found.warnings
    assert "questions.jsonl:1:" in warning and says in warning


def test_an_id_is_made_from_the_content(tmp_path: Path) -> None:
    first = read(
        tmp_path, {"question": "a?", "answers": ["x"]}, {"question": "b?", "answers": ["x"]}
    )
    again = read(tmp_path, {"question": "b?", "answers": ["x"]})
    assert first.questions[1].id == again.questions[0].id != first.questions[0].id


def test_questions_that_cannot_be_scored_are_named_once(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"question": "a?"}, {"question": "b?"}, {"question": "c?", "unanswerable": True}
    )
    assert len(found.questions) == 3
    (warning,) = found.warnings
    assert "line 1, 2" in warning


def test_answers_of_an_unanswerable_question_are_ignored(tmp_path: Path) -> None:
    found = read(tmp_path, {"question": "a?", "answers": ["x"], "unanswerable": True})
    assert found.questions[0].answers == ()
    assert "ignored" in found.warnings[0]


def test_an_unknown_key_is_named_once_with_the_nearest(tmp_path: Path) -> None:
    line = {"question": "a?", "answer": ["x"], "unanswerable": True}
    found = read(tmp_path, line, {**line, "question": "b?"})
    assert [warning for warning in found.warnings if "'answers'" in warning] == [found.warnings[0]]
    assert len(found.warnings) == 1


def test_byte_order_mark_crlf_and_surrogates_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, b'\xef\xbb\xbf{"question": "a\\ud800?", "answers": ["x"]}\r', b"\r")
    assert found.questions[0].text == "a\ufffd?"
    assert found.warnings == ()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"{broken\n", b'{"question": 1}\n'])
def test_no_valid_question_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    with pytest.raises(QuestionError, match="no valid question") as caught:
        read_questions(path, CORPUS)
    assert caught.value.where == str(path) and caught.value.mend


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="cannot be read"):
        read_questions(tmp_path / "gone.jsonl", CORPUS)
