import json

import pytest

from ragcheck.corpus.decoding import Decoded
from ragcheck.corpus.structured import read_json, read_jsonl
from ragcheck.errors import CorpusError


def decoded(text: str) -> Decoded:
    return Decoded(text, "utf-8", "lf")


def test_json_becomes_key_value_lines_on_their_source_lines() -> None:
    text = (
        '{\n "name": "Heron",\n "limits": {\n  "days": 30,\n  '
        '"t": ["a", "b"]\n },\n\n "on": true\n}'
    )
    extraction = read_json(decoded(text))
    assert extraction.text == "name: Heron\nlimits.days: 30\nlimits.t: a\nlimits.t: b\non: true\n"
    assert extraction.source_lines is not None
    assert extraction.source_lines[:5] == (2, 4, 5, 5, 8)


def test_objects_of_a_list_are_blocks() -> None:
    text = json.dumps(
        {"items": [{"a": 1}, {"a": 2, "b": {"c": [{"d": 3}]}}], "end": None}, indent=1
    )
    assert read_json(decoded(text)).text == (
        "items.a: 1\n\nitems.a: 2\n\nitems.b.c.d: 3\n\nend: null\n"
    )


def test_a_string_value_stays_contiguous_with_its_escapes_read() -> None:
    value = 'Line one\nline "two" – 退款 \U0001f600'
    assert value in read_json(decoded(json.dumps({"text": value}))).text


def test_a_brace_in_a_string_is_text() -> None:
    assert read_json(decoded('{"a": "}{][,:", "b:{": 1}')).text == "a: }{][,:\nb:{: 1\n"


def test_lone_surrogates_and_nul_are_replaced() -> None:
    text = read_json(decoded('{"a": "x\\ud800y\\u0000z"}')).text
    assert text == "a: x\ufffdy\ufffdz\n"


def test_jsonl_records_keep_their_lines_and_a_broken_one_is_reported() -> None:
    text = '{"id": 1, "text": "one"}\n\n{"id": 2,\n{"id": 3, "text": "three"}\n'
    extraction = read_jsonl(decoded(text))
    assert extraction.text == "id: 1\ntext: one\n\nid: 3\ntext: three\n"
    assert extraction.source_lines is not None
    assert extraction.source_lines[0] == 1 and extraction.source_lines[3:5] == (4, 4)
    assert len(extraction.problems) == 1 and "line 3" in extraction.problems[0]


def test_line_separators_inside_strings_do_not_split_records() -> None:
    extraction = read_jsonl(decoded('{"a": "x\u2028y"}\n{"a": "z"}'))
    assert extraction.text == "a: x\u2028y\n\na: z\n"
    assert not extraction.problems


def test_json_lines_in_a_json_file_are_read_as_such() -> None:
    assert read_json(decoded('{"a": 1}\n{"a": 2}\n')).text == "a: 1\n\na: 2\n"


@pytest.mark.parametrize("text", ["{", '{"a": }', "[1, 2", "nope", "[" * 100_000, '{"a":' * 300])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(CorpusError):
        read_json(decoded(text))


def test_valid_but_too_deep_is_refused_not_a_recursion() -> None:
    with pytest.raises(CorpusError, match="200 levels"):
        read_json(decoded("[" * 300 + "]" * 300))


def test_a_long_path_does_not_blow_up_the_text() -> None:
    text = json.dumps({"k" * 10_000: list(range(100))})
    assert len(read_json(decoded(text)).text) < 100 * 200
