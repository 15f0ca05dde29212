import pytest

from ragcheck.corpus.decoding import declared_in_html, decode
from ragcheck.errors import CorpusError

CHINESE = "第一章 总则\n顾客自签收商品次日起7天内，可以申请无理由退货，运费由顾客承担。\n"


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-16-le", "utf-32", "utf-8"])
def test_chinese_text_survives_its_encoding(encoding: str) -> None:
    decoded = decode(CHINESE.encode(encoding))
    assert decoded.text == CHINESE
    assert decoded.encoding


def test_the_encoding_is_recorded() -> None:
    assert decode("Über".encode("utf-8-sig")).metadata == {"encoding": "utf-8", "newline": "none"}
    assert decode(CHINESE.encode("gbk")).encoding.startswith("gb")


def test_a_western_text_reads_pounds_as_pounds() -> None:
    text = "The café fee is £5 – see “Prices” – and naïve guests pay £7 more.\n"
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize(
    ("raw", "newline"),
    [(b"a\r\nb\r\n", "crlf"), (b"a\rb\r", "cr"), (b"a\nb\n", "lf"), (b"a\r\nb\n", "mixed")],
)
def test_line_ends_become_lf_and_are_recorded(raw: bytes, newline: str) -> None:
    decoded = decode(raw)
    assert decoded.text == "a\nb\n"
    assert decoded.newline == newline


def test_the_mark_is_no_part_of_the_text() -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert decode("héllo".encode(encoding)).text == "héllo"


def test_a_few_broken_bytes_in_utf8_are_replaced_and_reported() -> None:
    raw = (CHINESE * 3).encode() + b"\xff end\n"
    decoded = decode(raw)
    assert decoded.text == CHINESE * 3 + "\ufffd end\n"
    assert decoded.problem is not None and "1 broken" in decoded.problem


@pytest.mark.parametrize("raw", [b"\x00\x01\x02\x00abc\x00\x00\x07", b"\x89PNG\r\n\x1a\n\x00\x00"])
def test_binary_data_is_refused(raw: bytes) -> None:
    with pytest.raises(CorpusError, match="binary"):
        decode(raw)


def test_a_wrong_mark_is_refused() -> None:
    with pytest.raises(CorpusError):
        decode(b"\xff\xfe" + b"\x00\xd8" * 30)


def test_the_declared_encoding_is_used() -> None:
    page = '<html><head><meta charset="big5"><p>七天內可以退貨</p>'.encode("big5")
    declared = declared_in_html(page)
    assert declared == "big5"
    assert "七天內可以退貨" in decode(page, declared=declared).text
    assert declared_in_html(b"<meta charset=no-such-thing>") is None
