import io
import zipfile
from pathlib import Path

import pytest

from ragcheck.corpus import office
from ragcheck.corpus.loaders import load_corpus
from ragcheck.corpus.office import read_docx, read_pdf
from ragcheck.errors import CorpusError


def minimal_pdf(*pages: str) -> bytes:
    """A PDF with one line of Helvetica text a page."""
    count = len(pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (count, b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(count))),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode("latin-1") if text else b""
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * i)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def test_pdf_lines_carry_their_page() -> None:
    pytest.importorskip("pypdf")
    extraction = read_pdf(minimal_pdf("Returns within 30 days.", "", "Refunds take a week."))
    assert extraction.text == "Returns within 30 days.\n\nRefunds take a week.\n"
    assert extraction.source_lines is not None
    assert (extraction.source_lines[0], extraction.source_lines[2]) == (1, 3)
    assert extraction.metadata["pages"] == "3"
    assert extraction.problems == ("page 2 has no text (a scan?)",)


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.4\nnothing", b"not a pdf at all" * 50])
def test_a_broken_pdf_is_refused_with_a_reason(raw: bytes) -> None:
    pytest.importorskip("pypdf")
    with pytest.raises(CorpusError, match="PDF"):
        read_pdf(raw)


def test_a_pdf_of_scans_is_refused() -> None:
    pytest.importorskip("pypdf")
    with pytest.raises(CorpusError, match="no text in the PDF"):
        read_pdf(minimal_pdf(""))


def test_docx_keeps_headings_lists_and_tables() -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_heading("退货政策", level=1)
    document.add_paragraph("Goods can be returned within 30 days.")
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("second", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Plan", "Price", "Basic", "£9"], strict=True):
        cell.text = text
    document.add_paragraph("After the table.")
    stream = io.BytesIO()
    document.save(stream)
    extraction = read_docx(stream.getvalue())
    assert extraction.text == (
        "# 退货政策\n\nGoods can be returned within 30 days.\n\n- first\n- second\n\n"
        "| Plan | Price |\n| --- | --- |\n| Basic | £9 |\n\nAfter the table.\n"
    )
    assert extraction.source_lines is not None
    assert extraction.source_lines[0] == 1 and extraction.source_lines[-1] == 6


def test_a_broken_docx_is_refused() -> None:
    pytest.importorskip("docx")
    with pytest.raises(CorpusError, match="DOCX"):
        read_docx(b"PK\x03\x04 nothing")


def test_a_docx_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("docx")
    monkeypatch.setattr(office, "_MAX_UNPACKED", 1 << 20)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (2 << 20))
    with pytest.raises(CorpusError, match="unpacks to more than 1 MB"):
        read_docx(stream.getvalue())


def test_a_missing_reader_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(office, "import_module", missing)
    (tmp_path / "a.txt").write_text("Readable text.")
    (tmp_path / "b.pdf").write_bytes(minimal_pdf("x"))
    (tmp_path / "c.docx").write_bytes(b"PK")
    corpus = load_corpus(tmp_path)
    assert [(skip.path, skip.reason) for skip in corpus.skipped] == [
        ("b.pdf", "install ragcheck-evidence[readers]"),
        ("c.docx", "install ragcheck-evidence[readers]"),
    ]
