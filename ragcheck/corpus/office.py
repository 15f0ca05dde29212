"""PDF and DOCX, with the ``readers`` extra."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from ragcheck.corpus.blocks import BlockWriter
from ragcheck.corpus.extraction import Extraction, LineWriter, scrub
from ragcheck.errors import CorpusError

_INSTALL = "install ragcheck-evidence[readers]"
_MAX_UNPACKED = 256 << 20
# pypdf logs what it stumbles over, with bytes of the file; a logger that nobody has set up would
# print that on the terminal.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


def read_pdf(raw: bytes) -> Extraction:
    """The text of each page in turn; the source line of a line is its page, from 1.

    Raises:
        CorpusError: pypdf is not installed, or cannot read the file, or the file is locked.
    """
    pypdf = _require("pypdf")
    writer = LineWriter()
    problems: list[str] = []
    try:
        reader = pypdf.PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise CorpusError("the PDF is locked with a password")
        pages = len(reader.pages)
    except CorpusError:
        raise
    except Exception as problem:  # pypdf lets many kinds of error out of broken files
        raise CorpusError(f"the PDF cannot be read: {_short(problem)}") from problem
    for number in range(1, pages + 1):
        try:
            text = reader.pages[number - 1].extract_text()
        except Exception as problem:
            problems.append(f"page {number} cannot be read: {_short(problem)}")
            continue
        text = scrub(text).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        if text.strip():
            writer.gap()
            writer.write(text, number)
        else:
            problems.append(f"page {number} has no text (a scan?)")
    if len(problems) == pages and pages:
        raise CorpusError(f"no text in the PDF; {problems[0]}")
    return writer.extraction({"pages": str(pages)}, tuple(problems))


def read_docx(raw: bytes) -> Extraction:
    """Headings as ``#`` lines, list paragraphs as ``- x``, tables as ``| a | b |`` rows.

    The source line is the number of the block (paragraph or table) in the file, from 1.

    Raises:
        CorpusError: python-docx is not installed, or cannot read the file, or the file unpacks
            to more than 256 MB.
    """
    docx = _require("docx")
    blocks = BlockWriter()
    try:
        _check_unpacked_size(raw)
        document = docx.Document(io.BytesIO(raw))
        for number, block in enumerate(_body(document), start=1):
            if hasattr(block, "rows"):
                _write_table(block, number, blocks)
            else:
                _write_paragraph(block, number, blocks)
    except CorpusError:
        raise
    except Exception as problem:  # python-docx lets many kinds of error out of broken files
        raise CorpusError(f"the DOCX cannot be read: {_short(problem)}") from problem
    return blocks.extraction()


def _body(document: Any) -> Iterator[Any]:
    yield from document.iter_inner_content()


def _write_paragraph(paragraph: Any, number: int, blocks: BlockWriter) -> None:
    style = (paragraph.style.name if paragraph.style is not None else "") or ""
    marker = ""
    if style == "Title":
        marker = "# "
    elif style.startswith("Heading "):
        level = style.removeprefix("Heading ")
        marker = "#" * min(int(level), 6) + " " if level.isdecimal() else ""
    elif style.startswith("List") or _is_numbered(paragraph):
        marker = "- "
    blocks.start(marker=marker)
    for index, line in enumerate(scrub(paragraph.text).split("\n")):
        if index:
            blocks.line_break()
        blocks.add(line, number)
    blocks.end()


def _is_numbered(paragraph: Any) -> bool:
    properties = paragraph._p.pPr
    return properties is not None and properties.numPr is not None


def _write_table(table: Any, number: int, blocks: BlockWriter) -> None:
    blocks.separate()
    for index, row in enumerate(table.rows):
        # A merged cell comes once for each grid column that it covers.
        unique = list({id(cell._tc): cell for cell in row.cells}.values())
        cells = [" ".join(scrub(cell.text).split()) for cell in unique]
        if any(cells):
            blocks.row(cells, number, rule=index == 0)
    blocks.separate()


def _check_unpacked_size(raw: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
            raise CorpusError(f"the DOCX unpacks to more than {_MAX_UNPACKED >> 20} MB")


def _require(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as problem:
        raise CorpusError(_INSTALL) from problem


def _short(problem: Exception) -> str:
    return " ".join(f"{type(problem).__name__}: {problem}".split())[:200]
